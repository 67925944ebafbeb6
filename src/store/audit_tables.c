/* audit_tables.c - each journalled table against its replay.  Called by audit.c only; knows tables by tables.h
 * alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/audit_private.h"
#include "store/journal.h"

enum { SQL_MAX = 2048, PLACE_MAX = 160 };

static int prepare_whole(struct audit *audit, const struct table *table, struct statement **ret_statement)
{
	char buffer[SQL_MAX];
	struct text sql;

	text_init(&sql, buffer, sizeof(buffer));
	for (size_t i = 0; i < table->column_count; i++) {
		text_put(&sql, i == 0 ? "SELECT \"" : ", \"");
		text_put(&sql, table->columns[i].name);
		text_put(&sql, "\"");
	}
	text_put(&sql, " FROM \"");
	text_put(&sql, table->name);
	text_put(&sql, "\"");
	return sql.cut ? -ENOBUFS : statement_prepare(audit->store->database, buffer, ret_statement);
}

/* ---- one row ---- */

struct found {
	const char *values[TABLE_COLUMNS_MAX];
	char digests[TABLE_COLUMNS_MAX][JOURNAL_DIGEST_SIZE];
};

static void read_row(const struct table *table, struct statement *statement, struct found *ret_found)
{
	const char *salt = "";

	for (size_t i = 0; i < table->column_count; i++) {
		ret_found->values[i] = statement_text(statement, (int)i);
		if (strcmp(table->columns[i].name, "salt") == 0 && ret_found->values[i] != NULL) {
			salt = ret_found->values[i];
		}
	}
	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].is_personal && ret_found->values[i] != NULL) {
			journal_digest(salt, ret_found->values[i], ret_found->digests[i]);
			ret_found->values[i] = ret_found->digests[i];
		}
	}
}

static bool is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool names_event(const struct table_column *column)
{
	static const char end[] = "_event";
	size_t length = strlen(column->name);

	return strcmp(column->name, "event") == 0 ||
	       (length >= sizeof(end) && strcmp(column->name + length - (sizeof(end) - 1), end) == 0);
}

/* A row nobody tells of: the events behind the chain's end may have. */
static void tell_added(struct audit *audit, const struct table *table, const struct found *found, const char *place)
{
	for (size_t i = 0; i < table->column_count; i++) {
		int64_t event = names_event(&table->columns[i]) && found->values[i] != NULL
					? strtoll(found->values[i], NULL, 10)
					: 0;
		if (event > audit->last_event && !audit->end_missing) {
			audit_report(audit, "the chain ends at event %lld, %s is of event %lld",
				     (long long)audit->last_event, place, (long long)event);
			audit->end_missing = true;
			audit->chain_broken = true;
			return;
		}
	}
	audit_differ(audit, "%s: no event tells of it", place);
}

static void tell_difference(struct audit *audit, const struct table_column *column, const char *place,
			    const char *found, const char *said)
{
	char found_buffer[AUDIT_VALUE_MAX];
	char said_buffer[AUDIT_VALUE_MAX];

	if (column->is_personal) {
		audit_differ(audit, "%s: %s is not what the events say", place, column->name);
	} else {
		audit_differ(audit, "%s: %s is %s, the events say %s", place, column->name,
			     audit_value(found, found_buffer), audit_value(said, said_buffer));
	}
}

static void compare_row(struct audit *audit, const struct table *table, const struct found *found)
{
	struct replay_row *row = replay_find(audit->replay, table, found->values);
	char place[PLACE_MAX];

	if (row == NULL) {
		replay_place(table, found->values, place, sizeof(place));
		tell_added(audit, table, found, place);
		return;
	}
	replay_see(row);
	for (size_t i = 0; i < table->column_count; i++) {
		if (!is_same(found->values[i], replay_value(row, i))) {
			replay_place(table, found->values, place, sizeof(place));
			tell_difference(audit, &table->columns[i], place, found->values[i], replay_value(row, i));
			return;
		}
	}
}

/* ---- tables ---- */

static void tell_missing(struct audit *audit, const struct table *table)
{
	for (struct replay_row *row = replay_next(audit->replay, table, NULL); row != NULL;
	     row = replay_next(audit->replay, table, row)) {
		const char *values[TABLE_COLUMNS_MAX];
		char place[PLACE_MAX];
		for (size_t i = 0; i < table->column_count; i++) {
			values[i] = replay_value(row, i);
		}
		if (!replay_is_seen(row)) {
			replay_place(table, values, place, sizeof(place));
			audit_differ(audit, "%s is missing", place);
		}
	}
}

static int compare_table(struct audit *audit, const struct table *table)
{
	struct statement *statement = NULL;
	struct found found;
	int r = prepare_whole(audit, table, &statement);

	while (r >= 0 && (r = statement_step(statement)) > 0) {
		read_row(table, statement, &found);
		compare_row(audit, table, &found);
	}
	(void)statement_free(statement);
	if (r < 0) {
		return store_complain(audit->store, r, NULL);
	}
	tell_missing(audit, table);
	return 0;
}

int audit_tables(struct audit *audit)
{
	int r = 0;

	for (const struct table *table = tables; r == 0 && table->name != NULL; table++) {
		if (table->kind == TABLE_JOURNALLED) {
			r = compare_table(audit, table);
		}
	}
	return r;
}
