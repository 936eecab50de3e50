// SPDX-License-Identifier: GPL-2.0-only
/*
 * Symbolic links: a second name for a device, which its driver gives. One list has the
 * links of all clients, so that no two have one name; wdm/node.c adds to a link what
 * programs open.
 *
 * The directory of the names that programs see is spelled \DosDevices\, \GLOBAL??\ or
 * \??\. This room turns each spelling into \??\, and compares names without regard to
 * upper and lower case.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/namei.h>
#include <linux/path.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/link.h"
#include "wdm/string.h"

#define WDM_DOS_DEVICES	"\\??\\"
/* wdm_link_resolve() follows so many links, and no more: a chain may be a circle. */
#define WDM_LINK_HOPS	8

static DEFINE_MUTEX(wdm_link_lock);
static LIST_HEAD(wdm_links);

static const char * const wdm_link_spellings[] = {
	"\\DosDevices\\Global\\", "\\DosDevices\\", "\\GLOBAL??\\", WDM_DOS_DEVICES,
};

/* Spell the directory of a name \??\, if it is the one that programs see. */
static void wdm_link_spell(char name[WDM_PATH])
{
	char path[WDM_PATH];
	unsigned int i;
	size_t len;

	for (i = 0; i < ARRAY_SIZE(wdm_link_spellings); i++) {
		len = strlen(wdm_link_spellings[i]);
		if (strncasecmp(name, wdm_link_spellings[i], len))
			continue;
		strscpy(path, name + len, sizeof(path));
		snprintf(name, WDM_PATH, WDM_DOS_DEVICES "%.*s",
			 (int)(WDM_PATH - sizeof(WDM_DOS_DEVICES)), path);
		return;
	}
}

/**
 * wdm_link_name() - convert a name that a driver gives to the form that links have
 * @from: the driver's name
 * @name: where it goes, in UTF-8, with \??\ for the directory that programs see
 *
 * Context: any.
 * Return: true; false if the name is too long or does not begin with \.
 */
bool wdm_link_name(PUNICODE_STRING from, char name[WDM_PATH])
{
	if (!from->Length || from->Buffer[0] != '\\' ||
	    wdm_string_utf8(from->Buffer, from->Length / sizeof(WCHAR), name,
			    WDM_PATH) >= WDM_PATH - 4)
		return false;
	wdm_link_spell(name);
	return true;
}

/**
 * wdm_link_dos_name() - by what name does a program open a link?
 * @name: the link's name, from wdm_link_name()
 *
 * Context: any.
 * Return: the part of @name that a program writes after \\.\; NULL if @name is not in
 * the directory that programs see.
 */
const char *wdm_link_dos_name(const char *name)
{
	size_t len = strlen(WDM_DOS_DEVICES);

	return strncmp(name, WDM_DOS_DEVICES, len) ? NULL : name + len;
}

static struct wdm_link *__wdm_link_find(const char *name)
	__must_hold(&wdm_link_lock)
{
	struct wdm_link *link;

	lockdep_assert_held(&wdm_link_lock);
	list_for_each_entry(link, &wdm_links, entry)
		if (!strcasecmp(link->name, name))
			return link;
	return NULL;
}

/**
 * wdm_link_file() - by what name is the node of a link in /dev?
 * @dos: by what name a program opens the link, from wdm_link_dos_name()
 * @file: where the name goes
 *
 * Context: any.
 * Return: true; false if no file can have such a name.
 */
bool wdm_link_file(const char *dos, char file[WDM_PATH])
{
	size_t i;

	if (!*dos || dos[0] == '.')
		return false;
	for (i = 0; dos[i]; i++)
		file[i] = isascii(dos[i]) && (isalnum(dos[i]) || strchr("._-", dos[i])) ?
			  tolower(dos[i]) : '_';
	file[i] = '\0';
	return true;
}

/* Has the node of another link than @link the name @file, whether it is in /dev or not yet? */
static bool wdm_link_is_taken(const struct wdm_link *link, const char *file)
{
	const struct wdm_link *other;
	char theirs[WDM_PATH];
	bool taken = false;

	mutex_lock(&wdm_link_lock);
	list_for_each_entry(other, &wdm_links, entry) {
		const char *dos = wdm_link_dos_name(other->name);

		taken |= other != link && dos && wdm_link_file(dos, theirs) &&
			 !strcmp(theirs, file);
	}
	mutex_unlock(&wdm_link_lock);
	return taken;
}

/**
 * struct wdm_link_look - a look for a file in /dev
 * @work: Linux's work
 * @path: the file
 * @ret: 0: it is there; -ENOENT: it is not; another error
 */
struct wdm_link_look {
	struct work_struct work;
	const char *path;
	int ret;
};

static void wdm_link_look(struct work_struct *work)
{
	struct wdm_link_look *look = container_of(work, struct wdm_link_look, work);
	struct path found;

	look->ret = winpar_kern_path(look->path, 0, &found);
	if (!look->ret)
		path_put(&found);
}

/**
 * wdm_link_is_free() - may a link's node have its name in /dev?
 * @link: the link, which is on the list
 * @file: the name, from wdm_link_file()
 *
 * Two links whose names differ may have one name in /dev. A node is not there before
 * DriverEntry of its driver has succeeded, so the links are compared, too.
 *
 * The danger: a driver creates links in the program that has called it, whose /dev may be
 * another one, with other files, or of a file system of the program's own, which does not
 * answer; or that ends, and has none. So a worker of Linux's looks.
 *
 * Context: process context, may sleep; the caller has wdm/node.c's mutex, so that no other
 * link is added before @link has its node.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_COLLISION another link's node or a file of /dev
 * has that name, and the log says so; STATUS_INSUFFICIENT_RESOURCES.
 */
NTSTATUS wdm_link_is_free(const struct wdm_link *link, const char *file)
{
	char path[WDM_PATH + sizeof("/dev/")];
	struct wdm_link_look look = { .path = path };

	snprintf(path, sizeof(path), "/dev/%s", file);
	if (wdm_link_is_taken(link, file)) {
		wdm_warn(link->client, "a symbolic link is not created: its node would be %s, which another link has\n",
			 path);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	INIT_WORK_ONSTACK(&look.work, wdm_link_look);
	queue_work(winpar_unbound_wq, &look.work);
	flush_work(&look.work);
	destroy_work_on_stack(&look.work);
	if (look.ret == -ENOENT)
		return STATUS_SUCCESS;
	if (look.ret)
		return STATUS_INSUFFICIENT_RESOURCES;
	wdm_warn(link->client, "a symbolic link is not created: its node would be %s, which exists\n",
		 path);
	return STATUS_OBJECT_NAME_COLLISION;
}

/**
 * wdm_link_add() - put a link on the list
 * @link: the link, with its client, its target and its name
 *
 * Context: process context, may sleep.
 * Return: true; false if another link has that name.
 */
bool wdm_link_add(struct wdm_link *link)
{
	bool added;

	mutex_lock(&wdm_link_lock);
	added = !__wdm_link_find(link->name);
	if (added)
		list_add_tail(&link->entry, &wdm_links);
	mutex_unlock(&wdm_link_lock);
	return added;
}

/**
 * wdm_link_take() - take a link off the list
 * @name: the link's name, from wdm_link_name()
 *
 * Context: process context, may sleep.
 * Return: the link, for the caller to free; NULL if there is none of that name.
 */
struct wdm_link *wdm_link_take(const char *name)
{
	struct wdm_link *link;

	mutex_lock(&wdm_link_lock);
	link = __wdm_link_find(name);
	if (link)
		list_del(&link->entry);
	mutex_unlock(&wdm_link_lock);
	return link;
}

/**
 * wdm_link_next() - walk over the links of a client
 * @client: the client, of which no link is added or taken off during the walk
 * @after: what the last call has returned; NULL begins the walk
 *
 * Context: process context, may sleep; the caller has wdm/node.c's mutex, which keeps
 * @after on the list.
 * Return: the client's next link; NULL ends the walk.
 */
struct wdm_link *wdm_link_next(struct winpar_wdm_client *client,
			       struct wdm_link *after)
{
	struct wdm_link *link, *found = NULL;

	mutex_lock(&wdm_link_lock);
	link = list_prepare_entry(after, &wdm_links, entry);
	list_for_each_entry_continue(link, &wdm_links, entry) {
		if (link->client == client) {
			found = link;
			break;
		}
	}
	mutex_unlock(&wdm_link_lock);
	return found;
}

/**
 * wdm_link_resolve() - replace a link's name by the name that the link stands for
 * @path: a name; if no link has it, it is left as it is. If the link stands for another
 *        link, that link is followed, too.
 *
 * Context: process context, may sleep.
 */
void wdm_link_resolve(char path[WDM_PATH])
{
	char name[WDM_PATH];
	struct wdm_link *link;
	unsigned int hops;

	mutex_lock(&wdm_link_lock);
	for (hops = 0; hops < WDM_LINK_HOPS; hops++) {
		strscpy(name, path, sizeof(name));
		wdm_link_spell(name);
		link = __wdm_link_find(name);
		if (!link)
			break;
		strscpy(path, link->target, WDM_PATH);
	}
	mutex_unlock(&wdm_link_lock);
}
