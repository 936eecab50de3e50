// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two clients on one port, this module and the kernel itself: each has a
 * Context, and frees and drives only a port that it has allocated itself. When
 * a client closes its last file, what its callbacks took is given back.
 */
#include "sim_port.h"

/**
 * struct wpt_other - the kernel as a client of the port
 * @file: two openers
 * @info: its callbacks
 */
struct wpt_other {
	struct winpar_file *file[2];
	PARALLEL_PORT_INFORMATION info;
};

static void wpt_other_open(struct wpt *t, struct wpt_other *other)
{
	struct kunit *test = t->test;
	char name[32];
	int i;

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->port->number);
	for (i = 0; i < 2; i++)
		KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
				winpar_open_owner(name, NULL, &other->file[i]));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(other->file[0], WPT_INFO, NULL, 0,
					      &other->info, sizeof(other->info),
					      NULL));
	wpt_kmsg_all(other->file[0]->holder.seat->client, true);
	wpt_kmsg_all(wpt_client(t), true);
}

static void wpt_other_close(struct wpt *t, struct wpt_other *other)
{
	int i;

	wpt_kmsg_all(other->file[0]->holder.seat->client, false);
	for (i = 0; i < 2; i++)
		winpar_close(other->file[i]);
}

/* What the log says of a free by a client that does not have the port. */
#define WPT_KERNEL_FREED						\
	"of the kernel freed the port, which winpar_kunit has: nothing was freed"
#define WPT_KUNIT_FREED							\
	"of winpar_kunit freed the port, which the kernel has: nothing was freed"
#define WPT_INTERRUPT_FREED						\
	"freed the port at interrupt level, which winpar_kunit had"

/* ----- Contexts ---------------------------------------------------------- */

/*
 * The two clients have different Contexts; all files of a client have its
 * Context.
 */
static void winpar_test_seat_contexts(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_other other;

	wpt_other_open(t, &other);
	KUNIT_EXPECT_PTR_NE(test, other.info.Context, t->info.Context);
	KUNIT_EXPECT_PTR_EQ(test, other.info.Context, winpar_device_object
			    (other.file[1])->DeviceExtension);
	KUNIT_EXPECT_PTR_EQ(test, t->info.Context, winpar_device_object
			    (t->file[2])->DeviceExtension);
	wpt_other_close(t, &other);
}

/* FreePort by a client that does not have the port: the log names both. */
static void winpar_test_seat_free_of_anothers(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_other other;
	u64 since;

	wpt_other_open(t, &other);
	/* The port is a Try call's of the other client. */
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	since = wpt_kmsg_end();
	other.info.FreePort(other.info.Context);
	WPT_EXPECT_STATE(t, WINPAR_PORT_OWNED);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, t->port->name,
				      WPT_KERNEL_FREED));
	/* A request waits, which a free would grant the port. */
	wpt_queue(t, t->file[1], 1);
	other.info.FreePort(other.info.Context);
	wpt_expect_quiet(t, 0);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	/* The port is a request's of the other client. */
	other.info.FreePort(other.info.Context);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	wpt_free(t);
	/* The clients change parts. */
	KUNIT_ASSERT_TRUE(test, other.info.TryAllocatePort(other.info.Context));
	since = wpt_kmsg_end();
	wpt_free(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_OWNED);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, t->port->name,
				      WPT_KUNIT_FREED));
	other.info.FreePort(other.info.Context);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	wpt_other_close(t, &other);
}

/* FreePortFromInterruptLevel by a client that does not have the port. */
static void winpar_test_seat_free_at_interrupt_level(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_other other;
	struct wpt_hook *hook;
	u64 since;

	wpt_other_open(t, &other);
	hook = wpt_connected(t, other.file[0], 1, WPT_ISR);
	KUNIT_EXPECT_PTR_EQ(test, hook->info.Context, other.info.Context);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	since = wpt_kmsg_end();
	/* The loop runs when the port is free again, and was freed once too often. */
	tasklet_disable(&t->port->loop);
	hook->info.FreePortFromInterruptLevel(hook->info.Context);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	wpt_free(t);
	hook->info.FreePortFromInterruptLevel(hook->info.Context);
	tasklet_enable(&t->port->loop);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, t->port->name,
				      WPT_INTERRUPT_FREED));
	wpt_other_close(t, &other);
}

/* The Context of an earlier life does not free the port of a later one. */
static void winpar_test_seat_earlier_life(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	PARALLEL_PORT_INFORMATION old = t->info, info;
	struct winpar_file *file;
	struct winpar_port *port;

	fake_port_remove(t->fake);
	wpt_plug(t, NULL);
	file = wpt_open(t);
	port = file->port;
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(file, WPT_INFO, NULL, 0, &info,
					      sizeof(info), NULL));
	KUNIT_EXPECT_PTR_NE(test, info.Context, old.Context);
	KUNIT_ASSERT_TRUE(test, info.TryAllocatePort(info.Context));
	old.FreePort(old.Context);
	KUNIT_EXPECT_FALSE(test, old.TryAllocatePort(old.Context));
	KUNIT_EXPECT_FALSE(test, info.TryAllocatePort(info.Context));
	KUNIT_EXPECT_PTR_EQ(test, port->owner->seat,
			    (struct winpar_seat *)info.Context);
	info.FreePort(info.Context);
	KUNIT_EXPECT_TRUE(test, info.TryAllocatePort(info.Context));
	info.FreePort(info.Context);
	winpar_close(file);
}

/* ----- PORT_FREE --------------------------------------------------------- */

enum wpt_has {
	WPT_HAS_FILE,		/* the file that frees */
	WPT_HAS_SIBLING,	/* another file of the client */
	WPT_HAS_TRY,		/* a Try call of the client */
	WPT_HAS_OTHER,		/* a file of another client */
	WPT_HAS_OTHER_TRY,	/* a Try call of another client */
};

struct wpt_has_row {
	const char *name;
	enum wpt_has has;
	bool ours;
};

static const struct wpt_has_row wpt_has_rows[] = {
	{ "the file", WPT_HAS_FILE, true },
	{ "another file of the client", WPT_HAS_SIBLING, false },
	{ "the client's Try call", WPT_HAS_TRY, true },
	{ "another client's file", WPT_HAS_OTHER, false },
	{ "another client's Try call", WPT_HAS_OTHER_TRY, false },
};

WPT_ROWS(wpt_has, wpt_has_rows);

static void wpt_has_take(struct wpt *t, struct wpt_other *other,
			 enum wpt_has has)
{
	struct kunit *test = t->test;

	if (has == WPT_HAS_TRY)
		KUNIT_ASSERT_TRUE(test, wpt_try(t));
	else if (has == WPT_HAS_OTHER_TRY)
		KUNIT_ASSERT_TRUE(test, other->info.TryAllocatePort
				  (other->info.Context));
	else
		KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
				wpt_ioctl(has == WPT_HAS_FILE ? t->file[0] :
					  has == WPT_HAS_SIBLING ? t->file[1] :
					  other->file[0], WPT_ALLOCATE));
}

static void wpt_has_give(struct wpt *t, struct wpt_other *other,
			 enum wpt_has has)
{
	if (has == WPT_HAS_OTHER || has == WPT_HAS_OTHER_TRY)
		other->info.FreePort(other->info.Context);
	else
		wpt_free(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* PORT_FREE frees what its file or its client's callbacks have. */
static void winpar_test_seat_port_free(struct kunit *test)
{
	const struct wpt_has_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_other other;
	u64 since;

	wpt_other_open(t, &other);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	wpt_has_take(t, &other, row->has);
	since = wpt_kmsg_end();
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), row->ours ?
			STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_EQ(test, (int)wpt_state(t), row->ours ?
			(int)WINPAR_PORT_HELD : (int)WINPAR_PORT_OWNED);
	KUNIT_EXPECT_EQ(test, wpt_kmsg_says(test, since, t->port->name,
					    "nothing was freed"),
			row->ours ? 0U : 1U);
	if (!row->ours)
		wpt_has_give(t, &other, row->has);
	wpt_other_close(t, &other);
}

/* ----- a client's last close --------------------------------------------- */

/* The client's last close frees what its Try call took: a request gets the port. */
static void winpar_test_seat_last_file(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_other other;
	u64 since;

	wpt_other_open(t, &other);
	KUNIT_ASSERT_TRUE(test, other.info.TryAllocatePort(other.info.Context));
	wpt_queue(t, t->file[0], 1);
	winpar_close(other.file[0]);
	wpt_expect_quiet(t, 0);
	since = wpt_kmsg_end();
	winpar_close(other.file[1]);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, t->port->name,
				      "the kernel closed the port with the port allocated"));
	/* A client without a file gets no port. */
	wpt_free(t);
	KUNIT_EXPECT_FALSE(test,
			   other.info.TryAllocatePort(other.info.Context));
	other.info.FreePort(other.info.Context);
	wpt_kmsg_all(((struct winpar_seat *)other.info.Context)->client, false);
}

/* ----- a client that keeps the port -------------------------------------- */

static void wpt_report_time(struct kunit *test, const char *ms)
{
	KUNIT_EXPECT_EQ(test, 0, wpt_write_file
			("/sys/module/winpar/parameters/owner_report_time",
			 ms));
}

/* The log names an owner once, and the client that waits; then the next owner. */
static void winpar_test_seat_owner_report(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r;
	struct wpt_other other;
	u64 since;

	wpt_other_open(t, &other);
	wpt_report_time(test, "200");
	since = wpt_kmsg_end();
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_nap(500);
	/* No request waits: no message. */
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, t->port->name,
						"has had the port for"));
	r = wpt_queue(t, other.file[0], 1);
	wpt_queue(t, t->file[1], 2);
	KUNIT_EXPECT_TRUE(test, wpt_kmsg_comes(test, since, t->port->name,
					       "has had the port for"));
	/* Not again, though the owner and those that wait stay. */
	wpt_nap(500);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, t->port->name,
						"has had the port for"));
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit has had the port for",
				      "while the kernel waits"));
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->calls, 1U);
	KUNIT_EXPECT_TRUE(test, wpt_kmsg_comes(test, since, "the kernel has had the port for",
					       "while winpar_kunit waits"));
	wpt_nap(500);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "the kernel has had the port for",
				      "while winpar_kunit waits"));
	wpt_report_time(test, "10000");
	other.info.FreePort(other.info.Context);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	wpt_free(t);
	wpt_other_close(t, &other);
}

/*
 * A Linux driver waits: no message with owner_report_time=0, one when that is changed
 * while the driver waits.
 */
static void winpar_test_seat_owner_report_for_a_driver(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	u64 since = wpt_kmsg_end();

	wpt_report_time(test, "0");
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_nap(500);
	KUNIT_EXPECT_EQ(test, 0U, wpt_kmsg_says(test, since, t->port->name,
						"has had the port for"));
	wpt_report_time(test, "200");
	KUNIT_EXPECT_TRUE(test, wpt_kmsg_comes(test, since, "winpar_kunit has had the port for",
					       "while a Linux driver waits"));
	wpt_nap(500);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, "winpar_kunit has had the port for",
				      "while a Linux driver waits"));
	wpt_report_time(test, "10000");
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
}

static struct kunit_case winpar_seat_cases[] = {
	KUNIT_CASE(winpar_test_seat_contexts),
	KUNIT_CASE(winpar_test_seat_free_of_anothers),
	KUNIT_CASE(winpar_test_seat_free_at_interrupt_level),
	KUNIT_CASE(winpar_test_seat_earlier_life),
	KUNIT_CASE_PARAM(winpar_test_seat_port_free, wpt_has_gen_params),
	KUNIT_CASE(winpar_test_seat_last_file),
	KUNIT_CASE(winpar_test_seat_owner_report),
	KUNIT_CASE(winpar_test_seat_owner_report_for_a_driver),
	{ }
};

static struct kunit_suite winpar_seat_suite = {
	.name = "winpar_seat",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_seat_cases,
};

kunit_test_suite(winpar_seat_suite);

/* ----- on a daisy chain -------------------------------------------------- */

/* The last close gives back a mode, a selection and the port, all by callbacks. */
static void winpar_test_seat_chain_last_file(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp daisy=printer");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	struct wpt *t = &s->t;
	PARALLEL_1284_COMMAND command = { };
	PARALLEL_PNP_INFORMATION pnp;
	struct wpt_other other;

	wpt_other_open(t, &other);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(other.file[0], WPT_PNP, NULL, 0,
					      &pnp, sizeof(pnp), NULL));
	KUNIT_EXPECT_PTR_EQ(test, pnp.Context, other.info.Context);
	KUNIT_EXPECT_EQ(test, pnp.TrySelectDevice(pnp.Context, &command),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, pnp.TrySetChipMode(pnp.Context, 0x40),
			STATUS_SUCCESS);
	winpar_close(other.file[0]);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), 0);
	KUNIT_EXPECT_EQ(test, t->port->chip.mode, 0x40);
	WPT_EXPECT_STATE(t, WINPAR_PORT_OWNED);
	winpar_close(other.file[1]);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), -1);
	KUNIT_EXPECT_EQ(test, t->port->chip.mode, 0);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);

	/*
	 * Calls of a client without a file do not ask a Linux driver for the
	 * port.
	 */
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_ASSERT_TRUE(test, wpt_becomes(t, WINPAR_PORT_AWAY));
	KUNIT_EXPECT_EQ(test, pnp.TrySelectDevice(pnp.Context, &command),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, pnp.TrySetChipMode(pnp.Context, 0x40),
			STATUS_INVALID_DEVICE_STATE);
	wpt_nap(50);
	KUNIT_EXPECT_EQ(test, rival->asked, 0U);
	fake_rival_release(rival);
	wpt_kmsg_all(((struct winpar_seat *)other.info.Context)->client, false);
}

/*
 * PNP information, INIT_1284_3_BUS and SELECT_DEVICE with
 * PAR_HAVE_PORT_KEEP_PORT on a file. If another has the port, no packet is sent
 * and the owner's device stays selected.
 */
static void winpar_test_seat_chain_who_has(struct kunit *test)
{
	const struct wpt_has_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, "kind=ecp daisy=printer+epp");
	NTSTATUS status = row->ours ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
	struct wpt *t = &s->t;
	PARALLEL_PNP_INFORMATION pnp = { };
	struct wpt_other other;
	unsigned long scans;

	wpt_other_open(t, &other);
	wpt_has_take(t, &other, row->has);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(t->file[0], WPT_PNP, NULL, 0,
					      &pnp, sizeof(pnp), NULL));
	KUNIT_EXPECT_EQ(test, pnp.Ieee1284_3DeviceCount, row->ours ? 2U : 0U);
	KUNIT_EXPECT_EQ(test, pnp.FifoDepth, row->ours ? 16U : 0U);
	KUNIT_EXPECT_EQ(test, t->port->daisy.scanned, row->ours);
	scans = t->port->daisy.scans;
	if (!row->ours) {
		/* Scan the chain; then select a device for the owner. */
		wpt_has_give(t, &other, row->has);
		wpt_sim_pnp(s);
		wpt_has_take(t, &other, row->has);
		scans = t->port->daisy.scans;
		wpt_sim_packet(s, 0xe1);
		KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), 1);
	}
	wpt_sim_set(s, "events", "");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS), status);
	KUNIT_EXPECT_EQ(test, (unsigned long)t->port->daisy.scans,
			scans + row->ours);
	KUNIT_EXPECT_EQ(test, wpt_sim_command(t->file[0], WPT_SELECT, 0,
					      WPT_KEEP), status);
	KUNIT_EXPECT_EQ(test, wpt_sim_saw_packet(s), row->ours);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(s), row->ours ? 0 : 1);
	WPT_EXPECT_STATE(t, WINPAR_PORT_OWNED);
	wpt_sim_packet(s, 0x30);
	wpt_has_give(t, &other, row->has);
	wpt_other_close(t, &other);
}

static struct kunit_case winpar_seat_chain_cases[] = {
	KUNIT_CASE(winpar_test_seat_chain_last_file),
	KUNIT_CASE_PARAM(winpar_test_seat_chain_who_has, wpt_has_gen_params),
	{ }
};

static struct kunit_suite winpar_seat_chain_suite = {
	.name = "winpar_seat_chain",
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_seat_chain_cases,
};

kunit_test_suite(winpar_seat_chain_suite);
