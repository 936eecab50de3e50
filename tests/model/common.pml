/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the models share, and how they cut winpar's code into steps: between two steps any
 * other task can do a step of its own. What the code does with the port lock held is one
 * step (atomic), since another CPU sees it whole. What the code does without the lock is
 * one step for each access to memory that another CPU writes.
 */

/*
 * Break the property unless the condition holds. pan, the program that spin makes of a
 * model, then prints the property's name, and tests/model/run.sh compares it with that in
 * tests/model/models.tsv. docs/model.md says what each property means.
 */
#define MUST(condition, property)			\
	if						\
	:: (condition)					\
	:: else -> property = 1; assert(!property)	\
	fi
