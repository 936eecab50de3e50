// SPDX-License-Identifier: GPL-2.0-only
/*
 * The half of the fixture for wdm/ that uses winpar's own interface: the fake port, and
 * the file of a client of that interface. The suites cannot, since winpar's IRP and the
 * layer's have one name. wdm_driver.c is the other half.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/path.h>

#include <winpar/ddk/client.h>
#include <winpar/ddk/entry.h>

#include "fixture.h"
#include "wdm_calls.h"

/* The client, which the macros of the ddk's headers pass to winpar_wdm.ko. */
struct winpar_wdm_client *winpar_ddk_client;

/* The file of the registry of the clients that are started. */
const char *wpt_wdm_registry;

/* The folder of the files of the clients that are started. */
const char *wpt_wdm_files;

/**
 * wpt_take_root_at() - give the case's thread a root folder of its own, until the case ends
 * @test: the case
 * @path: the folder
 */
void wpt_take_root_at(struct kunit *test, const char *path)
{
	struct file *root = wpt_open_file(path, O_PATH | O_DIRECTORY);

	KUNIT_ASSERT_FALSE(test, IS_ERR(root));
	KUNIT_ASSERT_EQ(test, 0, unshare_fs_struct());
	/* No other task has this fs_struct, so no lock. */
	path_put(&current->fs->root);
	path_put(&current->fs->pwd);
	current->fs->root = root->f_path;
	current->fs->pwd = root->f_path;
	path_get(&current->fs->root);
	path_get(&current->fs->pwd);
	fput(root);
}

/**
 * wpt_take_root() - have the case's thread open files as the program that loads a driver
 * @test: the case
 *
 * The thread's root is that of process 1: in 7.3 the root of kernel threads has no files.
 */
void wpt_take_root(struct kunit *test)
{
	wpt_take_root_at(test, "/");
}

int wpt_wdm_start(void)
{
	const struct winpar_wdm_about about = {
		.module = THIS_MODULE,
		.entry = wpt_wdm_entry,
		.registry = wpt_wdm_registry,
		.files = wpt_wdm_files,
	};

	wpt_learn_slowness();
	return winpar_wdm_start(&about, &winpar_ddk_client);
}

/* Start one more client, and end it. */
int wpt_wdm_start_and_stop(void)
{
	static const struct winpar_wdm_about about = {
		.module = THIS_MODULE,
		.entry = wpt_wdm_other_entry,
	};
	struct winpar_wdm_client *other = NULL;
	int ret = winpar_wdm_start(&about, &other);

	winpar_wdm_stop(other);
	return ret;
}

/* Start a client without a port. */
int wpt_wdm_init(struct kunit *test)
{
	return wpt_wdm_start();
}

/* Start a client; clients of winpar's own interface have a port with an interrupt. */
int wpt_wdm_init_port(struct kunit *test)
{
	int ret = wpt_init(test);

	return ret ?: wpt_wdm_start();
}

/* End the client, if the case has not done so. */
void wpt_wdm_stop(void)
{
	winpar_wdm_stop(winpar_ddk_client);
	winpar_ddk_client = NULL;
}

/* The client that is not winpar_ddk_client just now; NULL: there is one client. */
static struct winpar_wdm_client *wpt_wdm_other;

/* From now on the macros of the ddk's headers pass the other client on. */
void wpt_wdm_swap(void)
{
	swap(winpar_ddk_client, wpt_wdm_other);
}

/* Start a second client, which is the other one when this returns. */
int wpt_wdm_start_other(void)
{
	int ret;

	wpt_wdm_swap();
	ret = wpt_wdm_start();
	wpt_wdm_swap();
	return ret;
}

/* End the other client. */
void wpt_wdm_stop_other(void)
{
	wpt_wdm_swap();
	wpt_wdm_stop();
	wpt_wdm_swap();
}

void wpt_wdm_exit(struct kunit *test)
{
	wpt_wdm_stop_other();
	wpt_wdm_stop();
	wpt_exit(test);
}

/* The number of the Linux port. */
unsigned int wpt_wdm_number(struct kunit *test)
{
	return to_wpt(test)->fake->parport->number;
}

/* Let the fake port make an interrupt. */
void wpt_wdm_interrupt(struct kunit *test)
{
	fake_port_interrupt(to_wpt(test)->fake);
}

/* Let a client of winpar's own interface allocate the port. */
NTSTATUS wpt_wdm_take(struct kunit *test)
{
	return wpt_ioctl(to_wpt(test)->file[0], WPT_ALLOCATE);
}

/* Let that client free the port. */
void wpt_wdm_give(struct kunit *test)
{
	wpt_ioctl(to_wpt(test)->file[0], WPT_FREE);
}

/* How many requests wait for the port. */
unsigned int wpt_wdm_waiters(struct kunit *test)
{
	return wpt_waiters(to_wpt(test));
}

/* Wait until the port's loop has nothing left to do. */
void wpt_wdm_settle(struct kunit *test)
{
	wpt_settle(to_wpt(test));
}

/* Remove the fake port. */
void wpt_wdm_unplug(struct kunit *test)
{
	fake_port_remove(to_wpt(test)->fake);
}

/* Let another fake port arrive in its place; it can be opened at once. */
void wpt_wdm_plug(struct kunit *test)
{
	wpt_plug(to_wpt(test), &(struct fake_config){ .scanned = true });
}

/* Let @count more ports arrive, beside that of the case. */
void wpt_wdm_plug_more(struct kunit *test, struct fake_port **more, unsigned int count)
{
	const struct fake_config config = { .no_irq = true };
	unsigned int i;

	for (i = 0; i < count; i++)
		more[i] = fake_port_create(test, &config);
}

/* Remove them, the last one first. */
void wpt_wdm_unplug_more(struct fake_port **more, unsigned int count)
{
	while (count--)
		fake_port_remove(more[count]);
}

/* The port of the case goes while programs have so many references to this module. */
void wpt_wdm_unplug_open(struct kunit *test, int references)
{
	to_wpt(test)->fake->refs += references;
	fake_port_remove(to_wpt(test)->fake);
}
