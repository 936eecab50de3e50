/* SPDX-License-Identifier: GPL-2.0-only */
/* The one place that says which winpar this is. */
#ifndef _WINPAR_VERSION_H
#define _WINPAR_VERSION_H

#define WINPAR_VERSION "0.2.0"

#endif /* _WINPAR_VERSION_H */
