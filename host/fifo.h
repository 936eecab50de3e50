/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writing and reading through the FIFO of a chip with an ECR, instead of byte by byte
 * through the parport core. host/fifo.c says how, and describes each function.
 */
#ifndef _WINPAR_HOST_FIFO_H
#define _WINPAR_HOST_FIFO_H

#include "host/engine.h"

bool winpar_fifo_is_wanted(void);
bool winpar_fifo_can_write(const struct winpar_engine *engine);
ssize_t winpar_fifo_write(struct winpar_engine *engine, const u8 *bytes,
			  size_t length);
bool winpar_fifo_can_read(const struct winpar_engine *engine, size_t length);
ssize_t winpar_fifo_read(struct winpar_engine *engine, u8 *bytes,
			 size_t length);

#endif /* _WINPAR_HOST_FIFO_H */
