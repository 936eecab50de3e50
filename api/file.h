/* SPDX-License-Identifier: GPL-2.0-only */
/* Openers, and clients that leave. See api/file.c. */
#ifndef _WINPAR_FILE_H
#define _WINPAR_FILE_H

struct module;

void winpar_file_end_client(struct module *module);

#endif /* _WINPAR_FILE_H */
