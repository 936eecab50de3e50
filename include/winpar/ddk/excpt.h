/* SPDX-License-Identifier: GPL-2.0-only */
/* <excpt.h> for Windows sources that are compiled for Linux. */
#ifndef _WINPAR_DDK_EXCPT_H
#define _WINPAR_DDK_EXCPT_H

/* DDI page: "try-except Statement"; gcc has no such statement (docs/wdm.md). */
#define EXCEPTION_EXECUTE_HANDLER	1
#define EXCEPTION_CONTINUE_SEARCH	0
#define EXCEPTION_CONTINUE_EXECUTION	(-1)

#endif /* _WINPAR_DDK_EXCPT_H */
