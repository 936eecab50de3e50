// SPDX-License-Identifier: GPL-2.0-only
/* The driver of the cases about power requests, and what the cases do with it. */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/notifier.h>
#include <linux/suspend.h>

#include "wdm_power_driver.h"

struct wpt_power wpt_power;
/* The parameter power_timeout. */
unsigned int *wpt_power_timeout;

static void wpt_power_note(char device, PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	struct wpt_power_seen *seen = &wpt_power.seen[wpt_power.count];

	if (wpt_power.count == WPT_POWER_MOST)
		return;
	*seen = (struct wpt_power_seen){
		.device = device,
		.minor = location->MinorFunction,
		.type = location->Parameters.Power.Type,
		.state = location->Parameters.Power.State.SystemState,
		.action = location->Parameters.Power.ShutdownType,
	};
	wpt_power.count++;
}

/* The request by PoRequestPowerIrp() has ended: so does the system's, @context. */
VOID wpt_power_told(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state,
		    PVOID context, PIO_STATUS_BLOCK iosb)
{
	PIRP irp = context;

	wpt_power.told = iosb->Status;
	wpt_power.tolds++;
	if (irp)
		IoCompleteRequest(irp, IO_NO_INCREMENT);
}

/* A system request has come up to the upper device, which owns the device's power. */
static NTSTATUS wpt_power_is_up(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);
	POWER_STATE state = { .DeviceState = PowerDeviceD3 };

	wpt_power_note('U', irp);
	if (!wpt_power.owner)
		return STATUS_SUCCESS;
	if (location->Parameters.Power.State.SystemState == PowerSystemWorking)
		state.DeviceState = PowerDeviceD0;
	wpt_power.answer = PoRequestPowerIrp(wpt_power.upper, location->MinorFunction,
					     state, wpt_power_told, irp, NULL);
	return NT_SUCCESS(wpt_power.answer) ? STATUS_MORE_PROCESSING_REQUIRED :
	       STATUS_SUCCESS;
}

/* Complete a request, and stay in the dispatch routine. */
static NTSTATUS wpt_power_stay(PIRP irp)
{
	wpt_power.stays = PowerSystemUnspecified;
	IoMarkIrpPending(irp);
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	KeWaitForSingleObject(&wpt_power.go, Executive, KernelMode, FALSE, NULL);
	return STATUS_PENDING;
}

static NTSTATUS wpt_power_upper(PIRP irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	if (wpt_power.stays &&
	    location->Parameters.Power.State.SystemState == wpt_power.stays)
		return wpt_power_stay(irp);
	if (wpt_power.keeps && location->MinorFunction == wpt_power.keeps) {
		wpt_power.keeps = 0;
		IoMarkIrpPending(irp);
		wpt_power.kept = irp;
		KeSetEvent(&wpt_power.got, IO_NO_INCREMENT, FALSE);
		return STATUS_PENDING;
	}
	PoStartNextPowerIrp(irp);
	if (location->Parameters.Power.Type != SystemPowerState) {
		IoSkipCurrentIrpStackLocation(irp);
		return PoCallDriver(wpt_power.lower, irp);
	}
	IoMarkIrpPending(irp);
	IoCopyCurrentIrpStackLocationToNext(irp);
	IoSetCompletionRoutine(irp, wpt_power_is_up, NULL, TRUE, TRUE, TRUE);
	PoCallDriver(wpt_power.lower, irp);
	return STATUS_PENDING;
}

static NTSTATUS wpt_power_dispatch(PDEVICE_OBJECT device, PIRP irp)
{
	bool is_upper = device == wpt_power.upper;
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(irp);

	wpt_power_note(is_upper ? 'u' : 'l', irp);
	wpt_power.wrong += irp->IoStatus.Status != STATUS_NOT_SUPPORTED ||
			   KeGetCurrentIrql() != PASSIVE_LEVEL;
	if (is_upper)
		return wpt_power_upper(irp);
	if (location->MinorFunction == IRP_MN_QUERY_POWER &&
	    !NT_SUCCESS(wpt_power.refuses)) {
		NTSTATUS status = wpt_power.refuses;

		irp->IoStatus.Status = status;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
		return status;
	}
	IoSkipCurrentIrpStackLocation(irp);
	return PoCallDriver(wpt_power.port, irp);
}

/* The upper device completes what it has kept, as if the port had done so. */
void wpt_power_let_go(void)
{
	PIRP irp = wpt_power.kept;

	wpt_power.kept = NULL;
	irp->IoStatus.Status = STATUS_SUCCESS;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
}

static NTSTATUS wpt_power_add(PDRIVER_OBJECT driver, PDEVICE_OBJECT port)
{
	NTSTATUS status;

	wpt_power.port = port;
	status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&wpt_power.lower);
	if (!NT_SUCCESS(status))
		return status;
	IoAttachDeviceToDeviceStack(wpt_power.lower, port);
	status = IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
				&wpt_power.upper);
	if (NT_SUCCESS(status))
		IoAttachDeviceToDeviceStack(wpt_power.upper, port);
	return status;
}

/* The upper device removes both: the lower one stays until that is detached. */
static NTSTATUS wpt_power_pnp(PDEVICE_OBJECT device, PIRP irp)
{
	bool is_upper = device == wpt_power.upper;
	PDEVICE_OBJECT lower = is_upper ? wpt_power.lower : wpt_power.port;
	UCHAR minor = IoGetCurrentIrpStackLocation(irp)->MinorFunction;
	NTSTATUS status;

	IoSkipCurrentIrpStackLocation(irp);
	status = IoCallDriver(lower, irp);
	if (minor == IRP_MN_REMOVE_DEVICE && is_upper) {
		IoDetachDevice(wpt_power.lower);
		IoDeleteDevice(wpt_power.upper);
		IoDetachDevice(wpt_power.port);
		IoDeleteDevice(wpt_power.lower);
	}
	return status;
}

void wpt_power_entry(PDRIVER_OBJECT driver)
{
	driver->DriverExtension->AddDevice = wpt_power_add;
	driver->MajorFunction[IRP_MJ_PNP] = wpt_power_pnp;
	driver->MajorFunction[IRP_MJ_POWER] = wpt_power_dispatch;
}

void wpt_power_entry_deaf(PDRIVER_OBJECT driver)
{
	wpt_power_entry(driver);
	driver->MajorFunction[IRP_MJ_POWER] = driver->MajorFunction[IRP_MJ_WRITE];
}

void wpt_power_entry_legacy(PDRIVER_OBJECT driver)
{
	driver->MajorFunction[IRP_MJ_POWER] = wpt_power_dispatch;
	IoCreateDevice(driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
		       &wpt_power.upper);
}

/* ----- the cases' tools --------------------------------------------------- */

static int (*wpt_power_notify)(struct notifier_block *block, unsigned long action,
			       void *data);

/* What Linux does at a suspend or resume. Returns 0 or -EBUSY. */
int wpt_power_tell(unsigned long action)
{
	return notifier_to_errno(wpt_power_notify(NULL, action, NULL));
}

/* Start the client, with a port. Suspends wait one second for a request. */
void wpt_power_begin(struct kunit *test, void (*entry)(PDRIVER_OBJECT driver))
{
	int ret;

	wpt_power_notify = wpt_symbol_of(test, "winpar_wdm", "wdm_suspend_notify");
	KUNIT_ASSERT_NOT_NULL(test, (void *)wpt_power_notify);
	wpt_power_timeout = wpt_symbol_of(test, "winpar_wdm", "wdm_suspend_timeout");
	KUNIT_ASSERT_NOT_NULL(test, wpt_power_timeout);
	*wpt_power_timeout = 1;
	wpt_wdm_at_entry = entry;
	ret = wpt_wdm_init_port(test);
	wpt_wdm_at_entry = NULL;
	KUNIT_ASSERT_EQ(test, ret, 0);
}

int wpt_power_init(struct kunit *test)
{
	memset(&wpt_power, 0, sizeof(wpt_power));
	KeInitializeEvent(&wpt_power.got, SynchronizationEvent, FALSE);
	KeInitializeEvent(&wpt_power.go, SynchronizationEvent, FALSE);
	KeInitializeEvent(&wpt_power.over, SynchronizationEvent, FALSE);
	return 0;
}

void wpt_power_exit(struct kunit *test)
{
	if (wpt_power_timeout)
		*wpt_power_timeout = 10;
	wpt_wdm_exit(test);
}

/* A line of what is to be seen. */
void wpt_power_expect(struct kunit *test, unsigned int at, char device,
		      UCHAR minor, POWER_STATE_TYPE type, int state)
{
	const struct wpt_power_seen *seen = &wpt_power.seen[at];

	KUNIT_ASSERT_GT(test, wpt_power.count, at);
	KUNIT_EXPECT_EQ(test, seen->device, device);
	KUNIT_EXPECT_EQ(test, seen->minor, minor);
	KUNIT_EXPECT_EQ(test, (int)seen->type, (int)type);
	KUNIT_EXPECT_EQ(test, seen->state, state);
}

/* At @at: a request of the system's power down to the lower device and up again. */
void wpt_power_expect_system(struct kunit *test, unsigned int at, UCHAR minor,
			     SYSTEM_POWER_STATE state)
{
	wpt_power_expect(test, at, 'u', minor, SystemPowerState, state);
	wpt_power_expect(test, at + 1, 'l', minor, SystemPowerState, state);
	wpt_power_expect(test, at + 2, 'U', minor, SystemPowerState, state);
}

/* Wait until so many requests were seen. */
bool wpt_power_sees(unsigned int count)
{
	unsigned int left = 1000 * wpt_slowness;

	while (READ_ONCE(wpt_power.count) < count && left--)
		msleep(20);
	return wpt_power.count == count;
}

unsigned int wpt_power_says(struct kunit *test, u64 since, const char *what)
{
	return wpt_kmsg_says(test, since, "winpar_kunit: its ", what);
}
