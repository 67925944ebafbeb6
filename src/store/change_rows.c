/* change_rows.c - rows as JSON objects written to their tables (change_rows.h).
 *
 * All SQL is made of names that stand in tables.h; values are bound. */
#include "store/change_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/journal.h"
#include "store/store_private.h"
#include "store/tables.h"

enum { SQL_MAX = 2048, SALT_OCTETS = 16, VALUE_MAX = 24 };

static const char salt_name[] = "salt";

/* ---- personal values ---- */

static bool has_personal(const struct table *table, const json_t *row)
{
	for (size_t i = 0; i < table->column_count; i++) {
		const struct table_column *column = &table->columns[i];
		if (column->is_personal && (row == NULL || json_object_get(row, column->name) != NULL)) {
			return true;
		}
	}
	return false;
}

json_t *change_rows_salted(const struct table *table, const json_t *row)
{
	unsigned char octets[SALT_OCTETS];
	char salt[2 * SALT_OCTETS + 1];
	json_t *whole = json_object();

	if (whole == NULL || json_object_update(whole, (json_t *)(uintptr_t)row) < 0) {
		json_decref(whole);
		return NULL;
	}
	if (has_personal(table, NULL)) {
		randombytes_buf(octets, sizeof(octets));
		(void)sodium_bin2hex(salt, sizeof(salt), octets, sizeof(octets));
		if (json_object_set_new(whole, salt_name, json_string(salt)) < 0) {
			json_decref(whole);
			return NULL;
		}
	}
	return whole;
}

static json_t *digest_of(const char *salt, const json_t *value)
{
	char number[VALUE_MAX];
	char digest[JOURNAL_DIGEST_SIZE];

	if (json_is_null(value)) {
		return json_null();
	}
	(void)snprintf(number, sizeof(number), "%" PRId64, (int64_t)json_integer_value(value));
	journal_digest(salt, json_is_string(value) ? json_string_value(value) : number, digest);
	return json_string(digest);
}

static json_t *digested(const struct table *table, const json_t *row, const char *salt)
{
	json_t *public = json_object();

	for (size_t i = 0; public != NULL && i < table->column_count; i++) {
		const struct table_column *column = &table->columns[i];
		json_t *value = json_object_get(row, column->name);
		if (value == NULL) {
			continue;
		}
		value = column->is_personal ? digest_of(salt, value) : json_incref(value);
		if (json_object_set_new(public, column->name, value) < 0) {
			json_decref(public);
			public = NULL;
		}
	}
	return public;
}

/* ---- SQL from tables.h ---- */

static bool is_given(const struct table_column *column, const json_t *row)
{
	return json_object_get(row, column->name) != NULL;
}

static void put_name(struct text *sql, const char *name)
{
	text_put_char(sql, '"');
	text_put(sql, name);
	text_put_char(sql, '"');
}

static void put_insert(struct text *sql, const struct table *table)
{
	text_put(sql, "INSERT INTO ");
	put_name(sql, table->name);
	for (size_t i = 0; i < table->column_count; i++) {
		text_put(sql, i == 0 ? " (" : ", ");
		put_name(sql, table->columns[i].name);
	}
	for (size_t i = 0; i < table->column_count; i++) {
		text_put(sql, i == 0 ? ") VALUES (?" : ", ?");
	}
	text_put(sql, ")");
}

static void put_key(struct text *sql, const struct table *table)
{
	const char *word = " WHERE ";

	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].is_key) {
			text_put(sql, word);
			put_name(sql, table->columns[i].name);
			text_put(sql, " = ?");
			word = " AND ";
		}
	}
}

static void put_update(struct text *sql, const struct table *table, const json_t *row)
{
	const char *word = " SET ";

	text_put(sql, "UPDATE ");
	put_name(sql, table->name);
	for (size_t i = 0; i < table->column_count; i++) {
		if (!table->columns[i].is_key && is_given(&table->columns[i], row)) {
			text_put(sql, word);
			put_name(sql, table->columns[i].name);
			text_put(sql, " = ?");
			word = ", ";
		}
	}
	put_key(sql, table);
}

/* ---- what a row may have ---- */

static bool is_right_value(const struct table_column *column, const json_t *value)
{
	if (json_is_null(value)) {
		return !column->is_key;
	}
	if (!column->is_text) {
		return json_is_integer(value);
	}
	return json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value);
}

/* Every column the row names is one of the table, with a value of its kind, and the key is whole. */
static int check(struct store *store, const struct table *table, const json_t *row)
{
	size_t known = 0;

	for (size_t i = 0; i < table->column_count; i++) {
		const struct table_column *column = &table->columns[i];
		const json_t *value = json_object_get(row, column->name);
		known += value != NULL;
		if (value == NULL ? column->is_key : !is_right_value(column, value)) {
			return store_complain(store, -EINVAL, "table %s: column %s has no value, or none of its kind",
					      table->name, column->name);
		}
	}
	return known == json_object_size(row)
		       ? 0
		       : store_complain(store, -EINVAL, "table %s has no column for some value", table->name);
}

/* ---- statements ---- */

static void bind(struct statement *statement, int index, const json_t *value)
{
	if (json_is_string(value)) {
		statement_bind_text(statement, index, json_string_value(value));
	} else if (json_is_integer(value)) {
		statement_bind_integer(statement, index, json_integer_value(value));
	} else {
		statement_bind_null(statement, index);
	}
}

static int bind_key(struct statement *statement, int index, const struct table *table, const json_t *row)
{
	for (size_t i = 0; i < table->column_count; i++) {
		if (table->columns[i].is_key) {
			bind(statement, index++, json_object_get(row, table->columns[i].name));
		}
	}
	return index;
}

static int prepare(struct store *store, const struct text *sql, struct statement **ret_statement)
{
	int r = sql->cut ? -ENOBUFS : statement_prepare(store->database, sql->start, ret_statement);

	return r < 0 ? store_complain(store, r, NULL) : 0;
}

/* One row must have been touched. */
static int finish(struct store *store, const struct table *table, struct statement *statement)
{
	int r = statement_step(statement);
	bool touched = r == 0 && statement_affected(statement) == 1;

	(void)statement_free(statement);
	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	return touched ? 0 : store_complain(store, -ENOENT, "there is no such row in table %s", table->name);
}

int change_rows_insert(struct store *store, const struct table *table, const json_t *row)
{
	char buffer[SQL_MAX];
	struct text sql;
	struct statement *statement = NULL;
	int r = check(store, table, row);

	text_init(&sql, buffer, sizeof(buffer));
	put_insert(&sql, table);
	if (r == 0) {
		r = prepare(store, &sql, &statement);
	}
	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < table->column_count; i++) {
		bind(statement, (int)i + 1, json_object_get(row, table->columns[i].name));
	}
	return finish(store, table, statement);
}

int change_rows_update(struct store *store, const struct table *table, const json_t *row)
{
	char buffer[SQL_MAX];
	struct text sql;
	struct statement *statement = NULL;
	int index = 1;
	int r = check(store, table, row);

	text_init(&sql, buffer, sizeof(buffer));
	put_update(&sql, table, row);
	if (r == 0) {
		r = prepare(store, &sql, &statement);
	}
	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < table->column_count; i++) {
		if (!table->columns[i].is_key && is_given(&table->columns[i], row)) {
			bind(statement, index++, json_object_get(row, table->columns[i].name));
		}
	}
	(void)bind_key(statement, index, table, row);
	return finish(store, table, statement);
}

int change_rows_delete(struct store *store, const struct table *table, const json_t *key)
{
	char buffer[SQL_MAX];
	struct text sql;
	struct statement *statement = NULL;
	int r = check(store, table, key);

	text_init(&sql, buffer, sizeof(buffer));
	text_put(&sql, "DELETE FROM ");
	put_name(&sql, table->name);
	put_key(&sql, table);
	if (r == 0) {
		r = prepare(store, &sql, &statement);
	}
	if (r < 0) {
		return r;
	}
	(void)bind_key(statement, 1, table, key);
	return finish(store, table, statement);
}

/* ---- what an event may show ---- */

static int read_salt(struct store *store, const struct table *table, const json_t *row,
		     struct statement **ret_statement, const char **ret_salt)
{
	char buffer[SQL_MAX];
	struct text sql;
	int r;

	text_init(&sql, buffer, sizeof(buffer));
	text_put(&sql, "SELECT salt FROM ");
	put_name(&sql, table->name);
	put_key(&sql, table);
	r = prepare(store, &sql, ret_statement);
	if (r < 0) {
		return r;
	}
	(void)bind_key(*ret_statement, 1, table, row);
	r = statement_step(*ret_statement);
	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	*ret_salt = r > 0 ? statement_text(*ret_statement, 0) : NULL;
	return *ret_salt != NULL ? 0 : store_complain(store, -ENOENT, "a row of %s has no salt", table->name);
}

static int digest_row(struct store *store, const struct table *table, const json_t *row, json_t **ret_public)
{
	struct statement *statement = NULL;
	const char *salt = NULL;
	int r = read_salt(store, table, row, &statement, &salt);

	if (r == 0) {
		*ret_public = digested(table, row, salt);
	}
	(void)statement_free(statement);
	return r;
}

int change_rows_public(struct store *store, const struct table *table, const json_t *row, json_t **ret_public)
{
	json_t *public = NULL;
	int r = 0;

	if (has_personal(table, row)) {
		r = digest_row(store, table, row, &public);
	} else {
		public = json_deep_copy(row);
	}
	if (r == 0 && public == NULL) {
		r = store_complain(store, -ENOMEM, NULL);
	}
	if (r == 0) {
		*ret_public = public;
	}
	return r;
}
