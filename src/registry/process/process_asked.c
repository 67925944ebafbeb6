/* process_asked.c - what a holder, or who shall become one, is asked to agree to (process.h).
 *
 * They see what stands in the public list, and what would stand there; the answers beside that belong to the applicant
 * and the staff. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/words/process_words.h"

/* ---- the link ---- */

struct asked {
	struct work work;
	char ends[TIME_SIZE];
};

static int note_token(const struct application_token *token, void *context)
{
	struct asked *asked = context;

	asked->work.party = arena_text(&asked->work.arena, token->party, strlen(token->party));
	(void)snprintf(asked->ends, sizeof(asked->ends), "%s", token->ends);
	return asked->work.party != NULL ? 0 : -ENOMEM;
}

static int take_link(struct asked *asked, const char *token)
{
	struct work *work = &asked->work;
	char ref[32];
	char hash[STORE_HASH_SIZE];
	int r = process_link(work->process, token, "consent", ref, work->complaint);

	if (r < 0) {
		return r;
	}
	link_token_hash(token, hash);
	r = work_failed(work, application_token_find(work->process->store, hash, note_token, asked));
	r = r < 0 ? r : work_load(work, ref);
	if (r == 0 && strcmp(work->application.state, "with-holder") != 0) {
		return work_no(work, "it is %s; your consent is not asked for now",
			       words_of_state(work->application.state));
	}
	return r;
}

/* ---- what would change ---- */

static void put_change(json_t *changes, const char *what, const char *before, const char *after)
{
	if (strcmp(before, after) != 0) {
		(void)json_array_append_new(
			changes, json_pack("{s:s, s:s, s:s}", "what", what, "before", before, "after", after));
	}
}

static void put_columns(struct work *work, const struct target_row *row, json_t *changes)
{
	static const struct {
		enum entry_column column;
		const char *what;
	} columns[] = {
		{ ENTRY_DESCRIPTION, "Description" },
		{ ENTRY_ASSIGNEE, "Assignee" },
		{ ENTRY_CONTACT, "Contact" },
		{ ENTRY_REFERENCE, "Reference" },
		{ ENTRY_NOTES, "Notes" },
		{ ENTRY_UNAUTHORIZED, "Unauthorized uses" },
	};
	struct entry entry = row->entry;

	work_put_changes(work, &entry);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		put_change(changes, columns[i].what, row->entry.columns[columns[i].column],
			   entry.columns[columns[i].column]);
	}
}

static void put_row(struct work *work, const struct target_row *row, json_t *changes)
{
	const char *transport = row->entry.columns[ENTRY_TRANSPORT];
	const char *name = form_value(&work->form, "short");

	switch (work->form.kind) {
	case FORM_MODIFICATION:
		put_change(changes, "Name", row->entry.columns[ENTRY_NAME],
			   name[0] != '\0' ? name : row->entry.columns[ENTRY_NAME]);
		put_columns(work, row, changes);
		break;
	case FORM_RELEASE:
		put_change(changes, "Status", "assigned", "given back");
		break;
	case FORM_TRANSPORT:
		put_change(changes, "Transports", transport,
			   work_format(work, "%s, and %s", transport, form_value(&work->form, "transport")));
		put_columns(work, row, changes); /* of the new row */
		break;
	case FORM_RENEWAL:
		put_change(changes, "Temporary assignment", "as it is", "prolonged by a year");
		break;
	case FORM_USER:
	case FORM_SYSTEM:
	case FORM_RELOCATION:
	case FORM_NAME:
	case FORM_SERVICE_CODE:
	case FORM_REVOCATION:
	case FORM_KINDS:
	default:
		put_change(changes, "Assigned beside it", "",
			   work_format(work, "%s %s/%s", form_value(&work->form, "short"),
				       form_value(&work->form, "port"), form_value(&work->form, "transport")));
		break;
	}
}

static int put_rows(struct work *work, json_t *object)
{
	struct target target;
	json_t *rows = json_array();
	json_t *changes = json_array();
	int r = work_target(work, &target);

	for (size_t i = 0; r == 0 && i < target.count; i++) {
		(void)json_array_append_new(rows, json_string(work_shown(work, &target.rows[i].entry)));
		put_row(work, &target.rows[i], changes);
	}
	(void)json_object_set_new(object, "rows", rows);
	return json_object_set_new(object, "changes", changes) < 0 && r == 0 ? -ENOMEM : r;
}

const char *work_shown(struct work *work, const struct entry *entry)
{
	const char *port = entry->columns[ENTRY_PORT];

	return work_format(work, "%s %s/%s", entry->columns[ENTRY_NAME], port[0] != '\0' ? port : "-",
			   entry->columns[ENTRY_TRANSPORT]);
}

int work_asked(struct work *work, const char **ret_rows, const char **ret_changes)
{
	json_t *object = json_object();
	const char *rows = "";
	const char *changes = "";
	json_t *value;
	size_t i;
	int r = object != NULL ? put_rows(work, object) : -ENOMEM;

	json_array_foreach(json_object_get(object, "rows"), i, value)
	{
		rows = work_format(work, "%s%s%s", rows, i > 0 ? "\n" : "", json_string_value(value));
	}
	json_array_foreach(json_object_get(object, "changes"), i, value)
	{
		const char *before = row_text(value, "before");
		changes = work_format(work, "%s%s%s: %s%s%s", changes, i > 0 ? "\n" : "", row_text(value, "what"),
				      before, before[0] != '\0' ? " becomes " : "", row_text(value, "after"));
	}
	json_decref(object);
	*ret_rows = rows;
	*ret_changes = changes;
	return r;
}

int process_asked(struct process *process, const char *token, json_t **ret_asked, struct complaint *ret_complaint)
{
	struct asked *asked = calloc(1, sizeof(*asked));
	json_t *object = NULL;

	if (asked == NULL) {
		return complain_of(ret_complaint, -ENOMEM, "not enough memory");
	}
	struct work *work = &asked->work;
	*work = (struct work){ .process = process, .complaint = ret_complaint };
	work->application.ref = "";
	int r = take_link(asked, token);
	if (r == 0) {
		object = json_pack("{s:s, s:s, s:s, s:s, s:s}", "ref", work->application.ref, "kind",
				   work->application.kind, "about", work->application.about, "party", work->party,
				   "ends", asked->ends);
		r = object != NULL ? put_rows(work, object) : -ENOMEM;
	}
	work_finish(work);
	free(asked);
	if (r < 0) {
		json_decref(object);
		return r;
	}
	*ret_asked = object;
	return 0;
}
