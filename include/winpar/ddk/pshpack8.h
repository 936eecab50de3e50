/* SPDX-License-Identifier: GPL-2.0-only */
/* <pshpack8.h>: aligns members to 8 bytes at most, until <poppack.h>; included often. */
#pragma pack(push, 8)
