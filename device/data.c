// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests to parallel devices that move data: read, write, device IDs; and
 * IRP_MJ_QUERY_INFORMATION, which winpar answers with zeros, since a device has
 * neither a file size nor a file position.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "device/data.h"
#include "device/id.h"
#include "device/transfer.h"
#include "device/worker.h"

/* ----- read, write ------------------------------------------------------- */

/**
 * winpar_job_read() - IRP_MJ_READ
 * @device: to read from
 * @irp: the request
 *
 * Information is how many bytes were read, whatever the status.
 *
 * Return: as winpar_transfer_read().
 */
static NTSTATUS winpar_job_read(struct winpar_device *device, IRP *irp)
{
	ULONG done = 0;
	NTSTATUS status;

	status = winpar_transfer_read(device, irp->AssociatedIrp.SystemBuffer,
				      irp->Stack.Parameters.Read.Length, &done);
	irp->IoStatus.Information = done;
	return status;
}

/**
 * winpar_job_write() - IRP_MJ_WRITE
 * @device: to write to
 * @irp: the request
 *
 * Information is how many bytes were written, whatever the status.
 *
 * Return: as winpar_transfer_write().
 */
static NTSTATUS winpar_job_write(struct winpar_device *device, IRP *irp)
{
	ULONG done = 0;
	NTSTATUS status;

	status = winpar_transfer_write(device, irp->AssociatedIrp.SystemBuffer,
				       irp->Stack.Parameters.Write.Length,
				       &done);
	irp->IoStatus.Information = done;
	return status;
}

static const struct winpar_job winpar_data_read = {
	.handle = winpar_job_read,
	.timed = true,
};

static const struct winpar_job winpar_data_write = {
	.handle = winpar_job_write,
	.timed = true,
};

/**
 * winpar_data_transfer() - have a read or a write done
 * @file: of the device
 * @irp: the request
 *
 * Context: process context.
 * Return: STATUS_SUCCESS at once when there is nothing to move;
 * STATUS_INVALID_PARAMETER an offset, or no buffer; else as
 * winpar_worker_queue().
 */
NTSTATUS winpar_data_transfer(struct winpar_file *file, IRP *irp)
{
	if (irp->Stack.Parameters.Read.Length &&
	    !irp->AssociatedIrp.SystemBuffer)
		return STATUS_INVALID_PARAMETER;
	if (irp->Stack.Parameters.Read.ByteOffset.QuadPart)
		return STATUS_INVALID_PARAMETER;
	if (!irp->Stack.Parameters.Read.Length)
		return STATUS_SUCCESS;
	return winpar_worker_queue(file, irp,
				   irp->Stack.MajorFunction == IRP_MJ_READ ?
				   &winpar_data_read : &winpar_data_write);
}

/* ----- device IDs -------------------------------------------------------- */

/*
 * Read the device ID, two length bytes and the text, into a new buffer *@raw,
 * which the caller frees with kvfree().
 */
static NTSTATUS winpar_data_read_id(struct winpar_device *device, UCHAR **raw,
				    size_t *length)
{
	NTSTATUS status;

	*raw = kvzalloc(WINPAR_ID_MAX, GFP_KERNEL);
	if (!*raw)
		return STATUS_INSUFFICIENT_RESOURCES;
	status = winpar_id_read(device, *raw, length);
	if (NT_SUCCESS(status))
		return status;
	kvfree(*raw);
	*raw = NULL;
	return status;
}

/* Give the ID from its byte @skip on, and a terminator. */
static NTSTATUS winpar_data_give_id(struct winpar_device *device, IRP *irp,
				    size_t skip)
{
	u8 *buffer = irp->AssociatedIrp.SystemBuffer;
	size_t length;
	NTSTATUS status;
	UCHAR *raw;

	status = winpar_data_read_id(device, &raw, &length);
	if (!NT_SUCCESS(status))
		return status;
	length -= skip;
	if (irp->Stack.Parameters.DeviceIoControl.OutputBufferLength <
	    length + 1) {
		status = STATUS_BUFFER_TOO_SMALL;
	} else {
		memcpy(buffer, raw + skip, length);
		buffer[length] = '\0';
		irp->IoStatus.Information = length + 1;
	}
	kvfree(raw);
	return status;
}

/**
 * winpar_job_par_query_device_id() - IOCTL_PAR_QUERY_DEVICE_ID
 * @device: the device
 * @irp: the request; its buffer takes the text and a terminator
 *
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL; STATUS_IO_DEVICE_ERROR the
 * device does not answer; STATUS_INSUFFICIENT_RESOURCES; what stopped it.
 */
NTSTATUS winpar_job_par_query_device_id(struct winpar_device *device, IRP *irp)
{
	return winpar_data_give_id(device, irp, 2);
}

/**
 * winpar_job_par_query_raw_device_id() - IOCTL_PAR_QUERY_RAW_DEVICE_ID
 * @device: the device
 * @irp: the request; its buffer takes two length bytes, most significant first,
 *       which count themselves and the text that was received, the text, and a
 *       terminator
 *
 * Return: as winpar_job_par_query_device_id().
 */
NTSTATUS winpar_job_par_query_raw_device_id(struct winpar_device *device,
					    IRP *irp)
{
	return winpar_data_give_id(device, irp, 0);
}

/**
 * winpar_job_par_query_device_id_size() - IOCTL_PAR_QUERY_DEVICE_ID_SIZE
 * @device: the device
 * @irp: the request; its buffer takes a PAR_DEVICE_ID_SIZE_INFORMATION: the size
 *       of the text with its terminator
 *
 * Return: as winpar_job_par_query_device_id().
 */
NTSTATUS winpar_job_par_query_device_id_size(struct winpar_device *device,
					     IRP *irp)
{
	PAR_DEVICE_ID_SIZE_INFORMATION *size = irp->AssociatedIrp.SystemBuffer;
	size_t length;
	NTSTATUS status;
	UCHAR *raw;

	status = winpar_data_read_id(device, &raw, &length);
	if (!NT_SUCCESS(status))
		return status;
	size->DeviceIdSize = length - 2 + 1;
	kvfree(raw);
	return STATUS_SUCCESS;
}

/* ----- file information -------------------------------------------------- */

/**
 * winpar_data_query_information() - IRP_MJ_QUERY_INFORMATION
 * @irp: the request; its buffer takes the structure of the file information class,
 *       filled with zeros
 *
 * Context: process context.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER another class, or no buffer;
 * STATUS_BUFFER_TOO_SMALL.
 */
NTSTATUS winpar_data_query_information(IRP *irp)
{
	size_t size;

	switch (irp->Stack.Parameters.QueryFile.FileInformationClass) {
	case FileStandardInformation:
		size = sizeof(FILE_STANDARD_INFORMATION);
		break;
	case FilePositionInformation:
		size = sizeof(FILE_POSITION_INFORMATION);
		break;
	default:
		return STATUS_INVALID_PARAMETER;
	}
	if (irp->Stack.Parameters.QueryFile.Length < size)
		return STATUS_BUFFER_TOO_SMALL;
	if (!irp->AssociatedIrp.SystemBuffer)
		return STATUS_INVALID_PARAMETER;
	memset(irp->AssociatedIrp.SystemBuffer, 0, size);
	irp->IoStatus.Information = size;
	return STATUS_SUCCESS;
}
