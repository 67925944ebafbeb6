/* registry.h - what the verbs of the registry share: where it stands, a view of it, and whom to hand the rest
 * to.
 *
 * berth answers from the published view and runs berth-registry for the rest; both programs link the same
 * verbs, and two files of one contract each: registry_published.c and registry_exec.c in berth,
 * registry_store.c and berth_registry.c in berth-registry. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "cmd/verb.h"
#include "registry/lookup/select.h"
#include "registry/view/view.h"

/* ---- where the registry stands (registry_place.c) ---- */

struct registry_place {
	char url[4096];
	char published[4096];
};

void registry_place(const struct request *request, struct registry_place *ret_place);

/* ---- a view to read ---- */

struct registry_view {
	struct view view;
	void *owned; /* its octets when they are not a mapped file */
};

/* The view of a day, or of now when it is NULL.  EXIT_DONE, or EXIT_ after saying why there is none. */
int registry_view_open(const struct request *request, const char *day_or_null, struct registry_view *ret_view);
void registry_view_close(struct registry_view *view);

/* --as-of read: NULL when it was not given.  EXIT_DONE, or EXIT_USAGE after saying what is wrong. */
int registry_as_of(const struct request *request, char buffer[static 11], const char **ret_day);

/* --own, --band, --status and --transport; names are the words behind the verb from `first`.  EXIT_. */
int registry_selection(const struct request *request, const struct view *view, size_t first,
		       struct selection *ret_selection);
/* --transport: 0 when it was not given.  EXIT_. */
int registry_transport(const struct request *request, int *ret_transport);

/* "iana 2026-02-25. Assignment is no endorsement ..." on standard error, when a person reads it. */
void registry_notice_to_people(const struct view *view);

/* ---- a stream to write to: standard output, or a file that is replaced as a whole ---- */

struct replacement;
struct registry_output {
	FILE *stream;
	struct replacement *replacement;
	char *held; /* for a terminal: nothing is shown that could steer it */
	size_t held_size;
};

/* EXIT_DONE, or EXIT_ after saying why not. */
int registry_output_open(const struct request *request, struct registry_output *ret_output);
/* `status` is what writing came to: 0 or -errno; then nothing is replaced. */
int registry_output_close(const struct request *request, struct registry_output *output, int status);

/* Nothing is replaced, and nothing is said. */
void registry_output_discard(struct registry_output *output);

/* ---- the verbs ---- */

int registry_lookup(const struct request *request);
int registry_search(const struct request *request);
int registry_next(const struct request *request);
int registry_map(const struct request *request);

/* Whatever needs the store: in berth it becomes berth-registry, in berth-registry it runs the verb. */
int registry_run(const struct request *request);
