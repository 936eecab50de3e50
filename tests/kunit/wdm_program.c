// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program that opens nodes. There is no process of its own for it: the case's thread
 * makes the calls, and for each takes the memory of process 1, in which
 * wpt_program_begin() has mapped some pages for the program.
 */
#include <kunit/test.h>
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>
#include <linux/umh.h>

#include "fixture.h"
#include "wdm_program.h"

/*
 * Behind the memory that the header describes: a page for the structures of ioctls, and
 * a page that the program can neither read nor write.
 */
#define WPT_PROGRAM_ASKED	(WPT_PROGRAM_SIZE + PAGE_SIZE)
#define WPT_PROGRAM_NOTHING	(WPT_PROGRAM_ASKED + PAGE_SIZE)
#define WPT_PROGRAM_WHOLE	(WPT_PROGRAM_NOTHING + PAGE_SIZE)

static struct mm_struct *wpt_program_mm;
static unsigned long wpt_program_area;

/* Where wpt_program_poor() has mapped its pages, or 0; what the first of them holds. */
static unsigned long wpt_poor_area;
static struct page *wpt_poor_page;

/* The program's memory can be reached between wpt_program_enter() and _leave(). */
static void wpt_program_enter(void)
{
	kthread_use_mm(wpt_program_mm);
}

static void wpt_program_leave(void)
{
	kthread_unuse_mm(wpt_program_mm);
}

/* Map one of the program's pages anew, with @access only. */
static bool wpt_program_limit(unsigned long page, int access)
{
	return !IS_ERR_VALUE(vm_mmap(NULL, page, PAGE_SIZE, access,
				     MAP_ANONYMOUS | MAP_PRIVATE | MAP_FIXED, 0));
}

static unsigned long wpt_program_map(void)
{
	unsigned long area;

	area = vm_mmap(NULL, 0, WPT_PROGRAM_WHOLE, PROT_READ | PROT_WRITE,
		       MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(area))
		return 0;
	if (!wpt_program_limit(area + WPT_PROGRAM_SIZE, PROT_READ) ||
	    !wpt_program_limit(area + WPT_PROGRAM_NOTHING, PROT_NONE))
		return 0;
	return area;
}

/* Map the program's memory. Returns 0 or an errno. */
int wpt_program_begin(struct kunit *test)
{
	struct task_struct *task = get_pid_task(find_vpid(1), PIDTYPE_PID);

	wpt_program_mm = task ? get_task_mm(task) : NULL;
	if (task)
		put_task_struct(task);
	if (!wpt_program_mm)
		return -ESRCH;
	wpt_program_enter();
	wpt_program_area = wpt_program_map();
	wpt_program_leave();
	if (wpt_program_area)
		return 0;
	mmput(wpt_program_mm);
	wpt_program_mm = NULL;
	return -ENOMEM;
}

/* Unmap what wpt_program_poor() has mapped; the file's last reference is given back here. */
static void wpt_poor_end(void)
{
	if (wpt_poor_area)
		vm_munmap(wpt_poor_area, 2 * PAGE_SIZE);
	wpt_poor_area = 0;
	flush_delayed_fput();
	if (wpt_poor_page)
		put_page(wpt_poor_page);
	wpt_poor_page = NULL;
}

void wpt_program_end(void)
{
	if (!wpt_program_mm)
		return;
	wpt_program_enter();
	vm_munmap(wpt_program_area, WPT_PROGRAM_WHOLE);
	wpt_poor_end();
	wpt_program_leave();
	mmput(wpt_program_mm);
	wpt_program_mm = NULL;
}

/* The address @offset bytes into the program's memory. */
unsigned long wpt_program_at(size_t offset)
{
	return wpt_program_area + offset;
}

void wpt_program_put(size_t offset, const void *from, size_t length)
{
	wpt_program_enter();
	WARN_ON(copy_to_user((void __user *)wpt_program_at(offset), from, length));
	wpt_program_leave();
}

void wpt_program_get(size_t offset, void *to, size_t length)
{
	wpt_program_enter();
	WARN_ON(copy_from_user(to, (void __user *)wpt_program_at(offset), length));
	wpt_program_leave();
}

static vm_fault_t wpt_poor_fault(struct vm_fault *fault)
{
	if (fault->pgoff)
		return VM_FAULT_OOM;
	get_page(wpt_poor_page);
	fault->page = wpt_poor_page;
	return 0;
}

static const struct vm_operations_struct wpt_poor_vm_ops = {
	.fault = wpt_poor_fault,
};

static int wpt_poor_mmap(struct file *file, struct vm_area_struct *area)
{
	area->vm_ops = &wpt_poor_vm_ops;
	return 0;
}

static const struct file_operations wpt_poor_fops = {
	.owner = THIS_MODULE,
	.mmap = wpt_poor_mmap,
};

/* Map two pages, for the second of which there is never any memory. Returns their address. */
unsigned long wpt_program_poor(struct kunit *test)
{
	struct file *file;

	wpt_poor_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	KUNIT_ASSERT_NOT_NULL(test, wpt_poor_page);
	file = anon_inode_getfile("wpt_poor", &wpt_poor_fops, NULL, O_RDWR);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	wpt_program_enter();
	wpt_poor_area = vm_mmap(file, 0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0);
	wpt_program_leave();
	fput(file);
	if (IS_ERR_VALUE(wpt_poor_area))
		wpt_poor_area = 0;
	KUNIT_ASSERT_NE(test, wpt_poor_area, 0UL);
	return wpt_poor_area;
}

/* How many pages of the program are locked. */
unsigned long wpt_program_locked(void)
{
	return wpt_program_mm ? wpt_program_mm->locked_vm : 0;
}

/* ----- calls ------------------------------------------------------------- */

struct file *wpt_program_open(const char *path, int flags)
{
	return wpt_open_file(path, flags);
}

/* When this returns the file is released, and the driver has been told. */
void wpt_program_close(struct file *file)
{
	__fput_sync(file);
}

long wpt_program_ioctl(struct file *file, unsigned int command,
		       unsigned long argument)
{
	long ret;

	wpt_program_enter();
	ret = file->f_op->unlocked_ioctl(file, command, argument);
	wpt_program_leave();
	return ret;
}

/* An ioctl whose argument is a structure, which is copied to the program's memory and back. */
static long wpt_program_ask(struct file *file, unsigned int command, void *asked,
			    size_t size)
{
	long ret;

	wpt_program_put(WPT_PROGRAM_ASKED, asked, size);
	ret = wpt_program_ioctl(file, command, wpt_program_at(WPT_PROGRAM_ASKED));
	wpt_program_get(WPT_PROGRAM_ASKED, asked, size);
	return ret;
}

long wpt_program_create(struct file *file, struct winpar_device_create *create)
{
	return wpt_program_ask(file, WINPAR_DEVICE_CREATE, create,
			       sizeof(*create));
}

long wpt_program_control(struct file *file,
			 struct winpar_device_control *control)
{
	return wpt_program_ask(file, WINPAR_DEVICE_CONTROL, control,
			       sizeof(*control));
}

ssize_t wpt_program_read(struct file *file, unsigned long at, size_t length)
{
	ssize_t ret;

	wpt_program_enter();
	ret = file->f_op->read(file, (void __user *)at, length, &file->f_pos);
	wpt_program_leave();
	return ret;
}

ssize_t wpt_program_write(struct file *file, unsigned long at, size_t length)
{
	ssize_t ret;

	wpt_program_enter();
	ret = file->f_op->write(file, (const void __user *)at, length,
				&file->f_pos);
	wpt_program_leave();
	return ret;
}

/* A program of its own: the shell, which runs a command and ends well. */
void wpt_program_shell(struct kunit *test, const char *command)
{
	char *argv[4] = { "/bin/sh", "-c", (char *)command, NULL };
	char *env[2] = { "PATH=/bin:/sbin:/usr/bin:/usr/sbin", NULL };

	KUNIT_ASSERT_EQ(test, 0,
			call_usermodehelper(argv[0], argv, env, UMH_WAIT_PROC));
}
