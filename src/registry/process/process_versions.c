/* process_versions.c - what the versions of an application changed, question by question (process.h).  Called by the
 * staff's pages; writes nothing. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <string.h>

struct versions {
	struct process *process;
	const struct application *application; /* during the call that gives it */
	json_t *rows;			       /* of the table */
	json_t *list;
};

static void put_change(json_t *changes, const char *key, const char *label, const char *before, const char *after)
{
	if (strcmp(before, after) != 0) {
		(void)json_array_append_new(changes, json_pack("{s:s, s:s, s:s, s:s}", "key", key, "label", label,
							       "before", before, "after", after));
	}
}

static json_t *changes_of(const struct form *before, const struct form *after)
{
	json_t *changes = json_array();

	for (const struct form_field *field = form_fields; field->key != NULL; field++) {
		put_change(changes, field->key, field->label, form_value(before, field->key),
			   form_value(after, field->key));
	}
	put_change(changes, "berth", "Description", before->berth != NULL ? before->berth : "",
		   after->berth != NULL ? after->berth : "");
	return changes;
}

/* Of a version and the one before it. */
static int compare(struct versions *versions, int v, json_t **ret_changes)
{
	struct store *store = versions->process->store;
	struct form before;
	struct form after;
	int r = process_form_load(store, versions->application, v - 1, &before);

	if (r < 0) {
		return r;
	}
	r = process_form_load(store, versions->application, v, &after);
	if (r == 0) {
		*ret_changes = changes_of(&before, &after);
		form_finish(&after);
	}
	form_finish(&before);
	return r;
}

static int put_version(struct versions *versions, const json_t *row)
{
	int v = (int)row_integer(row, "v");
	json_t *changes = NULL;
	int r = v > 1 ? compare(versions, v, &changes) : 0;

	if (r < 0) {
		return r;
	}
	json_t *version = json_pack("{s:i, s:s, s:s, s:o}", "v", v, "at", row_text(row, "at"), "author",
				    row_text(row, "author"), "changes", changes != NULL ? changes : json_array());
	return json_array_append_new(versions->list, version) < 0 ? -ENOMEM : 0;
}

static int put_all(const struct application *application, void *context)
{
	struct versions *versions = context;

	versions->application = application;
	int r = application_rows(versions->process->store, "version", application->id, &versions->rows);
	for (size_t i = json_array_size(versions->rows); r == 0 && i > 0; i--) {
		r = put_version(versions, json_array_get(versions->rows, i - 1));
	}
	return r;
}

int process_versions(struct process *process, const char *reference, json_t **ret_versions)
{
	struct versions versions = { .process = process, .list = json_array() };
	int r = application_get(process->store, reference, put_all, &versions);

	json_decref(versions.rows);
	if (r < 0) {
		json_decref(versions.list);
		return r;
	}
	*ret_versions = versions.list;
	return 0;
}
