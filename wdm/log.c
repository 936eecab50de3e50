// SPDX-License-Identifier: GPL-2.0-only
/*
 * The error log. A driver allocates an entry, fills it in and writes it; here that prints
 * a line of the kernel's log with the client's name and the entry's numbers, and a line
 * for each string of the entry. The lengths and offsets in an entry are the driver's:
 * nothing outside of the entry is read, whatever they say.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/string.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/irql.h"
#include "wdm/port.h"
#include "wdm/string.h"

#define WDM_TAG_LOG		0x676f4c57	/* "WLog" */
/* So many bytes of a string are logged, with the null byte, and so many numbers. */
#define WDM_LOG_STRING		128
#define WDM_LOG_NUMBERS		16

/**
 * struct wdm_log - an entry, in memory of its client's pool
 * @client: the client
 * @size: how many bytes @packet has, with the numbers and strings behind it
 * @packet: what the client fills in
 */
struct wdm_log {
	struct winpar_wdm_client *client;
	u64 size;
	IO_ERROR_LOG_PACKET packet;
};

static struct wdm_log *to_log(PVOID entry)
{
	return container_of((PIO_ERROR_LOG_PACKET)entry, struct wdm_log, packet);
}

/**
 * winpar_wdm_log_alloc() - allocate an entry: IoAllocateErrorLogEntry()
 * @client: the client
 * @object: the client's driver object, or one of its device objects
 * @size: how many bytes the packet has, with the numbers and strings behind it
 *
 * DDI page: wdm, IoAllocateErrorLogEntry
 *
 * Context: at or below DISPATCH_LEVEL.
 * Return: the entry, zeroed, for IoWriteErrorLogEntry() or IoFreeErrorLogEntry(); NULL
 * if there is no memory or no object, or if @size is less than that of a packet without
 * numbers or more than ERROR_LOG_MAXIMUM_SIZE.
 */
PVOID winpar_wdm_log_alloc(struct winpar_wdm_client *client, PVOID object,
			   UCHAR size)
{
	struct wdm_log *log;
	size_t whole = offsetof(struct wdm_log, packet) + size;

	/* A packet may end before DumpData: then it is smaller than the structure. */
	if (!object || size < offsetof(IO_ERROR_LOG_PACKET, DumpData) ||
	    size > ERROR_LOG_MAXIMUM_SIZE || !wdm_at_most(DISPATCH_LEVEL))
		return NULL;
	whole = max(whole, sizeof(*log));
	log = winpar_wdm_pool_alloc(client, whole, WDM_TAG_LOG, (void *)_RET_IP_);
	if (!log)
		return NULL;
	memset(log, 0, whole);
	log->client = client;
	log->size = size;
	return &log->packet;
}
WINPAR_EXPORT(winpar_wdm_log_alloc);

/* Print the numbers of DumpData into @text, as many as are in the entry. */
static void wdm_log_numbers(const struct wdm_log *log, char *text, size_t size)
{
	size_t room = log->size - offsetof(IO_ERROR_LOG_PACKET, DumpData);
	unsigned int count = min_t(size_t, log->packet.DumpDataSize, room) /
			     sizeof(ULONG);
	/* Not as the array of one that it is called: UBSAN tests the bounds of arrays. */
	const ULONG *numbers = log->packet.DumpData;
	unsigned int i;
	size_t n = 0;

	*text = '\0';
	for (i = 0; i < min_t(unsigned int, count, WDM_LOG_NUMBERS); i++)
		n += scnprintf(text + n, size - n, "%s%#x", i ? " " : ", data ",
			       numbers[i]);
}

/* Print a line for each string, as many as are in the entry. */
static void wdm_log_strings(const struct wdm_log *log)
{
	size_t offset = log->packet.StringOffset, length;
	const WCHAR *at = (const WCHAR *)((const u8 *)&log->packet + offset);
	const WCHAR *end = at;
	char text[WDM_LOG_STRING];
	unsigned int i;

	/* Whole characters only: the entry's size may be odd. */
	if (offset < log->size)
		end += (log->size - offset) / sizeof(WCHAR);

	for (i = 0; i < log->packet.NumberOfStrings && at < end; i++) {
		for (length = 0; at + length < end && at[length]; length++)
			;
		wdm_string_utf8(at, length, text, sizeof(text));
		pr_warn("%s: error log: %s\n", wdm_client_name(log->client), text);
		at += length + 1;
	}
}

/**
 * IoWriteErrorLogEntry() - print an entry to the kernel's log, and free it
 * @entry: from IoAllocateErrorLogEntry(), filled in
 *
 * DDI page: wdm, IoWriteErrorLogEntry
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoWriteErrorLogEntry(PVOID entry)
{
	struct wdm_log *log = to_log(entry);
	PIO_ERROR_LOG_PACKET packet = entry;
	char numbers[WDM_LOG_NUMBERS * sizeof("0x12345678 ")];

	wdm_at_most(DISPATCH_LEVEL);
	wdm_log_numbers(log, numbers, sizeof(numbers));
	pr_warn("%s: error log: code %#x, unique value %u, final status %s (%#010x), request %#x %#x, sequence %u, retries %u%s\n",
		wdm_client_name(log->client), packet->ErrorCode,
		packet->UniqueErrorValue,
		wdm_port_status_name(packet->FinalStatus), packet->FinalStatus,
		packet->MajorFunctionCode, packet->IoControlCode,
		packet->SequenceNumber, packet->RetryCount, numbers);
	wdm_log_strings(log);
	ExFreePool(log);
}
WINPAR_EXPORT(IoWriteErrorLogEntry);

/**
 * IoFreeErrorLogEntry() - free an entry without printing it
 * @entry: from IoAllocateErrorLogEntry()
 *
 * DDI page: wdm, IoFreeErrorLogEntry
 *
 * Context: at or below DISPATCH_LEVEL.
 */
void IoFreeErrorLogEntry(PVOID entry)
{
	ExFreePool(to_log(entry));
}
WINPAR_EXPORT(IoFreeErrorLogEntry);
