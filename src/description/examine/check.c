/* check.c - the examiner's checks of the tree, one after the other.  Called by the commands and the registry. */
#include "description/examine/check.h"

#include <errno.h>

int check_tree(const struct tree *tree, struct report *report)
{
	static int (*const checks[])(const struct protocol *protocol, struct report *report) = {
		check_use, check_states, check_sizes, check_memory, check_conditions, check_counters, check_diamond,
	};
	int r = 0;

	if (report->counts[FINDING_ERROR] > 0) {
		return 0;
	}
	for (const struct protocol *at = tree->protocols; at != NULL; at = at->next) {
		for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]) && r == 0; i++) {
			r = checks[i](at, report);
		}
	}
	if (r == 0) {
		r = check_form(tree, report);
	}
	if (r == 0) {
		r = check_warnings(tree, report);
	}
	return r == 0 && report->no_memory ? -ENOMEM : r;
}
