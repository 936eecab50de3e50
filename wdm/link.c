// SPDX-License-Identifier: GPL-2.0-only
/*
 * Symbolic links: names for devices, of all clients. The directory of names that
 * programs see has three spellings, \DosDevices\, \GLOBAL??\ and \??\; a link is
 * kept under the last.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "wdm/client.h"
#include "wdm/link.h"
#include "wdm/string.h"

#define WDM_DOS_DEVICES	"\\??\\"
/* A chain of links is not followed further. */
#define WDM_LINK_HOPS	8

static DEFINE_MUTEX(wdm_link_lock);
static LIST_HEAD(wdm_links);

static const char * const wdm_link_spellings[] = {
	"\\DosDevices\\Global\\", "\\DosDevices\\", "\\GLOBAL??\\", WDM_DOS_DEVICES,
};

/* Give a name its own spelling. */
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
 * wdm_link_name() - a name as the layer keeps it
 * @from: a name
 * @name: where it goes
 *
 * Context: any.
 * Return: false when it is too long, or does not begin with \.
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
 * wdm_link_dos_name() - what do programs call that?
 * @name: from wdm_link_name()
 *
 * Context: any.
 * Return: the part of @name that programs write after \\.\, or NULL for a name in
 * another directory than theirs.
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
 * wdm_link_add() - add a link
 * @link: the link, filled in
 *
 * Context: process context.
 * Return: false when there is one of that name.
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
 * wdm_link_take() - take a link away
 * @name: from wdm_link_name()
 *
 * Context: process context.
 * Return: the link, on no list any more, or NULL.
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
 * wdm_link_next() - the next link of a client
 * @client: the client, which neither adds nor takes one just now
 * @after: the link before, or NULL
 *
 * Context: process context.
 * Return: the link, or NULL.
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
 * wdm_link_resolve() - follow links
 * @path: a name; when there is a link of that name, what it stands for
 *
 * Context: process context.
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
