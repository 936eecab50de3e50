// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that fail: what the log says of them. And tasks that are killed
 * while they wait in a call, or that wait when their device is closed.
 */
#include <linux/console.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "device_port.h"

/* ----- what the log says ------------------------------------------------- */

#define LOG_SIZE	4096
#define LOG_ERROR							\
	"a request of winpar_kunit fails with STATUS_IO_DEVICE_ERROR (0xc0000185): the lines show busy, out of paper, error (status register 0x7"
#define LOG_BUSY							\
	"a request of winpar_kunit fails with STATUS_DEVICE_BUSY (0x80000011): winpar_kunit has the port"

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

/* How many lines since wpt_log_begin() contain both @device and @words? */
static unsigned int wpt_log_end(struct kunit *test, const char *device,
				const char *words)
{
	char *rest = wpt_log_text, *line;
	unsigned int count = 0;

	/* Prints what the log still has for the console. */
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

static void winpar_test_device_call_log_error(struct kunit *test)
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
			    wpt_log_end(test, name, LOG_ERROR),
			    "%s", wpt_log_text);
	wpt_sim_set(&d->s, "state", "paper=1");
}

static void winpar_test_device_call_log_busy(struct kunit *test)
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
			    wpt_log_end(test, name, LOG_BUSY),
			    "%s", wpt_log_text);
}

/* The log has 10 lines in 5 s for a device; another device has its own 10. */
static void winpar_test_device_call_log_limit(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *other = wpt_dev_open(d, 4);
	struct wpt *t = wpt_of(d);
	struct wpt_start start;
	unsigned int lines, i;
	bool within;

	wpt_dev_lock_timeout(d, 1);
	/* Let the 5 s of earlier cases pass. */
	wpt_nap(5100);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_log_begin();
	start = wpt_start();
	for (i = 0; i < 15; i++)
		KUNIT_EXPECT_EQ(test, winpar_write(file, "x", 1, NULL),
				STATUS_DEVICE_BUSY);
	KUNIT_EXPECT_EQ(test, winpar_write(other, "x", 1, NULL),
			STATUS_DEVICE_BUSY);
	within = wpt_is_within(start, 5000);
	lines = wpt_log_end(test, "fails with STATUS_DEVICE_BUSY",
			    "has the port");
	/* Ten of the first device, one of the second; on a busy machine more 5 s have begun. */
	if (within)
		KUNIT_EXPECT_EQ(test, lines, 11U);
	wpt_free(t);
}

/* ----- callers that are killed ------------------------------------------- */

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
	unsigned long end = jiffies + WPT_TIMEOUT;
	struct task_struct *task;

	caller->status = STATUS_PENDING;
	init_completion(&caller->done);
	task = kthread_create(call, caller, "winpar-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	/* It may take its time to begin. */
	while (!(READ_ONCE(task->__state) & TASK_WAKEKILL) && time_before(jiffies, end))
		wpt_nap(10);
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

/* Killed while opening LPTn.4, which waits for the port that a client has. */
static void winpar_test_device_call_killed_open(struct kunit *test)
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

/* Killed in the callback ParallelWrite, which waits for a busy printer. */
static void winpar_test_device_call_killed_callback(struct kunit *test)
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

struct wpt_determine {
	PARCLASS_INFORMATION info;
	struct completion began;
	USHORT modes;
};

static int wpt_determine_modes(void *arg)
{
	struct wpt_determine *call = arg;

	complete(&call->began);
	call->modes = call->info.DetermineIeeeModes(call->info.ParclassContext);
	return 0;
}

/*
 * The client closes the device while DetermineIeeeModes negotiates with a slow
 * peripheral: NONE, not the protocols that it found before it had to stop. It
 * cannot have them all in 150 ms: each of its answers takes 20.
 */
static void winpar_test_device_call_determine_stopped(struct kunit *test)
{
	struct wpt_determine *call = kunit_kzalloc(test, sizeof(*call), GFP_KERNEL);
	struct winpar_file *file;
	struct task_struct *task;
	struct wpt_dev *d;
	ktime_t begin;
	bool stopped;

	KUNIT_ASSERT_NOT_NULL(test, call);
	d = wpt_class_plug(test, "", WPT_RAW, &file, &call->info);
	wpt_sim_set(&d->s, "state", "answer_us=20000");
	call->modes = 0xffff;
	init_completion(&call->began);
	task = kthread_create(wpt_determine_modes, call, "winpar-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	begin = ktime_get();
	wake_up_process(task);
	wait_for_completion(&call->began);
	wpt_nap(10);
	/* On a busy machine the call may be over before the close. */
	stopped = ktime_ms_delta(ktime_get(), begin) < 150;
	wpt_dev_close(d, file);
	kthread_stop(task);
	put_task_struct(task);
	if (stopped)
		KUNIT_EXPECT_EQ(test, call->modes, NONE);
}

static struct kunit_case winpar_device_call_cases[] = {
	KUNIT_CASE(winpar_test_device_call_log_error),
	KUNIT_CASE(winpar_test_device_call_log_busy),
	KUNIT_CASE(winpar_test_device_call_log_limit),
	KUNIT_CASE(winpar_test_device_call_killed_open),
	KUNIT_CASE(winpar_test_device_call_killed_callback),
	KUNIT_CASE(winpar_test_device_call_determine_stopped),
	{ }
};

static struct kunit_suite winpar_device_call_suite = {
	.name = "winpar_device_call",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_call_cases,
};

kunit_test_suite(winpar_device_call_suite);
