// SPDX-License-Identifier: GPL-2.0-only
/*
 * simpp - a program that uses IEEE 1284 through ppdev, for tests of winpar_sim.
 *
 *	simpp [-n] [-d /dev/parport0] WORD...
 *
 * Claims the port once and does the words in order; each prints its result, all
 * on one line with a space between them. With -n a write that has to wait gives
 * up at once instead of after 5 s.
 *
 *	nego MODE	PPNEGOT: ok, refused (not this mode) or deaf (not IEEE 1284)
 *	mode MODE	PPSETMODE, without telling the peripheral
 *	write TEXT	the number of bytes that went
 *	read N		read at most N bytes and print them; - if there are none
 *	hex N		as read, but print them in hexadecimal
 *	data N, control N, dir N	set registers
 *	data?, status?, control?	read them, as 0x..
 *	sleep MS
 *	irqs		interrupts since the last such word, or since the start
 *
 * MODE: compat nibble byte ecp ecprle ecpswe epp eppsl eppswe, with + and id or
 * addr. In TEXT \xHH is a byte. Status 0 unless a system call failed in another
 * way than "refused" and "deaf".
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/parport.h>
#include <linux/ppdev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct {
	const char *name;
	int mode;
} modes[] = {
	{ "compat", IEEE1284_MODE_COMPAT },
	{ "nibble", IEEE1284_MODE_NIBBLE },
	{ "byte", IEEE1284_MODE_BYTE },
	{ "ecp", IEEE1284_MODE_ECP },
	{ "ecprle", IEEE1284_MODE_ECPRLE },
	{ "ecpswe", IEEE1284_MODE_ECPSWE },
	{ "epp", IEEE1284_MODE_EPP },
	{ "eppsl", IEEE1284_MODE_EPPSL },
	{ "eppswe", IEEE1284_MODE_EPPSWE },
	{ "id", IEEE1284_DEVICEID },
	{ "addr", IEEE1284_ADDR },
	{ NULL, 0 }
};

static unsigned char buf[65536];
static int failed, hurried;

static int parse_mode(const char *text)
{
	char copy[64], *word, *rest = copy;
	int mode = 0, i;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&rest, "+"))) {
		for (i = 0; modes[i].name; i++)
			if (!strcmp(modes[i].name, word))
				break;
		if (!modes[i].name) {
			fprintf(stderr, "simpp: %s is no mode\n", text);
			exit(2);
		}
		mode |= modes[i].mode;
	}
	return mode;
}

static size_t parse_text(const char *text)
{
	size_t n = 0;
	unsigned int byte;

	while (*text && n < sizeof(buf)) {
		if (sscanf(text, "\\x%2x", &byte) == 1) {
			buf[n++] = byte;
			text += 4;
		} else {
			buf[n++] = *text++;
		}
	}
	return n;
}

static void print_bytes(int n, int hex)
{
	int i;

	if (n <= 0)
		printf("-");
	for (i = 0; i < n; i++)
		if (hex)
			printf("%02x", buf[i]);
		else if (isprint(buf[i]) || buf[i] == '\n')
			putchar(buf[i]);
		else
			printf("\\x%02x", buf[i]);
}

static void failure(const char *what)
{
	printf("%s", errno == ENXIO ? "refused" : errno == EIO ? "deaf" :
	       strerror(errno));
	if (errno != ENXIO && errno != EIO) {
		fprintf(stderr, "simpp: %s: %s\n", what, strerror(errno));
		failed = 1;
	}
}

static void reg(int fd, unsigned long request, const char *what)
{
	unsigned char value;

	if (ioctl(fd, request, &value) < 0)
		failure(what);
	else
		printf("0x%02x", value);
}

/* Do a word without a value. 0: @word is none. */
static int simple(int fd, const char *word)
{
	int n;

	if (!strcmp(word, "data?")) {
		reg(fd, PPRDATA, word);
	} else if (!strcmp(word, "status?")) {
		reg(fd, PPRSTATUS, word);
	} else if (!strcmp(word, "control?")) {
		reg(fd, PPRCONTROL, word);
	} else if (!strcmp(word, "irqs")) {
		if (ioctl(fd, PPCLRIRQ, &n) < 0)
			failure(word);
		else
			printf("%d", n);
	} else {
		return 0;
	}
	return 1;
}

static void set(int fd, unsigned long request, const char *word,
		const char *value)
{
	unsigned char byte = strtoul(value, NULL, 0);

	if (ioctl(fd, request, &byte) < 0)
		failure(word);
	else
		printf("ok");
}

static void valued(int fd, const char *word, const char *value)
{
	int mode;
	ssize_t n;

	if (!strcmp(word, "nego") || !strcmp(word, "mode")) {
		mode = parse_mode(value);
		if (ioctl(fd, *word == 'n' ? PPNEGOT : PPSETMODE, &mode) < 0)
			failure(word);
		else
			printf("ok");
	} else if (!strcmp(word, "write")) {
		fcntl(fd, F_SETFL, hurried ? O_NONBLOCK : 0);
		n = write(fd, buf, parse_text(value));
		printf("%zd", n < 0 ? 0 : n);
	} else if (!strcmp(word, "read") || !strcmp(word, "hex")) {
		size_t want = strtoul(value, NULL, 0);

		/* Otherwise ppdev waits until there is a byte. */
		fcntl(fd, F_SETFL, O_NONBLOCK);
		n = read(fd, buf, want < sizeof(buf) ? want : sizeof(buf));
		fcntl(fd, F_SETFL, 0);
		print_bytes(n, *word == 'h');
	} else if (!strcmp(word, "data")) {
		set(fd, PPWDATA, word, value);
	} else if (!strcmp(word, "control")) {
		set(fd, PPWCONTROL, word, value);
	} else if (!strcmp(word, "dir")) {
		mode = strtol(value, NULL, 0);
		printf(ioctl(fd, PPDATADIR, &mode) < 0 ? "failed" : "ok");
	} else if (!strcmp(word, "sleep")) {
		usleep(strtoul(value, NULL, 0) * 1000);
		printf("ok");
	} else {
		fprintf(stderr, "simpp: %s is no word\n", word);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	const char *path = "/dev/parport0";
	int opt, fd, i;

	while ((opt = getopt(argc, argv, "d:n")) != -1) {
		switch (opt) {
		case 'd':
			path = optarg;
			break;
		case 'n':
			hurried = 1;
			break;
		default:
			return 2;
		}
	}
	fd = open(path, O_RDWR);
	if (fd < 0 || ioctl(fd, PPCLAIM) < 0) {
		fprintf(stderr, "simpp: %s: %s\n", path, strerror(errno));
		return 2;
	}
	for (i = optind; i < argc; i++) {
		if (i > optind)
			putchar(' ');
		if (simple(fd, argv[i]))
			continue;
		if (i + 1 == argc) {
			fprintf(stderr, "simpp: %s needs a value\n", argv[i]);
			return 2;
		}
		valued(fd, argv[i], argv[i + 1]);
		i++;
	}
	putchar('\n');
	ioctl(fd, PPRELEASE);
	close(fd);
	return failed;
}
