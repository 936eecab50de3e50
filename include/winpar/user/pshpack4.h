/* SPDX-License-Identifier: GPL-2.0-only */
/* <pshpack4.h> for programs. */
#include "../ddk/pshpack4.h"
