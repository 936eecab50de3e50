// SPDX-License-Identifier: GPL-2.0-only
/* The attributes of a port in /sys/class/winpar, and reading them when the port goes. */
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/slab.h>

#include "fixture.h"

static const char *const wpt_attributes[] = {
	"parport", "base", "irq", "connect", "files", "state", "owner",
	"owner_ms", "waiters", "routines", "mode", "allocations", "frees",
	"interrupts", "handovers",
};

/* The path of a port's attribute. */
static char *wpt_sysfs_path(struct wpt *t, const char *attribute, char *path,
			    size_t size)
{
	snprintf(path, size, "/sys/class/winpar/LPT%d/%s",
		 t->port->number + 1, attribute);
	return path;
}

/* Expect an attribute to read as this text and a newline. */
static void wpt_sysfs_expect(struct wpt *t, const char *attribute,
			     const char *wanted)
{
	char path[64], text[256], line[256];

	wpt_sysfs_path(t, attribute, path, sizeof(path));
	KUNIT_ASSERT_EQ_MSG(t->test, 0, wpt_read_file(path, text, sizeof(text)),
			    "%s", path);
	snprintf(line, sizeof(line), "%s\n", wanted);
	KUNIT_EXPECT_STREQ(t->test, text, line);
}

static void wpt_sysfs_expect_number(struct wpt *t, const char *attribute,
				    unsigned long wanted)
{
	char number[24];

	snprintf(number, sizeof(number), "%lu", wanted);
	wpt_sysfs_expect(t, attribute, number);
}

/* The attributes that say what a port is. */
static void winpar_test_sysfs_port(struct kunit *test)
{
	struct wpt *t = to_wpt(test);

	wpt_sysfs_expect(t, "parport", t->port->name);
	wpt_sysfs_expect(t, "base", "0x0");
	wpt_sysfs_expect_number(t, "irq", t->fake->irq);
	wpt_sysfs_expect(t, "connect", "allowed");
	wpt_set_connect(t, false, -1);
	wpt_sysfs_expect(t, "connect", "not allowed");
	wpt_sysfs_expect(t, "mode", "0x00");
}

static void winpar_test_sysfs_no_irq(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_config config = {
		.no_irq = true,
		.base = 0x9d378,	/* no I/O port, but cookies may be so */
	};

	wpt_plug(t, &config);
	wpt_fill(t, 1);
	wpt_sysfs_expect(t, "irq", "none");
	wpt_sysfs_expect(t, "base", "0x0");
}

/* The owner: none, a client by a Try call, another client that waited. */
static void winpar_test_sysfs_owner(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned long before = wpt_allocations(t);
	char path[64], text[32];
	unsigned long ms;

	wpt_sysfs_expect(t, "state", "idle");
	wpt_sysfs_expect(t, "owner", "");
	wpt_sysfs_expect(t, "owner_ms", "0");
	wpt_sysfs_expect(t, "waiters", "");
	wpt_sysfs_expect(t, "files", "3");
	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	wpt_queue(t, t->file[0], 1);
	wpt_queue(t, t->file[1], 2);
	wpt_nap(20);
	wpt_sysfs_expect(t, "state", "owned");
	wpt_sysfs_expect(t, "owner", "winpar_kunit");
	wpt_sysfs_path(t, "owner_ms", path, sizeof(path));
	KUNIT_ASSERT_EQ(test, 0, wpt_read_file(path, text, sizeof(text)));
	KUNIT_ASSERT_EQ(test, 0, kstrtoul(strim(text), 10, &ms));
	KUNIT_EXPECT_GE(test, ms, 10UL);
	wpt_sysfs_expect(t, "waiters", "winpar_kunit winpar_kunit");
	wpt_sysfs_expect_number(t, "allocations", before + 1);
	wpt_sysfs_expect_number(t, "frees", before);
	wpt_free(t);
	wpt_expect(t, 0, 1, STATUS_SUCCESS);
	wpt_sysfs_expect(t, "waiters", "winpar_kunit");
	wpt_free(t);
	wpt_expect(t, 1, 2, STATUS_SUCCESS);
	wpt_free(t);
	wpt_sysfs_expect(t, "state", "idle");
	wpt_sysfs_expect(t, "owner", "");
	wpt_sysfs_expect_number(t, "frees", before + 3);
	wpt_close(t, 2);
	wpt_sysfs_expect(t, "files", "2");
}

/* More requests wait than are named, and last a Linux driver. */
static void winpar_test_sysfs_waiters(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival = fake_rival_create(t->fake, 0);
	int i;

	KUNIT_ASSERT_TRUE(test, wpt_try(t));
	for (i = 0; i < 9; i++)
		wpt_queue(t, t->file[0], i);
	wpt_sysfs_expect(t, "waiters",
			 "winpar_kunit winpar_kunit winpar_kunit winpar_kunit winpar_kunit winpar_kunit winpar_kunit winpar_kunit ...");
	wpt_close(t, 0);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 9));
	wpt_queue(t, t->file[1], 10);
	fake_rival_claim(rival);
	wpt_rival_is_patient(t);
	wpt_sysfs_expect(t, "waiters", "winpar_kunit a_Linux_driver");
	wpt_free(t);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 10));
	wpt_free(t);
}

/* A Linux driver has the port, and gives it up: the state is idle, not away. */
static void winpar_test_sysfs_away(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	unsigned long before = t->port->host.handovers;
	struct fake_rival *rival = wpt_taken(t);

	wpt_sysfs_expect(t, "state", "away");
	wpt_sysfs_expect(t, "owner", rival->dev->name);
	wpt_sysfs_expect(t, "owner_ms", "0");
	wpt_sysfs_expect_number(t, "handovers", before + 1);
	fake_rival_release(rival);
	wpt_sysfs_expect(t, "state", "idle");
	wpt_sysfs_expect(t, "owner", "");
}

/* No client has the port open, and winpar has given the Linux port up. */
static void winpar_test_sysfs_unused(struct kunit *test)
{
	static const char path[] = "/sys/module/winpar/parameters/linger";
	struct wpt *t = to_wpt(test);
	struct fake_rival *rival;
	int i;

	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(path, "0"));
	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	KUNIT_EXPECT_EQ(test, 0, wpt_write_file(path, "3000"));
	wpt_sysfs_expect(t, "state", "idle");
	wpt_sysfs_expect(t, "files", "0");
	rival = fake_rival_create(t->fake, 0);
	KUNIT_ASSERT_TRUE(test, fake_rival_claim(rival));
	wpt_sysfs_expect(t, "state", "away");
	wpt_sysfs_expect(t, "owner", rival->dev->name);
	fake_rival_release(rival);
	wpt_sysfs_expect(t, "state", "idle");
}

/* All that is built into the kernel is one client, whose name is one word. */
static void winpar_test_sysfs_builtin(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct winpar_file *file;
	struct wpt_request *r;
	char name[32];

	snprintf(name, sizeof(name), "\\Device\\ParallelPort%d",
		 t->port->number);
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS,
			winpar_open_owner(name, NULL, &file));
	KUNIT_ASSERT_EQ(test, wpt_ioctl(file, WPT_ALLOCATE), STATUS_SUCCESS);
	wpt_sysfs_expect(t, "owner", "the_kernel");
	r = wpt_queue(t, file, 1);
	wpt_sysfs_expect(t, "waiters", "the_kernel");
	KUNIT_EXPECT_TRUE(test, winpar_irp_cancel(&r->irp));
	wpt_expect(t, 0, 1, STATUS_CANCELLED);
	KUNIT_EXPECT_EQ(test, wpt_ioctl(file, WPT_FREE), STATUS_SUCCESS);
	winpar_close(file);
}

static void winpar_test_sysfs_interrupts(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_hook *hook = wpt_connected(t, t->file[0], 1, WPT_ISR);

	wpt_sysfs_expect(t, "routines", "1");
	wpt_sysfs_expect(t, "interrupts", "0");
	fake_port_interrupt(t->fake);
	KUNIT_ASSERT_TRUE(test, wpt_reaches(t, 1));
	wpt_sysfs_expect(t, "interrupts", "1");
	KUNIT_EXPECT_EQ(test, wpt_disconnect(hook, t->file[0]),
			STATUS_SUCCESS);
	wpt_sysfs_expect(t, "routines", "0");
}

/*
 * An attribute's file that is kept open over the port's removal reads ENODEV, and keeps
 * neither the Linux port nor its driver (fake_port_remove() looks). The port that comes
 * back has another device.
 */
static void winpar_test_sysfs_kept_open(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	char path[64], text[64];
	struct file *file;
	loff_t pos = 0;
	int i;

	wpt_sysfs_path(t, "state", path, sizeof(path));
	file = wpt_open_file(path, O_RDONLY);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_GT(test, kernel_read(file, text, sizeof(text), &pos),
			(ssize_t)0);
	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	fake_port_remove(t->fake);
	KUNIT_EXPECT_EQ(test, wpt_read_file(path, text, sizeof(text)),
			-ENOENT);
	pos = 0;
	KUNIT_EXPECT_EQ(test, kernel_read(file, text, sizeof(text), &pos),
			(ssize_t)-ENODEV);
	wpt_plug(t, NULL);
	KUNIT_EXPECT_EQ(test, 0, wpt_read_file(path, text, sizeof(text)));
	KUNIT_EXPECT_STREQ(test, text, "idle\n");
	pos = 0;
	KUNIT_EXPECT_EQ(test, kernel_read(file, text, sizeof(text), &pos),
			(ssize_t)-ENODEV);
	filp_close(file, NULL);
}

/* ----- read while the port goes ------------------------------------------ */

/**
 * struct wpt_reader - a thread that reads all attributes, again and again
 * @t: the fixture
 * @reads: how many attributes it has read
 * @misses: how often there was no such file, or no such device any more
 * @flaws: how often reading failed with another error
 */
struct wpt_reader {
	struct wpt *t;
	unsigned int reads;
	unsigned int misses;
	unsigned int flaws;
};

static int wpt_reader_thread(void *arg)
{
	struct wpt_reader *reader = arg;
	char path[64], text[256];
	int ret, i = 0;

	while (!kthread_should_stop()) {
		wpt_sysfs_path(reader->t,
			       wpt_attributes[i++ % ARRAY_SIZE(wpt_attributes)],
			       path, sizeof(path));
		ret = wpt_read_file(path, text, sizeof(text));
		if (!ret)
			WRITE_ONCE(reader->reads, reader->reads + 1);
		else if (ret == -ENOENT || ret == -ENODEV)
			reader->misses++;
		else
			reader->flaws++;
		cond_resched();
	}
	return 0;
}

static void winpar_test_sysfs_read_while_it_goes(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct wpt_reader readers[2] = { { .t = t }, { .t = t } };
	struct task_struct *task[2];
	unsigned long end;
	unsigned int i, life, seen;

	for (i = 0; i < WPT_FILES; i++)
		wpt_close(t, i);
	for (i = 0; i < 2; i++) {
		task[i] = kthread_run(wpt_reader_thread, &readers[i],
				      "winpar_reader");
		KUNIT_ASSERT_FALSE(test, IS_ERR(task[i]));
	}
	for (life = 0; life < 20; life++) {
		seen = READ_ONCE(readers[0].reads);
		end = jiffies + WPT_TIMEOUT;
		while (READ_ONCE(readers[0].reads) == seen &&
		       time_before(jiffies, end))
			wpt_nap(1);
		fake_port_remove(t->fake);
		wpt_plug(t, NULL);
	}
	for (i = 0; i < 2; i++) {
		kthread_stop(task[i]);
		KUNIT_EXPECT_GT(test, readers[i].reads, 0U);
		KUNIT_EXPECT_EQ(test, readers[i].flaws, 0U);
	}
	KUNIT_EXPECT_GE(test, readers[0].reads, 20U);
}

static struct kunit_case winpar_sysfs_cases[] = {
	KUNIT_CASE(winpar_test_sysfs_port),
	KUNIT_CASE(winpar_test_sysfs_owner),
	KUNIT_CASE(winpar_test_sysfs_waiters),
	KUNIT_CASE(winpar_test_sysfs_away),
	KUNIT_CASE(winpar_test_sysfs_unused),
	KUNIT_CASE(winpar_test_sysfs_builtin),
	KUNIT_CASE(winpar_test_sysfs_interrupts),
	KUNIT_CASE(winpar_test_sysfs_kept_open),
	KUNIT_CASE(winpar_test_sysfs_read_while_it_goes),
	{ }
};

static struct kunit_suite winpar_sysfs_suite = {
	.name = "winpar_sysfs",
	.init = wpt_init,
	.exit = wpt_exit,
	.test_cases = winpar_sysfs_cases,
};

static struct kunit_case winpar_sysfs_bare_cases[] = {
	KUNIT_CASE(winpar_test_sysfs_no_irq),
	{ }
};

static struct kunit_suite winpar_sysfs_bare_suite = {
	.name = "winpar_sysfs_bare",
	.init = wpt_init_bare,
	.exit = wpt_exit,
	.test_cases = winpar_sysfs_bare_cases,
};

kunit_test_suites(&winpar_sysfs_suite, &winpar_sysfs_bare_suite);
