// SPDX-License-Identifier: GPL-2.0-only
/*
 * Allocating and freeing a port: one owner, one FIFO, and which frees are
 * refused.
 */
#include "fixture.h"

/* A free port is allocated at once; the file that asked owns it until its free. */
static void winpar_test_port_allocate_and_free(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned long before = wpt_allocations(t);
	struct wpt_request *r = wpt_request(t, 1, WPT_ALLOCATE);
	struct wpt_request *f = wpt_request(t, 2, WPT_FREE);

	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_EQ(test, wpt_submit(r, t->file[1]), STATUS_SUCCESS);
	WPT_EXPECT_STATE(t, WINPAR_PORT_OWNED);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	KUNIT_EXPECT_EQ(test, wpt_submit(f, t->file[1]), STATUS_SUCCESS);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	WPT_EXPECT_ORDER(t, 1, 2);
	KUNIT_EXPECT_EQ(test, wpt_allocations(t), before + 1);
}

/* An owner's second ALLOCATE waits for the owner's free. */
static void winpar_test_port_owner_asks_again(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_expect_quiet(t, 0);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	WPT_EXPECT_ORDER(t, 1);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
}

/* Requests of three files are granted in the order in which they came. */
static void winpar_test_port_fifo(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r[8];
	int i;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	for (i = 0; i < ARRAY_SIZE(r); i++) {
		r[i] = wpt_queue(t, t->file[i * 5 % 3], i);
		KUNIT_EXPECT_EQ(test, wpt_waiters(t), i + 1U);
	}
	for (i = 0; i < ARRAY_SIZE(r); i++) {
		wpt_expect_quiet(t, i);
		wpt_free(t);
		wpt_expect(t, i, i, STATUS_SUCCESS);
		KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[i * 5 % 3]);
		KUNIT_EXPECT_EQ(test, wpt_waiters(t), 7U - i);
		/* At DISPATCH_LEVEL, no lock held. */
		KUNIT_EXPECT_EQ(test, (int)t->log.events[i].level,
				(int)WPT_SOFTIRQ);
		KUNIT_EXPECT_FALSE(test, t->log.events[i].interrupt_lock);
	}
	wpt_free(t);
	wpt_expect_quiet(t, ARRAY_SIZE(r));
}

/*
 * Deviation: PORT_FREE on a file while another file's ALLOCATE has the port
 * frees nothing, and requests that wait go on waiting.
 */
static void winpar_test_port_free_by_another_file(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	/* tests/kunit/run.sh looks for the message. */
	wpt_kmsg_all(wpt_client(t), true);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	/* No request waits. */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_FREE),
			STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	/* A request waits. */
	wpt_queue(t, t->file[1], 1);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_FREE),
			STATUS_INVALID_DEVICE_STATE);
	wpt_expect_quiet(t, 0);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[0]);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	WPT_EXPECT_ORDER(t, 1);
	wpt_free(t);
}

/* Deviation: a free of a free port does nothing; PORT_FREE succeeds. */
static void winpar_test_port_free_twice(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	wpt_kmsg_all(wpt_client(t), true);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_FREE), STATUS_SUCCESS);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_free(t);
}

/* A file frees twice: its second free does not free the port of the next owner. */
static void winpar_test_port_free_twice_with_a_waiter(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_queue(t, t->file[1], 1);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE),
			STATUS_INVALID_DEVICE_STATE);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[1], WPT_FREE), STATUS_SUCCESS);
}

/*
 * A client may free by another call than it allocated by: FreePort after
 * ALLOCATE, and PORT_FREE on any of its files after TryAllocatePort.
 */
static void winpar_test_port_free_by_the_other_call(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_free(t);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[2], WPT_FREE), STATUS_SUCCESS);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);

	/* Both, while a request waits. */
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[1], 1);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[2], WPT_FREE), STATUS_SUCCESS);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_queue(t, t->file[0], 2);
	wpt_free(t);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	wpt_free(t);
}

/* TryAllocatePort does not overtake a request that has not been granted yet. */
static void winpar_test_port_try_does_not_overtake(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	bool had;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 1);
	/* The loop cannot run before softirqs are on again. */
	local_bh_disable();
	wpt_free(t);
	had = wpt_try(t);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	local_bh_enable();
	KUNIT_EXPECT_FALSE(test, had);
	WPT_EXPECT_ORDER(t, 1);
	wpt_free(t);
}

/* A new request does not overtake a request that has not been granted yet. */
static void winpar_test_port_request_does_not_overtake(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *late = wpt_request(t, 2, WPT_ALLOCATE);

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 1);
	local_bh_disable();
	wpt_free(t);
	wpt_submit(late, t->file[1]);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, late->returned, STATUS_PENDING);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	wpt_free(t);
}

/*
 * After RELEASE_PARALLEL_PORT_INFO the callbacks work as before. After the
 * client's last close they may be called, but TryAllocatePort fails.
 */
static void winpar_test_port_released_info_stays_good(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_RELEASE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_RELEASE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_close(t, 0);
	wpt_close(t, 1);
	wpt_close(t, 2);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	wpt_free(t);
	t->file[0] = wpt_open(t);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
}

/* Each allocation is counted once; a refused one and one that waits are not. */
static void winpar_test_port_allocations_counted(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned long before = wpt_allocations(t);

	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_allocations(t), before + 1);
	wpt_queue(t, t->file[1], 1);
	KUNIT_EXPECT_EQ(test, wpt_allocations(t), before + 1);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_allocations(t), before + 2);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_allocations(t), before + 3);
}

/* The line of the port in debugfs has the port's figures. */
static void winpar_test_port_debugfs(struct kunit *test)
{
	static const char path[] = "/sys/kernel/debug/winpar/ports";
	struct wpt *t = to_wpt(test);
	char *text = kunit_kzalloc(test, 4096, GFP_KERNEL);
	char line[96];

	KUNIT_ASSERT_NOT_NULL(test, text);
	wpt_connected(t, t->file[0], 1, WPT_ISR);
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 1);
	KUNIT_ASSERT_EQ(test, wpt_show_file(path, text, 4096), 0);
	snprintf(line, sizeof(line),
		 "%s state owned files 3 routines 1 waiting 1 allocations %lu frees %lu waits %u ",
		 t->port->name, wpt_allocations(t), wpt_allocations(t) - 1,
		 t->port->waits);
	KUNIT_EXPECT_TRUE_MSG(test, strstr(text, line), "%s not in %s", line,
			      text);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
	KUNIT_ASSERT_EQ(test, wpt_show_file(path, text, 4096), 0);
	snprintf(line, sizeof(line), "%s state held ", t->port->name);
	KUNIT_EXPECT_TRUE(test, strstr(text, line));
}

static struct kunit_case winpar_port_cases[] = {
	KUNIT_CASE(winpar_test_port_allocate_and_free),
	KUNIT_CASE(winpar_test_port_owner_asks_again),
	KUNIT_CASE(winpar_test_port_fifo),
	KUNIT_CASE(winpar_test_port_free_by_another_file),
	KUNIT_CASE(winpar_test_port_free_twice),
	KUNIT_CASE(winpar_test_port_free_twice_with_a_waiter),
	KUNIT_CASE(winpar_test_port_free_by_the_other_call),
	KUNIT_CASE(winpar_test_port_try_does_not_overtake),
	KUNIT_CASE(winpar_test_port_request_does_not_overtake),
	KUNIT_CASE(winpar_test_port_released_info_stays_good),
	KUNIT_CASE(winpar_test_port_allocations_counted),
	KUNIT_CASE(winpar_test_port_debugfs),
	{ }
};

static struct kunit_suite winpar_port_suite = {
	.name = "winpar_port",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_port_cases,
};

kunit_test_suite(winpar_port_suite);
