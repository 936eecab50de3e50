/* SPDX-License-Identifier: GPL-2.0-only */
/* <poppack.h> for programs. */
#include "../ddk/poppack.h"
