/* store.c - a store is opened, made, and brought to the schema of this program.  Called by registry/ and cmd/.
 *
 * A fresh registry has one event, "create", which puts in the two of the staff that are nobody: so its audit begins
 * with nothing.  Making one that was left half made goes on where it stopped. */
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/ask.h"
#include "store/database_engine.h"
#include "store/migrate.h"
#include "store/schema.h"
#include "store/store_private.h"

enum { NOBODY, BERTH };

static const enum database_mode database_modes[] = {
	[STORE_READ] = DATABASE_READ,
	[STORE_WRITE] = DATABASE_WRITE,
	[STORE_CREATE] = DATABASE_CREATE,
};

/* ---- complaints ---- */

static int complain_as_database(struct store *store, int error)
{
	const char *words = database_complaint(store->database);

	switch (error) {
	case -EBUSY:
		return store_complain(store, error,
				      "another program writes to the registry and did not end in time (%s)", words);
	case -ENOSPC:
		return store_complain(store, error, "no space is left for the registry at %s (%s)",
				      database_place(store->database), words);
	case -ENOMEM:
		return store_complain(store, error, "not enough memory");
	default:
		return store_complain(store, error, "%s: %s", database_place(store->database), words);
	}
}

int store_complain(struct store *store, int error, const char *format, ...)
{
	va_list arguments;

	if (format == NULL) {
		return complain_as_database(store, error);
	}
	va_start(arguments, format);
	vsnprintf(store->complaint, sizeof(store->complaint), format, arguments);
	va_end(arguments);
	return error;
}

const char *store_complaint(const struct store *store)
{
	return store->complaint;
}

/* ---- making ---- */

static int insert_nobody(struct change *change, int id, const char *login)
{
	json_t *row = json_pack("{s:i, s:s, s:s, s:s, s:i}", "id", id, "login", login, "name", login, "email", "",
				"active", id == BERTH);
	int r = row != NULL ? change_insert(change, "staff", row) : -ENOMEM;

	json_decref(row);
	return r;
}

static int write_first_event(struct store *store)
{
	const struct change_by by = { .staff = BERTH, .act = "create", .subject = "registry" };
	struct change *change = NULL;
	int r = change_begin(store, &by, &change);

	if (r < 0) {
		return r;
	}
	r = insert_nobody(change, NOBODY, "(nobody)");
	if (r == 0) {
		r = insert_nobody(change, BERTH, "(berth)");
	}
	if (r < 0) {
		(void)change_abandon(change);
		return r;
	}
	return change_commit(change, NULL);
}

static int make(struct store *store)
{
	int64_t events = 0;
	int r = migrate(store->database, schema_migrations);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	r = ask_integer(store, "SELECT n FROM chain", 0, NULL, &events);
	if (r >= 0 && events > 1) {
		return store_complain(store, -EEXIST, "there is a registry at %s already",
				      database_place(store->database));
	}
	return r >= 0 && events == 0 ? write_first_event(store) : r < 0 ? r : 0;
}

/* ---- opening ---- */

static int bring_to_schema(struct store *store, enum store_mode mode, int64_t number)
{
	int64_t newest = migrate_newest(schema_migrations);
	int r;

	if (number > newest) {
		return store_complain(store, -EPROTONOSUPPORT,
				      "the registry at %s has schema %" PRId64 ", this program knows %" PRId64
				      "; use the newer berth",
				      database_place(store->database), number, newest);
	}
	if (number < newest && mode == STORE_READ) {
		return store_complain(store, -EPROTONOSUPPORT,
				      "the registry at %s has schema %" PRId64 ", this program needs %" PRId64
				      "; the next command that writes to it brings it there",
				      database_place(store->database), number, newest);
	}
	r = number < newest ? migrate(store->database, schema_migrations) : 0;
	if (r < 0) {
		return store_complain(store, r, "the registry at %s could not be brought to schema %" PRId64 ": %s",
				      database_place(store->database), newest, database_complaint(store->database));
	}
	return 0;
}

static int begin_use(struct store *store, enum store_mode mode)
{
	const char *place = database_place(store->database);
	int64_t number = 0;
	int r = migrate_number(store->database, &number);

	if (r == -EMEDIUMTYPE) {
		return store_complain(store, r, "%s holds something else than a registry", place);
	}
	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	if (r == 0 && mode != STORE_CREATE) {
		return store_complain(store, -ENOENT, "there is no registry at %s; make one with: berth registry init",
				      place);
	}
	r = r > 0 ? bring_to_schema(store, mode, number) : 0;
	return r == 0 && mode == STORE_CREATE ? make(store) : r;
}

int store_open(const char *url, enum store_mode mode, struct store **ret_store,
	       char ret_complaint[static STORE_COMPLAINT_MAX])
{
	struct store *store = calloc(1, sizeof(*store));
	int r;

	if (store == NULL) {
		snprintf(ret_complaint, STORE_COMPLAINT_MAX, "not enough memory");
		return -ENOMEM;
	}
	r = database_open(url, database_modes[mode], &store->database, store->complaint);
	if (r == 0) {
		r = begin_use(store, mode);
	}
	if (r < 0) {
		memcpy(ret_complaint, store->complaint, STORE_COMPLAINT_MAX);
		(void)store_close(store);
		return r;
	}
	*ret_store = store;
	return 0;
}

struct store *store_close(struct store *store)
{
	if (store != NULL) {
		(void)database_close(store->database);
		free(store);
	}
	return NULL;
}

struct database *store_database(struct store *store)
{
	return store->database;
}

int store_set_patience(struct store *store, int patience_ms)
{
	return database_set_patience(store->database, patience_ms);
}

int store_read_begin(struct store *store)
{
	int r = database_begin(store->database, false);

	return r < 0 ? store_complain(store, r, NULL) : 0;
}

void store_read_end(struct store *store)
{
	database_rollback(store->database);
}
