/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For vmclient and vmdevice: the answer to the last command, which the test's
 * script reads from the parameter "do". The lock of the module's parameters
 * guards it.
 */
#ifndef VMANSWER_H
#define VMANSWER_H

#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <winpar/nt.h>

static char answer[512] = "nothing was asked";

static __printf(1, 2) void say(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(answer, sizeof(answer), fmt, args);
	va_end(args);
}

static const struct {
	NTSTATUS status;
	const char *name;
} statuses[] = {
	{ STATUS_SUCCESS, "SUCCESS" },
	{ STATUS_TIMEOUT, "TIMEOUT" },
	{ STATUS_PENDING, "PENDING" },
	{ STATUS_DEVICE_PAPER_EMPTY, "DEVICE_PAPER_EMPTY" },
	{ STATUS_DEVICE_POWERED_OFF, "DEVICE_POWERED_OFF" },
	{ STATUS_DEVICE_OFF_LINE, "DEVICE_OFF_LINE" },
	{ STATUS_DEVICE_BUSY, "DEVICE_BUSY" },
	{ STATUS_UNSUCCESSFUL, "UNSUCCESSFUL" },
	{ STATUS_INVALID_PARAMETER, "INVALID_PARAMETER" },
	{ STATUS_NO_SUCH_DEVICE, "NO_SUCH_DEVICE" },
	{ STATUS_INVALID_DEVICE_REQUEST, "INVALID_DEVICE_REQUEST" },
	{ STATUS_ACCESS_DENIED, "ACCESS_DENIED" },
	{ STATUS_BUFFER_TOO_SMALL, "BUFFER_TOO_SMALL" },
	{ STATUS_OBJECT_NAME_INVALID, "OBJECT_NAME_INVALID" },
	{ STATUS_OBJECT_NAME_NOT_FOUND, "OBJECT_NAME_NOT_FOUND" },
	{ STATUS_DELETE_PENDING, "DELETE_PENDING" },
	{ STATUS_INSUFFICIENT_RESOURCES, "INSUFFICIENT_RESOURCES" },
	{ STATUS_DEVICE_NOT_CONNECTED, "DEVICE_NOT_CONNECTED" },
	{ STATUS_CANCELLED, "CANCELLED" },
	{ STATUS_INVALID_DEVICE_STATE, "INVALID_DEVICE_STATE" },
	{ STATUS_IO_DEVICE_ERROR, "IO_DEVICE_ERROR" },
	{ STATUS_DEVICE_PROTOCOL_ERROR, "DEVICE_PROTOCOL_ERROR" },
	{ STATUS_DEVICE_REMOVED, "DEVICE_REMOVED" },
};

static void say_status(NTSTATUS status)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(statuses); i++) {
		if (statuses[i].status == status) {
			say("%s", statuses[i].name);
			return;
		}
	}
	say("%#x", status);
}

/* The get operation of the parameter "do": the answer. */
static int answer_get(char *buffer, const struct kernel_param *kp)
{
	return scnprintf(buffer, PAGE_SIZE, "%s\n", answer);
}

#endif /* VMANSWER_H */
