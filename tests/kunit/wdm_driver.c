// SPDX-License-Identifier: GPL-2.0-only
/* The driver of the fixture for wdm/, written like a Windows source. */
#include "wdm_fixture.h"

static PDRIVER_OBJECT wpt_driver;
static unsigned int wpt_unloads;
/* A suite's own part of DriverEntry, or NULL. */
void (*wpt_wdm_at_entry)(PDRIVER_OBJECT driver);

static VOID wpt_wdm_unload(PDRIVER_OBJECT driver)
{
	wpt_unloads++;
}

/* DriverEntry of a client beside the fixture's. */
int wpt_wdm_other_entry(struct _DRIVER_OBJECT *driver,
			struct _UNICODE_STRING *path)
{
	driver->DriverUnload = wpt_wdm_unload;
	return STATUS_SUCCESS;
}

/* DriverEntry; the fixture starts the client with it. */
int wpt_wdm_entry(struct _DRIVER_OBJECT *driver, struct _UNICODE_STRING *path)
{
	wpt_driver = driver;
	wpt_driver->DriverUnload = wpt_wdm_unload;
	if (wpt_wdm_at_entry)
		wpt_wdm_at_entry(driver);
	return STATUS_SUCCESS;
}

/* The driver object that DriverEntry was given. */
PDRIVER_OBJECT wpt_wdm_driver(void)
{
	return wpt_driver;
}

/* How often DriverUnload was called so far. */
unsigned int wpt_wdm_unloads(void)
{
	return wpt_unloads;
}
