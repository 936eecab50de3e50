/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of what hangs on a client's driver object. See wdm/extension.c. */
#ifndef _WINPAR_WDM_EXTENSION_H
#define _WINPAR_WDM_EXTENSION_H

struct winpar_wdm_client;

void wdm_extension_end(struct winpar_wdm_client *client);

#endif /* _WINPAR_WDM_EXTENSION_H */
