/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a job has to stop, and its time: device/stop.c. */
#ifndef _WINPAR_DEVICE_STOP_H
#define _WINPAR_DEVICE_STOP_H

#include "device/device.h"

enum winpar_stop winpar_stop_reason(struct winpar_device *device);
NTSTATUS winpar_stop_status(enum winpar_stop stop);
NTSTATUS winpar_stop_check(struct winpar_device *device);
unsigned int winpar_stop_await_wake(struct winpar_device *device);
void winpar_stop_drive(struct winpar_device *device, bool driving);
void __winpar_stop_job(struct winpar_device *device, enum winpar_stop stop)
	__must_hold(&device->lock);
void winpar_stop_for_sleep(struct winpar_device *device);
void __winpar_stop_forget(struct winpar_device *device)
	__must_hold(&device->lock);
void winpar_stop_set_time(struct winpar_device *device, unsigned int ms);
void winpar_stop_clear_time(struct winpar_device *device);
void winpar_stop_nap(struct winpar_device *device, unsigned int ms);
void winpar_stop_init(struct winpar_device *device);
void winpar_stop_exit(struct winpar_device *device);

#endif /* _WINPAR_DEVICE_STOP_H */
