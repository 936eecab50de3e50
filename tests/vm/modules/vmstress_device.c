// SPDX-License-Identifier: GPL-2.0-only
/* vmstress: the party that uses the parallel device. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <winpar/ntddser.h>

#include "vmstress.h"

static bool device_open(struct party *p)
{
	char name[16];

	snprintf(name, sizeof(name), "LPT%u", p->port + 1);
	while (!stress_stopped()) {
		if (party_open_name(p, name) == STATUS_SUCCESS)
			return true;
		stress_rest(2000);
	}
	return false;
}

static bool device_is_well(NTSTATUS status)
{
	switch (status) {
	case STATUS_SUCCESS:
	case STATUS_TIMEOUT:
	case STATUS_CANCELLED:
	case STATUS_IO_DEVICE_ERROR:
		return true;
	case STATUS_DELETE_PENDING:
	case STATUS_DEVICE_REMOVED:
		return false;
	default:
		if (stress_lacked(status))
			return true;
		flaw("device: status %#x", status);
		return false;
	}
}

/* A write that is cancelled while it moves its bytes. */
static NTSTATUS device_write_cancelled(struct party *p, u8 *buffer, ULONG len)
{
	NTSTATUS status;
	IRP irp;

	winpar_irp_init(&irp);
	irp.AssociatedIrp.SystemBuffer = buffer;
	irp.Stack.MajorFunction = IRP_MJ_WRITE;
	irp.Stack.Parameters.Write.Length = len;
	status = party_submit(p, &irp);
	if (status != STATUS_PENDING)
		return status;
	stress_rest(stress_dice(500));
	party_cancel(&irp);
	return winpar_irp_wait(&irp);
}

/* One use of the device. False: the device is gone. */
static bool device_step(struct party *p)
{
	u8 buffer[64] = { };
	ULONG done = 0;
	bool locked = false, well;
	NTSTATUS status;

	if (!stress_dice(3)) {
		status = party_call(p, IOCTL_INTERNAL_LOCK_PORT, NULL, 0, 0);
		locked = status == STATUS_SUCCESS;
		device_is_well(status);
	}
	if (locked && p->life)
		model_grant(p);
	if (!stress_dice(3))
		well = device_is_well(device_write_cancelled(p, buffer,
							     sizeof(buffer)));
	else if (stress_dice(2))
		well = device_is_well(winpar_write(p->file, buffer,
						   stress_dice(sizeof(buffer)), &done));
	else
		well = device_is_well(winpar_read(p->file, buffer, 8, &done));
	atomic_inc(&stress_calls);
	stress_moved += done;
	if (locked) {
		if (p->life)
			model_free(p, true);
		device_is_well(party_call(p, IOCTL_INTERNAL_UNLOCK_PORT, NULL, 0, 0));
	}
	stress_rest(200);
	return well;
}

/*
 * The party has a file of the port open, too, and opens it before the device:
 * if that file is not gone once the device is open, both are of one life of the
 * port. Only then does the model know the life that the device's lock owns.
 */
int device_thread(void *data)
{
	SERIAL_TIMEOUTS times = {
		.ReadTotalTimeoutConstant = 20,
		.WriteTotalTimeoutConstant = 200,
	};
	struct party *p = data;
	struct winpar_file *file;
	struct life *life;

	p->blind = true;
	while (party_open(p)) {
		file = p->file;
		life = p->life;
		if (!device_open(p)) {
			winpar_close(file);
			break;
		}
		swap(file, p->file);
		p->life = party_gone(p) ? NULL : life;
		swap(file, p->file);
		winpar_device_ioctl(p->file, IOCTL_SERIAL_SET_TIMEOUTS, &times,
				    sizeof(times), NULL, 0, NULL);
		while (!stress_stopped() && device_step(p))
			if (!stress_dice(64))
				break;
		if (stress_leave && stress_stopped())
			return 0;
		party_close(p);
		winpar_close(file);
	}
	p->file = NULL;
	return party_over(p);
}
