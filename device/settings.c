// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to a parallel device that only read or change what the client has set.
 * They are answered at once, in the submitter's context, without the port.
 */
#include "device/settings.h"
#include "device/state.h"

/**
 * winpar_ioctl_ieee1284_get_mode() - IOCTL_IEEE1284_GET_MODE
 * @file: of the device
 * @irp: the request; its buffer takes a PARCLASS_NEGOTIATION_MASK
 *
 * Context: process context.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS winpar_ioctl_ieee1284_get_mode(struct winpar_file *file, IRP *irp)
{
	PARCLASS_NEGOTIATION_MASK *mask = irp->AssociatedIrp.SystemBuffer;
	struct winpar_device_settings set;

	winpar_state_settings(file->device, &set);
	mask->usReadMask = set.reverse;
	mask->usWriteMask = set.forward;
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_par_get_default_modes() - IOCTL_PAR_GET_DEFAULT_MODES
 * @file: of the device
 * @irp: the request; its buffer takes a PARCLASS_NEGOTIATION_MASK
 *
 * Context: process context.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS winpar_ioctl_par_get_default_modes(struct winpar_file *file, IRP *irp)
{
	PARCLASS_NEGOTIATION_MASK *mask = irp->AssociatedIrp.SystemBuffer;

	mask->usReadMask = NIBBLE;
	mask->usWriteMask = CENTRONICS;
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_par_set_read_address() - IOCTL_PAR_SET_READ_ADDRESS
 * @file: of the device
 * @irp: the request; its buffer holds a UCHAR, the ECP or EPP channel
 *
 * Sent before what is read next.
 *
 * Context: process context.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS winpar_ioctl_par_set_read_address(struct winpar_file *file, IRP *irp)
{
	struct winpar_device *device = file->device;
	const UCHAR *address = irp->AssociatedIrp.SystemBuffer;
	unsigned long flags;

	spin_lock_irqsave(&device->lock, flags);
	device->set.read_address = *address;
	device->set.has_read_address = true;
	spin_unlock_irqrestore(&device->lock, flags);
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_serial_get_timeouts() - IOCTL_SERIAL_GET_TIMEOUTS
 * @file: of the device
 * @irp: the request; its buffer takes a SERIAL_TIMEOUTS
 *
 * Context: process context.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS winpar_ioctl_serial_get_timeouts(struct winpar_file *file, IRP *irp)
{
	SERIAL_TIMEOUTS *timeouts = irp->AssociatedIrp.SystemBuffer;
	struct winpar_device_settings set;

	winpar_state_settings(file->device, &set);
	*timeouts = set.timeouts;
	return STATUS_SUCCESS;
}

/**
 * winpar_ioctl_serial_set_timeouts() - IOCTL_SERIAL_SET_TIMEOUTS
 * @file: of the device
 * @irp: the request; its buffer holds a SERIAL_TIMEOUTS
 *
 * For requests that begin from now on.
 *
 * DDI page: SERIAL_TIMEOUTS, which forbids MAXULONG for both ReadIntervalTimeout
 * and ReadTotalTimeoutConstant.
 *
 * Context: process context.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER nothing has changed.
 */
NTSTATUS winpar_ioctl_serial_set_timeouts(struct winpar_file *file, IRP *irp)
{
	struct winpar_device *device = file->device;
	const SERIAL_TIMEOUTS *timeouts = irp->AssociatedIrp.SystemBuffer;
	unsigned long flags;

	if (timeouts->ReadIntervalTimeout == MAXULONG &&
	    timeouts->ReadTotalTimeoutConstant == MAXULONG)
		return STATUS_INVALID_PARAMETER;
	spin_lock_irqsave(&device->lock, flags);
	device->set.timeouts = *timeouts;
	spin_unlock_irqrestore(&device->lock, flags);
	return STATUS_SUCCESS;
}
