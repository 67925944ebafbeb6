/* tampering.h - a registry changed behind its store's back by SQL that no constraint stops, and what its audit says. */
#pragma once

#include "registry_sample.h"

#include "store/tables.h"

enum { FAULTS_SIZE = 16384, VALUES_MAX = 24, ROWS_MAX = 256 };

/* ---- verification ---- */

struct verdict {
	struct audit_result result;
	char sentences[FAULTS_SIZE]; /* one a line */
};

static inline void note_fault(const char *sentence, void *context)
{
	struct verdict *verdict = context;
	size_t used = strlen(verdict->sentences);

	(void)snprintf(verdict->sentences + used, sizeof(verdict->sentences) - used, "%s\n", sentence);
}

static inline int derive_again(struct entry *entry)
{
	entry_derive(entry);
	return 0;
}

static inline void verify_with(struct store *store, const struct audit_anchor *anchors, size_t count,
			       struct verdict *ret_verdict)
{
	*ret_verdict = (struct verdict){ 0 };
	sample_ok(store,
		  audit_verify(store, derive_again, anchors, count, note_fault, ret_verdict, &ret_verdict->result));
}

static inline void verify(struct store *store, struct verdict *ret_verdict)
{
	verify_with(store, NULL, 0, ret_verdict);
}

static inline void expect_clean(struct store *store)
{
	static struct verdict verdict;

	verify(store, &verdict);
	if (verdict.result.faults != 0 || verdict.sentences[0] != '\0') {
		fail_msg("a clean registry has faults: %s", verdict.sentences);
	}
}

/* ---- tampering, behind the store's back ---- */

struct row {
	char *values[VALUES_MAX]; /* NULL or text */
};

struct tampering {
	struct database *raw;
	struct store *store;
	int64_t done, refused;
	size_t table_count;
};

static inline struct database *open_raw(const char *url)
{
	struct database *raw = store_case_open(url, DATABASE_WRITE);

	if (database_is_postgres(raw)) {
		assert_int_equal(database_run(raw, "SET session_replication_role = replica"), 0);
	} else {
		assert_int_equal(database_run(raw, "PRAGMA foreign_keys = OFF"), 0);
		assert_int_equal(database_run(raw, "PRAGMA ignore_check_constraints = ON"), 0);
		assert_int_equal(database_run(raw, "PRAGMA synchronous = OFF"), 0);
	}
	return raw;
}

static inline void bind_value(struct statement *statement, int index, const struct table_column *column,
			      const char *value)
{
	if (value == NULL) {
		statement_bind_null(statement, index);
	} else if (column->is_text) {
		statement_bind_text(statement, index, value);
	} else {
		statement_bind_integer(statement, index, strtoll(value, NULL, 10));
	}
}

static inline int run_once(struct statement *statement)
{
	int r = statement_step(statement);

	(void)statement_free(statement);
	return r;
}

static inline size_t put_keys(char *sql, size_t size, const struct table *table)
{
	size_t used = strlen(sql);
	const char *word = " WHERE ";

	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].is_key) {
			used += (size_t)snprintf(sql + used, size - used, "%s\"%s\" = ?", word, table->columns[i].name);
			word = " AND ";
		}
	}
	return used;
}

static inline void bind_keys(struct statement *statement, int index, const struct table *table, const struct row *row)
{
	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].is_key) {
			bind_value(statement, index++, &table->columns[i], row->values[i]);
		}
	}
}

/* The row's column becomes `value`; the row in memory too, when the database takes it. */
static inline int set_value(struct tampering *tampering, const struct table *table, struct row *row, size_t column,
			    char *value)
{
	char sql[1024];
	struct statement *statement = NULL;

	(void)snprintf(sql, sizeof(sql), "UPDATE \"%s\" SET \"%s\" = ?", table->name, table->columns[column].name);
	(void)put_keys(sql, sizeof(sql), table);
	assert_int_equal(statement_prepare(tampering->raw, sql, &statement), 0);
	bind_value(statement, 1, &table->columns[column], value);
	bind_keys(statement, 2, table, row);
	int r = run_once(statement);
	if (r == 0) {
		row->values[column] = value;
	}
	return r;
}

static inline int delete_row(struct tampering *tampering, const struct table *table, const struct row *row)
{
	char sql[1024];
	struct statement *statement = NULL;

	(void)snprintf(sql, sizeof(sql), "DELETE FROM \"%s\"", table->name);
	(void)put_keys(sql, sizeof(sql), table);
	assert_int_equal(statement_prepare(tampering->raw, sql, &statement), 0);
	bind_keys(statement, 1, table, row);
	return run_once(statement);
}

static inline int insert_row(struct tampering *tampering, const struct table *table, const struct row *row)
{
	char sql[1024];
	struct statement *statement = NULL;
	size_t used = (size_t)snprintf(sql, sizeof(sql), "INSERT INTO \"%s\" (", table->name);

	for (size_t i = 0; i < table->column_count; i++) {
		used += (size_t)snprintf(sql + used, sizeof(sql) - used, "%s\"%s\"", i > 0 ? ", " : "",
					 table->columns[i].name);
	}
	for (size_t i = 0; i < table->column_count; i++) {
		used += (size_t)snprintf(sql + used, sizeof(sql) - used, "%s?", i > 0 ? ", " : ") VALUES (");
	}
	(void)snprintf(sql + used, sizeof(sql) - used, ")");
	assert_int_equal(statement_prepare(tampering->raw, sql, &statement), 0);
	for (size_t i = 0; i < table->column_count; i++) {
		bind_value(statement, (int)i + 1, &table->columns[i], row->values[i]);
	}
	return run_once(statement);
}

static inline size_t read_rows(struct tampering *tampering, const struct table *table,
			       struct row ret_rows[static ROWS_MAX])
{
	char sql[1024];
	struct statement *statement = NULL;
	size_t used = (size_t)snprintf(sql, sizeof(sql), "SELECT ");
	size_t count = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		used += (size_t)snprintf(sql + used, sizeof(sql) - used, "%s\"%s\"", i > 0 ? ", " : "",
					 table->columns[i].name);
	}
	(void)snprintf(sql + used, sizeof(sql) - used, " FROM \"%s\" ORDER BY 1, 2", table->name);
	assert_int_equal(statement_prepare(tampering->raw, sql, &statement), 0);
	for (; statement_step(statement) > 0; count++) {
		assert_true(count < ROWS_MAX);
		for (size_t i = 0; i < table->column_count; i++) {
			const char *text = statement_text(statement, (int)i);
			ret_rows[count].values[i] = text != NULL ? strdup(text) : NULL;
		}
	}
	(void)statement_free(statement);
	return count;
}

static inline void free_rows(struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < VALUES_MAX; j++) {
			free(rows[i].values[j]);
			rows[i].values[j] = NULL;
		}
	}
}

static inline bool is_table(const struct table *table, const char *name)
{
	return strcmp(table->name, name) == 0;
}

static inline void begin_tampering(const char *url, struct tampering *ret_tampering)
{
	struct store *store = sample_open(url, STORE_CREATE);
	struct audit_anchor anchor;

	sample_fill(store);
	sample_ok(store, audit_anchor(store, "the test", &anchor));
	expect_clean(store);
	*ret_tampering = (struct tampering){ .raw = open_raw(url), .store = store };
}

static inline void end_tampering(struct tampering *tampering)
{
	expect_clean(tampering->store);
	(void)database_close(tampering->raw);
	(void)store_close(tampering->store);
}
