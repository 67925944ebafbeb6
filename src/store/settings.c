/* settings.c - the few texts a registry has for itself (settings.h).  Called by registry/ and the commands. */
#include "store/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/store_private.h"

char *setting_get(struct store *store, const char *key)
{
	struct statement *statement = NULL;
	char *value = NULL;
	int r = statement_prepare(store_database(store), "SELECT value FROM setting WHERE key = ?", &statement);

	if (r == 0) {
		statement_bind_text(statement, 1, key);
		r = statement_step(statement);
	}
	if (r >= 0) {
		value = strdup(r > 0 ? statement_text(statement, 0) : "");
		r = value != NULL ? 0 : -ENOMEM;
	}
	(void)statement_free(statement);
	if (r < 0) {
		errno = -store_complain(store, r, NULL);
	}
	return value;
}

int setting_put(struct change *change, const char *key, const char *value)
{
	json_t *row = json_pack("{s:s, s:s}", "key", key, "value", value);

	if (row == NULL) {
		return -EINVAL;
	}
	int r = change_update(change, "setting", row);
	if (r == -ENOENT) {
		r = change_insert(change, "setting", row);
	}
	json_decref(row);
	return r;
}
