// SPDX-License-Identifier: GPL-2.0-only
/* Opening and closing a port: how many openers, and what a close gives back. */
#include "fixture.h"

/* Twenty more openers are counted, and counted down when they close. */
static void winpar_test_file_open_is_shared(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file[20];
	int i;

	for (i = 0; i < ARRAY_SIZE(file); i++)
		file[i] = wpt_open(t);
	KUNIT_EXPECT_EQ(test, t->port->host.users, 23U);
	for (i = 0; i < ARRAY_SIZE(file); i++)
		winpar_close(file[i]);
	KUNIT_EXPECT_EQ(test, t->port->host.users, 3U);
}

static void winpar_test_file_close_null(struct kunit *test)
{
	winpar_close(NULL);
}

/* Deviation: a close frees the port that the file's ALLOCATE took. */
static void winpar_test_file_close_owner(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_close(t, 0);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
}

/* A close frees the port to the request that waits next. */
static void winpar_test_file_close_owner_grants(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_queue(t, t->file[1], 1);
	wpt_queue(t, t->file[2], 2);
	wpt_close(t, 0);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	wpt_close(t, 1);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[2]);
	wpt_free(t);
}

/* A file is closed that has freed the port: the next owner keeps it. */
static void winpar_test_file_close_after_free_keeps_next(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_queue(t, t->file[1], 1);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	/* The port is file 1's now. */
	wpt_close(t, 0);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	wpt_free(t);
}

/* A close leaves the port allocated that a Try call took. */
static void winpar_test_file_close_leaves_try(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_close(t, 0);
	WPT_EXPECT_STATE(t, WINPAR_PORT_OWNED);
	wpt_free(t);
}

/* Deviation: a close cancels the file's requests, not other files' requests. */
static void winpar_test_file_close_pending(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r[5];
	int i;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	for (i = 0; i < ARRAY_SIZE(r); i++)
		r[i] = wpt_queue(t, t->file[i % 2], i);
	wpt_close(t, 0);
	/* Requests 0, 2 and 4 are complete when the close returns. */
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 3U);
	for (i = 0; i < 3; i++)
		wpt_expect(t, i, 2 * i, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 2U);
	wpt_free(t);
	wpt_expect(t, 3, 1, STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect(t, 4, 3, STATUS_SUCCESS);
	wpt_free(t);
	for (i = 0; i < ARRAY_SIZE(r); i++)
		KUNIT_EXPECT_EQ(test, r[i]->calls, 1U);
}

/*
 * Two files are closed, each with a connection; one has the port, requests
 * wait.
 */
static void winpar_test_file_close_with_all_outstanding(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook[2];
	struct wpt_request *r[2];
	unsigned int i;

	for (i = 0; i < 2; i++)
		hook[i] = wpt_connected(t, t->file[i], i + 1, WPT_BOTH);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	for (i = 0; i < 2; i++)
		r[i] = wpt_queue(t, t->file[i], 10 + i);

	wpt_kmsg_all(wpt_client(t), true);
	wpt_close(t, 0);
	KUNIT_EXPECT_EQ(test, r[0]->irp.IoStatus.Status, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 1U);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 2));
	KUNIT_EXPECT_EQ(test, r[1]->irp.IoStatus.Status, STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);

	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, hook[0]->interrupts, 0U);
	KUNIT_EXPECT_EQ(test, hook[1]->interrupts, 1U);

	wpt_close(t, 1);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	fake_port_interrupt(t->fake);
	wpt_settle(t);
	KUNIT_EXPECT_EQ(test, hook[1]->interrupts, 1U);
	KUNIT_EXPECT_EQ(test, r[0]->calls, 1U);
	KUNIT_EXPECT_EQ(test, r[1]->calls, 1U);
}

static void wpt_file_close_it(struct wpt_request *r)
{
	winpar_close(r->t->file[0]);
	wpt_note(r->t, 50, STATUS_SUCCESS, 0);
}

/* Deviation: a close inside a routine is refused; the file can still be used. */
static void winpar_test_file_close_inside_routine(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *at_once = wpt_request(t, 1, WPT_RELEASE);
	struct wpt_request *later = wpt_request(t, 2, WPT_ALLOCATE);

	at_once->then = wpt_file_close_it;
	later->then = wpt_file_close_it;
	wpt_kmsg_all(wpt_client(t), true);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_submit(at_once, t->file[0]), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_submit(later, t->file[0]), STATUS_PENDING);
	wpt_free(t);
	WPT_EXPECT_ORDER(t, 1, 50, 2, 50);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, t->port->host.users, 3U);
}

/* An opener without a module is the client "the kernel". */
static void winpar_test_file_opened_by_the_kernel(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file = NULL;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->fake->parport->number);
	KUNIT_ASSERT_EQ(test, winpar_open_owner(name, NULL, &file), STATUS_SUCCESS);
	KUNIT_EXPECT_STREQ(test, winpar_file_client(file), "the kernel");
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_ALLOCATE), STATUS_SUCCESS);
	winpar_close(file);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* A second port has a name, an owner and a Context of its own. */
static void winpar_test_file_two_ports(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_port *other = fake_port_create(test, NULL);
	struct winpar_file *file = NULL;
	char name[32];

	KUNIT_EXPECT_NE(test, other->parport->number, t->fake->parport->number);
	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 other->parport->number);
	KUNIT_EXPECT_EQ(test, winpar_open(name, &file), STATUS_SUCCESS);
	if (file) {
		KUNIT_EXPECT_PTR_NE(test, file->port, t->port);
		KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_ALLOCATE),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_FREE),
				STATUS_SUCCESS);
		KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
		wpt_free(t);
		winpar_close(file);
	}
	fake_port_remove(other);
}

static struct kunit_case winpar_file_cases[] = {
	KUNIT_CASE(winpar_test_file_open_is_shared),
	KUNIT_CASE(winpar_test_file_close_null),
	KUNIT_CASE(winpar_test_file_close_owner),
	KUNIT_CASE(winpar_test_file_close_owner_grants),
	KUNIT_CASE(winpar_test_file_close_after_free_keeps_next),
	KUNIT_CASE(winpar_test_file_close_leaves_try),
	KUNIT_CASE(winpar_test_file_close_pending),
	KUNIT_CASE(winpar_test_file_close_with_all_outstanding),
	KUNIT_CASE(winpar_test_file_close_inside_routine),
	KUNIT_CASE(winpar_test_file_opened_by_the_kernel),
	KUNIT_CASE(winpar_test_file_two_ports),
	{ }
};

static struct kunit_suite winpar_file_suite = {
	.name = "winpar_file",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_file_cases,
};

kunit_test_suite(winpar_file_suite);
