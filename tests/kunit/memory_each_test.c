// SPDX-License-Identifier: GPL-2.0-only
/* Each allocation of winpar and of the port in software fails once: each.c. */
#include "device_port.h"
#include "each.h"

/**
 * struct wpt_each - what the rows use
 * @d: the fixture
 * @device: the printer of its port, open
 * @hook: connected and disconnected
 * @buffer: takes more than a request on the stack does
 * @name: the name of the port
 * @device_name: that of the printer
 */
struct wpt_each {
	struct wpt_dev *d;
	struct winpar_file *device;
	struct wpt_hook *hook;
	u8 *buffer;
	char name[32];
	char device_name[16];
};

#define WPT_EACH_BUFFER	4096

static int wpt_each_errno(int ret)
{
	return ret == -ENOMEM ? 1 : ret;
}

static int wpt_each_open(void *context)
{
	struct wpt_each *e = context;
	struct winpar_file *file;
	NTSTATUS status = winpar_open(e->name, &file);

	if (status == STATUS_SUCCESS)
		winpar_close(file);
	return wpt_each_is(status);
}

static int wpt_each_connect(void *context)
{
	struct wpt_each *e = context;
	NTSTATUS status = wpt_connect(e->hook, e->d->s.t.file[0]);

	if (status == STATUS_SUCCESS)
		status = wpt_disconnect(e->hook, e->d->s.t.file[0]);
	return wpt_each_is(status);
}

static void wpt_each_arrived(struct winpar_watch *watch, const char *name)
{
}

static int wpt_each_watch(void *context)
{
	struct winpar_watch watch = { .arrived = wpt_each_arrived };
	NTSTATUS status = winpar_watch_ports(&watch);

	if (status == STATUS_SUCCESS)
		winpar_unwatch_ports(&watch);
	return wpt_each_is(status);
}

static int wpt_each_request(void *context)
{
	IRP *irp = winpar_irp_alloc(GFP_KERNEL);

	winpar_irp_free(irp);
	return !irp;
}

static int wpt_each_id(void *context)
{
	struct wpt_each *e = context;

	return wpt_each_is(winpar_device_ioctl(e->device,
					       IOCTL_PAR_QUERY_DEVICE_ID, NULL,
					       0, e->buffer, WPT_EACH_BUFFER,
					       NULL));
}

static int wpt_each_reopen(void *context)
{
	struct wpt_each *e = context;

	winpar_close(e->device);
	return wpt_each_is(winpar_open(e->device_name, &e->device));
}

static int wpt_each_debugfs(void *context)
{
	struct wpt_each *e = context;
	ssize_t ret = wpt_user_read("/sys/kernel/debug/winpar/ports", e->buffer,
				    WPT_EACH_BUFFER);

	return wpt_each_errno(min_t(ssize_t, ret, 0));
}

static int wpt_each_sysfs(void *context)
{
	struct wpt_each *e = context;
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/winpar/%s/owner", e->device_name);
	return wpt_each_errno(wpt_read_file(path, e->buffer, WPT_EACH_BUFFER));
}

static int wpt_each_parameter(void *context)
{
	return wpt_each_errno(wpt_write_file("/sys/module/winpar/parameters/lpt",
					     "\n"));
}

/* Write to a knob of the port in software. */
static int wpt_each_knob(struct wpt_each *e, const char *knob, const char *text)
{
	char path[80];

	snprintf(path, sizeof(path), "/sys/kernel/debug/winpar_sim/%s/%s",
		 e->d->s.name, knob);
	return wpt_each_errno(wpt_user_write(path, text, strlen(text)));
}

static int wpt_each_sim_id(void *context)
{
	struct wpt_each *e = context;

	return wpt_each_knob(e, "device_id", "MFG:winpar;\n");
}

static int wpt_each_sim_feed(void *context)
{
	return wpt_each_knob(context, "feed", "x");
}

static int wpt_each_sim_received(void *context)
{
	struct wpt_each *e = context;
	char path[80];
	ssize_t ret;

	snprintf(path, sizeof(path), "/sys/kernel/debug/winpar_sim/%s/received",
		 e->d->s.name);
	ret = wpt_user_read(path, e->buffer, WPT_EACH_BUFFER);
	return wpt_each_errno(min_t(ssize_t, ret, 0));
}

static int wpt_each_sim_devices(void *context)
{
	struct wpt_each *e = context;
	int ret = wpt_each_knob(e, "daisy", "printer+loopback\n");

	/* Taking them off opens a file: a failure there would leave them. */
	wpt_each_stop();
	return wpt_each_knob(e, "daisy", "none\n") ?: ret;
}

static const struct wpt_each_row wpt_each_rows[] = {
	{ "open a port", wpt_each_open, 1 },
	{ "connect a routine", wpt_each_connect, 1 },
	{ "watch for ports", wpt_each_watch, 1 },
	{ "a request", wpt_each_request, 1 },
	{ "a device's ID", wpt_each_id, 1 },
	{ "open a device", wpt_each_reopen, 2 },
	{ "read debugfs", wpt_each_debugfs, 2 },
	{ "read a file in sysfs", wpt_each_sysfs, 2 },
	{ "set the parameter lpt", wpt_each_parameter, 2 },
	{ "set the ID of a device in software", wpt_each_sim_id, 2, 1 },
	{ "bytes for a device in software", wpt_each_sim_feed, 1 },
	{ "bytes that it has received", wpt_each_sim_received, 1 },
	{ "devices in software", wpt_each_sim_devices, 6 },
};

WPT_ROWS(wpt_each, wpt_each_rows);

static void wpt_each_prepare(struct kunit *test, struct wpt_each *e)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp peripheral=printer");
	int number = d->s.linux_port.parport->number;

	e->d = d;
	e->hook = wpt_hook(&d->s.t, 1, WPT_BOTH);
	e->buffer = wpt_dev_block(d, WPT_EACH_BUFFER);
	snprintf(e->name, sizeof(e->name), "\\Device\\ParallelPort%d", number);
	snprintf(e->device_name, sizeof(e->device_name), "LPT%d", number + 1);
	KUNIT_ASSERT_EQ(test, winpar_open(e->device_name, &e->device),
			STATUS_SUCCESS);
}

static void winpar_test_memory_each(struct kunit *test)
{
	struct wpt_each e = { };

	wpt_each_prepare(test, &e);
	wpt_each_run(test, test->param_value, &e);
	winpar_close(e.device);
}

static struct kunit_case winpar_memory_each_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_memory_each, wpt_each_gen_params),
	{ }
};

static struct kunit_suite winpar_memory_each_suite = {
	.name = "winpar_memory_each",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_memory_each_cases,
};

kunit_test_suite(winpar_memory_each_suite);
