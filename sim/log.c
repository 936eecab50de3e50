// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log: the last SIM_LOG_ENTRIES changes of lines at the port's connector,
 * each with who made it, when, and which event of IEEE 1284 it was, if any.
 *
 * A change of the host's is entered before any device sees it. The device that
 * understands the change then says which event it was, and that is added to the
 * entry.
 *
 * Locking: the port's lock, but for init and exit. This room is at the ground
 * and does not know what a port is.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "log.h"

/* What the numbers stand for, from the host's side of the cable. */
static const char *const sim_event_name[256] = {
	[1] = "host asks for a mode",
	[2] = "peripheral knows IEEE 1284",
	[3] = "host strobes the mode byte",
	[4] = "host goes on",
	[5] = "peripheral says if it has the mode",
	[6] = "... and that this is valid",
	[7] = "host is ready for a nibble or byte",
	[8] = "nibble or byte on the lines",
	[9] = "... and valid",
	[10] = "host has it",
	[11] = "handshake over",
	[13] = "whether there is more",
	[16] = "host acknowledges the byte",
	[17] = "... end of the pulse",
	[18] = "peripheral has data",
	[19] = "... end of the pulse",
	[20] = "host has noticed",
	[21] = "peripheral goes on",
	[22] = "host leaves the mode",
	[24] = "peripheral agrees",
	[25] = "host has seen it",
	[27] = "peripheral is back",
	[29] = "host is back",
	[30] = "host sets up ECP",
	[31] = "peripheral has set up ECP",
	[32] = "ready for the next byte",
	[35] = "host strobes a byte",
	[36] = "peripheral takes it",
	[37] = "end of the strobe",
	[39] = "host asks to turn round",
	[40] = "peripheral has turned round",
	[42] = "byte on the lines",
	[43] = "... and valid",
	[44] = "host has it",
	[45] = "peripheral has seen it",
	[46] = "host is ready for the next",
	[47] = "host turns back",
	[49] = "peripheral has turned back",
	[56] = "address write",
	[58] = "peripheral acknowledges the cycle",
	[59] = "address strobe ends",
	[60] = "peripheral is ready for a cycle",
	[62] = "data write",
	[63] = "data strobe ends",
	[64] = "address read",
	[67] = "data read",
	[68] = "host leaves EPP",
	[SIM_EVENT_BYTE] = "byte",
	[SIM_EVENT_READY] = "acknowledged",
	[SIM_EVENT_RESET] = "reset",
	[SIM_EVENT_HEADER] = "packet: AA 55 00 FF",
	[SIM_EVENT_HEADER2] = "packet: 87",
	[SIM_EVENT_PACKET] = "packet: 78",
	[SIM_EVENT_ASSIGN] = "packet: assign address",
	[SIM_EVENT_SELECT] = "packet: select",
	[SIM_EVENT_DESELECT] = "packet: deselect all",
	[SIM_EVENT_COMMAND] = "packet: unknown command",
	[SIM_EVENT_PACKET_END] = "packet: FF, end",
	[SIM_EVENT_CONDITION] = "condition changed",
	[SIM_EVENT_INTERRUPT] = "peripheral interrupts",
};

/**
 * sim_log_init() - make a log
 * @log: the log
 *
 * Context: process.
 * Return: 0, or -ENOMEM.
 */
int sim_log_init(struct sim_log *log)
{
	log->entry = kvcalloc(SIM_LOG_ENTRIES, sizeof(*log->entry), GFP_KERNEL);
	return log->entry ? 0 : -ENOMEM;
}

/**
 * sim_log_exit() - free a log
 * @log: the log, which no port writes to any more
 *
 * Context: process.
 */
void sim_log_exit(struct sim_log *log)
{
	kvfree(log->entry);
	log->entry = NULL;
}

static struct sim_entry *sim_log_add(struct sim_log *log)
{
	struct sim_entry *entry;

	entry = &log->entry[log->total++ & (SIM_LOG_ENTRIES - 1)];
	entry->ns = ktime_get_mono_fast_ns();
	return entry;
}

/**
 * sim_log_host() - the host has moved lines
 * @log: the log
 * @was: the lines before
 * @now: the lines after
 */
void sim_log_host(struct sim_log *log, const struct sim_host *was,
		  const struct sim_host *now)
{
	struct sim_entry *entry;

	log->host = log->total;
	entry = sim_log_add(log);
	entry->seat = SIM_SEAT_HOST;
	entry->event = SIM_EVENT_NONE;
	entry->was = was->lines;
	entry->now = now->lines;
	entry->data = now->data;
	entry->driven = now->driven;
}

/**
 * sim_log_name() - say which event a change of the host's was
 * @log: the log
 * @number: the number of the change
 * @event: a number of IEEE 1284's, or SIM_EVENT_...
 *
 * The first name that a change is given stays.
 */
void sim_log_name(struct sim_log *log, unsigned long number, u8 event)
{
	struct sim_entry *entry;

	/* Later changes have taken its place. */
	if (log->total - number > SIM_LOG_ENTRIES)
		return;
	entry = &log->entry[number & (SIM_LOG_ENTRIES - 1)];
	if (entry->seat == SIM_SEAT_HOST && entry->event == SIM_EVENT_NONE)
		entry->event = event;
}

/**
 * sim_log_back() - a device has moved lines
 * @log: the log
 * @seat: which device
 * @event: which event that was
 * @was: the lines before
 * @now: the lines after
 */
void sim_log_back(struct sim_log *log, u8 seat, u8 event,
		  const struct sim_back *was, const struct sim_back *now)
{
	struct sim_entry *entry = sim_log_add(log);

	entry->seat = seat;
	entry->event = event;
	entry->was = was->lines;
	entry->now = now->lines;
	entry->data = now->data;
	entry->driven = now->driven;
}

static int sim_log_print_lines(const struct sim_entry *entry, char *buf,
			       size_t size)
{
	static const char *const host[8] = {
		"nStrobe", "nAutoFd", "nInit", "nSelectIn",
	};
	static const char *const back[8] = {
		[3] = "nFault", "Select", "PError", "nAck", "Busy",
	};
	const char *const *name = entry->seat == SIM_SEAT_HOST ? host : back;
	u8 changed = entry->was ^ entry->now;
	unsigned int bit;
	int len = 0;

	for (bit = 0; bit < 8; bit++)
		if (name[bit] && changed & BIT(bit))
			len += scnprintf(buf + len, size - len, " %s=%d",
					 name[bit], !!(entry->now & BIT(bit)));
	if (entry->driven)
		len += scnprintf(buf + len, size - len, " data=%02x",
				 entry->data);
	return len;
}

/**
 * sim_log_print() - an entry as a line of text
 * @entry: the entry
 * @buf: where the text goes to
 * @size: the size of @buf
 *
 * Return: the length of the text, its newline included.
 */
int sim_log_print(const struct sim_entry *entry, char *buf, size_t size)
{
	static const char *const seat[] = {
		"daisy0", "daisy1", "daisy2", "daisy3", "end", "host", "cable",
	};
	u32 ns;
	u64 s = div_u64_rem(entry->ns, NSEC_PER_SEC, &ns);
	int len;

	len = scnprintf(buf, size, "%llu.%06u %-6s", s, ns / 1000,
			seat[entry->seat]);
	len += sim_log_print_lines(entry, buf + len, size - len);
	if (entry->event == SIM_EVENT_NONE)
		return len + scnprintf(buf + len, size - len, "\n");
	if (entry->event < SIM_EVENT_BYTE)
		len += scnprintf(buf + len, size - len, " event %u",
				 entry->event);
	if (sim_event_name[entry->event])
		len += scnprintf(buf + len, size - len, " (%s)",
				 sim_event_name[entry->event]);
	return len + scnprintf(buf + len, size - len, "\n");
}
