/* berth_description.h - the description files that a verb was given, read.
 *
 * Shared by the verbs check, show, collide, classify and explain.  A word behind the verb is a file, "-" for
 * standard input, or a folder, which means its *.berth files.  Without a word these are the descriptions that
 * come with berth. */
#pragma once

#include <stddef.h>

#include "cmd/verb.h"
#include "description/language/report.h"
#include "description/language/tree.h"

struct description {
	char *name;	   /* as it is shown: the path */
	struct tree *tree; /* NULL when nothing of it was understood: then the report says why */
	struct report report;
};

struct descriptions {
	struct description *list;
	size_t count;
};

/* Reads all of them.  EXIT_DONE, although there may be errors in the reports; or EXIT_COULD_NOT after saying
 * what could not be read, and then there is nothing to finish. */
int descriptions_load(const struct request *request, struct descriptions *ret_descriptions);

/* For verbs that can work with good descriptions only: EXIT_DONE when there are no errors; else prints the
 * reports of those that have some on standard error and returns EXIT_NO. */
int descriptions_demand_good(const struct descriptions *descriptions);

void descriptions_finish(struct descriptions *descriptions);
