/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fixture of the layer for Windows sources: the suites' module is a client, on a
 * fake port or on none. The suites include the ddk's headers, and none of winpar's own
 * that have an IRP.
 */
#ifndef _WINPAR_WDM_FIXTURE_H
#define _WINPAR_WDM_FIXTURE_H

#include <kunit/test.h>
#include <linux/sched.h>

#include <winpar/ddk/wdm.h>
#include <winpar/ddk/parallel.h>

#include "fail.h"
#include "kmsg.h"
#include "slow.h"
#include "wdm_calls.h"

/* How long a case waits for what has to come, in ms. */
#define WPT_PATIENCE	(60000LL * wpt_slowness)

/* A time-out of so many ms from now on, in 100 ns. */
#define WPT_MS(ms)	((LARGE_INTEGER){ .QuadPart = -(ms) * 10000LL })

/* In wdm_driver.c, which is written like a Windows source. */
PDRIVER_OBJECT wpt_wdm_driver(void);
unsigned int wpt_wdm_unloads(void);
extern void (*wpt_wdm_at_entry)(PDRIVER_OBJECT driver);
void wpt_wdm_port_name(struct kunit *test, WCHAR buffer[48], UNICODE_STRING *name);
PDEVICE_OBJECT wpt_wdm_open_port(struct kunit *test, PFILE_OBJECT *file);
NTSTATUS wpt_wdm_request(PDEVICE_OBJECT device, ULONG code, PVOID in, ULONG in_len,
			 PVOID out, ULONG out_len);
NTSTATUS wpt_wdm_wait(PVOID object, LONGLONG ms);

#endif /* _WINPAR_WDM_FIXTURE_H */
