// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which port is LPT1: the parameter lpt, and the number that a port gets when it
 * arrives, for as long as it is there.
 *
 * A port that the parameter names gets the number that it names. A port that it does
 * not name gets LPT(M + 1), M the number of the Linux port, or else the next number
 * that is free: that no port has, and that the parameter does not keep for another
 * port, which may arrive later.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "host/attach.h"
#include "port/life.h"
#include "port/lpt.h"
#include "port/port.h"
#include "port/table.h"

/* The largest number that the parameter may give. */
#define WINPAR_LPT_MAX		999
/* The number of ports that the parameter may name. */
#define WINPAR_LPT_PLACES	16
/* A PCI address, "0000:03:00.0"; a domain may have eight digits. */
#define WINPAR_LPT_CARD		20

/**
 * struct winpar_lpt_place - a port that the parameter names
 * @lpt: the n of LPTn
 * @base: the port's address; 0: it is on @card
 * @card: the PCI address of its card
 * @nth: which of the card's ports it is, in the order of their arrival, from 0
 */
struct winpar_lpt_place {
	u16 lpt;
	unsigned long base;
	char card[WINPAR_LPT_CARD];
	unsigned int nth;
};

static struct winpar_lpt_place winpar_lpt_places[WINPAR_LPT_PLACES];
static unsigned int winpar_lpt_count;
/* Guards the two variables above. Taken in process context. */
static DEFINE_MUTEX(winpar_lpt_mutex);

/* ----- the parameter ----------------------------------------------------- */

/* Read a PCI address with or without /N. Returns NULL, or what is wrong with it. */
static const char *winpar_lpt_parse_card(const char *text,
					 struct winpar_lpt_place *place)
{
	unsigned int domain, bus, slot, function;
	int end = 0;

	if (sscanf(text, "%8x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function,
		   &end) != 4 || !end)
		return "behind the colon must be an address (0x278) or a PCI card (0000:03:00.0)";
	if (slot > 0x1f || function > 7)
		return "there is no such PCI address";
	snprintf(place->card, sizeof(place->card), "%04x:%02x:%02x.%x", domain,
		 bus, slot, function);
	text += end;
	if (*text && (*text != '/' || !isdigit(text[1]) ||
		      kstrtouint(text + 1, 10, &place->nth)))
		return "behind the PCI address may only be /N, the card's port N, from 0";
	return NULL;
}

/* Read one "NUMBER:PLACE". Returns NULL, or what is wrong with it. */
static const char *winpar_lpt_parse(char *text, struct winpar_lpt_place *place)
{
	char *colon = strchr(text, ':');

	memset(place, 0, sizeof(*place));
	if (!colon)
		return "it has to be a number, a colon and a place, as in 1:0x278";
	*colon = '\0';
	if (!isdigit(*text) || kstrtou16(text, 10, &place->lpt) ||
	    !place->lpt || place->lpt > WINPAR_LPT_MAX) {
		*colon = ':';
		return "before the colon must be the number of an LPT, from 1 to 999";
	}
	*colon++ = ':';
	if (strncasecmp(colon, "0x", 2))
		return winpar_lpt_parse_card(colon, place);
	if (kstrtoul(colon, 16, &place->base) || !place->base)
		return "behind 0x must be an address in hexadecimal digits, not 0";
	return NULL;
}

static bool winpar_lpt_is_same(const struct winpar_lpt_place *one,
			       const struct winpar_lpt_place *other)
{
	return one->base == other->base && one->nth == other->nth &&
	       !strcmp(one->card, other->card);
}

/* Read the whole list. Returns false after the log has said which part is wrong. */
static bool winpar_lpt_parse_list(char *list, struct winpar_lpt_place *places,
				  unsigned int *count)
{
	const char *why = NULL;
	unsigned int i;
	char *part;

	while (!why && (part = strsep(&list, ","))) {
		if (*count == WINPAR_LPT_PLACES) {
			why = "it would be the 17th port, and there may be 16";
			break;
		}
		why = winpar_lpt_parse(part, &places[*count]);
		for (i = 0; !why && i < *count; i++) {
			if (places[i].lpt == places[*count].lpt)
				why = "that LPT has been given a place already";
			else if (winpar_lpt_is_same(&places[i],
						    &places[*count]))
				why = "that place has been given an LPT already";
		}
		++*count;
	}
	if (why)
		pr_err("parameter lpt: \"%s\" is refused: %s\n", part, why);
	return !why;
}

static int winpar_lpt_set(const char *value, const struct kernel_param *kp)
{
	struct winpar_lpt_place *places;
	unsigned int count = 0;
	int ret = -ENOMEM;
	char *list, *text;

	places = kcalloc(WINPAR_LPT_PLACES, sizeof(*places), GFP_KERNEL);
	list = kstrdup(value ?: "", GFP_KERNEL);
	if (!places || !list)
		goto free;
	text = strim(list);
	ret = -EINVAL;
	if (*text && !winpar_lpt_parse_list(text, places, &count))
		goto free;
	mutex_lock(&winpar_lpt_mutex);
	memcpy(winpar_lpt_places, places, sizeof(winpar_lpt_places));
	winpar_lpt_count = count;
	mutex_unlock(&winpar_lpt_mutex);
	ret = 0;
free:
	kfree(list);
	kfree(places);
	return ret;
}

static int winpar_lpt_get(char *buf, const struct kernel_param *kp)
{
	const struct winpar_lpt_place *place = winpar_lpt_places;
	int len = 0;

	mutex_lock(&winpar_lpt_mutex);
	for (; place != winpar_lpt_places + winpar_lpt_count; place++) {
		len += scnprintf(buf + len, PAGE_SIZE - len, "%s%u:",
				 len ? "," : "", place->lpt);
		if (place->base)
			len += scnprintf(buf + len, PAGE_SIZE - len, "0x%lx",
					 place->base);
		else
			len += scnprintf(buf + len, PAGE_SIZE - len, "%s/%u",
					 place->card, place->nth);
	}
	mutex_unlock(&winpar_lpt_mutex);
	return len + scnprintf(buf + len, PAGE_SIZE - len, "\n");
}

static const struct kernel_param_ops winpar_lpt_ops = {
	.set = winpar_lpt_set,
	.get = winpar_lpt_get,
};

module_param_cb(lpt, &winpar_lpt_ops, NULL, 0644);
MODULE_PARM_DESC(lpt,
		 "Which port is which LPT, for ports that arrive from then on: 1:0x278,2:0000:03:00.0/1 is LPT1 for the port at 0x278, LPT2 for the second of that PCI card (default: LPTn is parport n - 1)");

/* ----- the number of a port ---------------------------------------------- */

/* Which of its card's ports is this, in the order of their arrival? */
static unsigned int winpar_lpt_nth(const struct winpar_port *port)
{
	struct winpar_port *other = NULL;
	unsigned int nth = 0;

	while ((other = winpar_table_next(other)))
		nth += other != port &&
		       winpar_host_shares_card(&port->host, &other->host);
	return nth;
}

/* The place of the parameter that is this port, or NULL. */
static const struct winpar_lpt_place *
__winpar_lpt_find_place(const struct winpar_port *port)
	__must_hold(&winpar_lpt_mutex)
{
	const struct winpar_lpt_place *place = winpar_lpt_places;

	lockdep_assert_held(&winpar_lpt_mutex);
	for (; place != winpar_lpt_places + winpar_lpt_count; place++) {
		if (place->base && place->base == port->host.base)
			return place;
		if (!place->base &&
		    winpar_host_is_on_card(&port->host, place->card) &&
		    place->nth == winpar_lpt_nth(port))
			return place;
	}
	return NULL;
}

static bool winpar_lpt_is_taken(unsigned int lpt)
{
	struct winpar_port *port = winpar_table_find_lpt(lpt);

	if (port)
		winpar_port_put(port);
	return port;
}

/* Does the parameter keep a number for a port? */
static bool __winpar_lpt_is_kept(unsigned int lpt)
	__must_hold(&winpar_lpt_mutex)
{
	const struct winpar_lpt_place *place = winpar_lpt_places;

	lockdep_assert_held(&winpar_lpt_mutex);
	for (; place != winpar_lpt_places + winpar_lpt_count; place++)
		if (place->lpt == lpt)
			return true;
	return false;
}

/**
 * winpar_lpt_choose() - which LPT is a port that arrives?
 * @port: the port, attached, and not in the table
 *
 * Context: process context, the parport core's registration_lock held.
 * Return: the n of LPTn, which no port in the table has.
 */
u16 winpar_lpt_choose(const struct winpar_port *port)
{
	const struct winpar_lpt_place *place;
	u16 lpt = port->number + 1;

	mutex_lock(&winpar_lpt_mutex);
	place = __winpar_lpt_find_place(port);
	if (place && !winpar_lpt_is_taken(place->lpt)) {
		lpt = place->lpt;
		goto unlock;
	}
	if (place)
		pr_warn("%s: cannot be LPT%u, as the parameter lpt says: another port got that name before. Unload the drivers of both ports, and load them again\n",
			port->name, place->lpt);
	while (winpar_lpt_is_taken(lpt) || __winpar_lpt_is_kept(lpt))
		lpt++;
unlock:
	mutex_unlock(&winpar_lpt_mutex);
	return lpt;
}
