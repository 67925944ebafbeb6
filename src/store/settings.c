/* settings.c - the few texts a registry has for itself (settings.h).  Called by registry/ and the commands. */
#include "store/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/ask.h"
#include "store/store_private.h"

char *setting_get(struct store *store, const char *key)
{
	struct statement *statement = NULL;
	char *value = NULL;
	int r = ask_with_texts(store, "SELECT value FROM setting WHERE key = ?", 1, &key, &statement);

	if (r == 0) {
		r = ask_step(store, statement);
	}
	if (r >= 0) {
		value = strdup(r > 0 ? statement_text(statement, 0) : "");
		r = value != NULL ? 0 : store_complain(store, -ENOMEM, NULL);
	}
	(void)statement_free(statement);
	if (r < 0) {
		errno = -r;
	}
	return value;
}

int setting_put(struct change *change, const char *key, const char *value)
{
	int64_t count = 0;
	int r = ask_integer(change_store(change), "SELECT count(*) FROM setting WHERE key = ?", 1, &key, &count);
	json_t *row = json_pack("{s:s, s:s}", "key", key, "value", value);

	if (r < 0) {
		json_decref(row);
		return r;
	}
	return count > 0 ? change_update_new(change, "setting", row) : change_insert_new(change, "setting", row);
}
