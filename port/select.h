/* SPDX-License-Identifier: GPL-2.0-only */
/* Requests and callbacks that choose a device on a port. See port/select.c. */
#ifndef _WINPAR_SELECT_H
#define _WINPAR_SELECT_H

#include "port/port.h"

NTSTATUS winpar_select_request(struct winpar_file *file, IRP *irp);
NTSTATUS winpar_select_deselect(struct winpar_file *file,
				const PARALLEL_1284_COMMAND *command);
NTSTATUS winpar_select_keep(struct winpar_file *file,
			    const PARALLEL_1284_COMMAND *command);
NTSTATUS winpar_select_try(PVOID context, PVOID command);
NTSTATUS winpar_select_undo(PVOID context, PVOID command);
NTSTATUS winpar_select_scan(struct winpar_file *file);
bool winpar_select_scan_reserved(struct winpar_file *file);
unsigned int winpar_select_probe_reserved(struct winpar_file *file);
void winpar_select_find_out(struct winpar_file *file);

#endif /* _WINPAR_SELECT_H */
