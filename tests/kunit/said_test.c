// SPDX-License-Identifier: GPL-2.0-only
/* Lines of the log: refusals, and interrupt routines that hear nothing. */
#include "fixture.h"

/* Expect so many lines of the log, since @since, that have both texts. */
static void wpt_said(struct wpt *t, u64 since, unsigned int times,
		     const char *one, const char *other)
{
	KUNIT_EXPECT_EQ_MSG(t->test, times,
			    wpt_kmsg_says(t->test, since, one, other),
			    "\"%s\" and \"%s\"", one, other);
}

static int wpt_said_init(struct kunit *test)
{
	int ret = wpt_init(test);

	if (!ret)
		wpt_kmsg_all(wpt_client(to_wpt(test)), true);
	return ret;
}

/* ----- what is refused --------------------------------------------------- */

static void winpar_test_said_no_such_port(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	u64 since = wpt_kmsg_end();
	struct winpar_file *file;
	char ports[64];

	KUNIT_EXPECT_EQ(test, winpar_open("LPT876", &file),
			STATUS_OBJECT_NAME_NOT_FOUND);
	snprintf(ports, sizeof(ports), "LPT%u (%s)", t->port->lpt,
		 t->port->name);
	wpt_said(t, since, 1,
		 "winpar_kunit cannot open LPT876: there is no such port", ports);
	wpt_said(t, since, 1, "cannot open LPT876",
		 "STATUS_OBJECT_NAME_NOT_FOUND (0xc0000034)");
	KUNIT_EXPECT_EQ(test, winpar_open("lp0", &file),
			STATUS_OBJECT_NAME_INVALID);
	wpt_said(t, since, 1, "winpar_kunit cannot open lp0: that is no name",
		 "STATUS_OBJECT_NAME_INVALID (0xc0000033)");
}

static void winpar_test_said_open_already(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file, *other;
	char name[16], words[64];
	u64 since = wpt_kmsg_end();

	snprintf(name, sizeof(name), "LPT%u", t->port->lpt);
	KUNIT_ASSERT_EQ(test, winpar_open(name, &file), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, winpar_open(name, &other), STATUS_ACCESS_DENIED);
	snprintf(words, sizeof(words), "%s: winpar_kunit cannot open %s: ",
		 t->port->name, name);
	wpt_said(t, since, 1, words, "winpar_kunit has it open");
	wpt_said(t, since, 1, words, "STATUS_ACCESS_DENIED (0xc0000022)");
	winpar_close(file);
}

/* A refused CONNECT: the line names the parameter that refuses it. */
static void winpar_test_said_connect(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_hook(t, 1, WPT_ISR);
	u64 since = wpt_kmsg_end();

	wpt_set_connect(t, false, -1);
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]),
			STATUS_UNSUCCESSFUL);
	wpt_said(t, since, 1, "winpar_kunit may not connect",
		 "enable_connect_interrupt to 1 (in /sys/module/winpar/parameters)");
	wpt_said(t, since, 1, t->port->name,
		 "STATUS_UNSUCCESSFUL (0xc0000001)");
	since = wpt_kmsg_end();
	wpt_set_connect(t, true, 0);
	KUNIT_EXPECT_EQ(test, wpt_connect(hook, t->file[0]),
			STATUS_UNSUCCESSFUL);
	wpt_said(t, since, 1, "winpar_kunit may not connect",
		 "enable_connect_interrupt_port, which is 0 for this port");
}

static void winpar_test_said_chip_mode(struct kunit *test)
{
	PARALLEL_CHIP_MODE mode = { .ModeFlags = 0x80 };
	struct wpt *t = to_wpt(test);
	u64 since = wpt_kmsg_end();

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, STATUS_NO_SUCH_DEVICE, winpar_internal_ioctl
			(t->file[0], IOCTL_INTERNAL_PARALLEL_SET_CHIP_MODE,
			 &mode, sizeof(mode), NULL, 0, NULL));
	wpt_said(t, since, 1, "winpar_kunit cannot set chip mode 0x80",
		 "STATUS_NO_SUCH_DEVICE (0xc000000e)");
	wpt_free(t);
}

/* Numbering the daisy chain: a Linux driver has the port. */
static void winpar_test_said_no_scan(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	u64 since = wpt_kmsg_end();

	KUNIT_EXPECT_EQ(test, STATUS_UNSUCCESSFUL,
			wpt_ioctl(t->file[0], IOCTL_INTERNAL_INIT_1284_3_BUS));
	wpt_said(t, since, 1, "winpar_kunit cannot number the daisy chain",
		 "rival has the port");
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* A client selects on a port that it has not allocated. */
static void winpar_test_said_select(struct kunit *test)
{
	PARALLEL_1284_COMMAND command = {
		.CommandFlags = PAR_HAVE_PORT_KEEP_PORT |
				PAR_END_OF_CHAIN_DEVICE,
	};
	struct wpt *t = to_wpt(test);
	u64 since = wpt_kmsg_end();

	KUNIT_EXPECT_EQ(test, STATUS_UNSUCCESSFUL, winpar_internal_ioctl
			(t->file[0], IOCTL_INTERNAL_SELECT_DEVICE, &command,
			 sizeof(command), NULL, 0, NULL));
	wpt_said(t, since, 1,
		 "winpar_kunit cannot select device 0 (end of chain)",
		 "has not allocated the port before");
	wpt_said(t, since, 1, "winpar_kunit cannot select",
		 "STATUS_UNSUCCESSFUL (0xc0000001)");
}

/* ----- a file that is closed while the line is written -------------------- */

/* What was the memory of @file is another file's, of the client that @seat is. */
struct wpt_said_reused {
	struct winpar_file *file;
	struct winpar_seat *seat;
};

static void wpt_said_reuse(void *data, int port, const char *client, const char *what,
			   s32 status)
{
	struct wpt_said_reused *reused = data;

	reused->file->holder.seat = reused->seat;
}

/* The event comes after the lock was dropped: the file may have been freed by then. */
static void winpar_test_said_free_of_a_closed_file(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_seat *seat = t->file[0]->holder.seat;
	struct wpt_said_reused reused = { .file = t->file[0] };
	struct tracepoint *tracepoint;
	u64 since = wpt_kmsg_end();
	struct winpar_file *other;
	NTSTATUS status;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d", t->port->number);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS, winpar_open_owner(name, NULL, &other));
	reused.seat = other->holder.seat;
	KUNIT_EXPECT_PTR_NE(test, reused.seat, seat);
	tracepoint = wpt_trace_begin(test, "__tracepoint_winpar_error", wpt_said_reuse,
				     &reused);
	status = wpt_ioctl(t->file[0], WPT_FREE);
	wpt_trace_end(tracepoint, wpt_said_reuse, &reused);
	KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, t->file[0]->holder.seat, reused.seat);
	t->file[0]->holder.seat = seat;
	winpar_close(other);
	wpt_said(t, since, 1, t->port->name,
		 "winpar_kunit freed the port, which no client had");
}

/* ----- a routine that hears nothing -------------------------------------- */

#define WPT_SILENCE	"has heard nothing from interrupt"

/* Wait until the log has the text, or @ms are over. */
static void wpt_said_wait(struct wpt *t, u64 since, unsigned int ms)
{
	while (ms >= 100 &&
	       !wpt_kmsg_says(t->test, since, t->port->name, WPT_SILENCE)) {
		wpt_nap(100);
		ms -= 100;
	}
}

/* The client has the port for more than 2 s: one line for its routine. */
static void winpar_test_said_silence(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_start start = wpt_start();
	u64 since = wpt_kmsg_end();
	char number[64];
	unsigned int early;

	wpt_connected(t, t->file[0], 1, WPT_ISR);
	wpt_connected(t, t->file[0], 2, WPT_DEFERRED);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[1], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_nap(1500);
	early = wpt_kmsg_says(test, since, t->port->name, WPT_SILENCE);
	/* On a busy machine the 2 s may be over. */
	if (wpt_is_within(start, 2000))
		KUNIT_EXPECT_EQ(test, early, 0U);
	KUNIT_EXPECT_TRUE(test, wpt_kmsg_comes(test, since, t->port->name, WPT_SILENCE));
	snprintf(number, sizeof(number), "interrupt %d. ", t->fake->irq);
	wpt_said(t, since, 1, WPT_SILENCE, number);
	wpt_nap(2500);
	wpt_said(t, since, 1, t->port->name, WPT_SILENCE);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_FREE), STATUS_SUCCESS);
}

/* An interrupt has come: the number is right, however long the port is kept. */
static void winpar_test_said_one_interrupt(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	u64 since = wpt_kmsg_end();

	wpt_connected(t, t->file[0], 1, WPT_ISR);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	fake_port_interrupt(t->fake);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 1));
	wpt_said_wait(t, since, 4500);
	wpt_said(t, since, 0, t->port->name, WPT_SILENCE);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
}

/* The client has the port now and then, and never for 2 s. */
static void winpar_test_said_freed_before(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	u64 since = wpt_kmsg_end();
	struct wpt_start start;
	bool never = true;
	int i;

	wpt_connected(t, t->file[0], 1, WPT_ISR);
	for (i = 0; i < 4; i++) {
		start = wpt_start();
		KUNIT_ASSERT_TRUE(test, wpt_try(t));
		wpt_nap(1000);
		wpt_free(t);
		never &= wpt_is_within(start, 2000);
		wpt_nap(100);
	}
	/* On a busy machine the client may have had it for longer. */
	if (never)
		wpt_said(t, since, 0, t->port->name, WPT_SILENCE);
}

/* While another client has the port, a routine that hears nothing is not reported. */
static void winpar_test_said_of_another(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	u64 since = wpt_kmsg_end();
	struct winpar_file *file;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->port->number);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_open_owner(name, NULL, &file));
	wpt_connected(t, t->file[0], 1, WPT_ISR);
	KUNIT_ASSERT_EQ(test, wpt_ioctl(file, WPT_ALLOCATE), STATUS_SUCCESS);
	wpt_said_wait(t, since, 4500);
	wpt_said(t, since, 0, t->port->name, WPT_SILENCE);
	winpar_close(file);
}

/* The port is removed and the client closes within the 2 s: nothing is left. */
static void winpar_test_said_gone_before(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_start start = wpt_start();
	u64 since = wpt_kmsg_end();
	bool before;

	wpt_connected(t, t->file[0], 1, WPT_ISR);
	wpt_connected(t, t->file[1], 2, WPT_ISR);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_nap(500);
	fake_port_remove(t->fake);
	wpt_close(t, 0);
	before = wpt_is_within(start, 2000);
	wpt_said_wait(t, since, 3000);
	/* On a busy machine the 2 s may have been over before. */
	if (before)
		wpt_said(t, since, 0, t->port->name, WPT_SILENCE);
}

static struct kunit_case winpar_said_cases[] = {
	KUNIT_CASE(winpar_test_said_no_such_port),
	KUNIT_CASE(winpar_test_said_open_already),
	KUNIT_CASE(winpar_test_said_connect),
	KUNIT_CASE(winpar_test_said_chip_mode),
	KUNIT_CASE(winpar_test_said_no_scan),
	KUNIT_CASE(winpar_test_said_select),
	KUNIT_CASE(winpar_test_said_free_of_a_closed_file),
	KUNIT_CASE(winpar_test_said_silence),
	KUNIT_CASE(winpar_test_said_one_interrupt),
	KUNIT_CASE(winpar_test_said_freed_before),
	KUNIT_CASE(winpar_test_said_of_another),
	KUNIT_CASE(winpar_test_said_gone_before),
	{ }
};

static struct kunit_suite winpar_said_suite = {
	.name = "winpar_said",
	.init = wpt_said_init,
	.exit = wpt_exit,
	.test_cases = winpar_said_cases,
};

kunit_test_suite(winpar_said_suite);
