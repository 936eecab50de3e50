// SPDX-License-Identifier: GPL-2.0-only
/*
 * winpar_choose.ko, loaded before winpar_kunit, lets the kernel run only some
 * of its suites and cases. KUnit of 6.1 runs the suites of a module when the
 * module is loaded, before its init function and before its parameters are
 * read, and applies kunit.filter_glob only to suites that are built in. The
 * notifier here is called before KUnit's, and takes the suites and cases that
 * were not chosen off the lists of winpar_kunit.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>

MODULE_DESCRIPTION("Chooses among winpar's tests");
MODULE_LICENSE("GPL");

static char *only = "";
module_param(only, charp, 0);
MODULE_PARM_DESC(only, "suites, and single cases as SUITE.CASE, between commas");

#if IS_ENABLED(CONFIG_KUNIT)
/* Is SUITE, or SUITE.CASE, one of the words of @only? @name: NULL for any case. */
static bool choose_has(const char *suite, const char *name)
{
	const size_t len = strlen(suite);
	const char *word, *end;

	for (word = only; *word; word = *end ? end + 1 : end) {
		end = strchrnul(word, ',');
		if (end - word < len || strncmp(word, suite, len))
			continue;
		if (word + len == end)
			return true;
		if (word[len] != '.')
			continue;
		if (!name || (strlen(name) == end - word - len - 1 &&
			      !strncmp(word + len + 1, name, strlen(name))))
			return true;
	}
	return false;
}

/* Move the chosen cases to the front of the suite's list; returns their number. */
static unsigned int choose_cases(struct kunit_suite *suite)
{
	struct kunit_case *from, *to = suite->test_cases;

	for (from = to; from->run_case; from++)
		if (choose_has(suite->name, from->name))
			*to++ = *from;
	if (to != from)
		memset(to, 0, sizeof(*to));
	return to - suite->test_cases;
}

static int choose_notify(struct notifier_block *block, unsigned long state,
			 void *data)
{
	struct module *module = data;
	int i, kept = 0;

	if (state != MODULE_STATE_COMING || !*only ||
	    strcmp(module->name, "winpar_kunit"))
		return NOTIFY_DONE;
	for (i = 0; i < module->num_kunit_suites; i++) {
		struct kunit_suite *suite = module->kunit_suites[i];

		if (choose_has(suite->name, NULL) && choose_cases(suite))
			module->kunit_suites[kept++] = suite;
	}
	module->num_kunit_suites = kept;
	return NOTIFY_DONE;
}

static struct notifier_block choose_block = {
	.notifier_call = choose_notify,
	.priority = 1,	/* KUnit's is 0 */
};

static int __init choose_init(void)
{
	return register_module_notifier(&choose_block);
}
module_init(choose_init);

static void __exit choose_exit(void)
{
	unregister_module_notifier(&choose_block);
}
module_exit(choose_exit);
#endif
