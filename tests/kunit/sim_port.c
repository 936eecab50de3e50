// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fixture on a port of winpar_sim. Writing to the knob "add" makes a port
 * for each case, writing to "remove" takes it away. Knobs are winpar_sim's
 * debugfs files.
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include <winpar/softport.h>

#include "sim_port.h"

#define WPT_SIM_DIR	"/sys/kernel/debug/winpar_sim/"
#define WPT_SIM_PORTS	16
#define WPT_SIM_PATH	96
#define WPT_SIM_LINE	320

/* ----- knobs ------------------------------------------------------------- */

/* The path of a knob of the port; @s NULL: of a knob that all ports share. */
static const char *wpt_sim_path(char path[WPT_SIM_PATH], struct wpt_sim *s,
				const char *knob)
{
	snprintf(path, WPT_SIM_PATH, WPT_SIM_DIR "%s/%s", s ? s->name : "",
		 knob);
	return path;
}

/* Write a line to a knob of the port, or of all ports. */
static void wpt_sim_write(struct kunit *test, const char *path,
			  const char *text)
{
	char *line = kunit_kzalloc(test, WPT_SIM_LINE, GFP_KERNEL);
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, line);
	len = scnprintf(line, WPT_SIM_LINE, "%s\n", text);
	KUNIT_EXPECT_EQ_MSG(test, 0, wpt_user_write(path, line, len),
			    "%s to %s", text, path);
}

/* Write a line to a knob of the port. */
void wpt_sim_set(struct wpt_sim *s, const char *knob, const char *text)
{
	char path[WPT_SIM_PATH];

	wpt_sim_write(s->t.test, wpt_sim_path(path, s, knob), text);
}

/* Write bytes to a knob. */
void wpt_sim_put(struct wpt_sim *s, const char *knob, const void *buf,
		 size_t len)
{
	char path[WPT_SIM_PATH];

	KUNIT_EXPECT_EQ_MSG(s->t.test, 0,
			    wpt_user_write(wpt_sim_path(path, s, knob), buf,
					   len),
			    "%s", path);
}

/* Read a knob that holds bytes; how many there were. */
size_t wpt_sim_get(struct wpt_sim *s, const char *knob, void *buf, size_t size)
{
	char path[WPT_SIM_PATH];
	ssize_t len;

	len = wpt_user_read(wpt_sim_path(path, s, knob), buf, size);
	KUNIT_EXPECT_GE_MSG(s->t.test, len, 0L, "%s", path);
	return max(len, 0L);
}

/* What a knob of the port shows; good until the next call. */
const char *wpt_sim_show(struct wpt_sim *s, const char *knob)
{
	char path[WPT_SIM_PATH];

	s->text[0] = '\0';
	KUNIT_EXPECT_EQ_MSG(s->t.test, 0,
			    wpt_show_file(wpt_sim_path(path, s, knob), s->text,
					  WPT_SIM_TEXT),
			    "%s", path);
	return s->text;
}

/*
 * The number after @word at the beginning of a line of a knob; 0 if there is
 * none.
 */
unsigned long wpt_sim_number(struct wpt_sim *s, const char *knob,
			     const char *word)
{
	const char *line = wpt_sim_show(s, knob);
	size_t len = strlen(word);
	unsigned long number = 0;

	for (; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, word, len) &&
		    sscanf(line + len, " %lu", &number) == 1)
			break;
	}
	return number;
}

/* The number of the selected daisy-chain device, by winpar_sim, or -1. */
int wpt_sim_selected(struct wpt_sim *s)
{
	const char *text = wpt_sim_show(s, "daisy");
	const char *found = strstr(text, " selected");
	int line = 0;

	if (!found)
		return -1;
	for (; text < found; text++)
		line += *text == '\n';
	return line;
}

/* How many command bytes of packets the chain has received. */
unsigned long wpt_sim_commands(struct wpt_sim *s)
{
	return wpt_sim_number(s, "daisy", "commands");
}

/* Has the first byte of a packet been on the lines since "events" was written? */
bool wpt_sim_saw_packet(struct wpt_sim *s)
{
	return strstr(wpt_sim_show(s, "events"), "data=aa");
}

/* ----- registers --------------------------------------------------------- */

u8 wpt_sim_in(struct wpt_sim *s, unsigned int reg)
{
	struct parport *parport = s->linux_port.parport;

	return winpar_softport(parport)->read(parport, reg, 1);
}

void wpt_sim_out(struct wpt_sim *s, unsigned int reg, u8 value)
{
	struct parport *parport = s->linux_port.parport;

	winpar_softport(parport)->write(parport, reg, 1, value);
}

/* Strobe a byte to the device that is selected. */
void wpt_sim_print(struct wpt_sim *s, u8 byte)
{
	wpt_sim_out(s, WINPAR_REG_DATA, byte);
	wpt_sim_out(s, WINPAR_REG_CONTROL,
		    WINPAR_CTR_IDLE | WINPAR_CTR_STROBE);
	wpt_sim_out(s, WINPAR_REG_CONTROL, WINPAR_CTR_IDLE);
}

/* Send a packet without winpar, as a Linux driver would. */
void wpt_sim_packet(struct wpt_sim *s, u8 command)
{
	static const u8 header[] = { 0xaa, 0x55, 0x00, 0xff, 0x87, 0x78 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(header); i++)
		wpt_sim_out(s, WINPAR_REG_DATA, header[i]);
	wpt_sim_print(s, command);
	wpt_sim_out(s, WINPAR_REG_DATA, 0xff);
}

/* ----- requests ---------------------------------------------------------- */

const PARALLEL_PNP_INFORMATION *wpt_sim_pnp(struct wpt_sim *s)
{
	ULONG_PTR information = 0;

	memset(&s->pnp, 0xa5, sizeof(s->pnp));
	KUNIT_EXPECT_EQ(s->t.test, STATUS_SUCCESS,
			winpar_internal_ioctl(s->t.file[2], WPT_PNP, NULL, 0,
					      &s->pnp, sizeof(s->pnp),
					      &information));
	KUNIT_EXPECT_EQ(s->t.test, information, (ULONG_PTR)sizeof(s->pnp));
	return &s->pnp;
}

NTSTATUS wpt_sim_mode(struct winpar_file *file, ULONG code, UCHAR mode)
{
	PARALLEL_CHIP_MODE chip = { .ModeFlags = mode };

	return winpar_internal_ioctl(file, code, &chip, sizeof(chip), NULL, 0,
				     NULL);
}

NTSTATUS wpt_sim_command(struct winpar_file *file, ULONG code, UCHAR id,
			 ULONG flags)
{
	PARALLEL_1284_COMMAND command = { .ID = id, .CommandFlags = flags };

	return winpar_internal_ioctl(file, code, &command, sizeof(command),
				     NULL, 0, NULL);
}

/* Call TrySelectDevice or DeselectDevice; wpt_sim_pnp() has to be called before. */
NTSTATUS wpt_sim_try(struct wpt_sim *s, UCHAR id, ULONG flags)
{
	PARALLEL_1284_COMMAND command = { .ID = id, .CommandFlags = flags };

	return s->pnp.TrySelectDevice(s->pnp.Context, &command);
}

NTSTATUS wpt_sim_undo(struct wpt_sim *s, UCHAR id, ULONG flags)
{
	PARALLEL_1284_COMMAND command = { .ID = id, .CommandFlags = flags };

	return s->pnp.DeselectDevice(s->pnp.Context, &command);
}

/* Submit a SELECT_DEVICE; it has to be pending then. */
struct wpt_request *wpt_sim_queue(struct wpt_sim *s, struct winpar_file *file,
				  int event, UCHAR id, ULONG flags)
{
	struct wpt_request *r = wpt_request(&s->t, event, WPT_SELECT);
	PARALLEL_1284_COMMAND command = { .ID = id, .CommandFlags = flags };

	memcpy(r->buffer, &command, sizeof(command));
	KUNIT_EXPECT_EQ(s->t.test, wpt_submit(r, file), STATUS_PENDING);
	return r;
}

/* ----- setting up -------------------------------------------------------- */

/* Set up all but the port, in memory that is all zeroes. */
int wpt_sim_prepare(struct kunit *test, struct wpt_sim *s)
{
	s->text = kunit_kzalloc(test, WPT_SIM_TEXT, GFP_KERNEL);
	if (!s->text)
		return -ENOMEM;
	wpt_learn_slowness();
	s->t.test = test;
	spin_lock_init(&s->t.log.lock);
	init_waitqueue_head(&s->t.log.wait);
	s->linux_port.test = test;
	s->linux_port.irq = -1;
	INIT_LIST_HEAD(&s->linux_port.rivals);
	INIT_LIST_HEAD(&s->linux_port.gone);
	return 0;
}

int wpt_sim_init(struct kunit *test)
{
	struct wpt_sim *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	if (!s || wpt_sim_prepare(test, s))
		return -ENOMEM;
	test->priv = &s->t;
	return 0;
}

/* Is parportN a port of winpar_sim? */
static bool wpt_sim_is_there(int number)
{
	char path[64];
	struct file *file;

	snprintf(path, sizeof(path), WPT_SIM_DIR "parport%d/chip", number);
	file = wpt_open_file(path, O_RDONLY);
	if (IS_ERR(file))
		return false;
	filp_close(file, NULL);
	return true;
}

/*
 * The port that a row has left to the next row. Making a port takes longer than
 * most rows of a table.
 */
static struct {
	char name[16];
	char words[64];
} wpt_sim_kept;

static void wpt_sim_forget_kept(void)
{
	const char *name = wpt_sim_kept.name;

	if (name[0] &&
	    wpt_user_write(WPT_SIM_DIR "remove", name, strlen(name)))
		pr_err("%s was not removed\n", name);
	wpt_sim_kept.name[0] = '\0';
}

/* The suite_exit() of suites that call wpt_sim_plug_again(). */
void wpt_sim_suite_exit(struct kunit_suite *suite)
{
	wpt_sim_forget_kept();
}

/* Make a port by these words; @other: a port that was made before, or NULL. */
void wpt_sim_add(struct wpt_sim *s, const char *words,
		 const struct wpt_sim *other)
{
	struct kunit *test = s->t.test;
	char path[WPT_SIM_PATH];
	int number;

	wpt_sim_forget_kept();
	wpt_sim_write(test, wpt_sim_path(path, NULL, "add"), words);
	for (number = 0; number < WPT_SIM_PORTS; number++) {
		snprintf(s->name, sizeof(s->name), "parport%d", number);
		if (wpt_sim_is_there(number) &&
		    !(other && !strcmp(other->name, s->name)))
			break;
	}
	if (number == WPT_SIM_PORTS)
		s->name[0] = '\0';
	KUNIT_ASSERT_LT(test, number, WPT_SIM_PORTS);
	s->linux_port.parport = parport_find_number(number);
	KUNIT_ASSERT_NOT_NULL(test, s->linux_port.parport);
}

/* Remove the port, or leave it to the next row; nothing if it was removed. */
void wpt_sim_drop(struct wpt_sim *s)
{
	if (s->linux_port.parport)
		parport_put_port(s->linux_port.parport);
	s->linux_port.parport = NULL;
	if (s->kept && s->name[0] && s->t.test->status == KUNIT_SUCCESS) {
		strscpy(wpt_sim_kept.name, s->name,
			sizeof(wpt_sim_kept.name));
		strscpy(wpt_sim_kept.words, s->kept,
			sizeof(wpt_sim_kept.words));
		s->name[0] = '\0';
	}
	wpt_sim_unplug(s);
	fake_port_free_rivals(&s->linux_port);
}

static struct wpt_sim *wpt_sim_open(struct wpt_sim *s)
{
	struct wpt *t = &s->t;

	t->fake = &s->linux_port;
	wpt_fill(t, WPT_FILES);
	wpt_set_connect(t, true, -1);
	return s;
}

/* Make the port of a case by these words, and open it three times. */
struct wpt_sim *wpt_sim_plug(struct kunit *test, const char *words)
{
	struct wpt_sim *s = to_sim(test);

	wpt_sim_add(s, words, NULL);
	return wpt_sim_open(s);
}

/*
 * As wpt_sim_plug(), for a row that leaves the port as it was: takes the port
 * of the row before, if these words made it. The suite needs
 * wpt_sim_suite_exit().
 */
struct wpt_sim *wpt_sim_plug_again(struct kunit *test, const char *words)
{
	struct wpt_sim *s = to_sim(test);
	int number;

	s->kept = words;
	if (strcmp(wpt_sim_kept.words, words) ||
	    sscanf(wpt_sim_kept.name, "parport%d", &number) != 1) {
		wpt_sim_add(s, words, NULL);
		return wpt_sim_open(s);
	}
	strscpy(s->name, wpt_sim_kept.name, sizeof(s->name));
	wpt_sim_kept.name[0] = '\0';
	s->linux_port.parport = parport_find_number(number);
	KUNIT_ASSERT_NOT_NULL(test, s->linux_port.parport);
	return wpt_sim_open(s);
}

/* Remove the port, while files on it are open. */
void wpt_sim_unplug(struct wpt_sim *s)
{
	char path[WPT_SIM_PATH];

	if (s->name[0])
		wpt_sim_write(s->t.test, wpt_sim_path(path, NULL, "remove"),
			      s->name);
	s->name[0] = '\0';
}

void wpt_sim_exit(struct kunit *test)
{
	struct wpt_sim *s;

	if (!test->priv)
		return;
	s = to_sim(test);
	wpt_exit(test);
	wpt_sim_drop(s);
}
