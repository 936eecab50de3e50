/* SPDX-License-Identifier: GPL-2.0-only */
/* What an administrator sees. See api/debugfs.c. */
#ifndef _WINPAR_DEBUGFS_H
#define _WINPAR_DEBUGFS_H

void winpar_debugfs_init(void);
void winpar_debugfs_exit(void);

#endif /* _WINPAR_DEBUGFS_H */
