// SPDX-License-Identifier: GPL-2.0-only
/*
 * Suspend and resume while the port is at work. linger_test.c has those of a port that
 * is held, on registers that a suspend resets.
 */
#include <linux/kthread.h>

#include "fifo_port.h"

/* A printer that takes 50 ms for each byte has not taken all before a slow task goes on. */
#define SUSPEND_BYTES	400

/* A chip mode that is set after the registers were noted is the mode after a resume. */
static void winpar_test_suspend_mode(struct kunit *test)
{
	void (*suspend)(struct winpar_port *port) =
		wpt_symbol(test, "winpar_port_suspend");
	void (*resume)(struct winpar_port *port) =
		wpt_symbol(test, "winpar_port_resume");
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct wpt *t = wpt_of(d);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	suspend(t->port);
	KUNIT_EXPECT_EQ(test, wpt_sim_mode(t->file[0], WPT_SET_MODE, 0x20),
			STATUS_SUCCESS);
	resume(t->port);
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(&d->s)->CurrentMode, 0x20U);
	KUNIT_EXPECT_EQ(test, wpt_sim_in(&d->s, WINPAR_REG_ECR) &
			WINPAR_ECR_MODE, 0x20);
	KUNIT_EXPECT_EQ(test, wpt_sim_mode(t->file[0], WPT_CLEAR_MODE, 0x20),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
}

/* ----- while the chip is switched off ------------------------------------ */

/* How long the machine sleeps, in ms. */
#define SUSPEND_ASLEEP	200

struct wpt_sleep_row {
	const char *name;
	const char *words;
	USHORT protocol;
	bool fifo;
};

static const struct wpt_sleep_row wpt_sleep_rows[] = {
	{ "compatibility", "", CENTRONICS },
	{ "ECP", "kind=ecp", ECP_SW },
	{ "compatibility, FIFO", "kind=ecp", CENTRONICS, true },
	{ "ECP, FIFO", "kind=ecp", ECP_HW_NOIRQ, true },
};

WPT_ROWS(wpt_sleep, wpt_sleep_rows);

static void wpt_suspend_fall_asleep(struct wpt *t)
{
	void (*begin)(struct winpar_port *port) =
		wpt_symbol(t->test, "winpar_device_fall_asleep");

	begin(t->port);
}

static void wpt_suspend_wake_up(struct wpt *t)
{
	void (*end)(struct winpar_port *port) =
		wpt_symbol(t->test, "winpar_device_wake_up");

	end(t->port);
}

/*
 * The chip is switched off after its registers were noted: it reads as ones, and the
 * printer sees none of its lines.
 */
static void wpt_suspend_off(struct wpt_dev *d)
{
	void (*note)(struct winpar_port *port) =
		wpt_symbol(wpt_of(d)->test, "winpar_port_suspend");

	wpt_suspend_fall_asleep(wpt_of(d));
	note(wpt_of(d)->port);
	wpt_sim_set(&d->s, "state", "plugged=0");
	wpt_sim_out(&d->s, WINPAR_REG_CONTROL, 0xff);
	wpt_sim_out(&d->s, WINPAR_REG_DATA, 0xff);
}

/* The chip is on again, its registers reset, and they are put back. */
static void wpt_suspend_on(struct wpt_dev *d)
{
	void (*put_back)(struct winpar_port *port) =
		wpt_symbol(wpt_of(d)->test, "winpar_port_resume");

	wpt_sim_out(&d->s, WINPAR_REG_CONTROL, 0);
	wpt_sim_out(&d->s, WINPAR_REG_DATA, 0);
	put_back(wpt_of(d)->port);
	wpt_sim_set(&d->s, "state", "plugged=1");
	wpt_suspend_wake_up(wpt_of(d));
}

/* For some time no byte arrives but one that the printer was busy with already. */
static void wpt_suspend_expect_still(struct wpt_dev *d)
{
	unsigned long sent;

	wpt_nap(100);
	sent = wpt_dev_received(d);
	wpt_nap(SUSPEND_ASLEEP);
	/* On a busy machine the printer may have been busy with that one until now. */
	KUNIT_EXPECT_LE(wpt_of(d)->test, wpt_dev_received(d), sent + 1);
}

/*
 * From the suspend of the port's chip to its resume no byte is moved: a chip that is off
 * reads as a printer that takes each byte. Afterwards the write goes on.
 */
static void winpar_test_suspend_asleep(struct kunit *test)
{
	const struct wpt_sleep_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, row->words);
	struct winpar_file *file;
	u8 *bytes = wpt_dev_pattern(d, SUSPEND_BYTES, 3);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_write_file(FIFO_PARAMETER, row->fifo ? "1" : "0"), 0);
	file = wpt_dev_open(d, WPT_RAW);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(file, row->protocol, 0));
	wpt_sim_set(&d->s, "state", "busy_us=50000");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, SUSPEND_BYTES);
	KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, 1));
	wpt_suspend_fall_asleep(wpt_of(d));
	wpt_suspend_expect_still(d);
	KUNIT_EXPECT_LT(test, wpt_dev_received(d), (unsigned long)SUSPEND_BYTES);
	wpt_suspend_wake_up(wpt_of(d));
	wpt_sim_set(&d->s, "state", "busy_us=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information,
			(ULONG_PTR)SUSPEND_BYTES);
	KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, SUSPEND_BYTES));
	wpt_dev_expect_received(d, &d->s, "received", bytes, SUSPEND_BYTES);
	KUNIT_EXPECT_EQ(test, wpt_write_file(FIFO_PARAMETER, "0"), 0);
}

/* A request that begins while the machine sleeps waits for the end of that. */
static void winpar_test_suspend_begins_asleep(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, SUSPEND_BYTES, 3);
	struct wpt_request *r;

	wpt_suspend_fall_asleep(wpt_of(d));
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, SUSPEND_BYTES);
	wpt_nap(SUSPEND_ASLEEP);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 0UL);
	wpt_suspend_wake_up(wpt_of(d));
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "received", bytes, SUSPEND_BYTES);
}

struct wpt_off_row {
	const char *name;
	bool asleep;		/* the write begins while the machine sleeps */
	bool ends;		/* it is cancelled in that time */
};

static const struct wpt_off_row wpt_off_rows[] = {
	{ "before", false },
	{ "while the machine sleeps", true },
	{ "before, and it ends while the machine sleeps", false, true },
};

WPT_ROWS(wpt_off, wpt_off_rows);

/* A chip that is off is not asked for its registers, and they are as before afterwards. */
static void winpar_test_suspend_off(struct kunit *test)
{
	const struct wpt_off_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, SUSPEND_BYTES, 3);
	struct wpt_fifo_registers before = wpt_fifo_registers(d);
	struct wpt_request *r;

	wpt_sim_set(&d->s, "state", "busy_us=20000");
	if (row->asleep)
		wpt_suspend_off(d);
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, SUSPEND_BYTES);
	if (!row->asleep) {
		KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, 1));
		wpt_suspend_off(d);
	}
	wpt_nap(SUSPEND_ASLEEP);
	if (row->ends) {
		winpar_irp_cancel(&r->irp);
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_CANCELLED);
	}
	wpt_sim_set(&d->s, "state", "busy_us=0");
	wpt_suspend_on(d);
	if (!row->ends)
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	wpt_fifo_expect_registers(d, &before);
}

/* A request that has no time waits for the end of the sleep, too, and asks then. */
static void winpar_test_suspend_asks_later(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt_request *r = wpt_dev_request(d, 1, IRP_MJ_DEVICE_CONTROL,
						IOCTL_PAR_QUERY_INFORMATION, 0,
						1);

	wpt_suspend_off(d);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, file), STATUS_PENDING);
	wpt_nap(SUSPEND_ASLEEP);
	KUNIT_EXPECT_EQ(test, READ_ONCE(r->calls), 0U);
	wpt_suspend_on(d);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->buffer[0], PARALLEL_SELECTED);
}

/* What is asked of a chip that is off is not known afterwards, neither. */
static void winpar_test_suspend_unknown(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp daisy=printer");

	wpt_suspend_fall_asleep(wpt_of(d));
	wpt_sim_set(&d->s, "events", "");
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(&d->s)->Ieee1284_3DeviceCount, 0U);
	KUNIT_EXPECT_EQ(test, d->s.pnp.FifoDepth, 0U);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(&d->s));
	wpt_suspend_wake_up(wpt_of(d));
	KUNIT_EXPECT_EQ(test, wpt_sim_pnp(&d->s)->Ieee1284_3DeviceCount, 1U);
	KUNIT_EXPECT_EQ(test, d->s.pnp.FifoDepth, 16U);
}

/* A write whose time runs out while the machine sleeps does not wait for the end of that. */
static void winpar_test_suspend_time_asleep(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, SUSPEND_BYTES, 3);
	struct wpt_request *r;

	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(file, 0, SUSPEND_ASLEEP),
			STATUS_SUCCESS);
	wpt_suspend_fall_asleep(wpt_of(d));
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, SUSPEND_BYTES);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_TIMEOUT);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, (ULONG_PTR)0);
	wpt_suspend_wake_up(wpt_of(d));
	wpt_dev_expect_works(d, file, "received");
}

/* A card that is pulled while the machine sleeps: the write that rests ends. */
static void winpar_test_suspend_pulled_asleep(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, SUSPEND_BYTES, 3);
	struct wpt_request *r;

	wpt_sim_set(&d->s, "state", "busy_us=50000");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, SUSPEND_BYTES);
	KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, 1));
	wpt_suspend_fall_asleep(wpt_of(d));
	wpt_sim_unplug(&d->s);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_DELETE_PENDING);
	KUNIT_EXPECT_LT(test, r->irp.IoStatus.Information,
			(ULONG_PTR)SUSPEND_BYTES);
	wpt_dev_close(d, file);
}

/**
 * struct wpt_suspend_opener - a task that opens a device
 * @name: of the device
 * @file: what it has opened
 * @status: what the open answered
 * @done: complete when it has
 */
struct wpt_suspend_opener {
	char name[16];
	struct winpar_file *file;
	NTSTATUS status;
	struct completion done;
};

static int wpt_suspend_open(void *data)
{
	struct wpt_suspend_opener *opener = data;

	opener->status = winpar_open(opener->name, &opener->file);
	complete(&opener->done);
	return 0;
}

/* An open waits for the port while the machine falls asleep: it looks when it is awake. */
static void winpar_test_suspend_open_asleep(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct wpt_suspend_opener *opener = kunit_kzalloc(test, sizeof(*opener), GFP_KERNEL);
	struct wpt *t = wpt_of(d);
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, opener);
	init_completion(&opener->done);
	snprintf(opener->name, sizeof(opener->name), "LPT%d.0", t->port->number + 1);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE), STATUS_SUCCESS);
	t->port->daisy.scanned = false;
	task = kthread_run(wpt_suspend_open, opener, "winpar_open");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	KUNIT_EXPECT_TRUE(test, wpt_dev_waiters(d, 1));
	wpt_suspend_fall_asleep(t);
	wpt_free(t);
	wpt_nap(100);
	KUNIT_EXPECT_FALSE(test, completion_done(&opener->done));
	wpt_suspend_wake_up(t);
	KUNIT_ASSERT_TRUE(test, wait_for_completion_timeout(&opener->done, WPT_TIMEOUT));
	KUNIT_EXPECT_EQ(test, opener->status, STATUS_SUCCESS);
	if (NT_SUCCESS(opener->status))
		winpar_close(opener->file);
}

/* ----- a mode that ends while the chip is off ---------------------------- */

/* nSelectIn is low in compatibility mode; and the lines that a mode moves. */
#define SUSPEND_SELECT		0x08
#define SUSPEND_LINES		0x2f

struct wpt_mode_row {
	const char *name;
	bool closes;		/* the file is closed; else its write is cancelled */
};

static const struct wpt_mode_row wpt_mode_rows[] = {
	{ "cancel" },
	{ "close", true },
};

WPT_ROWS(wpt_mode, wpt_mode_rows);

/*
 * No line is moved before the resume, which writes those of compatibility mode. The chip is
 * on here, and shows what would have been lost.
 */
static void winpar_test_suspend_mode_ends(struct kunit *test)
{
	void (*note)(struct winpar_port *port) = wpt_symbol(test, "winpar_port_suspend");
	void (*put_back)(struct winpar_port *port) = wpt_symbol(test, "winpar_port_resume");
	const struct wpt_mode_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "kind=ecp");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, SUSPEND_BYTES, 3);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r;

	KUNIT_ASSERT_EQ(test, wpt_dev_negotiate(file, ECP_SW, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "state", "busy_us=50000");
	r = wpt_dev_queue(d, file, 1, IRP_MJ_WRITE, bytes, SUSPEND_BYTES);
	KUNIT_EXPECT_TRUE(test, wpt_dev_has_received(d, 1));
	wpt_suspend_fall_asleep(t);
	note(t->port);
	KUNIT_EXPECT_EQ(test, wpt_sim_in(&d->s, WINPAR_REG_CONTROL) & SUSPEND_SELECT, 0);
	if (row->closes)
		wpt_dev_close(d, file);
	else
		winpar_irp_cancel(&r->irp);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_sim_in(&d->s, WINPAR_REG_CONTROL) & SUSPEND_SELECT, 0);
	put_back(t->port);
	wpt_suspend_wake_up(t);
	KUNIT_EXPECT_EQ(test, wpt_sim_in(&d->s, WINPAR_REG_CONTROL) & SUSPEND_LINES,
			WINPAR_CTR_IDLE);
	wpt_sim_set(&d->s, "state", "busy_us=0");
	if (row->closes)
		file = wpt_dev_open(d, WPT_RAW);
	wpt_dev_expect_works(d, file, "received");
}

/* ----- a command packet that the chip's sleep keeps from being sent ------- */

/* What wpt_suspend_send() does at its first call to the port of @t; how often it was called. */
struct wpt_suspend_send {
	struct wpt *t;
	bool sleeps;
	bool wakes;
	bool stops;
	unsigned int calls;
};

static struct wpt_suspend_send wpt_suspend_sends;

/* The machine falls asleep before the packet is sent. */
static NTSTATUS wpt_suspend_send(struct winpar_file *file,
				 const PARALLEL_1284_COMMAND *command)
{
	struct wpt_suspend_send *send = &wpt_suspend_sends;

	if (send->calls++)
		return STATUS_SUCCESS;
	if (send->sleeps)
		wpt_suspend_fall_asleep(send->t);
	if (send->stops)
		WRITE_ONCE(file->device->stop, WINPAR_STOP_CANCEL);
	if (send->wakes)
		wpt_suspend_wake_up(send->t);
	return STATUS_UNSUCCESSFUL;
}

struct wpt_packet_row {
	const char *name;
	struct wpt_suspend_send send;
	NTSTATUS status;
	unsigned int calls;
};

static const struct wpt_packet_row wpt_packet_rows[] = {
	{ "no answer", { }, STATUS_UNSUCCESSFUL, 1 },
	{ "asleep and awake", { .sleeps = true, .wakes = true }, STATUS_SUCCESS, 2 },
	{ "asleep, cancelled", { .sleeps = true, .stops = true }, STATUS_CANCELLED, 1 },
	{ "cancelled, awake again", { .sleeps = true, .stops = true, .wakes = true },
	  STATUS_CANCELLED, 1 },
};

WPT_ROWS(wpt_packet, wpt_packet_rows);

/* A packet that was not sent is sent when the machine is awake. */
static void winpar_test_suspend_packet(struct kunit *test)
{
	NTSTATUS (*packet)(struct winpar_device *device,
			   NTSTATUS (*send)(struct winpar_file *file,
					    const PARALLEL_1284_COMMAND *command),
			   const PARALLEL_1284_COMMAND *command) =
		wpt_symbol(test, "winpar_hold_packet");
	const struct wpt_packet_row *row = test->param_value;
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);

	wpt_suspend_sends = row->send;
	wpt_suspend_sends.t = wpt_of(d);
	KUNIT_EXPECT_EQ(test, packet(file->device, wpt_suspend_send, NULL), row->status);
	KUNIT_EXPECT_EQ(test, wpt_suspend_sends.calls, row->calls);
	WRITE_ONCE(file->device->stop, WINPAR_STOP_NONE);
	wpt_suspend_wake_up(wpt_of(d));
	wpt_dev_expect_works(d, file, "received");
}

static struct kunit_case winpar_suspend_cases[] = {
	KUNIT_CASE(winpar_test_suspend_mode),
	KUNIT_CASE_PARAM(winpar_test_suspend_asleep, wpt_sleep_gen_params),
	KUNIT_CASE(winpar_test_suspend_begins_asleep),
	KUNIT_CASE_PARAM(winpar_test_suspend_off, wpt_off_gen_params),
	KUNIT_CASE(winpar_test_suspend_asks_later),
	KUNIT_CASE(winpar_test_suspend_unknown),
	KUNIT_CASE(winpar_test_suspend_time_asleep),
	KUNIT_CASE(winpar_test_suspend_pulled_asleep),
	KUNIT_CASE(winpar_test_suspend_open_asleep),
	KUNIT_CASE_PARAM(winpar_test_suspend_mode_ends, wpt_mode_gen_params),
	KUNIT_CASE_PARAM(winpar_test_suspend_packet, wpt_packet_gen_params),
	{ }
};

static struct kunit_suite winpar_suspend_suite = {
	.name = "winpar_suspend",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_suspend_cases,
};

kunit_test_suite(winpar_suspend_suite);
