/* SPDX-License-Identifier: GPL-2.0-only */
/* What each user may read of ports in /sys/class/winpar. See api/sysfs.c. */
#ifndef _WINPAR_SYSFS_H
#define _WINPAR_SYSFS_H

struct winpar_port;

void winpar_sysfs_add(struct winpar_port *port);
void winpar_sysfs_remove(struct winpar_port *port);
int winpar_sysfs_init(void);
void winpar_sysfs_exit(void);

#endif /* _WINPAR_SYSFS_H */
