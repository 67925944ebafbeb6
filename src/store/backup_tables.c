/* backup_tables.c - all tables of tables.h copied and summed up (backup_tables.h).
 *
 * Called by backup.c.  Knows no table by name: what a table has is said by tables.h, so a new one is in every
 * backup.  All SQL is made of names that stand there; values are bound. */
#include "store/backup_tables.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/ask.h"
#include "store/journal.h"
#include "store/store_private.h"
#include "store/tables.h"

/* A server's answer is in memory as a whole, so tables are read by pages. */
enum { SQL_MAX = 2048, PAGE_ROWS = 4096 };

/* ---- SQL ---- */

static void put_list(struct text *sql, const struct table *table, bool keys_only, const char *place_or_null)
{
	const char *separator = "";

	for (size_t i = 0; i < table->column_count; i++) {
		if (!keys_only || table->columns[i].is_key) {
			text_put(sql, separator);
			text_put(sql, place_or_null != NULL ? place_or_null : table->columns[i].name);
			separator = ", ";
		}
	}
}

static void put_columns(struct text *sql, const struct table *table, bool keys_only)
{
	put_list(sql, table, keys_only, NULL);
}

static void put_places(struct text *sql, const struct table *table, bool keys_only)
{
	put_list(sql, table, keys_only, "?");
}

static int prepare(struct store *store, const struct text *sql, struct statement **ret_statement)
{
	int r = sql->cut ? -EPROTO : statement_prepare(store->database, sql->start, ret_statement);

	return r < 0 ? store_complain(store, r, NULL) : 0;
}

/* A page of rows behind a key, or the first one. */
static int prepare_page(struct store *store, const struct table *table, bool is_first, struct statement **ret_statement)
{
	char buffer[SQL_MAX];
	struct text sql;

	text_init(&sql, buffer, sizeof(buffer));
	text_put(&sql, "SELECT ");
	put_columns(&sql, table, false);
	text_put(&sql, " FROM ");
	text_put(&sql, table->name);
	if (!is_first) {
		text_put(&sql, " WHERE (");
		put_columns(&sql, table, true);
		text_put(&sql, ") > (");
		put_places(&sql, table, true);
		text_put(&sql, ")");
	}
	text_put(&sql, " ORDER BY ");
	put_columns(&sql, table, true);
	text_put(&sql, " LIMIT ");
	text_put_unsigned(&sql, PAGE_ROWS);
	return prepare(store, &sql, ret_statement);
}

static int prepare_insert(struct store *store, const struct table *table, struct statement **ret_statement)
{
	char buffer[SQL_MAX];
	struct text sql;

	text_init(&sql, buffer, sizeof(buffer));
	text_put(&sql, "INSERT INTO ");
	text_put(&sql, table->name);
	text_put(&sql, " (");
	put_columns(&sql, table, false);
	text_put(&sql, ") VALUES (");
	put_places(&sql, table, false);
	text_put(&sql, ")");
	return prepare(store, &sql, ret_statement);
}

static int empty(struct store *store, const struct table *table)
{
	char buffer[SQL_MAX];
	struct text sql;

	text_init(&sql, buffer, sizeof(buffer));
	text_put(&sql, "DELETE FROM ");
	text_put(&sql, table->name);
	int r = database_run(store->database, buffer);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

/* ---- one table ---- */

struct walk {
	struct store *from;
	struct store *to_or_null;
	const struct table *table;
	struct statement *insert; /* into `to`, or NULL */
	crypto_hash_sha256_state state;
	int64_t rows;
	char *last_key[TABLE_COLUMNS_MAX]; /* of the page before */
};

/* An integer is hashed as it reads; NULL as what no text begins with. */
static void sum_row(struct walk *walk, struct statement *row)
{
	static const unsigned char marks[] = { 0, 1 };

	for (size_t i = 0; i < walk->table->column_count; i++) {
		const char *text = statement_text(row, (int)i);
		(void)crypto_hash_sha256_update(&walk->state, &marks[text != NULL], 1);
		if (text != NULL) {
			journal_hash_text(&walk->state, text);
		}
	}
	walk->rows++;
}

static int insert_row(const struct walk *walk, struct statement *row)
{
	for (size_t i = 0; i < walk->table->column_count; i++) {
		int column = (int)i;
		const char *text = statement_text(row, column);
		if (walk->table->columns[i].is_text || text == NULL) {
			statement_bind_text(walk->insert, column + 1, text);
		} else {
			statement_bind_integer(walk->insert, column + 1, statement_integer(row, column));
		}
	}
	int r = statement_run(walk->insert);
	return r < 0 ? store_complain(walk->to_or_null, r, NULL) : 0;
}

static void forget_key(struct walk *walk)
{
	for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++) {
		free(walk->last_key[i]);
		walk->last_key[i] = NULL;
	}
}

static int remember_key(struct walk *walk, struct statement *row)
{
	forget_key(walk);
	for (size_t i = 0; i < walk->table->column_count; i++) {
		const char *text = statement_text(row, (int)i);
		if (!walk->table->columns[i].is_key) {
			continue;
		}
		walk->last_key[i] = text != NULL ? strdup(text) : NULL;
		if (walk->last_key[i] == NULL) {
			return store_complain(walk->from, text == NULL ? -EBADMSG : -ENOMEM,
					      "table %s: a key is missing", walk->table->name);
		}
	}
	return 0;
}

static int take_row(struct walk *walk, struct statement *row, bool is_last_of_page)
{
	int r = 0;

	sum_row(walk, row);
	if (walk->insert != NULL) {
		r = insert_row(walk, row);
	}
	return r == 0 && is_last_of_page ? remember_key(walk, row) : r;
}

static int open_page(struct walk *walk, struct statement **ret_page)
{
	int r = prepare_page(walk->from, walk->table, walk->rows == 0, ret_page);

	/* A text is as good as an integer where it is compared with a column of integers. */
	for (size_t i = 0, index = 0; r == 0 && walk->rows > 0 && i < walk->table->column_count; i++) {
		if (walk->table->columns[i].is_key) {
			statement_bind_text(*ret_page, (int)++index, walk->last_key[i]);
		}
	}
	return r;
}

/* How many rows it had, or -errno. */
static int walk_page(struct walk *walk)
{
	struct statement *page = NULL;
	int count = 0;
	int r = open_page(walk, &page);

	if (r < 0) {
		return r;
	}
	while ((r = statement_step(page)) > 0) {
		r = take_row(walk, page, ++count == PAGE_ROWS);
		if (r < 0) {
			(void)statement_free(page);
			return r;
		}
	}
	(void)statement_free(page);
	return r < 0 ? store_complain(walk->from, r, NULL) : count;
}

static int count_rows(const struct walk *walk, int64_t *ret_rows)
{
	char buffer[SQL_MAX];
	struct text sql;

	text_init(&sql, buffer, sizeof(buffer));
	text_put(&sql, "SELECT count(*) FROM ");
	text_put(&sql, walk->table->name);
	int r = ask_integer(walk->from, buffer, 0, NULL, ret_rows);
	return r < 0 ? r : 0;
}

/* Counted first, so that a damaged file in which each page leads back to an older one has an end. */
static int walk_pages(struct walk *walk)
{
	int64_t rows = 0;
	int r = count_rows(walk, &rows);

	(void)crypto_hash_sha256_init(&walk->state);
	do {
		r = r < 0 ? r : walk_page(walk);
	} while (r == PAGE_ROWS && walk->rows <= rows);
	if (r >= 0 && walk->rows != rows) {
		r = store_complain(walk->from, -EBADMSG, "table %s does not have the rows it counts",
				   walk->table->name);
	}
	forget_key(walk);
	return r < 0 ? r : 0;
}

static int walk_table(struct walk *walk)
{
	int r = walk->to_or_null != NULL ? prepare_insert(walk->to_or_null, walk->table, &walk->insert) : 0;

	if (r == 0) {
		r = walk_pages(walk);
	}
	walk->insert = statement_free(walk->insert);
	return r;
}

/* ---- all of them ---- */

static int walk_tables(struct store *from, struct store *to_or_null, struct backup_sums *ret_sums)
{
	struct backup_sums sums = { .sha256 = "" };
	crypto_hash_sha256_state whole;

	(void)crypto_hash_sha256_init(&whole);
	for (size_t i = 0; tables[i].name != NULL; i++) {
		struct walk walk = { .from = from, .to_or_null = to_or_null, .table = &tables[i] };
		int r = i < BACKUP_TABLES_MAX ? walk_table(&walk) : -EPROTO;
		if (r < 0) {
			return r;
		}
		sums.tables[i].rows = walk.rows;
		journal_hash_end(&walk.state, sums.tables[i].sha256);
		journal_hash_text(&whole, tables[i].name);
		journal_hash_integer(&whole, walk.rows);
		journal_hash_text(&whole, sums.tables[i].sha256);
	}
	journal_hash_end(&whole, sums.sha256);
	*ret_sums = sums;
	return 0;
}

int backup_tables_sum(struct store *store, struct backup_sums *ret_sums)
{
	return walk_tables(store, NULL, ret_sums);
}

/* Tables refer to those before them. */
static int empty_all(struct store *store)
{
	size_t count = 0;
	int r = 0;

	while (tables[count].name != NULL) {
		count++;
	}
	while (r == 0 && count > 0) {
		r = empty(store, &tables[--count]);
	}
	return r;
}

int backup_tables_copy(struct store *from, struct store *to, struct backup_sums *ret_sums)
{
	int r = empty_all(to);

	return r < 0 ? r : walk_tables(from, to, ret_sums);
}

const char *backup_tables_differ(const struct backup_sums *one, const struct backup_sums *other)
{
	for (size_t i = 0; tables[i].name != NULL; i++) {
		if (one->tables[i].rows != other->tables[i].rows ||
		    strcmp(one->tables[i].sha256, other->tables[i].sha256) != 0) {
			return tables[i].name;
		}
	}
	return NULL;
}
