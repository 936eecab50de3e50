/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program that opens the nodes of Windows sources. The case's thread makes the
 * program's calls, with the memory of process 1.
 */
#ifndef _WINPAR_WDM_PROGRAM_H
#define _WINPAR_WDM_PROGRAM_H

#include <linux/types.h>

#include <winpar/user/device.h>

struct file;
struct kunit;

/* How many bytes the program can write; behind them is a page that it can only read. */
#define WPT_PROGRAM_SIZE	(4 * PAGE_SIZE)

int wpt_program_begin(struct kunit *test);
void wpt_program_end(void);
unsigned long wpt_program_at(size_t offset);
void wpt_program_put(size_t offset, const void *from, size_t length);
void wpt_program_get(size_t offset, void *to, size_t length);
unsigned long wpt_program_locked(void);
unsigned long wpt_program_poor(struct kunit *test);

struct file *wpt_program_open(const char *path, int flags);
void wpt_program_close(struct file *file);
long wpt_program_create(struct file *file, struct winpar_device_create *create);
long wpt_program_control(struct file *file,
			 struct winpar_device_control *control);
long wpt_program_ioctl(struct file *file, unsigned int command,
		       unsigned long argument);
ssize_t wpt_program_read(struct file *file, unsigned long at, size_t length);
ssize_t wpt_program_write(struct file *file, unsigned long at, size_t length);

void wpt_program_shell(struct kunit *test, const char *command);

#endif /* _WINPAR_WDM_PROGRAM_H */
