/* change.c - one transaction that becomes one event of the chain.
 *
 * Called by whoever changes a registry (store.h).  The row of the table chain is taken first: its lock puts all writers
 * of both engines in one line.  Then comes the event, still empty, so that rows can name it at once (were it last,
 * SQLite would look through all tables for rows that wait for it); what it says is made here, from the same JSON the
 * rows are written from, and completes it at the end.  Nothing ever changes it behind the commit. */
#include "base/moment.h"
#include "store/store.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/change_rows.h"
#include "store/journal.h"
#include "store/store_private.h"
#include "store/tables.h"

static const char rows_key[] = "rows";

struct change {
	struct store *store;
	int64_t event;
	int64_t staff;
	char *act, *subject, *why, *at;
	char prev[STORE_HASH_SIZE];
	json_t *body;
	json_t *rows; /* in the body */
	int failure;  /* it can only be abandoned */
};

int64_t change_event(const struct change *change)
{
	return change->event;
}

const char *change_at(const struct change *change)
{
	return change->at;
}

struct store *change_store(struct change *change)
{
	return change->store;
}

/* ---- made ready ---- */

static struct change *change_free(struct change *change)
{
	if (change != NULL) {
		json_decref(change->body);
		free(change->act);
		free(change->subject);
		free(change->why);
		free(change->at);
		free(change);
	}
	return NULL;
}

static char *now(void)
{
	char text[MOMENT_SIZE];

	return moment_write(time(NULL), text) < 0 ? NULL : strdup(text);
}

static struct change *change_make(struct store *store, const struct change_by *by)
{
	struct change *change = calloc(1, sizeof(*change));

	if (change == NULL) {
		return NULL;
	}
	change->store = store;
	change->staff = by->staff;
	change->act = strdup(by->act);
	change->subject = strdup(by->subject != NULL ? by->subject : "");
	change->why = strdup(by->why != NULL ? by->why : "");
	change->at = by->at != NULL ? strdup(by->at) : now();
	change->rows = json_array();
	change->body = json_pack("{s:o}", rows_key, change->rows);
	if (change->act == NULL || change->subject == NULL || change->why == NULL || change->at == NULL ||
	    change->body == NULL) {
		return change_free(change);
	}
	return change;
}

static int run(struct store *store, const char *sql)
{
	int r = database_run(store->database, sql);

	return r < 0 ? store_complain(store, r, NULL) : 0;
}

/* The event before ours: an event is never dated before it, whatever the clock says. */
static int note_previous(struct change *change, struct statement *statement)
{
	const char *at = statement_text(statement, 2);

	change->event = statement_integer(statement, 0);
	(void)snprintf(change->prev, sizeof(change->prev), "%s", statement_text(statement, 1));
	if (at != NULL && strcmp(at, change->at) > 0) {
		char *later = strdup(at);
		if (later == NULL) {
			return -ENOMEM;
		}
		free(change->at);
		change->at = later;
	}
	return 0;
}

static int take_number(struct change *change)
{
	struct statement *statement = NULL;
	int r = run(change->store, "UPDATE chain SET n = n + 1 WHERE one = 1");

	if (r < 0) {
		return r;
	}
	r = statement_prepare(
		change->store->database,
		"SELECT n, hash, (SELECT at FROM event WHERE event.n = chain.n - 1) FROM chain WHERE one = 1",
		&statement);
	if (r == 0) {
		r = statement_step(statement);
	}
	if (r > 0) {
		r = note_previous(change, statement);
	} else {
		r = r < 0 ? store_complain(change->store, r, NULL)
			  : store_complain(change->store, -EPROTO, "the chain of events has no head");
	}
	(void)statement_free(statement);
	return r;
}

/* ---- its event ---- */

/* Its hash as it stands now. */
static void hash_event(const struct change *change, const char *body, char ret_hash[static STORE_HASH_SIZE])
{
	char n[24];
	char staff[24];
	const struct journal_event event = {
		.n = n,
		.at = change->at,
		.staff = staff,
		.act = change->act,
		.subject = change->subject,
		.why = change->why,
		.body = body,
		.prev = change->prev,
	};

	(void)snprintf(n, sizeof(n), "%lld", (long long)change->event);
	(void)snprintf(staff, sizeof(staff), "%lld", (long long)change->staff);
	journal_event_hash(&event, ret_hash);
}

static int insert_event(struct change *change)
{
	char hash[STORE_HASH_SIZE];
	struct statement *statement = NULL;
	int r = statement_prepare(change->store->database,
				  "INSERT INTO event (n, at, staff, act, subject, why, body, prev, hash) "
				  "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
				  &statement);

	if (r < 0) {
		return store_complain(change->store, r, NULL);
	}
	hash_event(change, "", hash);
	statement_bind_integer(statement, 1, change->event);
	statement_bind_text(statement, 2, change->at);
	statement_bind_integer(statement, 3, change->staff);
	statement_bind_text(statement, 4, change->act);
	statement_bind_text(statement, 5, change->subject);
	statement_bind_text(statement, 6, change->why);
	statement_bind_text(statement, 7, "");
	statement_bind_text(statement, 8, change->prev);
	statement_bind_text(statement, 9, hash);
	r = statement_run(statement);
	(void)statement_free(statement);
	return r < 0 ? store_complain(change->store, r, NULL) : 0;
}

static int complete_event(struct change *change, const char *body, const char *hash)
{
	struct statement *statement = NULL;
	int r = statement_prepare(change->store->database,
				  "UPDATE event SET subject = ?, body = ?, hash = ? WHERE n = ?", &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 1, change->subject);
	statement_bind_text(statement, 2, body);
	statement_bind_text(statement, 3, hash);
	statement_bind_integer(statement, 4, change->event);
	r = statement_run(statement);
	(void)statement_free(statement);
	return r;
}

static int move_head(struct change *change, const char *hash)
{
	struct statement *statement = NULL;
	int r = statement_prepare(change->store->database, "UPDATE chain SET hash = ? WHERE one = 1", &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 1, hash);
	r = statement_run(statement);
	(void)statement_free(statement);
	return r;
}

static int write_event(struct change *change)
{
	char hash[STORE_HASH_SIZE];
	char *body = journal_text(change->body);

	if (body == NULL) {
		return -ENOMEM;
	}
	hash_event(change, body, hash);
	int r = complete_event(change, body, hash);
	free(body);
	return r < 0 ? r : move_head(change, hash);
}

/* ---- begin ---- */

int change_begin(struct store *store, const struct change_by *by, struct change **ret_change)
{
	struct change *change = change_make(store, by);

	if (change == NULL) {
		return store_complain(store, -ENOMEM, NULL);
	}
	int r = database_begin(store->database, true);
	if (r < 0) {
		(void)change_free(change);
		return store_complain(store, r, NULL);
	}
	r = take_number(change);
	if (r == 0) {
		r = insert_event(change);
	}
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	*ret_change = change;
	return 0;
}

/* ---- what it says ---- */

void change_subject(struct change *change, const char *subject)
{
	char *copy = strdup(subject);

	if (copy != NULL) {
		free(change->subject);
		change->subject = copy;
	}
}

int change_note(struct change *change, const char *key, json_t *value)
{
	if (strcmp(key, rows_key) == 0) {
		return store_complain(change->store, -EINVAL, "a note of an event cannot be called \"%s\"", key);
	}
	return json_object_set(change->body, key, value) == 0 ? 0 : store_complain(change->store, -ENOMEM, NULL);
}

/* Takes the reference to `row`, which may be NULL.  What was written and could not be said must not be committed. */
static int say(struct change *change, const char *operation, const struct table *table, json_t *row)
{
	json_t *said = row != NULL ? json_pack("[s, s, o]", operation, table->name, row) : NULL;

	if (said == NULL || json_array_append_new(change->rows, said) < 0) {
		change->failure = -ENOMEM;
		return store_complain(change->store, -ENOMEM, NULL);
	}
	return 0;
}

/* What cannot be shown as it may be is not said. */
static int say_row(struct change *change, const char *operation, const struct table *table, const json_t *row)
{
	json_t *public = NULL;
	int r = change_rows_public(change->store, table, row, &public);

	if (r < 0) {
		change->failure = r;
		return r;
	}
	return say(change, operation, table, public);
}

static const struct table *find_table(struct change *change, const char *name, enum table_kind kind)
{
	const struct table *table = table_find(name);

	if (table == NULL || table->kind != kind) {
		(void)store_complain(change->store, -EINVAL, "there is no table %s for that", name);
		return NULL;
	}
	return table;
}

int change_insert(struct change *change, const char *name, json_t *row)
{
	const struct table *table = find_table(change, name, TABLE_JOURNALLED);

	if (table == NULL) {
		return -EINVAL;
	}
	json_t *whole = change_rows_salted(table, row);
	int r = change_rows_insert(change->store, table, whole);
	if (r == 0) {
		r = say_row(change, "+", table, whole);
	}
	json_decref(whole);
	return r;
}

int change_update(struct change *change, const char *name, json_t *row)
{
	const struct table *table = find_table(change, name, TABLE_JOURNALLED);

	if (table == NULL) {
		return -EINVAL;
	}
	int r = change_rows_update(change->store, table, row);
	return r < 0 ? r : say_row(change, "~", table, row);
}

int change_delete(struct change *change, const char *name, json_t *key)
{
	const struct table *table = find_table(change, name, TABLE_JOURNALLED);

	if (table == NULL) {
		return -EINVAL;
	}
	int r = change_rows_delete(change->store, table, key);
	return r < 0 ? r : say(change, "-", table, json_deep_copy(key));
}

int change_seal(struct change *change, const char *name, const json_t *key, const char *sha256)
{
	const struct table *table = find_table(change, name, TABLE_SEALED);

	if (table == NULL) {
		return -EINVAL;
	}
	json_t *seal = json_deep_copy(key);
	if (seal != NULL && json_object_set_new(seal, "sha256", json_string(sha256)) < 0) {
		json_decref(seal);
		seal = NULL;
	}
	return say(change, "=", table, seal);
}

/* ---- rows made where they are written ---- */

static int write_new(struct change *change, const char *table, json_t *row,
		     int (*write)(struct change *change, const char *table, json_t *row))
{
	int r = row != NULL ? write(change, table, row)
			    : store_complain(change->store, -EINVAL, "a text of the %s is not UTF-8", table);

	json_decref(row);
	return r;
}

int change_insert_new(struct change *change, const char *table, json_t *row)
{
	return write_new(change, table, row, change_insert);
}

int change_update_new(struct change *change, const char *table, json_t *row)
{
	return write_new(change, table, row, change_update);
}

int change_delete_new(struct change *change, const char *table, json_t *key)
{
	return write_new(change, table, key, change_delete);
}

json_t *change_number_or_null(int64_t number)
{
	return number != 0 ? json_integer(number) : json_null();
}

/* ---- the end ---- */

int change_commit(struct change *change, int64_t *ret_event)
{
	struct store *store = change->store;
	int64_t event = change->event;
	int r = change->failure < 0 ? change->failure : write_event(change);

	if (r == 0) {
		r = database_commit(store->database);
	}
	if (r < 0) {
		(void)store_complain(store, r, NULL);
		(void)change_abandon(change);
		return r;
	}
	(void)change_free(change);
	if (ret_event != NULL) {
		*ret_event = event;
	}
	return 0;
}

struct change *change_abandon(struct change *change)
{
	if (change != NULL) {
		database_rollback(change->store->database);
	}
	return change_free(change);
}
