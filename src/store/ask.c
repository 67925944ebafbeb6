/* ask.c - one number asked of the store (ask.h).  Called by the files of this folder that look before they write. */
#include "store/ask.h"

#include "store/store_private.h"

int ask_integer(struct store *store, const char *sql, size_t text_count, const char *const texts[],
		int64_t *ret_integer)
{
	struct statement *statement = NULL;
	int r = statement_prepare(store->database, sql, &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	for (size_t i = 0; i < text_count; i++) {
		statement_bind_text(statement, (int)i + 1, texts[i]);
	}
	r = statement_step(statement);
	if (r > 0) {
		*ret_integer = statement_integer(statement, 0);
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(store, r, NULL) : r;
}
