// SPDX-License-Identifier: GPL-2.0-only
/*
 * Selecting the devices of a daisy chain. winpar_sim, not winpar, says which
 * device is selected and which one got a byte.
 */
#include "select_test.h"

/* ----- every chain ------------------------------------------------------- */

struct wpt_chain_row {
	const char *words;
	unsigned int count;
	bool end;
};

static const struct wpt_chain_row wpt_chain_rows[] = {
	{ "daisy=none peripheral=none", 0, false },
	{ "daisy=none peripheral=printer", 0, true },
	{ "daisy=printer peripheral=none", 1, false },
	{ "daisy=printer peripheral=printer", 1, true },
	{ "daisy=printer+printer peripheral=none", 2, false },
	{ "daisy=printer+printer peripheral=printer", 2, true },
	{ "daisy=printer+printer+printer peripheral=none", 3, false },
	{ "daisy=printer+printer+printer peripheral=printer", 3, true },
	{ "daisy=printer+printer+printer+printer peripheral=none", 4, false },
	{ "daisy=printer+printer+printer+printer peripheral=printer", 4, true },
	{ "kind=spp daisy=printer+printer+printer+printer", 4, true },
	{ "kind=ps2 daisy=printer+printer", 2, true },
	{ "kind=epp daisy=printer+printer", 2, true },
	{ "kind=ecp daisy=printer+printer", 2, true },
};

static void wpt_chain_name(const struct wpt_chain_row *row, char *name)
{
	strscpy(name, row->words, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wpt_chain, wpt_chain_rows, wpt_chain_name);

/* Print a byte: device @who, or the end-of-chain device (-1), receives it alone. */
static void wpt_expect_listens(struct wpt_sim *s,
			       const struct wpt_chain_row *row, int who)
{
	unsigned long before[5] = { }, after;
	char knob[16];
	int i;

	for (i = 0; i <= row->count; i++) {
		if (i == row->count && !row->end)
			break;
		snprintf(knob, sizeof(knob), "daisy%d/modes", i);
		before[i] = wpt_sim_number(s, i < row->count ? knob : "modes",
					   "received");
	}
	wpt_sim_print(s, 'x');
	for (i = 0; i <= row->count; i++) {
		if (i == row->count && !row->end)
			break;
		snprintf(knob, sizeof(knob), "daisy%d/modes", i);
		after = wpt_sim_number(s, i < row->count ? knob : "modes",
				       "received");
		KUNIT_EXPECT_EQ_MSG(s->t.test, after - before[i],
				    i == (who < 0 ? row->count : who) ? 1UL :
									0UL,
				    "device %d, when %d is selected", i, who);
	}
}

static void winpar_test_select_each(struct kunit *test)
{
	const struct wpt_chain_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, row->words);
	unsigned int id;

	wpt_sim_pnp(s);
	KUNIT_EXPECT_EQ(test, s->pnp.Ieee1284_3DeviceCount, row->count);
	KUNIT_EXPECT_EQ(test, !!(s->pnp.HardwareCapabilities &
				 PPT_1284_3_PRESENT), row->count > 0);
	for (id = 0; id < row->count; id++) {
		/* By the request, then by the callback. */
		EXPECT_SELECT(s, 0, id, 0, SUCCESS);
		EXPECT_SELECTED(s, id);
		KUNIT_EXPECT_PTR_EQ(test, wpt_owner(&s->t), s->t.file[0]);
		wpt_expect_listens(s, row, id);
		EXPECT_DESELECT(s, 0, id, 0, SUCCESS);
		EXPECT_SELECTED(s, -1);
		EXPECT_STATE(s, WINPAR_PORT_HELD);
		KUNIT_EXPECT_EQ(test, wpt_sim_try(s, id, 0), STATUS_SUCCESS);
		EXPECT_SELECTED(s, id);
		wpt_expect_listens(s, row, id);
		KUNIT_EXPECT_EQ(test, wpt_sim_undo(s, id, 0), STATUS_SUCCESS);
		EXPECT_SELECTED(s, -1);
		EXPECT_STATE(s, WINPAR_PORT_HELD);
	}
	/* The end-of-chain device; the ID does not matter. */
	EXPECT_SELECT(s, 0, 200, WPT_END, SUCCESS);
	EXPECT_SELECTED(s, -1);
	wpt_expect_listens(s, row, -1);
	/* From device to device, while the file keeps the port. */
	for (id = 0; id < row->count; id++) {
		EXPECT_SELECT(s, 0, id, WPT_KEEP, SUCCESS);
		EXPECT_SELECTED(s, id);
		wpt_expect_listens(s, row, id);
	}
	EXPECT_SELECT(s, 0, 0, WPT_KEEP | WPT_END, SUCCESS);
	EXPECT_SELECTED(s, -1);
	EXPECT_DESELECT(s, 0, 0, WPT_END, SUCCESS);
	EXPECT_STATE(s, WINPAR_PORT_HELD);
}

/* IDs of no device are refused, and no packet is sent. */
static void winpar_test_select_wrong_id(struct kunit *test)
{
	const struct wpt_chain_row *row = test->param_value;
	struct wpt_sim *s = wpt_sim_plug(test, row->words);
	const unsigned int ids[] = { row->count, 4, 5, 127, 128, 255 };
	unsigned long commands;
	unsigned int i;

	wpt_sim_pnp(s);
	commands = wpt_sim_commands(s);
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		EXPECT_SELECT(s, 0, ids[i], 0, INVALID_PARAMETER);
		EXPECT_SELECT(s, 0, ids[i], WPT_KEEP, INVALID_PARAMETER);
		EXPECT_DESELECT(s, 0, ids[i], 0, INVALID_PARAMETER);
		KUNIT_EXPECT_EQ(test, wpt_sim_try(s, ids[i], 0),
				STATUS_INVALID_PARAMETER);
		KUNIT_EXPECT_EQ(test, wpt_sim_undo(s, ids[i], 0),
				STATUS_INVALID_PARAMETER);
		EXPECT_STATE(s, WINPAR_PORT_HELD);
	}
	wpt_own(s, 0);
	EXPECT_SELECT(s, 0, row->count, WPT_KEEP, INVALID_PARAMETER);
	EXPECT_DESELECT(s, 0, row->count, 0, INVALID_PARAMETER);
	/* Refused at once, though the port is not free. */
	EXPECT_SELECT(s, 1, row->count, 0, INVALID_PARAMETER);
	EXPECT_STATE(s, WINPAR_PORT_OWNED);
	wpt_free(&s->t);
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(s), commands);
}

/* The first SELECT_DEVICE scans the bus, before it looks at the ID. */
static void winpar_test_select_scans_first(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp");

	EXPECT_SELECT(s, 0, 2, 0, INVALID_PARAMETER);
	EXPECT_STATE(s, WINPAR_PORT_HELD);
	EXPECT_SELECT(s, 0, 1, 0, SUCCESS);
	EXPECT_SELECTED(s, 1);
	wpt_free(&s->t);
	EXPECT_SELECTED(s, -1);
}

/* ----- who has the port -------------------------------------------------- */

/* PAR_HAVE_PORT_KEEP_PORT works only for a client that has the port. */
static void winpar_test_select_keep(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp");
	unsigned long commands;

	wpt_sim_pnp(s);
	commands = wpt_sim_commands(s);
	/* No client has the port. */
	EXPECT_SELECT(s, 0, 0, WPT_KEEP, UNSUCCESSFUL);
	EXPECT_SELECT(s, 0, 0, WPT_KEEP | WPT_END, UNSUCCESSFUL);
	EXPECT_DESELECT(s, 0, 0, 0, UNSUCCESSFUL);
	EXPECT_DESELECT(s, 0, 0, WPT_KEEP, UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, WPT_KEEP),
			STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_undo(s, 0, 0), STATUS_UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(s), commands);
	/* Another file has the port. */
	wpt_own(s, 1);
	EXPECT_SELECT(s, 0, 0, WPT_KEEP, UNSUCCESSFUL);
	EXPECT_DESELECT(s, 0, 0, 0, UNSUCCESSFUL);
	KUNIT_EXPECT_EQ(test, wpt_sim_commands(s), commands);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(&s->t), s->t.file[1]);
	/* The owner selects and deselects. */
	EXPECT_SELECT(s, 1, 1, WPT_KEEP, SUCCESS);
	EXPECT_SELECTED(s, 1);
	EXPECT_DESELECT(s, 1, 1, WPT_KEEP, SUCCESS);
	EXPECT_SELECTED(s, -1);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(&s->t), s->t.file[1]);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, WPT_KEEP), STATUS_SUCCESS);
	EXPECT_SELECTED(s, 0);
	KUNIT_EXPECT_EQ(test, wpt_sim_undo(s, 0, WPT_KEEP), STATUS_SUCCESS);
	EXPECT_STATE(s, WINPAR_PORT_OWNED);
	EXPECT_DESELECT(s, 1, 0, 0, SUCCESS);
	EXPECT_STATE(s, WINPAR_PORT_HELD);
}

/* TrySelectDevice on a port that is not free answers PENDING, and is not queued. */
static void winpar_test_select_try_pending(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);

	wpt_sim_pnp(s);
	wpt_own(s, 0);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, 0), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, WPT_END), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_waiters(&s->t), 0U);
	wpt_free(&s->t);
	EXPECT_SELECTED(s, -1);
	wpt_rival_takes(s, rival);
	KUNIT_EXPECT_EQ(test, wpt_sim_try(s, 0, 0), STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_sim_undo(s, 0, 0), STATUS_UNSUCCESSFUL);
	fake_rival_release(rival);
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			s->pnp.TrySelectDevice(s->pnp.Context, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_INVALID_PARAMETER,
			s->pnp.DeselectDevice(s->pnp.Context, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			s->pnp.TrySelectDevice(NULL, NULL));
	KUNIT_EXPECT_EQ(test, STATUS_DELETE_PENDING,
			s->pnp.DeselectDevice(NULL, NULL));
}

/* SELECT_DEVICE and ALLOCATE wait in one FIFO; each gets the right device. */
static void winpar_test_select_fifo(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp");
	struct wpt *t = &s->t;

	wpt_sim_pnp(s);
	wpt_own(s, 0);
	wpt_queue(t, t->file[1], 10);
	wpt_sim_queue(s, t->file[2], 11, 1, 0);
	wpt_queue(t, t->file[1], 12);
	wpt_sim_queue(s, t->file[0], 13, 0, 0);
	wpt_sim_queue(s, t->file[0], 14, 0, WPT_END);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 5U);
	wpt_free(t);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	EXPECT_SELECTED(s, -1);
	wpt_free(t);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	EXPECT_SELECTED(s, 1);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[2]);
	wpt_free(t);
	wpt_expect(t, 2, 12, STATUS_SUCCESS);
	EXPECT_SELECTED(s, -1);
	wpt_free(t);
	wpt_expect(t, 3, 13, STATUS_SUCCESS);
	EXPECT_SELECTED(s, 0);
	EXPECT_DESELECT(s, 0, 0, 0, SUCCESS);
	wpt_expect(t, 4, 14, STATUS_SUCCESS);
	EXPECT_SELECTED(s, -1);
	wpt_free(t);
	wpt_expect_quiet(t, 5);
}

/* A SELECT_DEVICE that waits is cancelled; another one's device is unplugged. */
static void winpar_test_select_while_waiting(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp");
	struct wpt *t = &s->t;
	struct wpt_request *r;

	wpt_sim_pnp(s);
	wpt_own(s, 0);
	r = wpt_sim_queue(s, t->file[1], 10, 0, 0);
	wpt_sim_queue(s, t->file[1], 11, 1, 0);
	wpt_queue(t, t->file[2], 12);
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r->irp));
	wpt_expect(t, 0, 10, STATUS_CANCELLED);
	wpt_sim_set(s, "daisy", "printer");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_INIT_BUS),
			STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect(t, 1, 11, STATUS_INVALID_PARAMETER);
	wpt_expect(t, 2, 12, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[2]);
	wpt_free(t);
	wpt_expect_quiet(t, 3);
}

/* After each kind of free the next owner has the end-of-chain device. */
static void winpar_test_select_next_owner(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	struct wpt *t = &s->t;

	EXPECT_SELECT(s, 0, 1, 0, SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	wpt_own(s, 1);
	EXPECT_SELECTED(s, -1);
	EXPECT_SELECT(s, 1, 0, WPT_KEEP, SUCCESS);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	EXPECT_SELECTED(s, -1);
	wpt_free(t);
	/* Freed by the close of the file. */
	EXPECT_SELECT(s, 1, 1, 0, SUCCESS);
	wpt_close(t, 1);
	EXPECT_SELECTED(s, -1);
	/* A Linux driver is next, and leaves a device selected. */
	EXPECT_SELECT(s, 0, 1, 0, SUCCESS);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	EXPECT_SELECTED(s, -1);
	wpt_sim_packet(s, 0xe0);
	EXPECT_SELECTED(s, 0);
	wpt_queue(t, t->file[2], 10);
	fake_rival_release(rival);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	EXPECT_SELECTED(s, -1);
	wpt_free(t);
}

struct wpt_interrupt_try {
	bool free;
	BOOLEAN had;
};

static void wpt_at_interrupt(struct wpt_hook *hook)
{
	struct wpt_interrupt_try *try = hook->arg;

	if (try->free)
		hook->info.FreePortFromInterruptLevel(hook->info.Context);
	try->had = hook->info.TryAllocatePortAtInterruptLevel
		(hook->info.Context);
}

/* Freed at interrupt level: a Try call there fails until the packet is sent. */
static void winpar_test_select_freed_at_interrupt(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=printer+epp");
	struct wpt_interrupt_try try = { .free = true, .had = 7 };
	struct wpt *t = &s->t;
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);

	hook->on_interrupt = wpt_at_interrupt;
	hook->arg = &try;
	EXPECT_SELECT(s, 0, 1, 0, SUCCESS);
	wpt_sim_set(s, "fault", "spurious-irq 1");
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 1));
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, try.had, FALSE);
	EXPECT_SELECTED(s, -1);
	EXPECT_STATE(s, WINPAR_PORT_HELD);
	try.free = false;
	wpt_sim_set(s, "fault", "spurious-irq 1");
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 2));
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, try.had, TRUE);
	EXPECT_STATE(s, WINPAR_PORT_OWNED);
	hook->on_interrupt = NULL;
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
}

/* Once a scan has found no daisy chain, no packet is sent. */
static void winpar_test_select_no_chain(struct kunit *test)
{
	struct wpt_sim *s = wpt_sim_plug(test, "daisy=none");
	struct fake_rival *rival = fake_rival_create(&s->linux_port, 0);
	struct wpt *t = &s->t;

	wpt_sim_set(s, "events", "");
	wpt_own(s, 0);
	wpt_free(t);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(s));
	wpt_sim_pnp(s);
	KUNIT_EXPECT_TRUE(test, wpt_sim_saw_packet(s));
	wpt_sim_set(s, "events", "");
	wpt_own(s, 0);
	wpt_queue(t, t->file[1], 10);
	wpt_free(t);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	wpt_free(t);
	EXPECT_SELECT(s, 0, 0, WPT_END, SUCCESS);
	EXPECT_DESELECT(s, 0, 0, WPT_END, SUCCESS);
	EXPECT_SELECT(s, 0, 0, 0, INVALID_PARAMETER);
	wpt_rival_takes(s, rival);
	fake_rival_release(rival);
	wpt_own(s, 0);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_sim_pnp(s);
	KUNIT_EXPECT_FALSE(test, wpt_sim_saw_packet(s));
}

static struct kunit_case winpar_select_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_select_each, wpt_chain_gen_params),
	KUNIT_CASE_PARAM(winpar_test_select_wrong_id, wpt_chain_gen_params),
	KUNIT_CASE(winpar_test_select_scans_first),
	KUNIT_CASE(winpar_test_select_keep),
	KUNIT_CASE(winpar_test_select_try_pending),
	KUNIT_CASE(winpar_test_select_fifo),
	KUNIT_CASE(winpar_test_select_while_waiting),
	KUNIT_CASE(winpar_test_select_next_owner),
	KUNIT_CASE(winpar_test_select_freed_at_interrupt),
	KUNIT_CASE(winpar_test_select_no_chain),
	{ }
};

static struct kunit_suite winpar_select_suite = {
	.name = "winpar_select",
	.init = wpt_sim_init,
	.exit = wpt_sim_exit,
	.test_cases = winpar_select_cases,
};

kunit_test_suite(winpar_select_suite);
