/* SPDX-License-Identifier: GPL-2.0-only */
/* What cases about the FIFO of a chip with an ECR share: fifo_port.c. */
#ifndef _WINPAR_FIFO_PORT_H
#define _WINPAR_FIFO_PORT_H

#include "device_port.h"

#define FIFO_PARAMETER	"/sys/module/winpar/parameters/hardware_fifo"

#define STRIKE_BYTES	3000	/* more than the device moves until a fault is over */
#define STRIKE_MS	1500
#define STRIKE_SEEN_MS	150	/* after this the device has seen all that the host has done */

/**
 * struct wpt_fifo_registers - what the next owner of the port finds
 * @ecr: the ECR
 * @control: the control register
 */
struct wpt_fifo_registers {
	u8 ecr;
	u8 control;
};

int wpt_fifo_init(struct kunit *test);
void wpt_fifo_exit(struct kunit *test);
unsigned long wpt_fifo_sent(struct wpt_dev *d);
void wpt_fifo_expect_arrived(struct wpt_dev *d, unsigned long had,
			     const u8 *bytes, unsigned long count);
struct wpt_fifo_registers wpt_fifo_registers(struct wpt_dev *d);
void wpt_fifo_expect_registers(struct wpt_dev *d,
			       const struct wpt_fifo_registers *want);
void wpt_fifo_mend(struct wpt_dev *d, struct winpar_file *file,
		   unsigned long clashes);

/* ----- requests that something happens to in the middle ------------------- */

/**
 * struct wpt_strike_row - a fault in the middle of a request
 * @name: what the case is called
 * @protocol: the protocol of the request
 * @read: it is a read
 * @knob: where the fault is made (docs/sim.md)
 * @text: the fault
 * @status: with what the request ends; STATUS_TIMEOUT: it has STRIKE_MS
 * @lost: how many bytes at most the host may count that the device has not moved
 * @more: ... and the device have moved that the host does not count
 * @clash: the host cannot see that the device drives the data lines, and drives them, too
 */
struct wpt_strike_row {
	const char *name;
	USHORT protocol;
	bool read;
	const char *knob;
	const char *text;
	NTSTATUS status;
	ULONG lost;
	ULONG more;
	bool clash;
};

unsigned long wpt_strike_moved(struct wpt_dev *d, bool read);
unsigned long wpt_strike_count(struct wpt_dev *d, bool read, unsigned long fed);
void wpt_strike_expect_count(struct wpt_dev *d,
			     const struct wpt_strike_row *row,
			     unsigned long fed, unsigned long counted);
struct winpar_file *wpt_strike_open(struct wpt_dev *d, USHORT protocol,
				    bool read, ULONG ms);
void wpt_strike_mend(struct wpt_dev *d, struct winpar_file *file,
		     const struct wpt_strike_row *row);

#endif /* _WINPAR_FIFO_PORT_H */
