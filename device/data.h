/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests that move data: device/data.c. */
#ifndef _WINPAR_DEVICE_DATA_H
#define _WINPAR_DEVICE_DATA_H

#include "device/device.h"

NTSTATUS winpar_data_transfer(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_data_query_information(IRP *irp);
NTSTATUS winpar_job_par_query_device_id(struct winpar_device *device, IRP *irp);
NTSTATUS winpar_job_par_query_raw_device_id(struct winpar_device *device,
					    IRP *irp);
NTSTATUS winpar_job_par_query_device_id_size(struct winpar_device *device,
					     IRP *irp);

#endif /* _WINPAR_DEVICE_DATA_H */
