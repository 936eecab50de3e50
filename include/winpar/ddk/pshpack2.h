/* SPDX-License-Identifier: GPL-2.0-only */
/* <pshpack2.h>: aligns members to 2 bytes at most, until <poppack.h>; included often. */
#pragma pack(push, 2)
