/* ask.c - statements whose failures are complained of where they happen (ask.h).  Called by the files of this
 * folder. */
#include "store/ask.h"

#include "store/store_private.h"

int ask(struct store *store, const char *sql, struct statement **ret_statement)
{
	int r = statement_prepare(store->database, sql, ret_statement);

	return r < 0 ? store_complain(store, r, NULL) : 0;
}

int ask_with_texts(struct store *store, const char *sql, size_t count, const char *const texts[],
		   struct statement **ret_statement)
{
	int r = ask(store, sql, ret_statement);

	for (size_t i = 0; r == 0 && i < count; i++) {
		statement_bind_text(*ret_statement, (int)i + 1, texts[i]);
	}
	return r;
}

int ask_with_integers(struct store *store, const char *sql, size_t count, const int64_t integers[],
		      struct statement **ret_statement)
{
	int r = ask(store, sql, ret_statement);

	for (size_t i = 0; r == 0 && i < count; i++) {
		statement_bind_integer(*ret_statement, (int)i + 1, integers[i]);
	}
	return r;
}

int ask_step(struct store *store, struct statement *statement)
{
	int r = statement_step(statement);

	return r < 0 ? store_complain(store, r, NULL) : r;
}

int ask_one(struct store *store, struct statement *statement, int64_t *ret_integer)
{
	int r = ask_step(store, statement);

	if (r > 0) {
		*ret_integer = statement_integer(statement, 0);
	}
	(void)statement_free(statement);
	return r;
}

int ask_run(struct store *store, struct statement *statement)
{
	int r = statement_run(statement);

	(void)statement_free(statement);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

int ask_changes(struct store *store, struct statement *statement)
{
	int r = ask_step(store, statement);

	if (r == 0) {
		r = (int)statement_affected(statement);
	}
	(void)statement_free(statement);
	return r;
}

int ask_integer(struct store *store, const char *sql, size_t count, const char *const texts[], int64_t *ret_integer)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store, sql, count, texts, &statement);

	return r < 0 ? r : ask_one(store, statement, ret_integer);
}

int ask_integer_of(struct store *store, const char *sql, size_t count, const int64_t integers[], int64_t *ret_integer)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store, sql, count, integers, &statement);

	return r < 0 ? r : ask_one(store, statement, ret_integer);
}
