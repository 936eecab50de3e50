/* SPDX-License-Identifier: GPL-2.0-only */
/* The log of what happened on a port's lines: log.c. */
#ifndef _WINPAR_SIM_LOG_H
#define _WINPAR_SIM_LOG_H

#include "connector.h"

/* Events beyond those that IEEE 1284 numbers. */
enum {
	SIM_EVENT_NONE = 0xff,
	SIM_EVENT_BYTE = 0x80,	/* a byte in compatibility mode */
	SIM_EVENT_READY,	/* ... acknowledged */
	SIM_EVENT_RESET,
	SIM_EVENT_HEADER,	/* command packet: AA 55 00 FF */
	SIM_EVENT_HEADER2,	/* 87 */
	SIM_EVENT_PACKET,	/* 78: command bytes follow */
	SIM_EVENT_ASSIGN,
	SIM_EVENT_SELECT,
	SIM_EVENT_DESELECT,
	SIM_EVENT_COMMAND,	/* another command byte */
	SIM_EVENT_PACKET_END,
	SIM_EVENT_CONDITION,	/* paper, power, ...: no protocol */
	SIM_EVENT_INTERRUPT,
};

/**
 * struct sim_entry - one change of lines
 * @ns: when, by the monotonic clock
 * @seat: the device that moved the lines, or the host
 * @event: which event of IEEE 1284 that was, or SIM_EVENT_...
 * @was: the lines before
 * @now: the lines after
 * @data: the data lines
 * @driven: @seat drives the data lines
 */
struct sim_entry {
	u64 ns;
	u8 seat;
	u8 event;
	u8 was;
	u8 now;
	u8 data;
	bool driven;
};

#define SIM_LOG_ENTRIES	8192	/* a power of two */

/**
 * struct sim_log - the last changes of lines
 * @entry: SIM_LOG_ENTRIES of them; change number N is in N % SIM_LOG_ENTRIES
 * @total: how many changes there ever were
 * @host: the number of the host's last change
 * @first: the first that the user wants to see; guarded by the port's mutex
 */
struct sim_log {
	struct sim_entry *entry;
	unsigned long total;
	unsigned long host;
	unsigned long first;
};

int sim_log_init(struct sim_log *log);
void sim_log_exit(struct sim_log *log);
void sim_log_host(struct sim_log *log, const struct sim_host *was,
		  const struct sim_host *now);
void sim_log_name(struct sim_log *log, unsigned long number, u8 event);
void sim_log_back(struct sim_log *log, u8 seat, u8 event,
		  const struct sim_back *was, const struct sim_back *now);
int sim_log_print(const struct sim_entry *entry, char *buf, size_t size);

#endif /* _WINPAR_SIM_LOG_H */
