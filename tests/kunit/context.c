// SPDX-License-Identifier: GPL-2.0-only
/* Calls from any context, and the files in which the kernel's settings are. */
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "fixture.h"

/* ----- contexts ---------------------------------------------------------- */

struct wpt_call {
	struct tasklet_struct tasklet;
	struct irq_work work;
	struct completion done;
	void (*fn)(void *arg);
	void *arg;
};

static void wpt_call_softirq(struct tasklet_struct *tasklet)
{
	struct wpt_call *call = container_of(tasklet, struct wpt_call, tasklet);

	call->fn(call->arg);
	complete(&call->done);
}

static void wpt_call_hardirq(struct irq_work *work)
{
	struct wpt_call *call = container_of(work, struct wpt_call, work);

	call->fn(call->arg);
	complete(&call->done);
}

/* Call something from somewhere, and return when it has returned. */
void wpt_run(struct kunit *test, enum wpt_level level, void (*fn)(void *arg),
	     void *arg)
{
	struct wpt_call *call = kunit_kzalloc(test, sizeof(*call), GFP_KERNEL);
	unsigned long flags;
	spinlock_t lock;	/* one that a client holds */

	KUNIT_ASSERT_NOT_NULL(test, call);
	spin_lock_init(&lock);
	call->fn = fn;
	call->arg = arg;
	init_completion(&call->done);
	tasklet_setup(&call->tasklet, wpt_call_softirq);
	call->work = IRQ_WORK_INIT_HARD(wpt_call_hardirq);

	switch (level) {
	case WPT_PROCESS:
		fn(arg);
		return;
	case WPT_LOCKED:
		spin_lock_irqsave(&lock, flags);
		fn(arg);
		spin_unlock_irqrestore(&lock, flags);
		return;
	case WPT_SOFTIRQ:
		tasklet_schedule(&call->tasklet);
		break;
	case WPT_HARDIRQ:
		irq_work_queue(&call->work);
		break;
	}
	KUNIT_EXPECT_TRUE(test, wait_for_completion_timeout(&call->done,
							    WPT_TIMEOUT));
	tasklet_kill(&call->tasklet);
	irq_work_sync(&call->work);
}

const char *wpt_level_name(enum wpt_level level)
{
	static const char *const names[] = {
		[WPT_PROCESS] = "process",
		[WPT_LOCKED] = "spinlock held",
		[WPT_SOFTIRQ] = "softirq",
		[WPT_HARDIRQ] = "hard interrupt",
	};

	return names[level];
}

/* A CPU that the caller, who calls migrate_disable(), is not on. */
int wpt_other_cpu(struct kunit *test)
{
	int cpu = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());

	return cpu < nr_cpu_ids ? cpu : -1;
}

/* ----- files of the kernel ----------------------------------------------- */

int wpt_write_file(const char *path, const char *text)
{
	struct file *file = filp_open(path, O_WRONLY, 0);
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_write(file, text, strlen(text), &pos);
	filp_close(file, NULL);
	return len < 0 ? len : 0;
}

int wpt_read_file(const char *path, char *buf, size_t size)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_read(file, buf, size - 1, &pos);
	filp_close(file, NULL);
	if (len < 0)
		return len;
	buf[len] = '\0';
	return 0;
}

/* What a file of debugfs, which kernel_read() cannot read, would show. */
int wpt_show_file(const char *path, char *buf, size_t size)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	struct seq_file *m;

	if (IS_ERR(file))
		return PTR_ERR(file);
	m = file->private_data;
	mutex_lock(&m->lock);
	m->buf = buf;
	m->size = size;
	m->count = 0;
	m->op->show(m, NULL);
	buf[min(m->count, size - 1)] = '\0';
	m->buf = NULL;
	mutex_unlock(&m->lock);
	filp_close(file, NULL);
	return 0;
}

/* Set enable_connect_interrupt for all ports, and for this one. */
void wpt_set_connect(struct wpt *t, bool all, int own)
{
	char list[64] = "";
	int i;

	for (i = 0; i < t->port->number; i++)
		strlcat(list, "-1,", sizeof(list));
	snprintf(list + strlen(list), sizeof(list) - strlen(list), "%d", own);
	KUNIT_EXPECT_EQ(t->test, 0, wpt_write_file
		("/sys/module/winpar/parameters/enable_connect_interrupt",
		 all ? "1" : "0"));
	KUNIT_EXPECT_EQ(t->test, 0, wpt_write_file
		("/sys/module/winpar/parameters/enable_connect_interrupt_port",
		 list));
}

/* The number after WORD= on the kernel's command line, or 0. */
unsigned long wpt_cmdline_number(const char *word)
{
	char line[1024], *rest = line, *found;
	size_t len = strlen(word);
	unsigned long number;

	if (wpt_read_file("/proc/cmdline", line, sizeof(line)))
		return 0;
	while ((found = strsep(&rest, "\n ")))
		if (!strncmp(found, word, len) &&
		    !kstrtoul(found + len, 0, &number))
			return number;
	return 0;
}
