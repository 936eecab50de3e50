// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices, clients and Linux drivers in turn: between two requests of a device
 * the port goes to a client or a driver that waits. And ten devices at once.
 */
#include "device_port.h"

#define TURN_PORTS	2
#define TURN_UNITS	5
#define TURN_DEVICES	(TURN_PORTS * TURN_UNITS)
#define TURN_ROUNDS	4
#define TURN_BYTES	300
#define TURN_ORDERED	8

/*
 * An ALLOCATE that came between two requests of a device is granted between
 * them.
 */
static void winpar_test_device_turn_client(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct winpar_file *file = wpt_dev_open(d, 0);
	struct wpt_request *first, *between;
	struct wpt *t = wpt_of(d);
	u8 *bytes = wpt_dev_pattern(d, 64, 1);

	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	first = wpt_dev_queue(d, file, 10, IRP_MJ_WRITE, bytes, 64);
	wpt_dev_queue(d, file, 12, IRP_MJ_WRITE, bytes, 64);
	KUNIT_EXPECT_TRUE(test, wpt_dev_waiters(d, 1));
	between = wpt_queue(t, t->file[1], 11);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(first), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_result(between), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), -1);
	KUNIT_EXPECT_PTR_EQ(test, wpt_owner(t), t->file[1]);
	/* The device's second request waits for the free. */
	wpt_nap(50);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 2U);
	wpt_free(t);
	wpt_expect(t, 2, 12, STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_sim_selected(&d->s), -1);
}

/* A Linux driver that waits gets the port between two requests of a device. */
static void winpar_test_device_turn_linux(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct fake_rival *rival = fake_rival_create(&d->s.linux_port, 0);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt *t = wpt_of(d);
	u8 *bytes = wpt_dev_pattern(d, 64, 1);

	KUNIT_ASSERT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	wpt_dev_queue(d, file, 10, IRP_MJ_WRITE, bytes, 64);
	wpt_dev_queue(d, file, 11, IRP_MJ_WRITE, bytes, 64);
	KUNIT_EXPECT_TRUE(test, wpt_dev_waiters(d, 1));
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_rival_is_patient(t);
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	wpt_nap(50);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 1U);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 64UL);
	fake_rival_release(rival);
	wpt_expect(t, 1, 11, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_received(d), 128UL);
}

/* A deferred routine that takes the port, if it can, and frees it. */
static void wpt_turn_on_check(struct wpt_hook *hook)
{
	if (wpt_try(hook->t))
		wpt_free(hook->t);
}

/* How many of the record's calls came before the first of this routine? */
static unsigned int wpt_turn_before(struct wpt *t, int id)
{
	unsigned int n, count = wpt_noted(t);

	for (n = 0; n < count && t->log.events[n].id != id; n++)
		;
	return n;
}

/*
 * A client that a Try call was refused to is called between two requests of a device
 * that has another each time.
 */
static void winpar_test_device_turn_check(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, TURN_ORDERED, 7);
	struct wpt_request *r[TURN_ORDERED];
	struct wpt *t = wpt_of(d);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_DEFERRED);
	unsigned int i;

	hook->on_check = wpt_turn_on_check;
	wpt_sim_set(&d->s, "state", "busy=1");
	for (i = 0; i < TURN_ORDERED; i++)
		r[i] = wpt_dev_queue(d, file, i + 1, IRP_MJ_WRITE, bytes + i, 1);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_OWNED));
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_sim_set(&d->s, "state", "busy=0");
	for (i = 0; i < TURN_ORDERED; i++)
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r[i]), STATUS_SUCCESS);
	wpt_settle(t);
	/* The port is free before the last request is told of in any case. */
	KUNIT_EXPECT_LT(test, wpt_turn_before(t, WPT_CHECK(1)),
			wpt_turn_before(t, TURN_ORDERED - 1));
	wpt_dev_expect_received(d, &d->s, "received", bytes, TURN_ORDERED);
}

/* A locked device keeps the port while a client and a Linux driver wait. */
static void winpar_test_device_turn_locked(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "");
	struct fake_rival *rival = fake_rival_create(&d->s.linux_port, 0);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct wpt *t = wpt_of(d);
	u8 *bytes = wpt_dev_pattern(d, 64, 1);
	int i;

	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_queue(t, t->file[0], 10);
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 64, NULL),
				STATUS_SUCCESS);
		KUNIT_EXPECT_FALSE(test, rival->has);
		KUNIT_EXPECT_EQ(test, wpt_noted(t), 0U);
	}
	wpt_nap(300);
	KUNIT_EXPECT_FALSE(test, rival->has);
	KUNIT_EXPECT_EQ(test, wpt_noted(t), 0U);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	fake_rival_release(rival);
	wpt_expect(t, 0, 10, STATUS_SUCCESS);
	wpt_free(t);
}

/* After a Linux driver's turn the worker negotiates for the device anew. */
static void winpar_test_device_turn_negotiates_again(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=loopback");
	struct fake_rival *rival = fake_rival_create(&d->s.linux_port, 0);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, 100, 9), *got = wpt_dev_block(d, 100);
	ULONG done = 0;
	int i;

	KUNIT_EXPECT_EQ(test, wpt_dev_negotiate(file, ECP_SW, BYTE_BIDIR),
			STATUS_SUCCESS);
	for (i = 0; i < 3; i++) {
		if (!fake_rival_claim(rival))
			KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
		KUNIT_EXPECT_TRUE(test, wpt_dev_phase(d, "modes",
						      "compatibility"));
		fake_rival_release(rival);
		KUNIT_EXPECT_EQ(test, winpar_write(file, bytes, 100, &done),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, done, 100U);
		KUNIT_EXPECT_EQ(test, winpar_read(file, got, 100, &done),
				STATUS_SUCCESS);
		KUNIT_EXPECT_EQ(test, done, 100U);
		wpt_dev_expect_same(test, got, bytes, 100);
		wpt_dev_expect_modes(test, file, ECP_SW, BYTE_BIDIR);
	}
	KUNIT_EXPECT_GE(test, wpt_sim_number(&d->s, "modes", "ecp"), 3UL);
	KUNIT_EXPECT_GE(test, wpt_sim_number(&d->s, "modes", "byte"), 3UL);
}

/*
 * IS_PORT_FREE while a client, a lock, the worker or a Linux driver has the
 * port.
 */
static void winpar_test_device_turn_is_free(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "daisy=printer");
	struct fake_rival *rival = fake_rival_create(&d->s.linux_port, 0);
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	struct winpar_file *other = wpt_dev_open(d, 0);
	struct wpt *t = wpt_of(d);
	struct wpt_request *r;
	u8 byte = 'x';

	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), TRUE);
	/* A client has the port. */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_ALLOCATE),
			STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), FALSE);
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), TRUE);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), FALSE);
	wpt_free(t);
	/* A lock, of another file and of this file. */
	KUNIT_EXPECT_EQ(test, wpt_ioctl(other, WPT_LOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), FALSE);
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(other), FALSE);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(other, WPT_UNLOCK), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), TRUE);
	/* The worker of a device. */
	KUNIT_EXPECT_EQ(test, wpt_dev_timeouts(other, 0, 0), STATUS_SUCCESS);
	wpt_sim_set(&d->s, "daisy0/state", "busy=1");
	r = wpt_dev_queue(d, other, 1, IRP_MJ_WRITE, &byte, 1);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_OWNED));
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), FALSE);
	wpt_sim_set(&d->s, "daisy0/state", "busy=0");
	KUNIT_EXPECT_EQ(test, wpt_dev_result(r), STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), TRUE);
	/* A Linux driver. */
	if (!fake_rival_claim(rival))
		KUNIT_ASSERT_TRUE(test, fake_rival_wait(rival));
	KUNIT_EXPECT_EQ(test, wpt_dev_is_free(file), FALSE);
	fake_rival_release(rival);
}

/* ----- ten devices at once ----------------------------------------------- */

struct wpt_turn_device {
	struct wpt_sim *s;
	struct winpar_file *file;
	char knob[32];
	u8 *bytes;
	u8 *got;
	struct wpt_request *r[2 * TURN_ROUNDS];
};

static void wpt_turn_open(struct wpt_dev *d, struct wpt_turn_device *device,
			  unsigned int n)
{
	struct kunit *test = wpt_of(d)->test;
	static const USHORT forward[TURN_UNITS] = {
		CENTRONICS, ECP_SW, EPP_HW, EPP_SW, BOUNDED_ECP,
	};
	static const USHORT reverse[TURN_UNITS] = {
		NIBBLE, BYTE_BIDIR, EPP_HW, EPP_SW, BOUNDED_ECP,
	};
	int unit = n % TURN_UNITS;

	device->s = n < TURN_UNITS ? &d->s : &d->second;
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			wpt_dev_open_on(d, device->s, unit, &device->file));
	if (unit == 4)
		strscpy(device->knob, "received", sizeof(device->knob));
	else
		snprintf(device->knob, sizeof(device->knob), "daisy%d/received",
			 unit);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_dev_negotiate(device->file, forward[unit],
					  reverse[unit]));
}

/* Ten loop-back devices on two ports: each sends back what was written to it. */
static void winpar_test_device_turn_ten_at_once(struct kunit *test)
{
	static const char words[] =
		"daisy=loopback+loopback+loopback+loopback peripheral=loopback";
	struct wpt_dev *d = wpt_dev_plug(test, words);
	struct wpt_turn_device *device;
	u8 *all = wpt_dev_pattern(d, TURN_DEVICES * TURN_ROUNDS * TURN_BYTES, 5);
	u8 *back = wpt_dev_block(d, TURN_DEVICES * TURN_ROUNDS * TURN_BYTES);
	unsigned int n, i;

	wpt_dev_second(d, words);
	wpt_dev_lock_timeout(d, 100000);
	device = kunit_kcalloc(test, TURN_DEVICES, sizeof(*device), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, device);
	for (n = 0; n < TURN_DEVICES; n++) {
		wpt_turn_open(d, &device[n], n);
		device[n].bytes = all + n * TURN_ROUNDS * TURN_BYTES;
		device[n].got = back + n * TURN_ROUNDS * TURN_BYTES;
	}
	for (i = 0; i < 2 * TURN_ROUNDS; i++)
		for (n = 0; n < TURN_DEVICES; n++)
			device[n].r[i] =
				wpt_dev_queue(d, device[n].file, 100 * n + i,
					      i % 2 ? IRP_MJ_READ :
						      IRP_MJ_WRITE,
					      (i % 2 ? device[n].got :
						       device[n].bytes) +
					      i / 2 * TURN_BYTES, TURN_BYTES);
	for (n = 0; n < TURN_DEVICES; n++) {
		for (i = 0; i < 2 * TURN_ROUNDS; i++) {
			KUNIT_EXPECT_EQ_MSG(test, STATUS_SUCCESS,
					    wpt_dev_result(device[n].r[i]),
					    "device %u, request %u", n, i);
			KUNIT_EXPECT_EQ_MSG(test, (ULONG_PTR)TURN_BYTES,
					    device[n].r[i]->irp.IoStatus
					    .Information,
					    "device %u, request %u", n, i);
		}
		wpt_dev_expect_same(test, device[n].got, device[n].bytes,
				    TURN_ROUNDS * TURN_BYTES);
	}
	for (n = 0; n < TURN_DEVICES; n += 3)
		wpt_dev_expect_received(d, device[n].s, device[n].knob,
					device[n].bytes,
					TURN_ROUNDS * TURN_BYTES);
}

/* Requests that wait for one device are done in the order of their submission. */
static void winpar_test_device_turn_in_order(struct kunit *test)
{
	struct wpt_dev *d = wpt_dev_plug(test, "peripheral=printer");
	struct winpar_file *file = wpt_dev_open(d, WPT_RAW);
	u8 *bytes = wpt_dev_pattern(d, TURN_ORDERED, 7);
	struct wpt_request *r[TURN_ORDERED];
	unsigned int i;

	/* The first of them waits until the port is free, the others behind it. */
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_ioctl(wpt_of(d)->file[0], WPT_ALLOCATE));
	for (i = 0; i < TURN_ORDERED; i++)
		r[i] = wpt_dev_queue(d, file, i + 1, IRP_MJ_WRITE, bytes + i, 1);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			wpt_ioctl(wpt_of(d)->file[0], WPT_FREE));
	for (i = 0; i < TURN_ORDERED; i++)
		KUNIT_EXPECT_EQ(test, wpt_dev_result(r[i]), STATUS_SUCCESS);
	wpt_dev_expect_received(d, &d->s, "received", bytes, TURN_ORDERED);
}

static struct kunit_case winpar_device_turn_cases[] = {
	KUNIT_CASE(winpar_test_device_turn_in_order),
	KUNIT_CASE(winpar_test_device_turn_client),
	KUNIT_CASE(winpar_test_device_turn_linux),
	KUNIT_CASE(winpar_test_device_turn_check),
	KUNIT_CASE(winpar_test_device_turn_locked),
	KUNIT_CASE(winpar_test_device_turn_negotiates_again),
	KUNIT_CASE(winpar_test_device_turn_is_free),
	KUNIT_CASE(winpar_test_device_turn_ten_at_once),
	{ }
};

static struct kunit_suite winpar_device_turn_suite = {
	.name = "winpar_device_turn",
	.init = wpt_dev_init,
	.exit = wpt_dev_exit,
	.test_cases = winpar_device_turn_cases,
};

kunit_test_suite(winpar_device_turn_suite);
