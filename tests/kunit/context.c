// SPDX-License-Identifier: GPL-2.0-only
/*
 * What cases need of the kernel: to call a function in a chosen context, to
 * read the log, and to read and write files of sysfs and debugfs.
 */
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/kmsg_dump.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/ratelimit.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <asm/setup.h>

#include "fixture.h"

/* ----- contexts ---------------------------------------------------------- */

enum wpt_level wpt_level(void)
{
	if (in_hardirq())
		return WPT_HARDIRQ;
	if (in_serving_softirq())
		return WPT_SOFTIRQ;
	return WPT_PROCESS;
}

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

/* Call @fn in the context @level, and return when it has returned. */
void wpt_run(struct kunit *test, enum wpt_level level, void (*fn)(void *arg),
	     void *arg)
{
	struct wpt_call *call = kunit_kzalloc(test, sizeof(*call), GFP_KERNEL);
	unsigned long flags;
	spinlock_t lock;	/* for WPT_LOCKED */

	KUNIT_ASSERT_NOT_NULL(test, call);
	spin_lock_init(&lock);
	call->fn = fn;
	call->arg = arg;
	init_completion(&call->done);
	tasklet_setup(&call->tasklet, wpt_call_softirq);
	/*
	 * As an interrupt's handler: in hard interrupt context, which lockdep takes for one
	 * that is a thread on PREEMPT_RT, and in a thread there.
	 */
	init_irq_work(&call->work, wpt_call_hardirq);

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

/*
 * A CPU other than the caller's, or -1. The caller has called
 * migrate_disable().
 */
int wpt_other_cpu(struct kunit *test)
{
	int cpu = cpumask_any_but(cpu_online_mask, raw_smp_processor_id());

	return cpu < nr_cpu_ids ? cpu : -1;
}

/* ----- the log ------------------------------------------------------------ */

/* Where the log ends now, for wpt_kmsg_says(). */
u64 wpt_kmsg_end(void)
{
	struct kmsg_dump_iter iter;

	kmsg_dump_rewind(&iter);
	return iter.next_seq;
}

/* How many lines of the log since @since contain @one and @other. */
unsigned int wpt_kmsg_says(struct kunit *test, u64 since, const char *one,
			   const char *other)
{
	char *line = kunit_kzalloc(test, 1024, GFP_KERNEL);
	struct kmsg_dump_iter iter;
	unsigned int count = 0;
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, line);
	kmsg_dump_rewind(&iter);
	iter.cur_seq = since;
	while (kmsg_dump_get_line(&iter, false, line, 1023, &len)) {
		line[len] = '\0';
		count += strstr(line, one) && strstr(line, other);
	}
	return count;
}

/* Wait until a line of the log since @since contains @one and @other. */
bool wpt_kmsg_comes(struct kunit *test, u64 since, const char *one, const char *other)
{
	unsigned long end = jiffies + 6 * WPT_TIMEOUT;

	while (!wpt_kmsg_says(test, since, one, other)) {
		if (time_after(jiffies, end))
			return false;
		wpt_nap(100);
	}
	return true;
}

/* Print every message about a client, or (@all false) limit their rate again. */
void wpt_kmsg_all(struct winpar_client *client, bool all)
{
	client->warnings.interval = all ? 0 : DEFAULT_RATELIMIT_INTERVAL;
}

/* ----- files of the kernel ----------------------------------------------- */

/**
 * wpt_open_file() - open a file by its name from the root of process 1
 * @path: the name, from /
 * @flags: as for filp_open()
 *
 * A case runs in a kernel thread, whose own root has no files in 7.3.
 *
 * Return: the file, or an ERR_PTR().
 */
struct file *wpt_open_file(const char *path, int flags)
{
	struct task_struct *task = get_pid_task(find_vpid(1), PIDTYPE_PID);
	struct path root = {};
	struct file *file;

	if (!task)
		return ERR_PTR(-ESRCH);
	task_lock(task);
	if (task->fs)
		get_fs_root(task->fs, &root);
	task_unlock(task);
	put_task_struct(task);
	if (!root.mnt)
		return ERR_PTR(-ESRCH);
	file = file_open_root(&root, path, flags, 0);
	path_put(&root);
	return file;
}

int wpt_write_file(const char *path, const char *text)
{
	struct file *file = wpt_open_file(path, O_WRONLY);
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
	struct file *file = wpt_open_file(path, O_RDONLY);
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

/* A process with memory of its own: the current one, else process 1. */
static struct task_struct *wpt_user_task(void)
{
	return current->flags & PF_KTHREAD ?
	       get_pid_task(find_vpid(1), PIDTYPE_PID) :
	       get_task_struct(current);
}

/*
 * Read or write a file of debugfs whose code wants a user's address: borrow the
 * memory of a process for it. Returns the count, or a negative errno.
 */
static ssize_t wpt_user_do(struct file *file, void *buf, size_t len, bool write)
{
	struct task_struct *task = wpt_user_task();
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;
	unsigned long area;
	ssize_t ret = -ENOMEM, once;
	size_t done = 0;
	loff_t pos = 0;

	if (!len)
		ret = 0;
	if (!mm || !len)
		goto out;
	if (current->flags & PF_KTHREAD)
		kthread_use_mm(mm);
	area = vm_mmap(NULL, 0, PAGE_ALIGN(len), PROT_READ | PROT_WRITE,
		       MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(area)) {
		ret = area;
		goto out_mm;
	}
	/* Either makes the area's pages, and fails for want of memory only. */
	ret = 0;
	if (write ? copy_to_user((void __user *)area, buf, len) :
		    clear_user((void __user *)area, len))
		ret = -ENOMEM;
	while (!ret && done < len) {
		char __user *at = (char __user *)area + done;

		once = write ? file->f_op->write(file, at, len - done, &pos) :
			       file->f_op->read(file, at, len - done, &pos);
		if (once <= 0) {
			ret = once;
			break;
		}
		done += once;
	}
	if (!ret && !write && copy_from_user(buf, (void __user *)area, done))
		ret = -EFAULT;
	vm_munmap(area, PAGE_ALIGN(len));
out_mm:
	if (current->flags & PF_KTHREAD)
		kthread_unuse_mm(mm);
	mmput(mm);
out:
	if (task)
		put_task_struct(task);
	return ret ? : done;
}

/* Write all @len bytes to a file of debugfs; returns 0 or a negative errno. */
int wpt_user_write(const char *path, const void *buf, size_t len)
{
	struct file *file = wpt_open_file(path, O_WRONLY);
	ssize_t ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = wpt_user_do(file, (void *)buf, len, true);
	filp_close(file, NULL);
	if (ret < 0)
		return ret;
	return ret == len ? 0 : -EIO;
}

/* Read a file of debugfs; returns the count, or a negative errno. */
ssize_t wpt_user_read(const char *path, void *buf, size_t size)
{
	struct file *file = wpt_open_file(path, O_RDONLY);
	ssize_t ret;

	if (IS_ERR(file))
		return PTR_ERR(file);
	ret = wpt_user_do(file, buf, size, false);
	filp_close(file, NULL);
	return ret;
}

/* Read a seq_file of debugfs, which kernel_read() cannot read. */
int wpt_show_file(const char *path, char *buf, size_t size)
{
	struct file *file = wpt_open_file(path, O_RDONLY);
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

/* The address of what a module does not export, or NULL. */
void *wpt_symbol_of(struct kunit *test, const char *module, const char *name)
{
	struct file *file = wpt_open_file("/proc/kallsyms", O_RDONLY);
	char want[64], *line, *entry;
	unsigned long address = 0;
	struct seq_file *m;
	loff_t pos = 0;
	void *p;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	snprintf(want, sizeof(want), " %s\t[%s]", name, module);
	line = kunit_kzalloc(test, 512, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, line);
	m = file->private_data;
	mutex_lock(&m->lock);
	m->buf = line;
	m->size = 512;
	for (p = m->op->start(m, &pos); p && !address;
	     p = m->op->next(m, p, &pos)) {
		m->count = 0;
		m->op->show(m, p);
		line[min(m->count, m->size - 1)] = '\0';
		entry = strstr(line, want);
		if (entry) {
			*strchr(line, ' ') = '\0';
			if (kstrtoul(line, 16, &address))
				address = 0;
		}
	}
	m->op->stop(m, p);
	m->buf = NULL;
	m->size = 0;
	mutex_unlock(&m->lock);
	filp_close(file, NULL);
	KUNIT_ASSERT_NE_MSG(test, address, 0UL, "no %s", name);
	return (void *)address;
}

/* The address of a function of winpar's that it does not export, or NULL. */
void *wpt_symbol(struct kunit *test, const char *name)
{
	return wpt_symbol_of(test, "winpar", name);
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
	static char line[COMMAND_LINE_SIZE];
	char *rest = line, *found;
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

unsigned int wpt_slowness = 1;

/* Read from the kernel's command line by how much the machine is slower. */
void wpt_learn_slowness(void)
{
	wpt_slowness = max(1UL, wpt_cmdline_number("winpar.slow="));
}

/*
 * Have @probe called by one of winpar's tracepoints, "__tracepoint_" and its name. The
 * case has to call wpt_trace_end() before it may be aborted.
 */
struct tracepoint *wpt_trace_begin(struct kunit *test, const char *name,
				   void *probe, void *data)
{
	struct tracepoint *tracepoint = wpt_symbol(test, name);

	KUNIT_ASSERT_EQ(test, 0,
			tracepoint_probe_register(tracepoint, probe, data));
	return tracepoint;
}

void wpt_trace_end(struct tracepoint *tracepoint, void *probe, void *data)
{
	tracepoint_probe_unregister(tracepoint, probe, data);
	tracepoint_synchronize_unregister();
}
