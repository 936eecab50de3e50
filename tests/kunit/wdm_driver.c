// SPDX-License-Identifier: GPL-2.0-only
/* The fixture's driver: DriverEntry and DriverUnload. */
#include "wdm_fixture.h"

static PDRIVER_OBJECT wpt_driver;
static unsigned int wpt_unloads;
/* What DriverEntry does beside, if any. */
void (*wpt_wdm_at_entry)(PDRIVER_OBJECT driver);

static VOID wpt_wdm_unload(PDRIVER_OBJECT driver)
{
	wpt_unloads++;
}

int wpt_wdm_entry(void *driver, void *path)
{
	wpt_driver = driver;
	wpt_driver->DriverUnload = wpt_wdm_unload;
	if (wpt_wdm_at_entry)
		wpt_wdm_at_entry(driver);
	return STATUS_SUCCESS;
}

PDRIVER_OBJECT wpt_wdm_driver(void)
{
	return wpt_driver;
}

unsigned int wpt_wdm_unloads(void)
{
	return wpt_unloads;
}
