// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an error of a peripheral is and what is none: lines that say nothing,
 * errors that pass, a power cycle. What the log says of it. Time-outs that ask
 * for the first byte. And callers that are killed, or frozen, in a call.
 */
#include <linux/console.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>

#include "device_port.h"

/* The clocks of the worker and of the test are not the same. */
#define TROUBLE_MS	300UL
#define TROUBLE_LEAST	280UL
#define TROUBLE_MOST	15000UL
#define TROUBLE_BYTES	SZ_256K

/* ----- the first byte ---------------------------------------------------- */

struct wpt_first_row {
	const char *name;
	const char *words;
	USHORT protocol;
};

static const struct wpt_first_row wpt_first_rows[] = {
	{ "nibble", "", NIBBLE },
	{ "byte, no interrupt", "irq=0", BYTE_BIDIR },
	{ "ecp", "", ECP_SW },
};

static void wpt_first_name(const struct wpt_first_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_first, wpt_first_rows, wpt_first_name);

static struct wpt_dev *wpt_first_plug(struct kunit *test,
				      struct winpar_file **file)
{
	static const SERIAL_TIMEOUTS first = {
		.ReadIntervalTimeout = MAXULONG,
		.ReadTotalTimeoutMultiplier = MAXULONG,
		.ReadTotalTimeoutConstant = TROUBLE_MS,
	};
	const struct wpt_first_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);

	*file = wpt_dev_open(d, WPT_RAW);
	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(*file, 0, row->protocol),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(*file, &first),
			STATUS_SUCCESS);
	return d;
}

/* {MAXULONG, MAXULONG, n}: nothing comes in the time. */
static void winpar_test_device_trouble_first_none(struct kunit *test)
{
	struct winpar_file *file;
	struct wpt_dev *d = wpt_first_plug(test, &file);
	u8 *got = wpt_dev_block(d, 100);
	ktime_t begin = ktime_get();
	struct wpt_request *r;

	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, 5 * HZ),
			STATUS_TIMEOUT);
	KUNIT_EXPECT_GE(test, wpt_dev_ms_since(begin), TROUBLE_LEAST);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
}

/* What is there is taken; no more is waited for. */
static void winpar_test_device_trouble_first_there(struct kunit *test)
{
	struct winpar_file *file;
	struct wpt_dev *d = wpt_first_plug(test, &file);
	u8 *bytes = wpt_dev_pattern(d, 50, 3), *got = wpt_dev_block(d, 100);
	struct wpt_request *r;

	wpt_sim_put(&d->s, "feed", bytes, 50);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 100);
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, 5 * HZ),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 50UL);
	wpt_dev_expect_same(test, got, bytes, 50);
}

/* The first byte that comes in the time ends the read. */
static void winpar_test_device_trouble_first_comes(struct kunit *test)
{
	static const SERIAL_TIMEOUTS first = {
		.ReadIntervalTimeout = MAXULONG,
		.ReadTotalTimeoutMultiplier = MAXULONG,
		.ReadTotalTimeoutConstant = TROUBLE_MOST,
	};
	struct winpar_file *file;
	struct wpt_dev *d = wpt_first_plug(test, &file);
	u8 *bytes = wpt_dev_pattern(d, 1, 3), *got = wpt_dev_block(d, 100);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &first),
			STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 100);
	wpt_nap(200);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_put(&d->s, "feed", bytes, 1);
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, 5 * HZ),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 1UL);
	KUNIT_EXPECT_EQ(test, got[0], bytes[0]);
}

/* A request that its page forbids changes nothing. */
static void winpar_test_device_trouble_time_refused(struct kunit *test)
{
	static const SERIAL_TIMEOUTS bad = {
		.ReadIntervalTimeout = MAXULONG,
		.ReadTotalTimeoutConstant = MAXULONG,
		.WriteTotalTimeoutConstant = 17,
	};
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	SERIAL_TIMEOUTS have;

	KUNIT_EXPECT_EQ(test, wpt_dev_set_timeouts(file, &bad),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_device_ioctl(file, IOCTL_SERIAL_GET_TIMEOUTS,
					    NULL, 0, &have, sizeof(have),
					    NULL));
	KUNIT_EXPECT_EQ(test, have.ReadIntervalTimeout, 0U);
	KUNIT_EXPECT_EQ(test, have.WriteTotalTimeoutConstant, 30000U);
}

/* ----- what the lines say ------------------------------------------------ */

struct wpt_line_row {
	const char *name;
	const char *fault;
	const char *state;
};

/* nFault is high throughout, and the printer takes its bytes. */
static const struct wpt_line_row wpt_line_rows[] = {
	{ "no Select", "stuck-line select 0", "busy_us=1000" },
	{ "no Select, slow", "stuck-line select 0", "busy_us=250000" },
	{ "PError stuck", "stuck-line perror 1", "busy_us=1000" },
	{ "PError stuck, slow", "stuck-line perror 1", "busy_us=250000" },
};

static void wpt_line_name(const struct wpt_line_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_line, wpt_line_rows, wpt_line_name);

static void winpar_test_device_trouble_no_error(struct kunit *test)
{
	const struct wpt_line_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 8, 1);
	ULONG done = 0;

	wpt_sim_set(&d->s, "fault", row->fault);
	wpt_sim_set(&d->s, "state", row->state);
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 8, &done),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, done, 8U);
	wpt_sim_set(&d->s, "fault", "none");
	wpt_sim_set(&d->s, "state", "busy_us=0");
	wpt_nap(500);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 8);
}

/* nFault is low between two sheets, for less than device_error_time. */
static void winpar_test_device_trouble_passes(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 30, 1);
	struct wpt_request *r;

	wpt_sim_set(&d->s, "state", "paper=0");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 30);
	wpt_nap(700);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_set(&d->s, "state", "paper=1");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 30);
}

/* It stays low: an error, after that time and not before. */
static void winpar_test_device_trouble_lasts(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 30, 1);
	ktime_t begin = ktime_get();

	wpt_dev_error_time(d, TROUBLE_MS);
	wpt_sim_set(&d->s, "state", "online=0");
	KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 30, NULL),
			STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_GE(test, wpt_dev_ms_since(begin), TROUBLE_LEAST);
	KUNIT_EXPECT_LE(test, wpt_dev_ms_since(begin), TROUBLE_MOST);
	wpt_sim_set(&d->s, "state", "online=1");
	wpt_dev_expect_works(d, file, "received");
}

/* ----- a power cycle ----------------------------------------------------- */

struct wpt_power_row {
	const char *name;
	USHORT protocol;
	bool read;
	unsigned int off;	/* ms */
	unsigned int busy_us;
};

static const struct wpt_power_row wpt_power_rows[] = {
	{ "compatibility", CENTRONICS, false, 300, 500 },
	{ "ecp, for a moment", ECP_SW, false, 20, 500 },
	{ "ecp", ECP_SW, false, 300, 500 },
	{ "ecp, for long", BOUNDED_ECP, false, 2000, 500 },
	{ "epp", EPP_HW, false, 300, 0 },
	{ "epp in software, for a moment", EPP_SW, false, 20, 0 },
	{ "nibble, for a moment", NIBBLE, true, 20, 0 },
	{ "nibble", NIBBLE, true, 300, 0 },
	{ "byte, for a moment", BYTE_BIDIR, true, 20, 0 },
	{ "byte", BYTE_BIDIR, true, 2000, 0 },
	{ "ecp back, for a moment", ECP_SW, true, 20, 0 },
	{ "ecp back", ECP_SW, true, 300, 0 },
};

static void wpt_power_name(const struct wpt_power_row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_power, wpt_power_rows, wpt_power_name);

/* Off and on in the middle of a request without a limit. */
static void winpar_test_device_trouble_power(struct kunit *test)
{
	const struct wpt_power_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, TROUBLE_BYTES, 1);
	struct wpt_request *r;
	char text[32];

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->read ? 0 : row->protocol,
					  row->read ? row->protocol : 0));
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	snprintf(text, sizeof(text), "busy_us=%u", row->busy_us);
	wpt_sim_set(&d->s, "state", text);
	r = wpt_dev_queue(d, file, 1, row->read ? IRP_MJ_READ : IRP_MJ_WRITE,
			  bytes, TROUBLE_BYTES);
	wpt_nap(row->read || row->busy_us ? 300 : 30);
	wpt_sim_set(&d->s, "state", "power=0");
	wpt_nap(row->off);
	wpt_sim_set(&d->s, "state", "power=1 busy_us=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result_within(r, 20 * HZ),
			STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_LT(test, r->irp.IoStatus.Information,
			(ULONG_PTR)TROUBLE_BYTES);
	wpt_dev_expect_works(d, file, "received");
}

/* One that has nothing to say for long has not lost its mode. */
static void winpar_test_device_trouble_quiet(struct kunit *test)
{
	const struct wpt_first_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 50, 1), *got = wpt_dev_block(d, 50);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, 0, row->protocol),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, got, 50);
	wpt_nap(2500);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_put(&d->s, "feed", bytes, 20);
	wpt_nap(2500);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_put(&d->s, "feed", bytes + 20, 30);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_dev_expect_same(test, got, bytes, 50);
}

/* Nor one that takes nothing for long. */
static void winpar_test_device_trouble_busy(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 50, 1);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, 0),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, 50);
	wpt_nap(6000);
	KUNIT_EXPECT_EQ(test, r->calls, 0U);
	wpt_sim_set(&d->s, "state", "busy=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "received", bytes, 50);
}

/* ----- what the log says ------------------------------------------------- */

#define LOG_SIZE	4096

static char wpt_log_text[LOG_SIZE];
static size_t wpt_log_used;
static DEFINE_SPINLOCK(wpt_log_lock);

static void wpt_log_write(struct console *console, const char *text,
			  unsigned int len)
{
	unsigned long flags;

	spin_lock_irqsave(&wpt_log_lock, flags);
	len = min_t(size_t, len, LOG_SIZE - 1 - wpt_log_used);
	memcpy(wpt_log_text + wpt_log_used, text, len);
	wpt_log_used += len;
	wpt_log_text[wpt_log_used] = '\0';
	spin_unlock_irqrestore(&wpt_log_lock, flags);
}

static struct console wpt_log = {
	.name = "wpt",
	.write = wpt_log_write,
	.index = -1,
};

static void wpt_log_begin(void)
{
	wpt_log_used = 0;
	wpt_log_text[0] = '\0';
	wpt_log.flags = CON_ENABLED | CON_ANYTIME;
	register_console(&wpt_log);
}

/* How many lines since wpt_log_begin() have these words in them? */
static unsigned int wpt_log_end(struct kunit *test, const char *device,
				const char *words)
{
	char *rest = wpt_log_text, *line;
	unsigned int count = 0;

	/* What is not printed yet is printed first. */
	console_lock();
	console_unlock();
	unregister_console(&wpt_log);
	while ((line = strsep(&rest, "\n")))
		if (strstr(line, device) && strstr(line, words))
			count++;
	return count;
}

static void wpt_log_device(struct wpt_dev *d, char *name, size_t size)
{
	snprintf(name, size, "winpar: LPT%d: ",
		 d->s.linux_port.parport->number + 1);
}

static void winpar_test_device_trouble_log_error(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	char name[32];

	wpt_log_device(d, name, sizeof(name));
	wpt_dev_error_time(d, 50);
	wpt_sim_set(&d->s, "state", "paper=0");
	wpt_log_begin();
	KUNIT_EXPECT_EQ(test, winpar_write(file, "x", 1, NULL),
			STATUS_IO_DEVICE_ERROR);
	KUNIT_EXPECT_EQ_MSG(test, 1U,
			    wpt_log_end(test, name, "a request of winpar_kunit fails with STATUS_IO_DEVICE_ERROR: the lines show busy, out of paper, error (status register 0x7"),
			    "%s", wpt_log_text);
	wpt_sim_set(&d->s, "state", "paper=1");
}

static void winpar_test_device_trouble_log_busy(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt *t = wpt_of(d);
	char name[32];

	wpt_log_device(d, name, sizeof(name));
	wpt_dev_lock_timeout(d, 50);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_log_begin();
	KUNIT_EXPECT_EQ(test, winpar_write(file, "x", 1, NULL),
			STATUS_DEVICE_BUSY);
	wpt_free(t);
	KUNIT_EXPECT_EQ_MSG(test, 1U,
			    wpt_log_end(test, name, "a request of winpar_kunit fails with STATUS_DEVICE_BUSY: winpar_kunit has the port"),
			    "%s", wpt_log_text);
}

/* A client in trouble does not fill the log, and does not silence another. */
static void winpar_test_device_trouble_log_limit(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *other = wpt_dev_open(d, 4);
	struct wpt *t = wpt_of(d);
	unsigned int lines, i;

	wpt_dev_lock_timeout(d, 1);
	/* The devices may have had their say in an earlier case. */
	wpt_nap(5100);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_log_begin();
	for (i = 0; i < 15; i++)
		KUNIT_EXPECT_EQ(test, winpar_write(file, "x", 1, NULL),
				STATUS_DEVICE_BUSY);
	KUNIT_EXPECT_EQ(test, winpar_write(other, "x", 1, NULL),
			STATUS_DEVICE_BUSY);
	lines = wpt_log_end(test, "fails with STATUS_DEVICE_BUSY",
			    "has the port");
	/* Ten of the one, one of the other. */
	KUNIT_EXPECT_EQ(test, lines, 11U);
	wpt_free(t);
}

/* ----- killed, frozen ---------------------------------------------------- */

struct wpt_caller {
	struct wpt_dev *d;
	PARCLASS_INFORMATION info;
	char name[16];
	const u8 *bytes;
	NTSTATUS status;
	struct completion done;
};

static int wpt_caller_open(void *arg)
{
	struct wpt_caller *caller = arg;
	struct winpar_file *file;

	allow_signal(SIGKILL);
	caller->status = winpar_open(caller->name, &file);
	if (caller->status == STATUS_SUCCESS)
		winpar_close(file);
	complete(&caller->done);
	return 0;
}

static int wpt_caller_write(void *arg)
{
	struct wpt_caller *caller = arg;
	ULONG done;

	allow_signal(SIGKILL);
	caller->status = caller->info.ParallelWrite(caller->info.ParclassContext,
						    (void *)caller->bytes,
						    100, &done, 0);
	complete(&caller->done);
	return 0;
}

/* The task sleeps in a call until it is killed; then the call is cancelled. */
static void wpt_caller_killed(struct kunit *test, struct wpt_caller *caller,
			      int (*call)(void *arg))
{
	struct task_struct *task;

	caller->status = STATUS_PENDING;
	init_completion(&caller->done);
	task = kthread_create(call, caller, "winpar-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	wpt_nap(500);
	KUNIT_EXPECT_EQ(test, caller->status, STATUS_PENDING);
	/* The hung-task detector passes over a task that can be killed. */
	KUNIT_EXPECT_TRUE(test, READ_ONCE(task->__state) & TASK_WAKEKILL);
#ifdef TASK_FREEZABLE
	KUNIT_EXPECT_TRUE(test, READ_ONCE(task->__state) & TASK_FREEZABLE);
#endif
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&caller->done,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, caller->status, STATUS_CANCELLED);
	kthread_stop(task);
	put_task_struct(task);
}

/* Opening a name that needs looking, while a client has the port. */
static void winpar_test_device_trouble_killed_open(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct wpt_caller *caller = kunit_kzalloc(test, sizeof(*caller),
						  GFP_KERNEL);
	struct wpt *t = wpt_of(d);

	KUNIT_ASSERT_NOT_NULL(test, caller);
	snprintf(caller->name, sizeof(caller->name), "LPT%d.4",
		 d->s.linux_port.parport->number + 1);
	wpt_dev_lock_timeout(d, 30000);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_caller_killed(test, caller, wpt_caller_open);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	wpt_dev_expect_works(d, wpt_dev_open(d, 4), "received");
}

/* A callback, while the printer is busy. */
static void winpar_test_device_trouble_killed_callback(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_caller *caller = kunit_kzalloc(test, sizeof(*caller),
						  GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, caller);
	caller->bytes = wpt_dev_pattern(d, 100, 1);
	wpt_dev_class(d, file, &caller->info);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	wpt_caller_killed(test, caller, wpt_caller_write);
	wpt_sim_set(&d->s, "state", "busy=0");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	wpt_dev_expect_works(d, file, "received");
}

static struct kunit_case winpar_device_trouble_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_trouble_first_none,
			 wpt_first_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_first_there,
			 wpt_first_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_first_comes,
			 wpt_first_gen_params),
	KUNIT_CASE(winpar_test_device_trouble_time_refused),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_no_error,
			 wpt_line_gen_params),
	KUNIT_CASE(winpar_test_device_trouble_passes),
	KUNIT_CASE(winpar_test_device_trouble_lasts),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_power,
			 wpt_power_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_trouble_quiet,
			 wpt_first_gen_params),
	KUNIT_CASE(winpar_test_device_trouble_busy),
	KUNIT_CASE(winpar_test_device_trouble_log_error),
	KUNIT_CASE(winpar_test_device_trouble_log_busy),
	KUNIT_CASE(winpar_test_device_trouble_log_limit),
	KUNIT_CASE(winpar_test_device_trouble_killed_open),
	KUNIT_CASE(winpar_test_device_trouble_killed_callback),
	{ }
};

static struct kunit_suite winpar_device_trouble_suite = {
	.name = "winpar_device_trouble",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_trouble_cases,
};

kunit_test_suite(winpar_device_trouble_suite);
