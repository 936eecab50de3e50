/* SPDX-License-Identifier: GPL-2.0-only */
/* The driver of the cases about power requests: two devices on a port. */
#ifndef _WINPAR_WDM_POWER_DRIVER_H
#define _WINPAR_WDM_POWER_DRIVER_H

#include "wdm_fixture.h"

#define WPT_POWER_MOST	24

/* What the driver has seen: one power request at one device, or its end. */
struct wpt_power_seen {
	char device;	/* 'u' the upper one, 'l' the lower one; 'U' the upper one, complete */
	UCHAR minor;
	POWER_STATE_TYPE type;
	int state;
	POWER_ACTION action;
};

/**
 * struct wpt_power - what the driver has seen, and what a case tells it to do
 * @seen: seen: the first requests
 * @count: seen: how many of @seen are filled in
 * @wrong: seen: requests not at PASSIVE_LEVEL, or that were not STATUS_NOT_SUPPORTED
 * @port: the port's device object
 * @upper: the upper device
 * @lower: the lower device
 * @refuses: told: what the lower device fails IRP_MN_QUERY_POWER with
 * @keeps: told: the upper device keeps the next IRP_MN_QUERY_POWER or IRP_MN_SET_POWER of
 *         this minor function; 0: none
 * @kept: the IRP that it keeps
 * @stays: told: the upper device completes the next request of this state, and does not
 *         return before @go is set; 0: none
 * @owner: told: the upper device requests the device's power in answer to the system's
 * @answer: told: what PoRequestPowerIrp() has returned
 * @told: seen: what the routine of PoRequestPowerIrp() was told last
 * @tolds: seen: how often
 * @got: set when an IRP is kept
 * @go: ends what @stays tells
 * @ret: what a suspend in a task of its own has returned
 * @over: set when it has
 */
struct wpt_power {
	struct wpt_power_seen seen[WPT_POWER_MOST];
	unsigned int count;
	int wrong;
	PDEVICE_OBJECT port;
	PDEVICE_OBJECT upper;
	PDEVICE_OBJECT lower;
	NTSTATUS refuses;
	UCHAR keeps;
	PIRP kept;
	SYSTEM_POWER_STATE stays;
	bool owner;
	NTSTATUS answer;
	NTSTATUS told;
	int tolds;
	KEVENT got;
	KEVENT go;
	int ret;
	KEVENT over;
};

extern struct wpt_power wpt_power;
extern unsigned int *wpt_power_timeout;

VOID wpt_power_told(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
		    PVOID context, PIO_STATUS_BLOCK iosb);
void wpt_power_let_go(void);
void wpt_power_entry(PDRIVER_OBJECT driver);
void wpt_power_entry_deaf(PDRIVER_OBJECT driver);
void wpt_power_entry_legacy(PDRIVER_OBJECT driver);
int wpt_power_tell(unsigned long action);
void wpt_power_begin(struct kunit *test, void (*entry)(PDRIVER_OBJECT driver));
int wpt_power_init(struct kunit *test);
void wpt_power_exit(struct kunit *test);
void wpt_power_expect(struct kunit *test, unsigned int at, char device,
		      UCHAR minor, POWER_STATE_TYPE type, int state);
void wpt_power_expect_system(struct kunit *test, unsigned int at, UCHAR minor,
			     SYSTEM_POWER_STATE state);
bool wpt_power_sees(unsigned int count);
unsigned int wpt_power_says(struct kunit *test, u64 since, const char *what);

#endif /* _WINPAR_WDM_POWER_DRIVER_H */
