/* staff.c - the people who run a registry (staff.h).  Called by registry/ and cmd/.
 *
 * Nobody is ever taken out of the table: events name them.  0 and 1 are no people and are not told of. */
#include "store/staff.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/ask.h"
#include "store/sessions.h"
#include "store/store_private.h"

enum { FIRST_PERSON = 2, ROLES_MAX = 256 };

static const char administrator[] = "administrator";

/* ---- add ---- */

static int check_login(struct store *store, const char *login)
{
	int64_t count = 0;

	if (login[0] == '\0') {
		return store_complain(store, -EINVAL, "a login has at least one character");
	}
	for (const char *at = login; *at != '\0'; at++) {
		if (!islower((unsigned char)*at) && !isdigit((unsigned char)*at) && strchr("._-@+$", *at) == NULL) {
			return store_complain(store, -EINVAL,
					      "a login has small letters, digits and . _ - @ + $ only, unlike \"%s\"",
					      login);
		}
	}
	int r = ask_integer(store, "SELECT count(*) FROM staff WHERE login = ?", 1, &login, &count);
	if (r >= 0 && count > 0) {
		return store_complain(store, -EEXIST, "\"%s\" is one of the staff already", login);
	}
	return r < 0 ? r : 0;
}

int staff_add(struct change *change, const char *login, const char *name, const char *email, int64_t *ret_id)
{
	struct store *store = change_store(change);
	int64_t id = 0;
	int r = check_login(store, login);

	if (r == 0) {
		r = ask_integer(store, "SELECT max(id) + 1 FROM staff", 0, NULL, &id);
	}
	if (r >= 0) {
		r = change_insert_new(change, "staff",
				      json_pack("{s:I, s:s, s:s, s:s, s:i}", "id", id, "login", login, "name", name,
						"email", email, "active", 1));
	}
	if (r < 0) {
		return r;
	}
	*ret_id = id;
	return 0;
}

/* ---- asked by number ---- */

/* 1 with the first column, 0 no row, or -errno. */
static int ask_of_staff(struct store *store, const char *sql, int64_t staff, const char *role, const char *scope,
			int64_t *ret_integer)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store, sql, 1, &staff, &statement);

	if (r < 0) {
		return r;
	}
	if (role != NULL) {
		statement_bind_text(statement, 2, role);
	}
	if (scope != NULL) {
		statement_bind_text(statement, 3, scope);
	}
	return ask_one(store, statement, ret_integer);
}

/* -ENOENT when there is no such person. */
static int check_person(struct store *store, int64_t staff)
{
	int64_t active = 0;
	int r = staff >= FIRST_PERSON
			? ask_of_staff(store, "SELECT active FROM staff WHERE id = ?", staff, NULL, NULL, &active)
			: 0;

	return r == 0 ? store_complain(store, -ENOENT, "the staff has nobody with number %lld", (long long)staff) : r;
}

/* Somebody else must be left who can change the staff. */
static int check_administrator_is_left(struct store *store, int64_t staff)
{
	int64_t others = 0;
	int64_t is_one = 0;
	int r = ask_of_staff(
		store,
		"SELECT count(*) FROM staff AS s WHERE s.id = ? AND s.active = 1 AND EXISTS (SELECT 1 FROM "
		"staff_role AS r WHERE r.staff = s.id AND r.role = ?)",
		staff, administrator, NULL, &is_one);

	if (r >= 0) {
		r = ask_of_staff(
			store,
			"SELECT count(*) FROM staff AS s WHERE s.id <> ? AND s.active = 1 AND EXISTS (SELECT 1 FROM "
			"staff_role AS r WHERE r.staff = s.id AND r.role = ?)",
			staff, administrator, NULL, &others);
	}
	if (r >= 0 && is_one > 0 && others == 0) {
		return store_complain(store, -EPERM, "this is the last administrator; make somebody else one first");
	}
	return r < 0 ? r : 0;
}

/* ---- roles ---- */

static int check_role(struct store *store, const char *role)
{
	static const char *const roles[] = { "registrar", "expert", "board", administrator, "auditor" };

	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		if (strcmp(role, roles[i]) == 0) {
			return 0;
		}
	}
	return store_complain(store, -EINVAL,
			      "there is no role \"%s\"; there are registrar, expert, board, administrator, auditor",
			      role);
}

/* Of an expert, the transport; any role may be for all. */
static int check_scope(struct store *store, const char *scope)
{
	static const char *const scopes[] = { "*", "tcp", "udp", "sctp", "dccp" };

	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (strcmp(scope, scopes[i]) == 0) {
			return 0;
		}
	}
	return store_complain(store, -EINVAL, "there is no scope \"%s\"; there are *, tcp, udp, sctp, dccp", scope);
}

static int has_exactly(struct store *store, int64_t staff, const char *role, const char *scope, int64_t *ret_count)
{
	return ask_of_staff(store, "SELECT count(*) FROM staff_role WHERE staff = ? AND role = ? AND scope = ?", staff,
			    role, scope, ret_count);
}

static json_t *role_row(int64_t staff, const char *role, const char *scope)
{
	return json_pack("{s:I, s:s, s:s}", "staff", staff, "role", role, "scope", scope);
}

int staff_grant(struct change *change, int64_t staff, const char *role, const char *scope)
{
	struct store *store = change_store(change);
	int64_t count = 0;
	int r = check_person(store, staff);

	if (r >= 0) {
		r = check_role(store, role);
	}
	if (r >= 0) {
		r = check_scope(store, scope);
	}
	if (r >= 0) {
		r = has_exactly(store, staff, role, scope, &count);
	}
	if (r < 0) {
		return r;
	}
	return count > 0 ? store_complain(store, -EEXIST, "the role %s (%s) is there already", role, scope)
			 : change_insert_new(change, "staff_role", role_row(staff, role, scope));
}

int staff_revoke(struct change *change, int64_t staff, const char *role, const char *scope)
{
	struct store *store = change_store(change);
	int64_t count = 0;
	int r = has_exactly(store, staff, role, scope, &count);

	if (r < 0) {
		return r;
	}
	if (count == 0) {
		return store_complain(store, -ENOENT, "the role %s (%s) is not there", role, scope);
	}
	if (strcmp(role, administrator) == 0) {
		r = check_administrator_is_left(store, staff);
	}
	return r < 0 ? r : change_delete_new(change, "staff_role", role_row(staff, role, scope));
}

int staff_retire(struct change *change, int64_t staff)
{
	struct store *store = change_store(change);
	int r = check_person(store, staff);

	if (r >= 0) {
		r = check_administrator_is_left(store, staff);
	}
	if (r >= 0) {
		r = change_update_new(change, "staff", json_pack("{s:I, s:i}", "id", staff, "active", 0));
	}
	return r < 0 ? r : sessions_end_all(store, staff, NULL);
}

/* ---- reading ---- */

int staff_by_login(struct store *store, const char *login, int64_t *ret_id)
{
	int64_t id = 0;
	int r = ask_integer(store, "SELECT id FROM staff WHERE login = ? AND active = 1 AND id > 1", 1, &login, &id);

	if (r == 0) {
		return store_complain(store, -ENOENT, "\"%s\" is not one of the registry's staff", login);
	}
	if (r < 0) {
		return r;
	}
	*ret_id = id;
	return 0;
}

int staff_has_role(struct store *store, int64_t staff, const char *role)
{
	int64_t count = 0;
	int r = ask_of_staff(store,
			     "SELECT count(*) FROM staff_role AS r JOIN staff AS s ON s.id = r.staff "
			     "WHERE s.id = ? AND s.active = 1 AND r.role = ?",
			     staff, role, NULL, &count);

	return r < 0 ? r : count > 0;
}

int staff_each_role(struct store *store, int64_t staff, int (*each)(const char *role, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store,
				  "SELECT DISTINCT r.role FROM staff_role AS r JOIN staff AS s ON s.id = r.staff "
				  "WHERE s.id = ? AND s.active = 1",
				  1, &staff, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = each(statement_text(statement, 0), context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}

static int give_member(struct store *store, struct statement *members, struct statement *roles,
		       int (*each)(const struct staff_member *member, const char *const *roles, void *context),
		       void *context)
{
	const struct staff_member member = {
		.id = statement_integer(members, 0),
		.login = statement_text(members, 1),
		.name = statement_text(members, 2),
		.email = statement_text(members, 3),
		.active = statement_integer(members, 4) != 0,
	};
	char *copies[ROLES_MAX + 1] = { 0 };
	size_t count = 0;
	int r;

	statement_bind_integer(roles, 1, member.id);
	while ((r = ask_step(store, roles)) > 0 && count < ROLES_MAX) {
		copies[count] = strdup(statement_text(roles, 0));
		if (copies[count++] == NULL) {
			r = store_complain(store, -ENOMEM, NULL);
			break;
		}
	}
	statement_reset(roles);
	if (r >= 0) {
		r = each(&member, (const char *const *)copies, context);
	}
	for (size_t i = 0; i < count; i++) {
		free(copies[i]);
	}
	return r;
}

/* Of the numbers from one to the other. */
static int give_members(struct store *store, int64_t first, int64_t last,
			int (*each)(const struct staff_member *member, const char *const *roles, void *context),
			void *context)
{
	const int64_t bounds[] = { first, last };
	struct statement *members = NULL;
	struct statement *roles = NULL;
	int r = ask_with_integers(
		store, "SELECT id, login, name, email, active FROM staff WHERE id BETWEEN ? AND ? ORDER BY id", 2,
		bounds, &members);

	if (r == 0) {
		r = ask(store,
			"SELECT role || CASE WHEN scope = '*' THEN '' ELSE ':' || scope END FROM staff_role "
			"WHERE staff = ? ORDER BY role, scope",
			&roles);
	}
	while (r >= 0 && (r = ask_step(store, members)) > 0) {
		r = give_member(store, members, roles, each, context);
	}
	(void)statement_free(members);
	(void)statement_free(roles);
	return r;
}

int staff_each(struct store *store,
	       int (*each)(const struct staff_member *member, const char *const *roles, void *context), void *context)
{
	return give_members(store, FIRST_PERSON, INT32_MAX, each, context);
}

int staff_find(struct store *store, int64_t staff,
	       int (*found)(const struct staff_member *member, const char *const *roles, void *context), void *context)
{
	return staff < FIRST_PERSON ? 0 : give_members(store, staff, staff, found, context);
}
