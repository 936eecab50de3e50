/* SPDX-License-Identifier: GPL-2.0-only */
/* Wide strings to and from Linux's text. See wdm/string.c. */
#ifndef _WINPAR_WDM_STRING_H
#define _WINPAR_WDM_STRING_H

#include <winpar/ddk/wdm.h>

int wdm_string_utf8(const WCHAR *from, size_t chars, char *to, size_t size);
void wdm_string_wide(const char *from, WCHAR *to, size_t size);

#endif /* _WINPAR_WDM_STRING_H */
