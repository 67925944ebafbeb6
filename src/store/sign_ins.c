/* sign_ins.c - what an attempt to sign in is checked against (sign_ins.h).
 *
 * The hash of a password and the secret of a second factor are personal columns: events hold salted digests of them.
 * Failures are no events, nobody shall be able to fill the chain. */
#include "store/sign_ins.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "store/ask.h"
#include "store/sessions.h"
#include "store/store_private.h"

static void copy_text(struct statement *statement, int column, char *ret_text, size_t size)
{
	const char *text = statement_text(statement, column);

	(void)snprintf(ret_text, size, "%s", text != NULL ? text : "");
}

int sign_in_read(struct store *store, const char *login, struct sign_in_row *ret_row)
{
	struct statement *statement = NULL;
	struct sign_in_row row = { .staff = 0 };
	int r = ask_with_texts(store,
			       "SELECT id, password, totp_secret FROM staff WHERE login = ? AND active = 1 AND id > 1",
			       1, &login, &statement);

	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		row.staff = statement_integer(statement, 0);
		copy_text(statement, 1, row.password, sizeof(row.password));
		copy_text(statement, 2, row.totp_secret, sizeof(row.totp_secret));
	}
	(void)statement_free(statement);
	if (r < 0) {
		return r;
	}
	*ret_row = row;
	return 0;
}

/* ---- judged ---- */

/* The row is made, or touched, so that it is locked. */
static int lock_row(struct store *store, int64_t staff)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store,
				  "INSERT INTO sign_in (staff, totp_last, failures) VALUES (?, 0, 0) "
				  "ON CONFLICT (staff) DO UPDATE SET failures = sign_in.failures",
				  1, &staff, &statement);

	return r < 0 ? r : ask_run(store, statement);
}

static int take_row(struct store *store, int64_t staff, struct sign_in_row *ret_row)
{
	struct statement *statement = NULL;
	int r = lock_row(store, staff);

	if (r == 0) {
		r = ask_with_integers(store, "SELECT totp_last, failures, locked_until FROM sign_in WHERE staff = ?", 1,
				      &staff, &statement);
	}
	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	if (r > 0) {
		ret_row->staff = staff;
		ret_row->totp_last = statement_integer(statement, 0);
		ret_row->failures = statement_integer(statement, 1);
		copy_text(statement, 2, ret_row->locked_until, sizeof(ret_row->locked_until));
	}
	(void)statement_free(statement);
	return r > 0 ? 0 : r < 0 ? r : store_complain(store, -EPROTO, NULL);
}

static int put_row(struct store *store, const struct sign_in_row *row)
{
	struct statement *statement = NULL;
	int r = ask(store, "UPDATE sign_in SET totp_last = ?, failures = ?, locked_until = ? WHERE staff = ?",
		    &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, row->totp_last);
	statement_bind_integer(statement, 2, row->failures);
	statement_bind_text(statement, 3, row->locked_until[0] != '\0' ? row->locked_until : NULL);
	statement_bind_integer(statement, 4, row->staff);
	return ask_run(store, statement);
}

int sign_in_judge(struct store *store, int64_t staff, int (*judge)(struct sign_in_row *row, void *context),
		  void *context)
{
	struct sign_in_row row = { .staff = staff };
	int judged = 0;
	int r = database_begin(store->database, true);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	r = take_row(store, staff, &row);
	if (r == 0) {
		judged = judge(&row, context);
		r = put_row(store, &row);
	}
	if (r < 0) {
		database_rollback(store->database);
		return r;
	}
	r = database_commit(store->database);
	return r < 0 ? store_complain(store, r, NULL) : judged;
}

/* ---- changed ---- */

static int forget_failures(struct store *store, int64_t staff)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store, "UPDATE sign_in SET failures = 0, locked_until = NULL WHERE staff = ?", 1,
				  &staff, &statement);

	return r < 0 ? r : ask_run(store, statement);
}

static int put_secret(struct change *change, int64_t staff, const char *column, const char *value_or_null)
{
	if (value_or_null == NULL) {
		return 0;
	}
	json_t *row = json_pack("{s:I, s:s}", "id", staff, column, value_or_null);
	int r = row != NULL ? change_update(change, "staff", row) : store_complain(change_store(change), -ENOMEM, NULL);
	json_decref(row);
	return r;
}

int sign_in_put(struct change *change, int64_t staff, const char *password_hash_or_null,
		const char *totp_secret_or_null)
{
	struct store *store = change_store(change);
	int r = put_secret(change, staff, "password", password_hash_or_null);

	if (r == 0) {
		r = put_secret(change, staff, "totp_secret", totp_secret_or_null);
	}
	if (r == 0) {
		r = forget_failures(store, staff);
	}
	return r < 0 ? r : sessions_end_all(store, staff, NULL);
}
