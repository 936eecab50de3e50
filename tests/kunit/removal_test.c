// SPDX-License-Identifier: GPL-2.0-only
/* A port is removed while clients use it, and comes back. */
#include "fixture.h"

static void wpt_pull(struct wpt *t)
{
	fake_port_remove(t->fake);
	t->fake = NULL;
}

/* Plug a port in again: it gets the lowest free number, the one it had before. */
static void wpt_again(struct wpt *t)
{
	wpt_plug(t, NULL);
	KUNIT_ASSERT_EQ(t->test, t->fake->parport->number, t->port->number);
}

static NTSTATUS wpt_open_status(struct wpt *t, struct winpar_file **file)
{
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->port->number);
	return winpar_open(name, file);
}

struct wpt_gone_row {
	const char *name;
	UCHAR major;
	ULONG code;
	bool short_buffer;
};

static const struct wpt_gone_row wpt_gone_rows[] = {
	{ "ALLOCATE", IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_ALLOCATE },
	{ "FREE", IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_FREE },
	{ "GET_PORT_INFO", IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_INFO },
	{ "GET_PORT_INFO, too short", IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_INFO,
	  true },
	{ "GET_MORE_PORT_INFO", IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_MORE_INFO },
	{ "RELEASE_PORT_INFO", IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_RELEASE },
	{ "CONNECT", IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_CONNECT },
	{ "DISCONNECT of what was not connected",
	  IRP_MJ_INTERNAL_DEVICE_CONTROL, WPT_DISCONNECT },
	{ "an unknown code", IRP_MJ_INTERNAL_DEVICE_CONTROL, 1 },
	{ "device control", IRP_MJ_DEVICE_CONTROL, WPT_INFO },
	{ "read", IRP_MJ_READ },
};

WPT_ROWS(wpt_gone, wpt_gone_rows);

/* Each new request answers DELETE_PENDING, before its arguments are tested. */
static void winpar_test_removal_new_request(struct kunit *test)
{
	const struct wpt_gone_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct wpt_request *r = wpt_request(t, 1, row->code);
	struct wpt_hook *hook = wpt_hook(t, 2, WPT_BOTH);

	wpt_pull(t);
	memcpy(r->buffer, &hook->routines, sizeof(hook->routines));
	winpar_irp_set_ioctl(&r->irp, row->major, row->code, r->buffer,
			     row->short_buffer ? 0 : WPT_BUFFER,
			     row->short_buffer ? 0 : WPT_BUFFER);
	r->irp.IoStatus.Information = 1;
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[0]),
			STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Status, STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, r->irp.IoStatus.Information, 0UL);
	wpt_expect(t, 0, 1, STATUS_DELETE_PENDING);
	wpt_expect_quiet(t, 1);
}

/* The name of a removed port cannot be opened, until a port gets its number. */
static void winpar_test_removal_open(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file = (void *)1;

	wpt_pull(t);
	KUNIT_EXPECT_EQ(test, wpt_open_status(t, &file),
			STATUS_OBJECT_NAME_NOT_FOUND);
	KUNIT_EXPECT_NULL(test, file);
}

/*
 * Requests that wait for a port that a client has end with DELETE_PENDING, in
 * order.
 */
static void winpar_test_removal_waiting(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r[5], *waited;
	int i;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	for (i = 0; i < ARRAY_SIZE(r); i++)
		r[i] = wpt_queue(t, t->file[i % 3], i);
	waited = wpt_request(t, 9, WPT_ALLOCATE);
	winpar_irp_set_completion(&waited->irp, NULL, NULL);
	KUNIT_EXPECT_EQ(test, wpt_submit(waited, t->file[0]), STATUS_PENDING);
	wpt_pull(t);
	for (i = 0; i < ARRAY_SIZE(r); i++) {
		wpt_expect(t, i, i, STATUS_DELETE_PENDING);
		KUNIT_EXPECT_EQ(test, (int)t->log.events[i].level,
				(int)WPT_SOFTIRQ);
	}
	KUNIT_EXPECT_EQ(test, winpar_irp_wait_timeout(&waited->irp,
						      WPT_TIMEOUT),
			STATUS_DELETE_PENDING);
	wpt_expect_quiet(t, ARRAY_SIZE(r));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	for (i = 0; i < ARRAY_SIZE(r); i++) {
		KUNIT_EXPECT_EQ(test, r[i]->calls, 1U);
		KUNIT_EXPECT_FALSE(test, winpar_irp_cancel(&r[i]->irp));
	}
}

/* The callbacks of a removed port may be called, and do nothing. */
static void winpar_test_removal_callbacks(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_BOTH);
	PVOID context = t->info.Context;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_pull(t);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	KUNIT_EXPECT_FALSE(test,
			   hook->info.TryAllocatePortAtInterruptLevel(context));
	hook->info.FreePortFromInterruptLevel(context);
	KUNIT_EXPECT_PTR_EQ(test, winpar_device_object(t->file[0]),
			    &t->file[0]->holder.seat->device);
	WPT_EXPECT_STATE(t, WINPAR_PORT_GONE);
	wpt_expect_quiet(t, 0);
}

/* Deviation: the first DISCONNECT after a removal succeeds, the second does not. */
static void winpar_test_removal_disconnect(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[3];
	int i;

	for (i = 0; i < 3; i++)
		hook[i] = wpt_connected(t, t->file[i / 2], i,
					i ? WPT_BOTH : WPT_DEFERRED);
	wpt_pull(t);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, wpt_disconnect(hook[i], t->file[0]),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, wpt_disconnect(hook[i], t->file[0]),
				STATUS_DELETE_PENDING);
	}
	/* A length that is too short does not matter any more. */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_DISCONNECT),
			STATUS_DELETE_PENDING);
	/* The close disconnects the third. */
	wpt_close(t, 1);
	wpt_expect_quiet(t, 0);
}

/* As on a port that is there, a file may disconnect what another file has connected. */
static void winpar_test_removal_disconnect_by_another_file(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[1], 1, WPT_BOTH);

	wpt_pull(t);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_DELETE_PENDING);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[1]),
			STATUS_DELETE_PENDING);
	wpt_expect_quiet(t, 0);
}

/* A file of a removed port is closed that had the port, a request and a routine. */
static void winpar_test_removal_close(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	wpt_connected(t, t->file[0], 1, WPT_BOTH);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_queue(t, t->file[0], 10);
	wpt_pull(t);
	wpt_close(t, 0);
	/* The close has waited for the completion routine. */
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 1U);
	wpt_expect(t, 0, 10, STATUS_DELETE_PENDING);
	wpt_close(t, 1);
	wpt_close(t, 2);
	KUNIT_EXPECT_TRUE(test, !wpt_files(t));
}

/* The client closes its file when the port has gone, and the loop has not yet run. */
static void winpar_test_removal_close_first(struct kunit *test)
{
	unsigned int (*cancel)(struct winpar_file *file) =
		wpt_symbol(test, "winpar_drain_cancel");
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 1);
	wpt_settle(t);
	tasklet_disable(&t->port->loop);
	wpt_pull(t);
	/* The client is not blamed for what it could not have freed. */
	KUNIT_EXPECT_EQ(test, cancel(t->file[0]), 0U);
	tasklet_enable(&t->port->loop);
	wpt_expect(t, 0, 1, STATUS_DELETE_PENDING);
	wpt_expect_quiet(t, 1);
}

static void wpt_removal_resubmit(struct wpt_request *r)
{
	if (r->calls < 3)
		wpt_note(r->t, 50, winpar_irp_submit(r->t->file[0], &r->irp),
			 0);
}

/*
 * The completion routine submits its request again after the removal: it ends
 * with DELETE_PENDING at once, inside the submission.
 */
static void winpar_test_removal_resubmitted(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r;

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	r = wpt_queue(t, t->file[0], 1);
	r->then = wpt_removal_resubmit;
	wpt_pull(t);
	wpt_expect(t, 0, 1, STATUS_DELETE_PENDING);
	wpt_expect(t, 1, 1, STATUS_DELETE_PENDING);
	wpt_expect(t, 2, 1, STATUS_DELETE_PENDING);
	wpt_expect(t, 3, 50, STATUS_DELETE_PENDING);
	wpt_expect(t, 4, 50, STATUS_DELETE_PENDING);
	wpt_expect_quiet(t, 5);
}

/* A port is removed that a Linux driver has, while a request waits. */
static void winpar_test_removal_while_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	fake_rival_claim(rival);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_queue(t, t->file[0], 1);
	wpt_pull(t);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 1));
	/* Granted when the driver was unregistered, or ended by the removal. */
	KUNIT_EXPECT_TRUE(test,
			  t->log.events[0].status == STATUS_DELETE_PENDING ||
			  t->log.events[0].status == STATUS_SUCCESS);
	wpt_expect_quiet(t, 1);
}

/*
 * A port is removed for which a client polls, while @later of the port is to run shortly
 * before the client's next call. It does not run any more: when winpar is unloaded soon,
 * its workqueue could not take it.
 */
static void winpar_test_removal_while_polled(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned int i;

	wpt_taken(t);
	for (i = 0; i < 20 && !delayed_work_pending(&t->port->later); i++) {
		wpt_nap(700);
		KUNIT_EXPECT_FALSE(test, wpt_try(t));
	}
	KUNIT_ASSERT_TRUE(test, delayed_work_pending(&t->port->later));
	wpt_pull(t);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&t->port->later));
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&t->port->later));
}

/* A port is removed that no client has open. */
static void winpar_test_removal_unused(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	int i;

	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	wpt_pull(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_GONE);
	KUNIT_EXPECT_NULL(test, t->port->host.pardev);
}

static void wpt_removal_take(struct wpt_hook *hook)
{
	wpt_try(hook->t);
}

/* A port is removed while a round is open: no further routine is called. */
static void winpar_test_removal_in_a_round(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);

	wpt_connected(t, t->file[1], 2, WPT_DEFERRED);
	hook->on_check = wpt_removal_take;
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_expect(t, 0, WPT_CHECK(1), STATUS_SUCCESS);
	wpt_expect_quiet(t, 1);
	wpt_pull(t);
	wpt_free(t);
	wpt_expect_quiet(t, 1);
}

/* ----- the port comes back ----------------------------------------------- */

/* Files, Contexts and callbacks of the earlier life do nothing to the new port. */
static void winpar_test_removal_comes_back(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	PARALLEL_PORT_INFORMATION info;
	struct winpar_file *file = NULL;

	wpt_pull(t);
	wpt_again(t);
	/* A file of the earlier life stays removed, */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_DELETE_PENDING);
	/* a new file works. */
	KUNIT_ASSERT_EQ(test, wpt_open_status(t, &file), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_NE(test, file->port, t->port);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(file, WPT_INFO, NULL, 0, &info,
					      sizeof(info), NULL));
	KUNIT_EXPECT_PTR_NE(test, info.Context, t->info.Context);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_ALLOCATE), STATUS_SUCCESS);
	/* The old Context and the old file do not free the new port. */
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE),
			STATUS_DELETE_PENDING);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	KUNIT_EXPECT_FALSE(test, info.TryAllocatePort(info.Context));
	/* The close of an old file does not free it either. */
	wpt_close(t, 0);
	KUNIT_EXPECT_FALSE(test, info.TryAllocatePort(info.Context));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_INFO),
			STATUS_DELETE_PENDING);
	info.FreePort(info.Context);
	KUNIT_EXPECT_TRUE(test, info.TryAllocatePort(info.Context));
	info.FreePort(info.Context);
	winpar_close(file);
}

/* Connections of the earlier life are not called for the new port's interrupts. */
static void winpar_test_removal_old_connections(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *old = wpt_connected(t, t->file[0], 1, WPT_BOTH);
	struct winpar_file *file = NULL;

	wpt_pull(t);
	wpt_again(t);
	KUNIT_ASSERT_EQ(test, wpt_open_status(t, &file), STATUS_SUCCESS);
	/* Connect that routine with that context to the new port. */
	KUNIT_EXPECT_EQ(test, wpt_connect(old, file), STATUS_SUCCESS);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, old->interrupts, 1U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(old, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(old, t->file[0]),
			STATUS_DELETE_PENDING);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, old->interrupts, 2U);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(old, file), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_disconnect(old, file),
			STATUS_INVALID_PARAMETER);
	winpar_close(file);
}

/* A port goes and comes back twenty times; a file of each life stays open. */
static void winpar_test_removal_many_lives(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file[20] = { };
	int i;

	for (i = 0; i < ARRAY_SIZE(file); i++) {
		wpt_pull(t);
		wpt_again(t);
		KUNIT_EXPECT_EQ(test, wpt_open_status(t, &file[i]),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file[i], WPT_ALLOCATE),
				STATUS_SUCCESS);
	}
	for (i = 0; i < ARRAY_SIZE(file); i++)
		winpar_close(file[i]);
	WPT_EXPECT_STATE(t, WINPAR_PORT_GONE);
}

/* A port that has gone is kept by the table and by its client's seat, and no more. */
static void winpar_test_removal_lets_the_port_go(struct kunit *test)
{
	unsigned long end = jiffies + 3 * WPT_TIMEOUT;
	struct wpt *t = to_wpt(test);
	unsigned int i;

	wpt_pull(t);
	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	/* The reference of the registration is dropped in a work. */
	while (kref_read(&t->port->kref) > 2 && time_before(jiffies, end))
		wpt_nap(1);
	KUNIT_EXPECT_EQ(test, kref_read(&t->port->kref), 2U);
}

static struct kunit_case winpar_removal_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_removal_new_request, wpt_gone_gen_params),
	KUNIT_CASE(winpar_test_removal_open),
	KUNIT_CASE(winpar_test_removal_waiting),
	KUNIT_CASE(winpar_test_removal_callbacks),
	KUNIT_CASE(winpar_test_removal_disconnect),
	KUNIT_CASE(winpar_test_removal_disconnect_by_another_file),
	KUNIT_CASE(winpar_test_removal_close),
	KUNIT_CASE(winpar_test_removal_close_first),
	KUNIT_CASE(winpar_test_removal_resubmitted),
	KUNIT_CASE(winpar_test_removal_while_away),
	KUNIT_CASE(winpar_test_removal_while_polled),
	KUNIT_CASE(winpar_test_removal_unused),
	KUNIT_CASE(winpar_test_removal_in_a_round),
	KUNIT_CASE(winpar_test_removal_comes_back),
	KUNIT_CASE(winpar_test_removal_old_connections),
	KUNIT_CASE(winpar_test_removal_many_lives),
	KUNIT_CASE(winpar_test_removal_lets_the_port_go),
	{ }
};

static struct kunit_suite winpar_removal_suite = {
	.name = "winpar_removal",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_removal_cases,
};

kunit_test_suite(winpar_removal_suite);
