/* applications_rows.c - a dossier's rows read whole, by the list of tables; links and letters (applications_parts.h).
 *
 * Called by registry/process*.c. */
#include "store/applications_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/ask.h"
#include "store/store_private.h"
#include "store/tables.h"

enum { SQL_MAX = 1024, EVENT_TABLES = 12 };

/* ---- rows ---- */

static bool is_told(const struct table *table, const struct table_column *column)
{
	return strcmp(column->name, "salt") != 0 &&
	       !(strcmp(table->name, "outbox") == 0 && strcmp(column->name, "message") == 0);
}

static void put_select(struct text *sql, const struct table *table)
{
	const char *word = "SELECT ";

	for (size_t i = 0; i < table->column_count; i++) {
		if (is_told(table, &table->columns[i])) {
			text_put(sql, word);
			text_put(sql, "\"");
			text_put(sql, table->columns[i].name);
			text_put(sql, "\"");
			word = ", ";
		}
	}
	text_put(sql, " FROM ");
	text_put(sql, table->name);
	text_put(sql, " WHERE application = ?");
	word = " ORDER BY ";
	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].is_key) {
			text_put(sql, word);
			text_put(sql, table->columns[i].name);
			word = ", ";
		}
	}
}

static json_t *row_of(struct statement *statement, const struct table *table)
{
	json_t *row = json_object();
	int at = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		const struct table_column *column = &table->columns[i];
		if (!is_told(table, column)) {
			continue;
		}
		json_t *value = statement_is_null(statement, at) ? json_null()
				: column->is_text		 ? json_string(statement_text(statement, at))
								 : json_integer(statement_integer(statement, at));
		(void)json_object_set_new(row, column->name, value);
		at++;
	}
	return row;
}

int application_rows(struct store *store, const char *name, int64_t application, json_t **ret_rows)
{
	const struct table *table = table_find(name);
	struct statement *statement = NULL;
	char buffer[SQL_MAX];
	struct text sql;

	if (table == NULL) {
		return store_complain(store, -EINVAL, "there is no table \"%s\"", name);
	}
	text_init(&sql, buffer, sizeof(buffer));
	put_select(&sql, table);
	json_t *rows = json_array();
	int r = ask_with_integers(store, buffer, 1, &application, &statement);
	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = json_array_append_new(rows, row_of(statement, table)) < 0 ? store_complain(store, -ENOMEM, NULL)
									      : 0;
	}
	(void)statement_free(statement);
	if (r < 0) {
		json_decref(rows);
		return r;
	}
	*ret_rows = rows;
	return 0;
}

int application_events(struct store *store, int64_t application, json_t **ret_events)
{
	struct statement *statement = NULL;
	int64_t of[EVENT_TABLES];
	json_t *events = json_object();

	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		of[i] = application;
	}
	int r = ask_with_integers(store,
				  "SELECT e.n, e.at, s.login, e.act, e.why FROM event AS e "
				  "JOIN staff AS s ON s.id = e.staff "
				  "WHERE e.n IN (SELECT event FROM step WHERE application = ? "
				  "UNION SELECT asked FROM question WHERE application = ? "
				  "UNION SELECT answered FROM question WHERE application = ? "
				  "UNION SELECT event FROM finding WHERE application = ? "
				  "UNION SELECT since FROM examiner WHERE application = ? "
				  "UNION SELECT recused FROM examiner WHERE application = ? "
				  "UNION SELECT event FROM vote WHERE application = ? "
				  "UNION SELECT needed FROM consent WHERE application = ? "
				  "UNION SELECT given FROM consent WHERE application = ? "
				  "UNION SELECT refused FROM consent WHERE application = ? "
				  "UNION SELECT event FROM decision WHERE application = ? "
				  "UNION SELECT event FROM assignment WHERE application = ?) ORDER BY e.n",
				  EVENT_TABLES, of, &statement);
	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		char key[24];
		(void)snprintf(key, sizeof(key), "%lld", (long long)statement_integer(statement, 0));
		(void)json_object_set_new(events, key,
					  json_pack("{s:s, s:s, s:s, s:s}", "at", statement_text(statement, 1), "by",
						    statement_text(statement, 2), "act", statement_text(statement, 3),
						    "why", statement_text(statement, 4)));
	}
	(void)statement_free(statement);
	if (r < 0) {
		json_decref(events);
		return r;
	}
	*ret_events = events;
	return 0;
}

/* ---- links ---- */

int application_token_add(struct change *change, const char *hash, const struct application_token *token)
{
	const char *const texts[] = { hash, token->purpose, token->party, change_at(change), token->ends };
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "INSERT INTO token (hash, purpose, party, created, ends, application) "
			       "VALUES (?, ?, ?, ?, ?, ?)",
			       5, texts, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 6, token->application);
	return ask_run(store, statement);
}

int application_token_find(struct store *store, const char *hash,
			   int (*found)(const struct application_token *token, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "SELECT purpose, application, party, ends, used FROM token "
			       "WHERE hash = ? AND application IS NOT NULL",
			       1, &hash, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		const struct application_token token = {
			.purpose = statement_text(statement, 0),
			.application = statement_integer(statement, 1),
			.party = statement_text(statement, 2),
			.ends = statement_text(statement, 3),
			.used = statement_text(statement, 4),
		};
		r = found(&token, context);
	} else if (r == 0) {
		r = store_complain(store, -ENOENT, "this link is not known here");
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

int application_token_use(struct change *change, const char *hash)
{
	const char *const texts[] = { change_at(change), hash };
	struct store *store = change_store(change);
	struct statement *statement = NULL;
	int r = ask_with_texts(store, "UPDATE token SET used = ? WHERE hash = ?", 2, texts, &statement);

	return r < 0 ? r : ask_run(store, statement);
}

/* ---- letters ---- */

int application_thread(struct store *store, int64_t application, const char *recipient, char **ret_message_id)
{
	struct statement *statement = NULL;
	char *id = NULL;
	int r = ask_with_integers(store, "SELECT message_id FROM outbox WHERE application = ? AND rcpt = ? ORDER BY id",
				  1, &application, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_text(statement, 2, recipient);
	r = ask_step(store, statement);
	if (r > 0) {
		id = strdup(statement_text(statement, 0));
		r = id != NULL ? 0 : store_complain(store, -ENOMEM, NULL);
	}
	(void)statement_free(statement);
	if (r < 0) {
		return r;
	}
	*ret_message_id = id;
	return 0;
}
