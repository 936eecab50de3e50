// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of statuses, for messages: winpar's own and its clients'.
 *
 * The table has each STATUS_ constant that include/winpar/nt.h defines, under the
 * name and the number that it has there; "make lint LINT=statuses" names one that
 * is missing. winpar_status_name() is exported from here, and not from api/, since
 * messages of port/ and device/ use it.
 */
#include <linux/kernel.h>

#include <winpar/winpar.h>

#define WINPAR_STATUS(which)	{ .status = (which), .name = #which }

static const struct winpar_ntstatus {
	NTSTATUS status;
	const char *name;
} winpar_ntstatuses[] = {
	WINPAR_STATUS(STATUS_SUCCESS),
	WINPAR_STATUS(STATUS_TIMEOUT),
	WINPAR_STATUS(STATUS_PENDING),
	WINPAR_STATUS(STATUS_DEVICE_PAPER_EMPTY),
	WINPAR_STATUS(STATUS_DEVICE_POWERED_OFF),
	WINPAR_STATUS(STATUS_DEVICE_OFF_LINE),
	WINPAR_STATUS(STATUS_DEVICE_BUSY),
	WINPAR_STATUS(STATUS_UNSUCCESSFUL),
	WINPAR_STATUS(STATUS_NOT_IMPLEMENTED),
	WINPAR_STATUS(STATUS_INVALID_HANDLE),
	WINPAR_STATUS(STATUS_INVALID_PARAMETER),
	WINPAR_STATUS(STATUS_NO_SUCH_DEVICE),
	WINPAR_STATUS(STATUS_INVALID_DEVICE_REQUEST),
	WINPAR_STATUS(STATUS_ACCESS_DENIED),
	WINPAR_STATUS(STATUS_BUFFER_TOO_SMALL),
	WINPAR_STATUS(STATUS_OBJECT_NAME_INVALID),
	WINPAR_STATUS(STATUS_OBJECT_NAME_NOT_FOUND),
	WINPAR_STATUS(STATUS_SHARING_VIOLATION),
	WINPAR_STATUS(STATUS_DELETE_PENDING),
	WINPAR_STATUS(STATUS_INSUFFICIENT_RESOURCES),
	WINPAR_STATUS(STATUS_DEVICE_NOT_CONNECTED),
	WINPAR_STATUS(STATUS_DEVICE_POWER_FAILURE),
	WINPAR_STATUS(STATUS_IO_TIMEOUT),
	WINPAR_STATUS(STATUS_NOT_SUPPORTED),
	WINPAR_STATUS(STATUS_NOT_A_DIRECTORY),
	WINPAR_STATUS(STATUS_CANCELLED),
	WINPAR_STATUS(STATUS_INVALID_DEVICE_STATE),
	WINPAR_STATUS(STATUS_IO_DEVICE_ERROR),
	WINPAR_STATUS(STATUS_DEVICE_PROTOCOL_ERROR),
	WINPAR_STATUS(STATUS_DEVICE_REMOVED),
};

/**
 * winpar_status_name() - what a status is called
 * @status: any status
 *
 * For messages, beside the number: "STATUS_DEVICE_BUSY (0x80000011)" is printed by
 * "%s (%#010x)".
 *
 * Context: any.
 * Return: the name that <winpar/nt.h> has for it; "unknown status" where it has
 * none.
 */
const char *winpar_status_name(NTSTATUS status)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(winpar_ntstatuses); i++)
		if (winpar_ntstatuses[i].status == status)
			return winpar_ntstatuses[i].name;
	return "unknown status";
}
WINPAR_EXPORT(winpar_status_name);
