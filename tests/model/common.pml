/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the models share. A step of a model is what one CPU does between two points at
 * which another CPU can see it: what is done with the port lock held is one atomic
 * step, and what is done without it is a step for each access to shared memory.
 */

/*
 * The property is broken unless the condition holds. pan prints its name, which
 * tests/model/run.sh compares with that in tests/model/models.tsv.
 */
#define MUST(condition, property)			\
	if						\
	:: (condition)					\
	:: else -> property = 1; assert(!property)	\
	fi
