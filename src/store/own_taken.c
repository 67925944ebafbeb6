/* own_taken.c - what of a row is taken already, and by whom (own_taken.h).  Called by own.c; writes nothing. */
#include "store/own_taken.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "store/ask.h"
#include "store/store_private.h"

/* RFC 6335, 6: the ends of each range are reserved, from 49152 on nothing is assigned.  The table claim says the
 * same. */
enum { FIRST_PORT = 1, LAST_PORT = 49150, LAST_SYSTEM_PORT = 1023, FIRST_USER_PORT = 1024, NAME_MAX_LENGTH = 15 };

const char *own_transport(const struct entry *entry)
{
	static const char *const transports[] = { "tcp", "udp", "sctp", "dccp" };

	for (size_t i = 0; entry->lo != ENTRY_NO_PORT && i < sizeof(transports) / sizeof(transports[0]); i++) {
		if (strcasecmp(entry->columns[ENTRY_TRANSPORT], transports[i]) == 0) {
			return transports[i];
		}
	}
	return NULL;
}

/* ---- claims ---- */

static int check_range(struct store *store, const struct entry *entry)
{
	if (entry->lo >= FIRST_PORT && entry->hi <= LAST_PORT &&
	    !(entry->lo <= FIRST_USER_PORT && entry->hi >= LAST_SYSTEM_PORT)) {
		return 0;
	}
	return store_complain(
		store, -EPERM,
		"port %s cannot be assigned: 0, 1023, 1024 and 49151 are reserved, those from 49152 are dynamic",
		entry->columns[ENTRY_PORT]);
}

static const char *holder(struct statement *statement, int assignee, int name)
{
	const char *text = statement_text(statement, assignee);

	return text[0] != '\0' ? text : statement_text(statement, name);
}

static int say_claimed(struct store *store, struct statement *statement, const char *transport)
{
	long long port = statement_integer(statement, 0);
	const char *since = statement_text(statement, 4);

	if (since == NULL) {
		return store_complain(store, -EEXIST, "%s %lld is %s", transport, port, statement_text(statement, 1));
	}
	if (strcmp(statement_text(statement, 1), "reserved") == 0) {
		return store_complain(store, -EEXIST, "%s %lld is reserved since %s, when it was given back", transport,
				      port, since);
	}
	return store_complain(store, -EEXIST, "%s %lld is held by \"%s\" since %s", transport, port,
			      holder(statement, 2, 3), since);
}

int own_claims_free(struct store *store, const struct entry *entry, const char *transport)
{
	struct statement *statement = NULL;
	int r = check_range(store, entry);

	if (r < 0) {
		return r;
	}
	r = ask_with_texts(store,
			   "SELECT c.port, c.kind, e.assignee, e.name, p.since_day FROM claim AS c "
			   "LEFT JOIN publication AS p ON p.assignment = c.assignment AND p.until_event IS NULL "
			   "LEFT JOIN entry AS e ON e.id = p.entry "
			   "WHERE c.transport = ? AND c.port BETWEEN ? AND ? ORDER BY c.port, e.lo IS NULL LIMIT 1",
			   1, &transport, &statement);
	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 2, entry->lo);
	statement_bind_integer(statement, 3, entry->hi);
	r = ask_step(store, statement);
	r = r > 0 ? say_claimed(store, statement, transport) : r;
	(void)statement_free(statement);
	return r;
}

/* ---- names ---- */

static int say_named(struct store *store, struct statement *statement, const struct entry *entry, bool *ret_stands)
{
	const char *name = entry->columns[ENTRY_NAME];
	const char *since = statement_text(statement, 3);

	if (strcmp(statement_text(statement, 0), "assigned") != 0 || since == NULL) {
		return store_complain(store, -EEXIST, "the name \"%s\" is %s", name, statement_text(statement, 0));
	}
	if (strcmp(statement_text(statement, 1), entry->columns[ENTRY_ASSIGNEE]) == 0) {
		*ret_stands = true;
		return 0;
	}
	return store_complain(store, -EEXIST, "the name \"%s\" is held by \"%s\" since %s", name,
			      holder(statement, 1, 2), since);
}

int own_name_free(struct store *store, const struct entry *entry, bool *ret_stands)
{
	struct statement *statement = NULL;

	if (strlen(entry->fold) > NAME_MAX_LENGTH) {
		return store_complain(store, -EPERM, "the name \"%s\" has %zu characters, %d are allowed",
				      entry->columns[ENTRY_NAME], strlen(entry->fold), NAME_MAX_LENGTH);
	}
	int r = ask_with_texts(store,
			       "SELECT n.kind, e.assignee, e.name, p.since_day FROM name AS n "
			       "LEFT JOIN publication AS p ON p.assignment = n.assignment AND p.until_event IS NULL "
			       "LEFT JOIN entry AS e ON e.id = p.entry "
			       "WHERE n.fold = ? ORDER BY CASE WHEN e.fold = n.fold THEN 0 ELSE 1 END LIMIT 1",
			       1, &entry->fold, &statement);
	if (r < 0) {
		return r;
	}
	r = ask_step(store, statement);
	r = r > 0 ? say_named(store, statement, entry, ret_stands) : r;
	(void)statement_free(statement);
	return r;
}

/* ---- rows ---- */

int own_row_new(struct store *store, const struct entry *entry)
{
	char hex[2 * ENTRY_DIGEST_SIZE + 1];
	const char *digest = hex;
	int64_t publication = 0;

	(void)sodium_bin2hex(hex, sizeof(hex), entry->digest, ENTRY_DIGEST_SIZE);
	int r = ask_integer(store,
			    "SELECT p.id FROM entry AS e JOIN publication AS p ON p.entry = e.id "
			    "WHERE e.digest = ? AND p.until_event IS NULL",
			    1, &digest, &publication);
	return r > 0 ? store_complain(store, -EEXIST, "this row stands in the registry already, word for word") : r;
}

int own_stands(struct store *store, int64_t entry, bool *ret_stands)
{
	int64_t publication = 0;
	int r = ask_integer_of(store, "SELECT id FROM publication WHERE entry = ? AND until_event IS NULL", 1, &entry,
			       &publication);

	if (r < 0) {
		return r;
	}
	*ret_stands = r > 0;
	return 0;
}

int own_other_with_name(struct store *store, const char *fold, int64_t publication, int64_t *ret_assignment)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "SELECT p.assignment FROM entry AS e JOIN publication AS p ON p.entry = e.id "
			       "WHERE e.fold = ? AND p.until_event IS NULL AND p.id <> ? ORDER BY p.assignment LIMIT 1",
			       1, &fold, &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 2, publication);
	return ask_one(store, statement, ret_assignment);
}
