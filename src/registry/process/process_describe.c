/* process_describe.c - a description that came with a form is read and examined (process_describe.h).  Called by
 * process_rules.c. */
#include "registry/process/process_describe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description/examine/examine.h"
#include "description/language/report.h"
#include "description/language/tree.h"

struct described {
	struct report report;
	struct tree *tree; /* findings refer to it */
};

int process_describe(const char *berth, struct described **ret_described)
{
	struct described *described = calloc(1, sizeof(*described));

	if (described == NULL) {
		return -ENOMEM;
	}
	int r = tree_read("application", berth, strlen(berth), &described->report, &described->tree);
	if (r == 0) {
		r = examine(described->tree, &described->report);
	}
	if (r == -ENOMEM || described->report.no_memory) {
		(void)described_destroy(described);
		return -ENOMEM;
	}
	*ret_described = described; /* what is too large was reported like other errors */
	return 0;
}

const struct report *described_report(const struct described *described)
{
	return &described->report;
}

struct described *described_destroy(struct described *described)
{
	if (described != NULL) {
		report_finish(&described->report);
		(void)tree_destroy(described->tree);
		free(described);
	}
	return NULL;
}
