// SPDX-License-Identifier: GPL-2.0-only
/* The parameter lpt, and which port is LPT1. */
#include <linux/pci.h>

#include "fixture.h"

#define WPT_LPT "/sys/module/winpar/parameters/lpt"

/* Expect the parameter to read as @wanted. */
static void wpt_lpt_expect(struct kunit *test, const char *wanted)
{
	char text[256];

	KUNIT_ASSERT_EQ(test, 0, wpt_read_file(WPT_LPT, text, sizeof(text)));
	KUNIT_EXPECT_STREQ(test, strim(text), wanted);
}

/* ----- the parameter ----------------------------------------------------- */

struct wpt_lpt_row {
	const char *name;
	const char *value;
	const char *shown;	/* NULL: refused */
	const char *says;	/* what the log says then */
};

static const struct wpt_lpt_row wpt_lpt_rows[] = {
	{ "nothing", "\n", "" },
	{ "blanks", "  ", "" },
	{ "an address", "1:0x278\n", "1:0x278" },
	{ "an address in capitals", "999:0X3BC", "999:0x3bc" },
	{ "a card", "2:0000:03:00.0", "2:0000:03:00.0/0" },
	{ "a card's second port", "2:0001:0A:1f.7/1", "2:0001:0a:1f.7/1" },
	{ "two", "3:0x378,1:0000:03:00.0/2", "3:0x378,1:0000:03:00.0/2" },
	{ "two ports of a card", "1:0000:03:00.0,2:0000:03:00.0/1",
	  "1:0000:03:00.0/0,2:0000:03:00.0/1" },
	{ "no colon", "1:0x378,2", NULL, "\"2\" is refused: it has to be" },
	{ "an empty part", "1:0x378,", NULL, "\"\" is refused: it has to be" },
	{ "no number", ":0x378", NULL, "\":0x378\" is refused: before the" },
	{ "number 0", "0:0x378", NULL, "\"0:0x378\" is refused: before the" },
	{ "number 1000", "1000:0x378", NULL, "1000:0x378\" is refused: before" },
	{ "a negative number", "-1:0x378", NULL, "\"-1:0x378\" is refused" },
	{ "LPT for a number", "LPT1:0x378", NULL, "\"LPT1:0x378\" is refused" },
	{ "no place", "1:", NULL, "\"1:\" is refused: behind the colon" },
	{ "a decimal address", "1:888", NULL, "\"1:888\" is refused: behind" },
	{ "no digits", "1:0x", NULL, "\"1:0x\" is refused: behind 0x" },
	{ "address 0", "1:0x0", NULL, "\"1:0x0\" is refused: behind 0x" },
	{ "a blank in it", "1:0x378 ,2:0x278", NULL, "is refused: behind 0x" },
	{ "a card without a domain", "1:03:00.0", NULL, "is refused: behind" },
	{ "no such slot", "1:0000:03:20.0", NULL, "is refused: there is no" },
	{ "no such function", "1:0000:03:00.8", NULL, "is refused: there is" },
	{ "a slash alone", "1:0000:03:00.0/", NULL, "is refused: behind the P" },
	{ "a slash and a word", "1:0000:03:00.0/a", NULL, "behind the PCI" },
	{ "more behind it", "1:0000:03:00.0x", NULL, "behind the PCI" },
	{ "an LPT twice", "1:0x378,1:0x278", NULL,
	  "\"1:0x278\" is refused: that LPT" },
	{ "a place twice", "1:0x378,2:0x0378", NULL,
	  "\"2:0x0378\" is refused: that place" },
	{ "a card's port twice", "1:0000:03:00.0,2:0000:03:00.0/0", NULL,
	  "\"2:0000:03:00.0/0\" is refused: that place" },
	{ "too many",
	  "1:0x1,2:0x2,3:0x3,4:0x4,5:0x5,6:0x6,7:0x7,8:0x8,9:0x9,10:0xa,11:0xb,12:0xc,13:0xd,14:0xe,15:0xf,16:0x10,17:0x11",
	  NULL, "\"17:0x11\" is refused: it would be" },
};

WPT_ROWS(wpt_lpt, wpt_lpt_rows);

/* A wrong list changes nothing, and the log says which part of it is wrong. */
static void winpar_test_lpt_parameter(struct kunit *test)
{
	const struct wpt_lpt_row *row = test->param_value;
	u64 since;

	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(WPT_LPT, "77:0x77"));
	since = wpt_kmsg_end();
	KUNIT_EXPECT_EQ(test, wpt_write_file(WPT_LPT, row->value),
			row->shown ? 0 : -EINVAL);
	wpt_lpt_expect(test, row->shown ?: "77:0x77");
	KUNIT_EXPECT_EQ(test, wpt_kmsg_says(test, since, "parameter lpt: ",
					    row->says ?: "refused"),
			row->shown ? 0U : 1U);
}

/* ----- which port is which ----------------------------------------------- */

/* Expect that the name can be opened, and that it is this port's. */
static void wpt_lpt_is(struct wpt *t, const char *name,
		       const struct winpar_port *port)
{
	struct winpar_file *file = NULL;

	KUNIT_ASSERT_EQ_MSG(t->test, winpar_open(name, &file), STATUS_SUCCESS,
			    "%s", name);
	KUNIT_EXPECT_PTR_EQ(t->test, (const struct winpar_port *)file->port,
			    port);
	winpar_close(file);
}

static void wpt_lpt_is_none(struct wpt *t, const char *name)
{
	struct winpar_file *file = NULL;

	KUNIT_EXPECT_EQ_MSG(t->test, winpar_open(name, &file),
			    STATUS_OBJECT_NAME_NOT_FOUND, "%s", name);
	winpar_close(file);
}

static bool wpt_lpt_is_shown(unsigned int lpt)
{
	char path[64], text[32];

	snprintf(path, sizeof(path), "/sys/class/winpar/LPT%u/parport", lpt);
	return !wpt_read_file(path, text, sizeof(text));
}

/* The first PCI device of the guest, which no driver of ports has. */
static struct device *wpt_lpt_card(struct kunit *test)
{
	struct pci_dev *card = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, NULL);

	if (!card)
		kunit_skip(test, "no PCI device");
	/* The device stays: the guest has no hot plug. */
	pci_dev_put(card);
	return &card->dev;
}

/* A card's port has the name that the parameter gives it, wherever names are. */
static void winpar_test_lpt_names(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	static const u16 lpt55[] = { 'L', 'P', 'T', '5', '5', 0 };
	struct fake_config config = { .dev = wpt_lpt_card(test) };
	PARALLEL_PNP_INFORMATION pnp;
	char value[48], name[64];
	u64 since;

	snprintf(value, sizeof(value), "55:%s", dev_name(config.dev));
	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(WPT_LPT, value));
	since = wpt_kmsg_end();
	wpt_plug(t, &config);
	wpt_fill(t, 1);
	KUNIT_EXPECT_EQ(test, t->port->lpt, 55);
	snprintf(name, sizeof(name), "LPT55: parport%d, base none, irq %d, SPP",
		 t->port->number, t->fake->irq);
	KUNIT_EXPECT_EQ(test, 1U,
			wpt_kmsg_says(test, since, name,
				      ", connect interrupt: not allowed"));
	wpt_lpt_is(t, "LPT55", t->port);
	wpt_lpt_is(t, "\\DosDevices\\LPT55", t->port);
	wpt_lpt_is(t, "\\??\\lpt55", t->port);
	snprintf(name, sizeof(name), "\\Device\\Parallel%d", t->port->number);
	wpt_lpt_is(t, name, t->port);
	snprintf(name, sizeof(name), "LPT%d", t->port->number + 1);
	wpt_lpt_is_none(t, name);
	wpt_lpt_is_none(t, "\\Device\\Parallel54");
	wpt_lpt_is_none(t, "LPT55.0");
	KUNIT_EXPECT_TRUE(test, wpt_lpt_is_shown(55));
	KUNIT_ASSERT_EQ(test, STATUS_SUCCESS, winpar_internal_ioctl
			(t->file[0], IOCTL_INTERNAL_GET_PARALLEL_PNP_INFO, NULL,
			 0, &pnp, sizeof(pnp), NULL));
	KUNIT_EXPECT_EQ(test, 0, memcmp(pnp.PortName, lpt55, sizeof(lpt55)));
	/* A change of the parameter counts for ports that arrive later. */
	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(WPT_LPT, "\n"));
	wpt_lpt_is(t, "LPT55", t->port);
	wpt_close(t, 0);
	since = wpt_kmsg_end();
	fake_port_remove(t->fake);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "LPT55: parport",
						" is gone"));
	wpt_lpt_is_none(t, "LPT55");
	KUNIT_EXPECT_FALSE(test, wpt_lpt_is_shown(55));
}

/* A card's ports are told apart by the order of their arrival. */
static void winpar_test_lpt_second_of_card(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_config config = { .dev = wpt_lpt_card(test) };
	struct fake_port *other;
	char value[64];

	snprintf(value, sizeof(value), "41:%s/1,43:%s/0", dev_name(config.dev),
		 dev_name(config.dev));
	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(WPT_LPT, value));
	wpt_plug(t, &config);
	wpt_fill(t, 1);
	KUNIT_EXPECT_EQ(test, t->port->lpt, 43);
	other = fake_port_create(test, &config);
	KUNIT_EXPECT_TRUE(test, wpt_lpt_is_shown(41));
	wpt_lpt_is(t, "LPT43", t->port);
	fake_port_remove(other);
	wpt_lpt_is_none(t, "LPT41");
}

/* A port is named by its address, which the emulated LPT has. */
static void winpar_test_lpt_base(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	char value[32];

	snprintf(value, sizeof(value), "9:0x%lx",
		 wpt_cmdline_number("winpar.lpt=") ?: 0x378);
	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(WPT_LPT, value));
	wpt_plug_lpt(test, 1, false);
	KUNIT_EXPECT_EQ(test, t->port->lpt, 9);
	wpt_lpt_is(t, "LPT9", t->port);
	/* Ports are told apart by the address: the next one is not LPT9. */
	KUNIT_EXPECT_TRUE(test, wpt_lpt_is_shown(9));
}

/*
 * A port that the parameter does not name gets the number after its own where that
 * is kept for another port, or another port has it.
 */
static void winpar_test_lpt_others(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_port *other;
	char value[48];
	int lpt;

	wpt_plug(t, NULL);
	wpt_fill(t, 1);
	lpt = t->port->number + 1;
	KUNIT_EXPECT_EQ(test, t->port->lpt, lpt);
	wpt_close(t, 0);
	fake_port_remove(t->fake);

	snprintf(value, sizeof(value), "%d:0x77,%d:0x79", lpt, lpt + 1);
	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(WPT_LPT, value));
	wpt_plug(t, NULL);
	wpt_fill(t, 1);
	KUNIT_EXPECT_EQ(test, t->port->lpt, lpt + 2);
	/* The next port does not get the number of this one. */
	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(WPT_LPT, "\n"));
	other = fake_port_create(test, NULL);
	KUNIT_EXPECT_TRUE(test, wpt_lpt_is_shown(lpt + 1));
	KUNIT_EXPECT_EQ(test, other->parport->number, lpt);
	fake_port_remove(other);
}

/* A name that a port has is no other port's, whatever the parameter says. */
static void winpar_test_lpt_had_already(struct kunit *test)
{
	struct wpt *t = to_wpt(test);
	struct fake_config config = { .dev = wpt_lpt_card(test) };
	struct fake_port *other;
	char value[48];
	u64 since;

	wpt_plug(t, NULL);
	wpt_fill(t, 1);
	snprintf(value, sizeof(value), "%u:%s", t->port->lpt,
		 dev_name(config.dev));
	KUNIT_ASSERT_EQ(test, 0, wpt_write_file(WPT_LPT, value));
	since = wpt_kmsg_end();
	other = fake_port_create(test, &config);
	KUNIT_EXPECT_EQ(test, 1U, wpt_kmsg_says(test, since, "cannot be LPT",
						"another port got that name"));
	snprintf(value, sizeof(value), "LPT%u", t->port->lpt);
	wpt_lpt_is(t, value, t->port);
	KUNIT_EXPECT_TRUE(test, wpt_lpt_is_shown(t->port->lpt + 1));
	fake_port_remove(other);
}

static void wpt_lpt_exit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, 0, wpt_write_file(WPT_LPT, "\n"));
	wpt_exit(test);
}

static struct kunit_case winpar_lpt_cases[] = {
	KUNIT_CASE_PARAM(winpar_test_lpt_parameter, wpt_lpt_gen_params),
	KUNIT_CASE(winpar_test_lpt_names),
	KUNIT_CASE(winpar_test_lpt_second_of_card),
	KUNIT_CASE(winpar_test_lpt_base),
	KUNIT_CASE(winpar_test_lpt_others),
	KUNIT_CASE(winpar_test_lpt_had_already),
	{ }
};

static struct kunit_suite winpar_lpt_suite = {
	.name = "winpar_lpt",
	.init = wpt_init_bare,
	.exit = wpt_lpt_exit,
	.test_cases = winpar_lpt_cases,
};

kunit_test_suite(winpar_lpt_suite);
