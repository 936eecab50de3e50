/* SPDX-License-Identifier: GPL-2.0-only */
/* A device's requests in order, and its thread: device/worker.c. */
#ifndef _WINPAR_DEVICE_WORKER_H
#define _WINPAR_DEVICE_WORKER_H

#include "device/device.h"

/**
 * struct winpar_job - what the worker does for a request
 * @handle: does it, with the port allocated and the device selected unless
 *          @bare; returns the request's status and sets its Information
 * @bare: comes without the port: LOCK, UNLOCK, looking for a device, and
 *        selecting one, which see to it themselves
 * @locks: is a LOCK
 * @locked: only while the file holds the lock: a callback
 * @timed: has a time, and looks at winpar_stop_check() in it before it uses the engine
 * @information: Information on success; 0 when the routine sets it
 *
 * The routine of a job runs in the worker's thread, may sleep, and looks at
 * winpar_stop_reason() between what it does on the wires.
 */
struct winpar_job {
	NTSTATUS (*handle)(struct winpar_device *device, IRP *irp);
	bool bare;
	bool locks;
	bool locked;
	bool timed;
	u16 information;
};

NTSTATUS __winpar_worker_queue(struct winpar_file *file, IRP *irp,
			       const struct winpar_job *job)
	__must_hold(&file->device->lock);
NTSTATUS winpar_worker_queue(struct winpar_file *file, IRP *irp,
			     const struct winpar_job *job);
unsigned int winpar_worker_silence(struct winpar_device *device,
				   struct module *module);
NTSTATUS winpar_worker_start(struct winpar_device *device);
unsigned int winpar_worker_cancel_all(struct winpar_file *file);
void winpar_worker_stop(struct winpar_device *device);
void winpar_worker_fail(struct winpar_device *device);
void winpar_worker_init(struct winpar_device *device);

#endif /* _WINPAR_DEVICE_WORKER_H */
