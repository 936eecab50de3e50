/* SPDX-License-Identifier: GPL-2.0-only */
/* <pshpack1.h> for programs. */
#include "../ddk/pshpack1.h"
