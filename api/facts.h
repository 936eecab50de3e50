/* SPDX-License-Identifier: GPL-2.0-only */
/* What an administrator may know of a port. See api/facts.c. */
#ifndef _WINPAR_FACTS_H
#define _WINPAR_FACTS_H

#include <linux/module.h>
#include <linux/types.h>

#include "port/port.h"

/* How many of the requests that wait are named. */
#define WINPAR_FACTS_WAITERS	8

/* At most so many entries of a list are counted, as interrupts may be off then. */
#define WINPAR_FACTS_COUNT	1000

/* The name of a Linux driver's device on a port. */
#define WINPAR_FACTS_DRIVER	32

/**
 * struct winpar_facts - what an administrator may know of a port
 * @state: its state
 * @owner: the client that has it, "" when none has
 * @driver: the Linux driver that has it, "" when none has
 * @had: for how long @owner has had it, in ms
 * @waiting: how many requests wait, and one more when a Linux driver waits
 * @named: how many names @waiters has
 * @waiters: the clients of the first requests that wait
 * @rival: a Linux driver waits for the port
 * @routines: how many interrupt routines are connected
 * @mode: the chip's mode
 * @fifo: how many bytes the chip's FIFO takes; 0: none, or it was not looked for
 * @allocations: how often the port was allocated
 * @frees: how often it was freed
 * @waits: how often a request had to wait
 * @interrupts: how many there were while a routine was connected
 * @handovers: how often the port was given to a Linux driver
 */
struct winpar_facts {
	enum winpar_port_state state;
	char owner[MODULE_NAME_LEN];
	char driver[WINPAR_FACTS_DRIVER];
	unsigned int had;
	unsigned int waiting;
	unsigned int named;
	char waiters[WINPAR_FACTS_WAITERS][MODULE_NAME_LEN];
	bool rival;
	unsigned int routines;
	u8 mode;
	unsigned int fifo;
	unsigned long allocations;
	unsigned long frees;
	unsigned long waits;
	unsigned long interrupts;
	unsigned long handovers;
};

unsigned int winpar_facts_count(const struct list_head *list);
void winpar_facts_of(struct winpar_port *port, struct winpar_facts *facts);
size_t winpar_facts_waiters(const struct winpar_facts *facts, char separator,
			    char *buf, size_t size);

#endif /* _WINPAR_FACTS_H */
