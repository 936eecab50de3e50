// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text from which the registry of a client begins, as Windows' .reg files have it:
 *
 *	; a comment
 *	"PortName"="\\Device\\ParallelPort0"
 *	[Parameters]
 *	"Speed"=dword:0000001f
 *	"Table"=hex:01,02,\
 *	  03
 *	[HKEY_LOCAL_MACHINE\System\CurrentControlSet\Control\Scale]
 *	@="the key's default value"
 *
 * A key is below that of the service, unless its name begins with HKEY_LOCAL_MACHINE or
 * with \Registry. hex(7): has data of the type 7, and so on. In a string, \ stands in front
 * of " and \. The text is ASCII. A mistake ends the reading; the log names its line.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/kernel_read_file.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <winpar/compat.h>

#include "wdm/client.h"
#include "wdm/registry.h"
#include "wdm/string.h"

#define WDM_TEXT_FOLDER		"/etc/winpar/"
#define WDM_TEXT_MAX		SZ_64K
#define WDM_TEXT_MACHINE	"HKEY_LOCAL_MACHINE"
#define WDM_TEXT_ROOT		"\\Registry\\Machine"

/**
 * struct wdm_text - a text that is read
 * @client: the client
 * @next: the text behind the line that is being read
 * @line: the number of that line
 * @key: the key whose values follow
 * @wide: memory for a name or for a string: as many characters as the text has
 * @data: memory for data, as many bytes as the text has
 */
struct wdm_text {
	struct winpar_wdm_client *client;
	char *next;
	unsigned int line;
	struct wdm_key *key;
	WCHAR *wide;
	u8 *data;
};

/* Take the next line, without the blanks around it. NULL: there is none. */
static char *wdm_text_line(struct wdm_text *text)
{
	char *line = strsep(&text->next, "\n");

	if (!line)
		return NULL;
	text->line++;
	return strim(line);
}

/* A mistake, or NULL: each function below returns one of these. */
#define WDM_TEXT_MEMORY		"no memory"

static const char *wdm_text_status(NTSTATUS status)
{
	return NT_SUCCESS(status) ? NULL : WDM_TEXT_MEMORY;
}

/*
 * Take a string in quotes, of which *@at is the first character behind the opening one, to
 * text->wide. Afterwards *@at is behind the closing one.
 */
static const char *wdm_text_string(struct wdm_text *text, char **at, size_t *chars)
{
	char *from = *at;
	size_t n = 0;

	while (*from && *from != '"') {
		if (*from == '\\' && *++from != '"' && *from != '\\')
			return "in a string \\ stands in front of \" or \\ only";
		text->wide[n++] = *from++;
	}
	if (!*from)
		return "a string has no closing \"";
	text->wide[n] = 0;
	*at = from + 1;
	*chars = n;
	return NULL;
}

/* Take bytes in hexadecimal with commas between them to text->data. */
static const char *wdm_text_bytes(struct wdm_text *text, char *at, size_t *bytes)
{
	size_t n = 0;

	while (*at) {
		if (!isxdigit(at[0]) || !isxdigit(at[1]))
			return "hex: has two digits for each byte, and commas between them";
		text->data[n++] = hex_to_bin(at[0]) << 4 | hex_to_bin(at[1]);
		at += 2;
		if (*at == ',')
			at = skip_spaces(at + 1);
		else if (*at && strcmp(at, "\\"))
			return "hex: has a comma between two bytes";
		if (!strcmp(at, "\\")) {
			at = wdm_text_line(text);
			if (!at)
				return "the text ends after a \\";
		}
	}
	*bytes = n;
	return NULL;
}

/* [path] */
static const char *wdm_text_key(struct wdm_text *text, char *line)
{
	size_t length = strlen(line), prefix = strlen(WDM_TEXT_MACHINE);
	struct wdm_key *base = text->client->service;
	UNICODE_STRING path;
	NTSTATUS status;

	if (length < 3 || line[length - 1] != ']' || line[1] == '-')
		return "a key is a name between [ and ]";
	line[length - 1] = '\0';
	line++;
	if (!strncasecmp(line, "HKEY_", 5) || line[0] == '\\') {
		base = text->client->registry;
		if (!strncasecmp(line, WDM_TEXT_MACHINE, prefix) &&
		    (!line[prefix] || line[prefix] == '\\')) {
			RtlInitUnicodeString(&path, L"" WDM_TEXT_ROOT);
			status = wdm_registry_add(base, &path, &base);
			if (!NT_SUCCESS(status))
				return WDM_TEXT_MEMORY;
			line += prefix;
		} else if (strncasecmp(line, "\\Registry\\", 10)) {
			return "a key begins with a name, HKEY_LOCAL_MACHINE or \\Registry";
		}
	}
	wdm_string_wide(line, text->wide, length + 1);
	RtlInitUnicodeString(&path, text->wide);
	return wdm_text_status(wdm_registry_add(base, &path, &text->key));
}

/* What is behind a value's name and the =; the type and the size go to the caller. */
static const char *wdm_text_data(struct wdm_text *text, char *at, ULONG *type,
				 size_t *size)
{
	const char *mistake;
	unsigned int number;
	size_t chars;
	int n = 0;

	if (*at == '"') {
		at++;
		mistake = wdm_text_string(text, &at, &chars);
		if (mistake || *at)
			return mistake ?: "there is something behind a string";
		*type = REG_SZ;
		*size = (chars + 1) * sizeof(WCHAR);
		memcpy(text->data, text->wide, *size);
		return NULL;
	}
	if (!strncasecmp(at, "dword:", 6)) {
		if (!isxdigit(at[6]) || kstrtouint(at + 6, 16, &number))
			return "dword: has up to eight hexadecimal digits";
		*type = REG_DWORD;
		*size = sizeof(number);
		memcpy(text->data, &number, *size);
		return NULL;
	}
	*type = REG_BINARY;
	if (!strncasecmp(at, "hex:", 4))
		return wdm_text_bytes(text, skip_spaces(at + 4), size);
	if (sscanf(at, "hex(%x):%n", type, &n) == 1 && n)
		return wdm_text_bytes(text, skip_spaces(at + n), size);
	return "a value is a string in quotes, dword:, hex: or hex(type):";
}

/* "name"=data, or @=data for the key's default value */
static const char *wdm_text_value(struct wdm_text *text, char *line)
{
	UNICODE_STRING name = { };
	const char *mistake = NULL;
	size_t chars = 0, size;
	WCHAR *own = NULL;
	ULONG type;

	if (*line++ == '"')
		mistake = wdm_text_string(text, &line, &chars);
	if (mistake)
		return mistake;
	line = skip_spaces(line);
	if (*line != '=')
		return "there is no = behind a value's name";
	if (chars) {
		own = kmemdup(text->wide, (chars + 1) * sizeof(WCHAR), GFP_KERNEL);
		if (!own)
			return WDM_TEXT_MEMORY;
		RtlInitUnicodeString(&name, own);
	}
	mistake = wdm_text_data(text, skip_spaces(line + 1), &type, &size);
	if (!mistake)
		mistake = wdm_text_status(wdm_registry_set(text->key, &name, type,
							   text->data, size));
	kfree(own);
	return mistake;
}

static const char *wdm_text_take(struct wdm_text *text, char *line)
{
	const char *at;

	for (at = line; *at; at++)
		if (!isascii(*at))
			return "a character is not ASCII";
	switch (*line) {
	case '\0':
	case ';':
		return NULL;
	case '[':
		return wdm_text_key(text, line);
	case '"':
	case '@':
		return wdm_text_value(text, line);
	}
	/* The first line of what Windows' own editor writes. */
	if (text->line == 1 && (!strcmp(line, "REGEDIT4") ||
				!strncmp(line, "Windows Registry Editor ", 24)))
		return NULL;
	return "a line begins with [, \", @ or ;";
}

/* Read @size bytes; 0, -EINVAL after a mistake, -ENOMEM. */
static int wdm_text_read(struct winpar_wdm_client *client, const char *path,
			 const char *from, size_t size)
{
	struct wdm_text text = { .client = client, .key = client->service };
	char *copy = kvmalloc(size + 1, GFP_KERNEL);
	const char *mistake = NULL;
	size_t at;
	char *line;

	/* A string of n characters has n + 1 wide ones as its data. */
	text.wide = kvmalloc_array(size + 2, sizeof(WCHAR), GFP_KERNEL);
	text.data = kvmalloc_array(size + 2, sizeof(WCHAR), GFP_KERNEL);
	if (copy && text.wide && text.data) {
		/* A null character would end the text: it is refused as no ASCII is. */
		for (at = 0; at < size; at++)
			copy[at] = from[at] ?: '\x80';
		copy[size] = '\0';
		text.next = copy;
		while (!mistake && (line = wdm_text_line(&text)))
			mistake = wdm_text_take(&text, line);
	} else {
		mistake = WDM_TEXT_MEMORY;
	}
	kvfree(text.data);
	kvfree(text.wide);
	kvfree(copy);
	if (!mistake)
		return 0;
	if (!strcmp(mistake, WDM_TEXT_MEMORY))
		return -ENOMEM;
	pr_err("%s: %s, line %u: %s\n", wdm_client_name(client), path, text.line,
	       mistake);
	return -EINVAL;
}

/* What an error of kernel_read_file_from_path() says of the file. */
static const char *wdm_text_hint(int error)
{
	switch (error) {
	case -EINVAL:
		return ": it is empty, or no file";
	case -EFBIG:
		return ": it has more than 64 KiB";
	case -ETXTBSY:
		return ": a program has it open and may write to it";
	}
	return "";
}

/**
 * wdm_registry_load() - read the text from which the registry of a client begins
 * @client: the client, before its DriverEntry
 * @path: the text's file; NULL: /etc/winpar/NAME.reg, NAME the module's name, if there is
 *        one
 *
 * Context: process context, sleeps.
 * Return: 0; -EINVAL a mistake in the text, or an empty file; -EFBIG more than 64 KiB;
 * -ENOMEM; what reading the file gives. The log has the reason.
 */
int wdm_registry_load(struct winpar_wdm_client *client, const char *path)
{
	char own[sizeof(WDM_TEXT_FOLDER) + MODULE_NAME_LEN + 4];
	void *content = NULL;
	int ret;

	snprintf(own, sizeof(own), WDM_TEXT_FOLDER "%s.reg",
		 wdm_client_name(client));
	/* Without a place for the file's size the whole file is wanted, or an error. */
	ret = kernel_read_file_from_path(path ?: own, 0, &content, WDM_TEXT_MAX,
					 NULL, READING_UNKNOWN);
	if (ret == -ENOENT && !path)
		return 0;
	if (ret < 0) {
		pr_err("%s: the registry cannot be read from %s: error %d%s\n",
		       wdm_client_name(client), path ?: own, -ret,
		       wdm_text_hint(ret));
		return ret;
	}
	ret = wdm_text_read(client, path ?: own, content, ret);
	vfree(content);
	return ret;
}
