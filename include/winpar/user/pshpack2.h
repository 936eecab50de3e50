/* SPDX-License-Identifier: GPL-2.0-only */
/* <pshpack2.h> for programs. */
#include "../ddk/pshpack2.h"
