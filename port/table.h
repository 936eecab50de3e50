/* SPDX-License-Identifier: GPL-2.0-only */
/* Which ports there are. See port/table.c. */
#ifndef _WINPAR_TABLE_H
#define _WINPAR_TABLE_H

#include "port/port.h"

struct winpar_port *winpar_table_find(unsigned int number);
struct winpar_port *winpar_table_find_lpt(unsigned int lpt);
struct winpar_port *winpar_table_look(unsigned int number);
struct winpar_port *winpar_table_next(struct winpar_port *port);
int winpar_table_add(struct winpar_port *port);
void winpar_table_remove(struct winpar_port *port);
unsigned long winpar_table_event(void);
struct winpar_port *winpar_table_next_event(unsigned long since,
					    unsigned long *told, bool *arrived);
void winpar_table_prune(unsigned long told);
void winpar_table_exit(void);

#endif /* _WINPAR_TABLE_H */
