/* SPDX-License-Identifier: GPL-2.0-only */
/* Power requests, and the stacks on ports that they are sent to. See wdm/power.c. */
#ifndef _WINPAR_WDM_POWER_H
#define _WINPAR_WDM_POWER_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <winpar/ddk/wdm.h>

struct winpar_wdm_client;

/**
 * struct wdm_power_request - a power request, from the line that it waits in to its end
 * @entry: in its line, until it is sent
 * @line: its line
 * @irp: its IRP; of a system request NULL until it is sent
 * @minor: IRP_MN_QUERY_POWER or IRP_MN_SET_POWER
 * @state: which state
 * @action: why, of a system request
 * @busy: of a system request: it is in its line, or the driver has it
 * @status: of a system request that is not @busy: what it was completed with last
 * @device: the device that PoRequestPowerIrp() was given, with a reference
 * @top: the device that was the highest of the stack then, with a reference
 * @routine: the driver's, to be called when the request is complete; NULL: none
 * @context: its argument
 *
 * A stack has two requests of the system's in its structure. The last four members are of
 * requests by PoRequestPowerIrp().
 */
struct wdm_power_request {
	struct list_head entry;
	struct wdm_power_line *line;
	PIRP irp;
	UCHAR minor;
	POWER_STATE state;
	POWER_ACTION action;
	bool busy;
	NTSTATUS status;
	PDEVICE_OBJECT device;
	PDEVICE_OBJECT top;
	PREQUEST_POWER_COMPLETE routine;
	PVOID context;
};

/**
 * struct wdm_power_line - the requests of one type to a stack
 * @power: the stack
 * @work: sends the next one
 * @waiting: those that are not sent yet
 * @sent: the one that the driver has
 * @sending: @work calls the dispatch routine
 */
struct wdm_power_line {
	struct wdm_power *power;
	struct work_struct work;
	struct list_head waiting;
	struct wdm_power_request *sent;
	bool sending;
};

/**
 * struct wdm_power - a stack of devices on a port, as far as its power goes
 * @entry: among all stacks
 * @client: the driver
 * @port: the lowest device
 * @number: the port's number
 * @started: IRP_MN_START_DEVICE has succeeded
 * @stopped: no request is sent any more
 * @removed: the stack is no more: the last request that is complete frees this structure
 * @asked: @sleep was sent since @wake was (wdm/suspend.c)
 * @lines: one for each POWER_STATE_TYPE
 * @sleep: the request before a suspend (wdm/suspend.c)
 * @wake: the request after it (wdm/suspend.c)
 */
struct wdm_power {
	struct list_head entry;
	struct winpar_wdm_client *client;
	PDEVICE_OBJECT port;
	unsigned int number;
	bool started;
	bool stopped;
	bool removed;
	bool asked;
	struct wdm_power_line lines[DevicePowerState + 1];
	struct wdm_power_request sleep;
	struct wdm_power_request wake;
};

/* Guards all of this. The lock of wdm/device.c is taken inside it. */
extern spinlock_t wdm_power_lock;
/* All stacks. */
extern struct list_head wdm_powers;
/* Suspends wait here for drivers to complete requests, removals for works. */
extern wait_queue_head_t wdm_power_waiters;

void __wdm_power_queue(struct wdm_power_request *request)
	__must_hold(&wdm_power_lock);
struct wdm_power *wdm_power_add(struct winpar_wdm_client *client,
				PDEVICE_OBJECT port, unsigned int number);
void wdm_power_started(struct wdm_power *power);
void wdm_power_stop(struct wdm_power *power);
void wdm_power_remove(struct wdm_power *power);
void wdm_power_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_POWER_H */
