/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's transfer engine: bytes. See host/bytes.c. */
#ifndef _WINPAR_HOST_BYTES_H
#define _WINPAR_HOST_BYTES_H

#include "host/engine.h"

/*
 * Bytes a call that a caller may ask for. A peripheral that never makes the
 * engine wait takes them before a signal is heard: some 30 ms at 300 KB/s.
 */
#define WINPAR_ENGINE_WRITE_BLOCK	8192
#define WINPAR_ENGINE_READ_BLOCK	1024

ssize_t winpar_engine_write(struct winpar_engine *engine, const void *buffer,
			    size_t length);
ssize_t winpar_engine_write_address(struct winpar_engine *engine, u8 address);
ssize_t winpar_engine_read(struct winpar_engine *engine, void *buffer,
			   size_t length, bool wait);
bool winpar_engine_more(const struct winpar_engine *engine);

#endif /* _WINPAR_HOST_BYTES_H */
