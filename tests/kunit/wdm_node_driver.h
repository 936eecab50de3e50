/* SPDX-License-Identifier: GPL-2.0-only */
/* The driver of the suites for nodes, with a device that programs open. */
#ifndef _WINPAR_WDM_NODE_DRIVER_H
#define _WINPAR_WDM_NODE_DRIVER_H

#include "wdm_fixture.h"
#include "wdm_program.h"

#define WPT_NODE_PATH	"/dev/wptnode"

#define WPT_NODE_CODE(method, access) \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, method, access)

/**
 * struct wpt_node - what the driver has seen, and what a case tells it to do
 * @device: the driver's device
 * @majors: seen: the major functions of the first 64 requests to @device
 * @count: seen: how many of @majors are filled in
 * @location: seen: the stack location of the last request
 * @file: seen: the file object of the last request, copied
 * @name: seen: FileName of the last request
 * @mode: seen: RequestorMode of the last request
 * @access: seen: DesiredAccess of the last IRP_MJ_CREATE
 * @irp: seen: the last request
 * @sum: seen: the sum of the input's bytes
 * @locked: seen: wpt_program_locked() in the last request that was not passed down
 * @calls: seen: how often the dispatch routine was called, for any device
 * @status: told: what requests complete with, but for IRP_MJ_CREATE
 * @create_status: told: what IRP_MJ_CREATE completes with
 * @information: told: IoStatus.Information of control requests, reads and writes
 * @hold: told: keep these pending, with a cancel routine
 * @hold_create: told: keep IRP_MJ_CREATE pending, too
 * @keep_file: told: IRP_MJ_CREATE takes a reference to the file object
 * @kept: that file object
 * @held: set when a request is kept pending
 * @ending: told: IRP_MJ_CLEANUP and IRP_MJ_CLOSE call this
 * @below: told: the device to which a device that is attached above @device passes down
 * @port: told: control requests, reads and writes are passed down to this port, as an
 *        ALLOCATE
 * @completed: seen: how often the completion routine of such a request was called
 * @pending: seen: PendingReturned in that routine
 */
struct wpt_node {
	PDEVICE_OBJECT device;
	int majors[64];
	unsigned int count;
	IO_STACK_LOCATION location;
	FILE_OBJECT file;
	char name[32];
	KPROCESSOR_MODE mode;
	ACCESS_MASK access;
	PIRP irp;
	u32 sum;
	unsigned long locked;
	int calls;
	NTSTATUS status;
	NTSTATUS create_status;
	ULONG_PTR information;
	bool hold;
	bool hold_create;
	bool keep_file;
	PFILE_OBJECT kept;
	KEVENT held;
	void (*ending)(void);
	PDEVICE_OBJECT below;
	PDEVICE_OBJECT port;
	int completed;
	BOOLEAN pending;
};

extern struct wpt_node wpt_node;

int wpt_node_init(struct kunit *test);
int wpt_node_init_port(struct kunit *test);
void wpt_node_exit(struct kunit *test);
void wpt_node_delete(void);
void wpt_node_complete(PIRP irp);
void wpt_node_expect(struct kunit *test, unsigned int at, int major);
struct file *wpt_node_open(struct kunit *test, int flags);

#endif /* _WINPAR_WDM_NODE_DRIVER_H */
