/* SPDX-License-Identifier: GPL-2.0-only */
/* A driver with a device that programs open, for the suites of nodes. */
#ifndef _WINPAR_WDM_NODE_DRIVER_H
#define _WINPAR_WDM_NODE_DRIVER_H

#include "wdm_fixture.h"
#include "wdm_program.h"

#define WPT_NODE_PATH	"/dev/wptnode"

#define WPT_NODE_CODE(method, access) \
	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x900, method, access)

/* What a request asks for is noted here, and how it is to end. */
struct wpt_node {
	PDEVICE_OBJECT device;
	/* Noted: the requests, and of the last one its stack location and buffers. */
	int majors[64];
	unsigned int count;
	IO_STACK_LOCATION location;
	FILE_OBJECT file;
	char name[32];
	KPROCESSOR_MODE mode;
	PIRP irp;
	u32 sum;
	int calls;
	/* How it ends. */
	NTSTATUS status;
	NTSTATUS create_status;
	ULONG_PTR information;
	bool hold;
	bool keep_file;
	PFILE_OBJECT kept;
	KEVENT held;
	PDEVICE_OBJECT below;
	/* A control request is passed down to this port, as an ALLOCATE. */
	PDEVICE_OBJECT port;
	int completed;
	BOOLEAN pending;
};

extern struct wpt_node wpt_node;

int wpt_node_init(struct kunit *test);
int wpt_node_init_port(struct kunit *test);
void wpt_node_exit(struct kunit *test);
void wpt_node_complete(PIRP irp);
void wpt_node_expect(struct kunit *test, unsigned int at, int major);
struct file *wpt_node_open(struct kunit *test, int flags);

#endif /* _WINPAR_WDM_NODE_DRIVER_H */
