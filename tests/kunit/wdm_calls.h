/* SPDX-License-Identifier: GPL-2.0-only */
/* What both halves of the fixture for wdm/ include: this header names no type IRP. */
#ifndef _WINPAR_WDM_CALLS_H
#define _WINPAR_WDM_CALLS_H

#include <winpar/nt.h>

struct kunit;

extern const char *wpt_wdm_registry;
extern const char *wpt_wdm_files;

bool wpt_is_long(void);
void wpt_take_root(struct kunit *test);
void wpt_take_root_at(struct kunit *test, const char *path);
void *wpt_symbol_of(struct kunit *test, const char *module, const char *name);
int wpt_wdm_start(void);
int wpt_wdm_init(struct kunit *test);
int wpt_wdm_init_port(struct kunit *test);
void wpt_wdm_exit(struct kunit *test);
void wpt_wdm_stop(void);
int wpt_wdm_start_other(void);
void wpt_wdm_stop_other(void);
void wpt_wdm_swap(void);
unsigned int wpt_wdm_number(struct kunit *test);
void wpt_wdm_interrupt(struct kunit *test);
NTSTATUS wpt_wdm_take(struct kunit *test);
void wpt_wdm_give(struct kunit *test);
unsigned int wpt_wdm_waiters(struct kunit *test);
void wpt_wdm_settle(struct kunit *test);

void wpt_wdm_plug(struct kunit *test);
void wpt_wdm_unplug(struct kunit *test);
struct fake_port;
void wpt_wdm_plug_more(struct kunit *test, struct fake_port **more, unsigned int count);
void wpt_wdm_unplug_more(struct fake_port **more, unsigned int count);
void wpt_wdm_unplug_open(struct kunit *test, int references);

struct _DRIVER_OBJECT;
struct _UNICODE_STRING;
int wpt_wdm_entry(struct _DRIVER_OBJECT *driver, struct _UNICODE_STRING *path);
int wpt_wdm_other_entry(struct _DRIVER_OBJECT *driver,
			struct _UNICODE_STRING *path);
int wpt_wdm_start_and_stop(void);

#endif /* _WINPAR_WDM_CALLS_H */
