// SPDX-License-Identifier: GPL-2.0-only
/*
 * Shutdowns (wdm/shutdown.c). DDI pages: wdm, IoRegisterShutdownNotification,
 * IoUnregisterShutdownNotification. The cases call what Linux calls before it stops.
 */
#include <linux/notifier.h>
#include <linux/reboot.h>

#include "wdm_fixture.h"

/**
 * struct wpt_shutdown - the driver's devices, and what it has seen
 * @devices: its devices
 * @count: seen: how many requests each of them was sent
 * @keeps: told: requests are kept pending
 * @kept: the last one
 * @notify: what Linux calls
 * @timeout: the parameter power_timeout
 * @early: seen: how many requests were sent before DriverEntry had returned
 */
static struct wpt_shutdown {
	PDEVICE_OBJECT devices[2];
	unsigned int count[2];
	bool keeps;
	PIRP kept;
	int (*notify)(struct notifier_block *block, unsigned long action, void *data);
	unsigned int *timeout;
	unsigned int early;
} wpt_shutdown;

static void wpt_shutdown_complete(PIRP irp)
{
	irp->IoStatus.Status = STATUS_SUCCESS;
	irp->IoStatus.Information = 0;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS wpt_shutdown_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	wpt_shutdown.count[device == wpt_shutdown.devices[1]]++;
	if (wpt_shutdown.keeps) {
		IoMarkIrpPending(irp);
		wpt_shutdown.kept = irp;
		return STATUS_PENDING;
	}
	/* A driver may do so, though the device is not registered any more. */
	IoUnregisterShutdownNotification(device);
	wpt_shutdown_complete(irp);
	return STATUS_SUCCESS;
}

/* A shutdown comes before DriverEntry has returned. */
static void wpt_shutdown_entry(PDRIVER_OBJECT driver)
{
	PDEVICE_OBJECT device;

	driver->MajorFunction[IRP_MJ_SHUTDOWN] = wpt_shutdown_dispatch;
	wpt_shutdown.early = UINT_MAX;
	if (IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device))
		return;
	if (!IoRegisterShutdownNotification(device)) {
		wpt_shutdown.notify(NULL, SYS_RESTART, NULL);
		wpt_shutdown.early = wpt_shutdown.count[0];
	}
	wpt_shutdown.count[0] = 0;
	IoUnregisterShutdownNotification(device);
	IoDeleteDevice(device);
}

static int wpt_shutdown_init(struct kunit *test)
{
	unsigned int i;
	int ret;

	memset(&wpt_shutdown, 0, sizeof(wpt_shutdown));
	wpt_shutdown.notify = wpt_symbol_of(test, "winpar_wdm", "wdm_shutdown_notify");
	KUNIT_ASSERT_NOT_NULL(test, (void *)wpt_shutdown.notify);
	wpt_shutdown.timeout = wpt_symbol_of(test, "winpar_wdm", "wdm_suspend_timeout");
	KUNIT_ASSERT_NOT_NULL(test, wpt_shutdown.timeout);
	wpt_wdm_at_entry = wpt_shutdown_entry;
	ret = wpt_wdm_init_port(test);
	wpt_wdm_at_entry = NULL;
	KUNIT_ASSERT_EQ(test, ret, 0);
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
				IoCreateDevice(wpt_wdm_driver(), 0, NULL,
					       FILE_DEVICE_UNKNOWN, 0, FALSE,
					       &wpt_shutdown.devices[i]));
	return 0;
}

static void wpt_shutdown_exit(struct kunit *test)
{
	if (wpt_shutdown.timeout)
		*wpt_shutdown.timeout = 10;
	wpt_wdm_exit(test);
}

static void wpt_shutdown_tell(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wpt_shutdown.notify(NULL, SYS_RESTART, NULL), NOTIFY_DONE);
}

static void wpt_shutdown_delete(void)
{
	IoDeleteDevice(wpt_shutdown.devices[0]);
	IoDeleteDevice(wpt_shutdown.devices[1]);
}

/*
 * A driver whose DriverEntry has not returned is sent none: if it fails, its module is freed
 * whatever request it has.
 */
static void winpar_test_shutdown_early(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, wpt_shutdown.early, 0U);
	wpt_shutdown_delete();
}

/* Each device that is registered is sent one request. */
static void winpar_test_shutdown(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	unsigned int i;

	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
				IoRegisterShutdownNotification(wpt_shutdown.devices[i]));
	IoUnregisterShutdownNotification(wpt_shutdown.devices[0]);
	wpt_shutdown_tell(test);
	wpt_shutdown_tell(test);
	KUNIT_EXPECT_EQ(test, wpt_shutdown.count[0], 0U);
	KUNIT_EXPECT_EQ(test, wpt_shutdown.count[1], 1U);
	wpt_shutdown_delete();
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, "winpar_kunit: ", "left"));
}

/* A driver that does not complete the request is named, and may do so later. */
static void winpar_test_shutdown_late(struct kunit *test)
{
	u64 since = wpt_kmsg_end();

	*wpt_shutdown.timeout = 1;
	wpt_shutdown.keeps = true;
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoRegisterShutdownNotification(wpt_shutdown.devices[0]));
	wpt_shutdown_tell(test);
	KUNIT_EXPECT_EQ(test, wpt_shutdown.count[0], 1U);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"has not completed IRP_MJ_SHUTDOWN"));
	/* The request has a reference to the device. */
	IoDeleteDevice(wpt_shutdown.devices[0]);
	wpt_shutdown_complete(wpt_shutdown.kept);
	IoDeleteDevice(wpt_shutdown.devices[1]);
}

/* A device that is deleted and left registered is there; a port's is not registered. */
static void winpar_test_shutdown_left(struct kunit *test)
{
	u64 since = wpt_kmsg_end();
	PFILE_OBJECT file;
	PDEVICE_OBJECT port = wpt_wdm_open_port(test, &file);

	KUNIT_EXPECT_EQ(test, IoRegisterShutdownNotification(port),
			STATUS_INVALID_DEVICE_REQUEST);
	ObDereferenceObject(file);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoRegisterShutdownNotification(wpt_shutdown.devices[0]));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			IoRegisterShutdownNotification(wpt_shutdown.devices[1]));
	IoDeleteDevice(wpt_shutdown.devices[0]);
	wpt_shutdown.keeps = false;
	wpt_wdm_stop();
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "winpar_kunit: ",
						"2 devices were left registered"));
	wpt_shutdown_tell(test);
	KUNIT_EXPECT_EQ(test, wpt_shutdown.count[0], 0U);
}

static struct kunit_case wpt_wdm_shutdown_cases[] = {
	KUNIT_CASE(winpar_test_shutdown_early),
	KUNIT_CASE(winpar_test_shutdown),
	KUNIT_CASE(winpar_test_shutdown_late),
	KUNIT_CASE(winpar_test_shutdown_left),
	{ }
};

static struct kunit_suite wpt_wdm_shutdown_suite = {
	.name = "winpar_wdm_shutdown",
	.init = wpt_shutdown_init,
	.exit = wpt_shutdown_exit,
	.test_cases = wpt_wdm_shutdown_cases,
};

kunit_test_suite(wpt_wdm_shutdown_suite);
