/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's transfer engine: modes and single lines. See host/engine.c. */
#ifndef _WINPAR_HOST_ENGINE_H
#define _WINPAR_HOST_ENGINE_H

#include <linux/signal.h>

#include "host/host.h"

/**
 * struct winpar_engine - Linux's transfer engine at work on a port
 * @host: the port, which a parallel device has
 * @mode: the IEEE 1284 mode of the Linux port before the engine began
 * @phase: its IEEE 1284 phase before the engine began
 * @begun: winpar_engine_begin() has read the registers for what is being done
 * @control: the control register before what is being done
 * @ecr: the ECR before the engine first changed it
 * @changed: the engine has changed the ECR
 * @wrote: the peripheral may be at this device's last byte still: bytes went out
 *         through the FIFO, or it has acknowledged one in ECP and was not ready
 * @broken: a byte's handshake was broken off: what comes next is not a byte
 * @run: for how many bytes the next one stands in ECP: a run-length count has come, and a
 *       pause of the peripheral or a signal came before its byte; 0: for one
 * @address: the address or channel last sent in this mode, negative if none was
 * @fifo: how many bytes the chip's FIFO takes; 0: it is not used
 * @fifo_mute: the chip's service interrupts do not arrive
 * @prompt: a read is to come back from a pause of 40 ms: not through the FIFO, whose
 *          pauses are longer
 * @brief: a read is to come back as soon as a byte has come, or in ECP a run of them;
 *         winpar_engine_end() clears it
 * @expired: what is being done is to stop: no time-out is to come
 */
struct winpar_engine {
	struct winpar_host *host;
	int mode;
	int phase;
	bool begun;
	u8 control;
	u8 ecr;
	bool changed;
	bool wrote;
	bool broken;
	u8 run;
	int address;
	unsigned int fifo;
	bool fifo_mute;
	bool prompt;
	bool brief;
	bool expired;
};

#define WINPAR_ENGINE_FORWARD	true
#define WINPAR_ENGINE_REVERSE	false

/* The device's time-out for a call of the core, in jiffies. */
#define WINPAR_ENGINE_PATIENCE	2L
/* One that has passed. */
#define WINPAR_ENGINE_EXPIRED	(-1L)
/* From winpar_engine_expire() to the signal, in jiffies. */
#define WINPAR_ENGINE_EXPIRY	3L

void winpar_engine_open(struct winpar_engine *engine, struct winpar_host *host);
void winpar_engine_close(struct winpar_engine *engine);
void winpar_engine_begin(struct winpar_engine *engine);
void winpar_engine_prepare(struct winpar_engine *engine, long timeout);
void winpar_engine_forget_interrupts(struct winpar_engine *engine);
void winpar_engine_expire(struct winpar_engine *engine);
void winpar_engine_end(struct winpar_engine *engine);
void winpar_engine_renew(struct winpar_engine *engine);
int winpar_engine_mode(const struct winpar_engine *engine);
bool winpar_engine_can(const struct winpar_engine *engine, int mode,
		       bool forward);
bool winpar_engine_drop(struct winpar_engine *engine);
int winpar_engine_negotiate(struct winpar_engine *engine, int mode);
bool winpar_engine_is_idle_reverse(const struct winpar_engine *engine);
void winpar_engine_leave_idle(struct winpar_engine *engine);
sigset_t winpar_engine_block_signals(void);
bool winpar_engine_is_ready(struct parport *parport);
u8 winpar_engine_status(struct winpar_engine *engine);
void winpar_engine_reset(struct winpar_engine *engine);

#endif /* _WINPAR_HOST_ENGINE_H */
