// SPDX-License-Identifier: GPL-2.0-only
/*
 * The states of a port: what opens, closes, requests and Linux drivers do in
 * each.
 */
#include <linux/pci.h>

#include "fixture.h"

static bool wpt_is_ours(struct wpt *t)
{
	return t->port->host.pardev &&
	       fake_port_holder(t->fake) == t->port->host.pardev;
}

/* ----- open, close ------------------------------------------------------- */

/* A free port is held when open returns. */
static void winpar_test_host_open_holds(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
	KUNIT_EXPECT_TRUE(test, wpt_is_ours(t));
	KUNIT_EXPECT_EQ(test, t->fake->parport->cad->timeslice, ULONG_MAX);
}

/* After the last close winpar keeps the Linux port for 3 s, then gives it up. */
static void winpar_test_host_linger(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct pardevice *dev = t->port->host.pardev;
	struct wpt_start first = wpt_start(), closed;
	bool kept;
	int i;

	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	KUNIT_EXPECT_TRUE(test, wpt_is_ours(t));
	wpt_nap(500);
	/* Opened again within the 3 s: the device on the Linux port stays. */
	t->file[0] = wpt_open(t);
	if (wpt_is_within(first, 3000))
		KUNIT_EXPECT_PTR_EQ(test, t->port->host.pardev, dev);
	wpt_nap(3200);
	KUNIT_EXPECT_TRUE(test, wpt_is_ours(t));
	closed = wpt_start();
	wpt_close(t, 0);
	wpt_nap(2000);
	kept = wpt_is_ours(t);
	/* The 2 s may have taken longer on a busy machine. */
	if (wpt_is_within(closed, 3000))
		KUNIT_EXPECT_TRUE(test, kept);
	for (i = 0; i < 1000 * wpt_slowness && (READ_ONCE(t->port->host.pardev) ||
						READ_ONCE(t->fake->parport->devices)); i++)
		wpt_nap(10);
	KUNIT_EXPECT_NULL(test, t->port->host.pardev);
	KUNIT_EXPECT_NULL(test, t->fake->parport->devices);
	/*
	 * A Try call without an opener fails, and does not claim the Linux
	 * port.
	 */
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	wpt_nap(20);
	KUNIT_EXPECT_NULL(test, fake_port_holder(t->fake));
	t->file[0] = wpt_open(t);
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
}

/* A Linux driver has the port: open succeeds, and requests wait. */
static void winpar_test_host_open_while_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	struct winpar_file *file = wpt_open(t);
	struct wpt_request *r = wpt_queue(t, file, 1);

	wpt_expect_quiet(t, 0);
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, r->calls, 1U);
	winpar_close(file);
	WPT_EXPECT_STATE(t, WINPAR_PORT_HELD);
}

/* ----- rivals ------------------------------------------------------------ */

/* HELD: a rival gets the port at once. */
static void winpar_test_host_rival_when_held(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned long before = t->port->host.handovers;
	struct fake_rival *rival = wpt_taken(t);

	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake), rival->dev);
	KUNIT_EXPECT_EQ(test, t->port->host.handovers, before + 1);
	/* No request waits: winpar does not ask the rival for the port. */
	wpt_nap(300);
	KUNIT_EXPECT_EQ(test, rival->asked, 0U);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_is_ours(t));
}

/* AWAY: requests wait, and winpar asks the driver for the port. */
static void winpar_test_host_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);

	wpt_queue(t, t->file[0], 1);
	wpt_queue(t, t->file[1], 2);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 2U);
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&rival->was_asked,
						      WPT_TIMEOUT));
	wpt_expect_quiet(t, 0);
	fake_rival_release(rival);
	/* winpar claims inside the driver's release: no third driver comes first. */
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake),
			    t->port->host.pardev);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	KUNIT_EXPECT_TRUE(test, wpt_is_ours(t));
	wpt_free(t);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	wpt_free(t);
}

/* AWAY: TryAllocatePort fails, and winpar asks the driver for the port. */
static void winpar_test_host_try_asks(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);

	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&rival->was_asked,
						      WPT_TIMEOUT));
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_free(t);
}

/*
 * AWAY: a request that waits is cancelled, by winpar_irp_cancel() and by a
 * close.
 */
static void winpar_test_host_cancel_while_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = wpt_taken(t);
	struct wpt_request *r = wpt_queue(t, t->file[0], 1);

	wpt_queue(t, t->file[1], 2);
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r->irp));
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	wpt_close(t, 1);
	wpt_expect(t, 1, 2, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	/* A free leaves the port to the driver. */
	wpt_free(t);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(t->file[0], WPT_FREE), STATUS_SUCCESS);
	KUNIT_EXPECT_PTR_EQ(test, fake_port_holder(t->fake), rival->dev);
	fake_rival_release(rival);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/*
 * OWNED: the rival waits for the next free, counts as a waiter, and gets the
 * port before a request that was queued after it.
 */
static void winpar_test_host_rival_when_owned(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 0U);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	/* A second claim of the driver does not count again. */
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 2U);
	wpt_nap(300);
	KUNIT_EXPECT_EQ(test, rival->turns, 0U);
	KUNIT_EXPECT_TRUE(test, wpt_is_ours(t));
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	wpt_expect_quiet(t, 0);
	KUNIT_EXPECT_FALSE(test, wpt_try(t));
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
}

/* OWNED: requests that were queued before the rival's claim go before it. */
static void winpar_test_host_rival_after_earlier_requests(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 1);
	wpt_queue(t, t->file[1], 2);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_rival_is_patient(t);
	wpt_queue(t, t->file[2], 3);
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 4U);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, rival->turns, 0U);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	wpt_expect_quiet(t, 2);
	fake_rival_release(rival);
	wpt_expect(t, 2, 3, STATUS_SUCCESS);
	wpt_free(t);
}

/* OWNED: a rival that has waited for 200 ms goes before earlier requests. */
static void winpar_test_host_rival_patience(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);

	KUNIT_EXPECT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 1);
	wpt_queue(t, t->file[1], 2);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(rival));
	wpt_nap(230);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(rival));
	wpt_expect_quiet(t, 0);
	fake_rival_release(rival);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_free(t);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	wpt_free(t);
}

/* A driver on the core's waiting list comes after a request that waits already. */
static void winpar_test_host_two_rivals(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *first = wpt_taken(t);
	struct fake_rival *second = fake_rival_create(t->fake, 0);

	wpt_queue(t, t->file[0], 1);
	KUNIT_EXPECT_TRUE(test,
			  wait_for_completion_timeout(&first->was_asked,
						      WPT_TIMEOUT));
	wpt_settle(t);
	KUNIT_EXPECT_FALSE(test, fake_rival_claim(second));
	fake_rival_release(first);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	/* The second driver counts as a waiter. */
	KUNIT_EXPECT_EQ(test, wpt_waiters(t), 1U);
	KUNIT_EXPECT_EQ(test, second->turns, 0U);
	wpt_free(t);
	KUNIT_EXPECT_TRUE(test, fake_rival_wait(second));
	fake_rival_release(second);
	KUNIT_EXPECT_TRUE(test, wpt_becomes(t, WINPAR_PORT_HELD));
}

/* ----- information about the port, as the core describes it -------------- */

struct wpt_kind_row {
	const char *name;
	struct fake_config config;
};

static const struct wpt_kind_row wpt_kind_rows[] = {
	{ "another driver's, with a base",
	  { .base = 0x378, .span = 3, .modes = PARPORT_MODE_PCSPP |
	    PARPORT_MODE_SAFEININT } },
	{ "built in, no base",
	  { .span = 3, .builtin = true, .modes = PARPORT_MODE_PCSPP |
	    PARPORT_MODE_SAFEININT } },
	{ "built in, a base that is memory",
	  { .base = 0x12340000, .span = 3, .builtin = true,
	    .modes = PARPORT_MODE_PCSPP | PARPORT_MODE_SAFEININT } },
	{ "built in, not safe in interrupts",
	  { .base = 0x378, .span = 3, .builtin = true,
	    .modes = PARPORT_MODE_PCSPP } },
	{ "built in, not a PC's",
	  { .base = 0x378, .span = 3, .builtin = true,
	    .modes = PARPORT_MODE_SAFEININT } },
};

WPT_ROWS(wpt_kind, wpt_kind_rows);

/*
 * Deviation: ports whose registers may not be touched have an address of their
 * own, at which reads give ones and writes are lost, and no span.
 */
static void winpar_test_bus_no_registers(struct kunit *test)
{
	const struct wpt_kind_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct fake_config config = row->config;
	PARALLEL_PORT_INFORMATION info;
	struct winpar_file *file;
	int i;

	t->fake = fake_port_create(test, &config);
	/* The fake port's own operations touch no hardware either. */
	t->fake->raw = false;
	file = wpt_open(t);
	memset(&info, 0xa5, sizeof(info));
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(file, WPT_INFO, NULL, 0, &info,
					      sizeof(info), NULL));
	KUNIT_EXPECT_EQ(test, info.OriginalController.QuadPart,
			(LONGLONG)(WINPAR_COOKIE_FIRST +
				   t->fake->parport->number * 0x1000));
	KUNIT_EXPECT_EQ(test, (LONGLONG)(ULONG_PTR)info.Controller,
			info.OriginalController.QuadPart);
	KUNIT_EXPECT_EQ(test, info.SpanOfController, 0U);
	for (i = 0; i < 8; i++) {
		WRITE_PORT_UCHAR(info.Controller + i, 0x5a);
		KUNIT_EXPECT_EQ(test, READ_PORT_UCHAR(info.Controller + i),
				0xff);
	}
	winpar_close(file);
}

/* On a PCI card: PCIBus, its bus number, level-triggered. */
static void winpar_test_bus_pci(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct pci_dev *pci = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, NULL);
	MORE_PARALLEL_PORT_INFORMATION more = { };
	struct winpar_file *file;

	if (!pci)
		kunit_skip(test, "no PCI bus");
	t->fake = fake_port_create(test, &(struct fake_config)
				   { .dev = &pci->dev });
	file = wpt_open(t);
	KUNIT_EXPECT_EQ(test, STATUS_SUCCESS,
			winpar_internal_ioctl(file, WPT_MORE_INFO, NULL, 0,
					      &more, sizeof(more), NULL));
	KUNIT_EXPECT_EQ(test, (int)more.InterfaceType, (int)PCIBus);
	KUNIT_EXPECT_EQ(test, (int)more.InterruptMode, (int)LevelSensitive);
	KUNIT_EXPECT_EQ(test, more.BusNumber, (ULONG)pci->bus->number);
	KUNIT_EXPECT_EQ(test, more.InterruptLevel, (ULONG)t->fake->irq);
	winpar_close(file);
	pci_dev_put(pci);
}

static struct kunit_case winpar_bus_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_bus_no_registers, wpt_kind_gen_params),
	KUNIT_CASE(winpar_test_bus_pci),
	{ }
};

static struct kunit_suite winpar_bus_suite = {
	.name = "winpar_bus",
	.init = wpt_init_bare,
	.exit = wpt_exit,
	.test_cases = winpar_bus_cases,
};

kunit_test_suite(winpar_bus_suite);

static struct kunit_case winpar_host_cases[] = {
	KUNIT_CASE(winpar_test_host_open_holds),
	KUNIT_CASE(winpar_test_host_linger),
	KUNIT_CASE(winpar_test_host_open_while_away),
	KUNIT_CASE(winpar_test_host_rival_when_held),
	KUNIT_CASE(winpar_test_host_away),
	KUNIT_CASE(winpar_test_host_try_asks),
	KUNIT_CASE(winpar_test_host_cancel_while_away),
	KUNIT_CASE(winpar_test_host_rival_when_owned),
	KUNIT_CASE(winpar_test_host_rival_after_earlier_requests),
	KUNIT_CASE(winpar_test_host_rival_patience),
	KUNIT_CASE(winpar_test_host_two_rivals),
	{ }
};

static struct kunit_suite winpar_host_suite = {
	.name = "winpar_host",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_host_cases,
};

kunit_test_suite(winpar_host_suite);
