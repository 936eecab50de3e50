// SPDX-License-Identifier: GPL-2.0-only
/*
 * How requests to a device end: by the close of their file, by a signal, by
 * many cancels; and what their completion routines may do.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>

#include "device_port.h"
#include "stack.h"

/* ----- closing ----------------------------------------------------------- */

struct wpt_close_row {
	const char *name;
	USHORT protocol;
	bool read;
	bool locked;
	bool waits;	/* the worker waits for the port, which a client has */
};

static const struct wpt_close_row wpt_close_rows[] = {
	{ "printing", CENTRONICS, false },
	{ "printing, locked", CENTRONICS, false, true },
	{ "ecp", ECP_SW, false },
	{ "ecp, locked", ECP_HW_NOIRQ, false, true },
	{ "nibble", NIBBLE, true },
	{ "byte, locked", BYTE_BIDIR, true, true },
	{ "ecp, reading", ECP_SW, true },
	{ "waiting for the port", CENTRONICS, false, false, true },
	{ "waiting for the port to read", ECP_SW, true, false, true },
};

WPT_ROWS(wpt_close, wpt_close_rows);

#define CLOSE_REQUESTS	5

/* When close returns, each of the file's requests has been cancelled once. */
static void winpar_test_device_ending_close(struct kunit *test)
{
	const struct wpt_close_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r[CLOSE_REQUESTS];
	struct wpt *t = wpt_of(d);
	u8 *bytes = wpt_dev_pattern(d, 100, 1);
	int i;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->read ? 0 : row->protocol,
					  row->read ? row->protocol : 0));
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	if (row->locked)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK),
				STATUS_SUCCESS);
	if (!row->read)
		wpt_sim_set(&d->s, "state", "busy=1");
	KUNIT_EXPECT_TRUE(test, row->locked ||
			  wpt_becomes(t, WINPAR_PORT_HELD));
	if (row->waits)
		KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
				STATUS_SUCCESS);
	for (i = 0; i < CLOSE_REQUESTS; i++)
		r[i] = wpt_dev_queue(d, file, i,
				     row->read ? IRP_MJ_READ : IRP_MJ_WRITE,
				     bytes, 100);
	wpt_nap(60);
	wpt_dev_close(d, file);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), (unsigned int)CLOSE_REQUESTS);
	for (i = 0; i < CLOSE_REQUESTS; i++) {
		KUNIT_EXPECT_EQ(test, r[i]->calls, 1U);
		KUNIT_EXPECT_EQ(test, r[i]->irp.IoStatus.Status,
				STATUS_CANCELLED);
		KUNIT_EXPECT_EQ(test, r[i]->irp.IoStatus.Information, 0UL);
		KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(&r[i]->irp));
	}
	if (row->waits) {
		KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
		wpt_free(t);
	}
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_dev_becomes_phase(d, "modes",
						      "compatibility"));
	wpt_sim_set(&d->s, "state", "busy=0");
	wpt_dev_expect_works(d, wpt_dev_open(d, WPT_RAW), "received");
	wpt_expect_quiet(t, CLOSE_REQUESTS);
}

/* How late the peripheral answers, in us: the core waits for 40 ms. */
#define CLOSE_LATE	"answer_us=5000"

static const struct wpt_close_row wpt_late_rows[] = {
	{ "nibble", NIBBLE },
	{ "byte", BYTE_BIDIR },
	{ "ecp", ECP_SW },
};

WPT_ROWS(wpt_late, wpt_late_rows);

/* A close waits for the peripheral's answers when it ends the mode on the wire. */
static void winpar_test_device_ending_close_late(struct kunit *test)
{
	const struct wpt_close_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, 0, row->protocol));
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_READ, wpt_dev_pattern(d, 1, 1), 1);
	wpt_sim_set(&d->s, "feed", "x");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, wpt_dev_phase(d, "modes", "compatibility"));
	wpt_sim_set(&d->s, "state", CLOSE_LATE);
	wpt_dev_close(d, file);
	KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes", "compatibility"));
}

struct wpt_ending_thread {
	struct winpar_file *file;
	struct completion done;
	NTSTATUS status;
	ULONG moved;
	u8 *bytes;
};

static int wpt_ending_write(void *arg)
{
	struct wpt_ending_thread *thread = arg;

	allow_signal(SIGKILL);
	thread->status = winpar_write(thread->file, thread->bytes, 100,
				      &thread->moved);
	complete(&thread->done);
	return 0;
}

/* Start a thread that waits in winpar_write() for a busy printer. */
static struct wpt_ending_thread *wpt_ending_start(struct wpt_dev *d,
						  struct winpar_file *file,
						  struct task_struct **task)
{
	struct kunit *test = wpt_of(d)->test;
	struct wpt_ending_thread *thread =
		kunit_kzalloc(test, sizeof(*thread), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, thread);
	thread->file = file;
	thread->bytes = wpt_dev_pattern(d, 100, 1);
	thread->status = STATUS_PENDING;
	init_completion(&thread->done);
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	*task = kthread_create(wpt_ending_write, thread, "winpar-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(*task));
	get_task_struct(*task);
	wake_up_process(*task);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(wpt_of(d), WINPAR_PORT_OWNED));
	return thread;
}

/* A thread waits in winpar_write() when the file is closed: CANCELLED. */
static void winpar_test_device_ending_close_under_a_call(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_ending_thread *thread;
	struct task_struct *task;

	thread = wpt_ending_start(d, file, &task);
	wpt_dev_close(d, file);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&thread->done,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, thread->status, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, thread->moved, 0U);
	kthread_stop(task);
	put_task_struct(task);
}

/* A thread that waits in winpar_write() is killed: CANCELLED. */
static void winpar_test_device_ending_killed(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_ending_thread *thread;
	struct task_struct *task;

	thread = wpt_ending_start(d, file, &task);
	wpt_nap(50);
	KUNIT_EXPECT_EQ(test, thread->status, STATUS_PENDING);
	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&thread->done,
							    WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, thread->status, STATUS_CANCELLED);
	kthread_stop(task);
	put_task_struct(task);
	wpt_sim_set(&d->s, "state", "busy=0");
	wpt_dev_expect_works(d, file, "received");
}

/* ----- exactly once ------------------------------------------------------ */

#define STORM_REQUESTS	120
#define STORM_BYTES	40
/* So many are cancelled before the worker can complete one. */
#define STORM_FIRST	16

struct wpt_storm {
	struct wpt *t;
	struct wpt_request *r[STORM_REQUESTS];
};

static int wpt_storm_cancel(void *arg)
{
	struct wpt_storm *storm = arg;
	unsigned int i;

	/* Some of these are queued, some run, some are complete. */
	for (i = 0; i < 20 * STORM_REQUESTS; i++) {
		/* Until now the case's file had the port, for which the worker waits. */
		if (i == STORM_FIRST)
			wpt_free(storm->t);
		winpar_irp_cancel(&storm->r[i * 37 % STORM_REQUESTS]->irp);
		if (i % 16 == 0)
			usleep_range(50, 500);
	}
	return 0;
}

/*
 * Requests are cancelled while the worker runs them: each completes once, and
 * the device has received as many bytes as they say.
 */
static void winpar_test_device_ending_storm(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, STORM_BYTES, 1);
	unsigned long moved = 0, cancelled = 0;
	struct wpt_storm *storm;
	struct task_struct *task;
	struct wpt_request *r;
	NTSTATUS status;
	unsigned int i;

	storm = kunit_kzalloc(test, sizeof(*storm), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, storm);
	storm->t = wpt_of(d);
	wpt_dev_lock_timeout(d, 60000);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(storm->t->file[0], WPT_ALLOCATE), STATUS_SUCCESS);
	for (i = 0; i < STORM_REQUESTS; i++)
		storm->r[i] = wpt_dev_queue(d, file, i, IRP_MJ_WRITE, bytes, STORM_BYTES);
	task = kthread_create(wpt_storm_cancel, storm, "winpar-kunit");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wake_up_process(task);
	for (i = 0; i < STORM_REQUESTS; i++) {
		r = storm->r[i];
		status = wpt_dev_result(r);
		KUNIT_EXPECT_TRUE(test, status == STATUS_SUCCESS ||
				  status == STATUS_CANCELLED);
		moved += r->irp.IoStatus.Information;
		cancelled += status == STATUS_CANCELLED;
		if (status == STATUS_SUCCESS)
			KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information,
					(ULONG_PTR)STORM_BYTES);
	}
	/* The thread may still cancel requests that are complete. */
	kthread_stop(task);
	put_task_struct(task);
	KUNIT_EXPECT_GT(test, cancelled, 0UL);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), moved);
	wpt_dev_expect_works(d, file, "received");
	wpt_expect_quiet(wpt_of(d), STORM_REQUESTS);
}

/* ----- inside a completion routine --------------------------------------- */

#define AGAIN_TIMES	300

struct wpt_again {
	struct winpar_file *file;
	unsigned int left;
	unsigned int pending;
	struct wpt_stack *stack;
};

static void wpt_again_submit(struct wpt_request *r)
{
	struct wpt_again *again = r->arg;

	wpt_stack_enter(again->stack);
	if (again->left--)
		again->pending += wpt_submit(r, again->file) == STATUS_PENDING;
	wpt_stack_leave(again->stack);
}

/*
 * A completion routine submits its request again, 300 times: PENDING each time,
 * and the stack is no deeper at the last call.
 */
static void winpar_test_device_ending_again(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct wpt_again again = {
		.file = wpt_dev_open(d, WPT_RAW), .left = AGAIN_TIMES,
		.stack = wpt_stack_new(test),
	};
	struct wpt_request *r;
	u8 byte = 'x';

	r = wpt_dev_transfer(d, 1, IRP_MJ_WRITE, &byte, 1);
	r->then = wpt_again_submit;
	r->arg = &again;
	KUNIT_EXPECT_EQ(test, wpt_submit(r, again.file), STATUS_PENDING);
	KUNIT_EXPECT_TRUE(test, wpt_reaches(wpt_of(d), AGAIN_TIMES + 1));
	wpt_dev_close(d, again.file);
	wpt_expect_flat(test, again.stack, AGAIN_TIMES + 1U);
	KUNIT_EXPECT_EQ(test, again.pending, (unsigned int)AGAIN_TIMES);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), AGAIN_TIMES + 1UL);
}

struct wpt_inside {
	struct winpar_file *file;
	NTSTATUS write;
	NTSTATUS lock;
	NTSTATUS now;
	NTSTATUS open;
	struct winpar_file *opened;
};

/*
 * In a completion routine: each of these but GET_MODE would wait for the
 * worker.
 */
static void wpt_inside_try(struct wpt_request *r)
{
	struct wpt_inside *inside = r->arg;
	USHORT forward, reverse;

	inside->write = winpar_write(inside->file, "x", 1, NULL);
	inside->lock = wpt_ioctl(inside->file, WPT_LOCK);
	inside->now = wpt_dev_modes(inside->file, IOCTL_IEEE1284_GET_MODE,
				    &forward, &reverse);
	inside->open = winpar_open("\\Device\\ParallelPort0", &inside->opened);
	winpar_close(inside->file);
}

struct wpt_inside_row {
	const char *name;
	bool now;	/* the request completes at once, in its submission */
};

static const struct wpt_inside_row wpt_inside_rows[] = {
	{ "called by the worker", false },
	{ "called by the submission", true },
};

WPT_ROWS(wpt_inside, wpt_inside_rows);

/* Calls that would wait are refused inside a completion routine. */
static void winpar_test_device_ending_waiting_inside(struct kunit *test)
{
	const struct wpt_inside_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct wpt_inside inside = { .file = wpt_dev_open(d, WPT_RAW) };
	struct wpt_request *r;
	u8 byte = 'x';

	if (wpt_of(d)->port->number)
		kunit_skip(test, "there is another port");
	if (row->now)
		r = wpt_dev_request(d, 1, IRP_MJ_DEVICE_CONTROL,
				    IOCTL_PAR_GET_DEFAULT_MODES, 0, 4);
	else
		r = wpt_dev_transfer(d, 1, IRP_MJ_WRITE, &byte, 1);
	r->then = wpt_inside_try;
	r->arg = &inside;
	KUNIT_EXPECT_EQ(test, wpt_dev_run(r, inside.file), STATUS_SUCCESS);
	/* Once another request is done the first one's routine has returned. */
	KUNIT_EXPECT_EQ(test, winpar_write(inside.file, "y", 1, NULL),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, inside.write, STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, inside.lock, STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, inside.now, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, inside.open, STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_NULL(test, inside.opened);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), row->now ? 1UL : 2UL);
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(inside.file) < 0, false);
}

static NTSTATUS wpt_ending_frees(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
	struct completion *done = context;

	winpar_irp_free(irp);
	complete(done);
	return STATUS_SUCCESS;
}

/* A completion routine frees its request. */
static void winpar_test_device_ending_freed(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct completion done;
	u8 byte = 'x';
	IRP *irp;
	int i;

	for (i = 0; i < 20; i++) {
		init_completion(&done);
		irp = winpar_irp_alloc(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, irp);
		irp->AssociatedIrp.SystemBuffer = &byte;
		irp->Stack.MajorFunction = IRP_MJ_WRITE;
		irp->Stack.Parameters.Write.Length = 1;
		winpar_irp_set_completion(irp, wpt_ending_frees, &done);
		KUNIT_EXPECT_EQ(test, winpar_irp_submit(file, irp),
				STATUS_PENDING);
		KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout
				  (&done, WPT_TIMEOUT));
	}
	wpt_dev_close(d, file);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 20UL);
}

/* ----- without a routine ------------------------------------------------- */

static void winpar_test_device_ending_without_a_routine(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r;
	u8 byte = 'x';

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy=1");
	r = wpt_dev_transfer(d, 1, IRP_MJ_WRITE, &byte, 1);
	winpar_irp_set_completion(&r->irp, NULL, NULL);
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(file, &r->irp),
			STATUS_PENDING);
	/* A request that is pending cannot be submitted. */
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(file, &r->irp),
			STATUS_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&r->irp, HZ / 5),
			STATUS_TIMEOUT);
	wpt_sim_set(&d->s, "state", "busy=0");
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&r->irp, WPT_TIMEOUT),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 1UL);
	/* It is submitted and waited for again. */
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(file, &r->irp),
			STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(&r->irp), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 2UL);
	/* The file is closed before winpar_irp_wait() is called. */
	wpt_sim_set(&d->s, "state", "busy=1");
	KUNIT_EXPECT_EQ(test, winpar_irp_submit(file, &r->irp),
			STATUS_PENDING);
	wpt_dev_close(d, file);
	KUNIT_EXPECT_EQ(test, winpar_irp_wait(&r->irp), STATUS_CANCELLED);
}

static struct kunit_case winpar_device_ending_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_device_ending_close, wpt_close_gen_params),
	KUNIT_CASE_PARAM(winpar_test_device_ending_close_late,
			 wpt_late_gen_params),
	KUNIT_CASE(winpar_test_device_ending_close_under_a_call),
	KUNIT_CASE(winpar_test_device_ending_killed),
	KUNIT_CASE(winpar_test_device_ending_storm),
	KUNIT_CASE(winpar_test_device_ending_again),
	KUNIT_CASE_PARAM(winpar_test_device_ending_waiting_inside,
			 wpt_inside_gen_params),
	KUNIT_CASE(winpar_test_device_ending_freed),
	KUNIT_CASE(winpar_test_device_ending_without_a_routine),
	{ }
};

static struct kunit_suite winpar_device_ending_suite = {
	.name = "winpar_device_ending",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_ending_cases,
};

kunit_test_suite(winpar_device_ending_suite);
