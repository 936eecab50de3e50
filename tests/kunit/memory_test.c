// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that fail for want of memory, or because a driver has the port
 * exclusively, leave everything as it was. The kernel's fault injector lets the
 * nth allocation of the task fail (tests/kunit/guest switches it on, and its
 * messages off).
 */
#include "fixture.h"

static char *wpt_name_of(struct fake_port *fake, char *name, size_t size)
{
	snprintf(name, size, "\\Device\\ParallelPort%d", fake->parport->number);
	return name;
}

struct wpt_fail_row {
	const char *name;
	unsigned int nth;
};

static const struct wpt_fail_row wpt_fail_rows[] = {
	{ "the client's seat", 1 },
	{ "the opener", 2 },
	{ "what frees the device later", 3 },
	{ "the parport core's device", 4 },
};

WPT_ROWS(wpt_fail, wpt_fail_rows);

/* What the first open of a port allocates: when one of these fails it does nothing. */
static void winpar_test_memory_open(struct kunit *test)
{
	const struct wpt_fail_row *row = test->param_value;
	struct wpt *t = to_wpt(test);
	struct winpar_file *file = (void *)1;
	NTSTATUS status;
	char name[32];

	wpt_plug(t, NULL);
	wpt_name_of(t->fake, name, sizeof(name));
	wpt_fail_nth(row->nth);
	status = winpar_open(name, &file);
	wpt_fail_nth(0);
	KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_NULL(test, file);
	KUNIT_EXPECT_NULL(test, t->fake->parport->devices);
	/* The next open succeeds. */
	file = wpt_open(t);
	KUNIT_EXPECT_EQ(test, file->port->host.users, 1U);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_ALLOCATE), STATUS_SUCCESS);
	winpar_close(file);
}

/* The most allocations that the case below may need. */
#define WPT_FIRST_MOST	100

/*
 * A module that winpar does not know opens a device that no client has opened: that needs a
 * client, a seat, an opener, the device and its worker. Each allocation fails once, on a port
 * and for a client of its own, and the next open succeeds. This suite's client has the port
 * open before: else the parport core would make files in /proc, and the kernel prints a trace
 * when memory fails for these.
 */
static void winpar_test_memory_first(struct kunit *test)
{
	void (*end)(struct module *module) = wpt_symbol(test, "winpar_file_end_client");
	struct module *module = kunit_kzalloc(test, sizeof(*module), GFP_KERNEL);
	unsigned int nth, failed = 0, refused = 0;
	struct wpt *t = to_wpt(test);
	struct winpar_file *file;
	NTSTATUS status;
	bool left;
	char name[32];

	KUNIT_ASSERT_NOT_NULL(test, module);
	strscpy(module->name, "wpt_first", sizeof(module->name));
	for (nth = 1, left = false; !left && nth < WPT_FIRST_MOST; nth++) {
		wpt_plug(t, NULL);
		wpt_fill(t, 1);
		snprintf(name, sizeof(name), "\\Device\\Parallel%d",
			 t->fake->parport->number);
		wpt_fail_nth(nth);
		status = winpar_open_owner(name, module, &file);
		left = wpt_fail_end();
		failed += !left;
		if (status == STATUS_INSUFFICIENT_RESOURCES) {
			refused++;
			KUNIT_EXPECT_NULL(test, file);
			status = winpar_open_owner(name, module, &file);
		}
		KUNIT_EXPECT_EQ_MSG(test, status, STATUS_SUCCESS, "allocation %u", nth);
		winpar_close(file);
		end(module);
		wpt_close(t, 0);
		fake_port_remove(t->fake);
	}
	kunit_info(test, "%u allocations failed one by one, %u times for want of memory\n",
		   failed, refused);
	KUNIT_EXPECT_TRUE(test, left);
	KUNIT_EXPECT_GE(test, refused, 5U);
}

/* A CONNECT that fails for want of memory connects nothing. */
static void winpar_test_memory_connect(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook;
	NTSTATUS status;

	wpt_plug(t, NULL);
	t->file[0] = wpt_open(t);
	t->port = t->file[0]->port;
	wpt_set_connect(t, true, -1);
	hook = wpt_hook(t, 1, WPT_BOTH);
	wpt_fail_nth(1);
	status = wpt_connect(hook, t->file[0]);
	wpt_fail_nth(0);
	KUNIT_EXPECT_EQ(test, status, STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_NULL(test, hook->info.InterruptObject);
	KUNIT_EXPECT_EQ(test, wpt_connections(t), 0U);
	fake_port_interrupt(t->fake);
	KUNIT_EXPECT_EQ(test, hook->interrupts, 0U);
}

static void winpar_test_memory_irp(struct kunit *test)
{
	IRP *irp;

	wpt_fail_nth(1);
	irp = winpar_irp_alloc(GFP_KERNEL);
	wpt_fail_nth(0);
	KUNIT_EXPECT_NULL(test, irp);
	winpar_irp_free(irp);
}

/* Requests that complete at once, or wait, need no memory. */
static void winpar_test_memory_none_needed(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_request *r;
	NTSTATUS status[5];
	unsigned int left;

	wpt_plug(t, NULL);
	t->file[0] = wpt_open(t);
	t->port = t->file[0]->port;
	r = wpt_request(t, 1, WPT_ALLOCATE);
	wpt_fail_nth(1);
	status[0] = winpar_internal_ioctl(t->file[0], WPT_INFO, NULL, 0,
					  &t->info, sizeof(t->info), NULL);
	status[1] = wpt_ioctl(t->file[0], WPT_ALLOCATE);
	status[2] = wpt_submit(r, t->file[0]);
	status[3] = winpar_irp_cancel(&r->irp);
	status[4] = wpt_ioctl(t->file[0], WPT_FREE);
	left = wpt_fail_left();
	wpt_fail_nth(0);
	KUNIT_EXPECT_EQ(test, left, 1U);
	KUNIT_EXPECT_EQ(test, status[0], STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, status[1], STATUS_SUCCESS);
	KUNIT_EXPECT_EQ(test, status[2], STATUS_PENDING);
	KUNIT_EXPECT_EQ(test, status[3], TRUE);
	KUNIT_EXPECT_EQ(test, status[4], STATUS_SUCCESS);
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
}

/*
 * A port arrives, and the allocation of winpar's object for it fails: it cannot
 * be opened. Tries from the last allocation backwards: those after winpar's object
 * are for the port's device in sysfs, and without any of them it can be opened.
 * The kernel needs an allocation more for some devices in sysfs than for others, so
 * that the first tries may fail none: the port can be opened after those, too.
 */
static void winpar_test_memory_arrival(struct kunit *test)
{
	struct fake_config config = { .no_irq = true, .fail_nth = 1000 };
	unsigned int i, needed = 0, failed = 0, refused = 0;
	struct wpt *t = to_wpt(test);
	struct winpar_file *file;
	NTSTATUS status;
	char name[32];

	/* Count twice: the first port of a number allocates more. */
	for (i = 0; i < 2; i++) {
		t->fake = fake_port_create(test, &config);
		needed = 1000 - t->fake->fail_left;
		fake_port_remove(t->fake);
	}
	for (i = 0; !refused && i < needed; i++) {
		config.fail_nth = needed - i;
		t->fake = fake_port_create(test, &config);
		failed += !t->fake->fail_left;
		wpt_name_of(t->fake, name, sizeof(name));
		status = winpar_open(name, &file);
		refused += status == STATUS_OBJECT_NAME_NOT_FOUND;
		if (status != STATUS_OBJECT_NAME_NOT_FOUND)
			KUNIT_EXPECT_EQ(test, status, STATUS_SUCCESS);
		winpar_close(file);
		fake_port_remove(t->fake);
	}
	KUNIT_EXPECT_EQ(test, refused, 1U);
	KUNIT_EXPECT_GT(test, failed, 1U);
	/* With memory the next port can be opened. */
	t->fake = fake_port_create(test, NULL);
	file = wpt_open(t);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_ALLOCATE), STATUS_SUCCESS);
	winpar_close(file);
}

/* An open fails while a driver has the port exclusively, and succeeds later. */
static void winpar_test_memory_exclusive(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file = (void *)1;
	char name[32];

	wpt_plug(t, NULL);
	fake_rival_create(t->fake, PARPORT_DEV_EXCL);
	wpt_name_of(t->fake, name, sizeof(name));
	KUNIT_EXPECT_EQ(test, winpar_open(name, &file),
			STATUS_INSUFFICIENT_RESOURCES);
	KUNIT_EXPECT_NULL(test, file);
	fake_port_drop_rivals(t->fake);
	file = wpt_open(t);
	winpar_close(file);
}

static struct kunit_case winpar_memory_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_memory_open, wpt_fail_gen_params),
	KUNIT_CASE(winpar_test_memory_first),
	KUNIT_CASE(winpar_test_memory_connect),
	KUNIT_CASE(winpar_test_memory_irp),
	KUNIT_CASE(winpar_test_memory_none_needed),
	KUNIT_CASE(winpar_test_memory_arrival),
	KUNIT_CASE(winpar_test_memory_exclusive),
	{ }
};

static int wpt_memory_init(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_FAILSLAB))
		kunit_skip(test, "no fault injection");
	return wpt_init_bare(test);
}

static struct kunit_suite winpar_memory_suite = {
	.name = "winpar_memory",
	.init = wpt_memory_init,
	.exit = wpt_exit,
	.test_cases = winpar_memory_cases,
};

kunit_test_suite(winpar_memory_suite);
