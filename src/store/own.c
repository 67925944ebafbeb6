/* own.c - rights and rows of this registry itself (own.h).  Called by registry/keep/import_own.c and cmd/.
 *
 * A row of a list becomes an assignment, a claim for each of its ports, a name, and a publication of the row.  What is
 * taken is looked for before anything is written, so that the complaint can say who has it; the keys of claim and name
 * hold it true beside that.  Several rows of one holder may have one name (tcp and udp, two ports): the name belongs to
 * the first of these assignments that still stands. */
#include "store/own.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "store/ask.h"
#include "store/entries.h"
#include "store/journal.h"
#include "store/own_taken.h"
#include "store/store_private.h"

/* ---- writing ---- */

static int next_number(struct change *change, const char *sql, int64_t *ret_number)
{
	int r = ask_integer(change_store(change), sql, 0, NULL, ret_number);

	return r < 0 ? r : 0;
}

static int write_assignment(struct change *change, int64_t *ret_assignment)
{
	int64_t id = 0;
	int r = next_number(change, "SELECT coalesce(max(id), 0) + 1 FROM assignment", &id);

	if (r == 0) {
		r = change_insert_new(change, "assignment",
				      json_pack("{s:I, s:s, s:i, s:I}", "id", id, "basis", "list", "renewals", 0,
						"event", change_event(change)));
	}
	if (r == 0) {
		*ret_assignment = id;
	}
	return r;
}

static int write_claims(struct change *change, const struct entry *entry, const char *transport, int64_t assignment)
{
	int r = 0;

	for (int port = entry->lo; r == 0 && port <= entry->hi; port++) {
		r = change_insert_new(change, "claim",
				      json_pack("{s:s, s:i, s:s, s:I, s:I}", "transport", transport, "port", port,
						"kind", "assigned", "assignment", assignment, "event",
						change_event(change)));
	}
	return r;
}

static int reserve_claims(struct change *change, const struct entry *entry, const char *transport)
{
	int r = 0;

	for (int port = entry->lo; r == 0 && port <= entry->hi; port++) {
		r = change_update_new(change, "claim",
				      json_pack("{s:s, s:i, s:s, s:I}", "transport", transport, "port", port, "kind",
						"reserved", "event", change_event(change)));
	}
	return r;
}

static int write_name(struct change *change, const struct entry *entry, int64_t assignment)
{
	return change_insert_new(change, "name",
				 json_pack("{s:s, s:s, s:s, s:I, s:I}", "fold", entry->fold, "spelled",
					   entry->columns[ENTRY_NAME], "kind", "assigned", "assignment", assignment,
					   "event", change_event(change)));
}

/* The row's text is proved by a seal of its digest. */
static int seal_entry(struct change *change, const struct entry *entry, int64_t id)
{
	char digest[2 * ENTRY_DIGEST_SIZE + 1];
	json_t *key = json_pack("{s:I}", "id", id);

	(void)sodium_bin2hex(digest, sizeof(digest), entry->digest, ENTRY_DIGEST_SIZE);
	int r = key != NULL ? change_seal(change, "entry", key, digest)
			    : store_complain(change_store(change), -ENOMEM, NULL);
	json_decref(key);
	return r;
}

/* A row that stands already, word for word, is not shown twice. */
int own_publish(struct change *change, const struct entry *entry, int64_t assignment, const char *day)
{
	struct store *store = change_store(change);
	int64_t id = 0;
	int64_t row = 0;
	bool stands = false;
	int r = entries_keep(store, entry, 1, &row);

	if (r == 0) {
		r = own_stands(store, row, &stands);
	}
	if (r < 0 || stands) {
		return r;
	}
	r = next_number(change, "SELECT coalesce(max(id), 0) + 1 FROM publication", &id);
	if (r == 0) {
		r = change_insert_new(change, "publication",
				      json_pack("{s:I, s:I, s:I, s:s, s:I}", "id", id, "assignment", assignment,
						"entry", row, "since_day", day, "since_event", change_event(change)));
	}
	return r < 0 ? r : seal_entry(change, entry, row);
}

int own_close(struct change *change, int64_t publication, const char *day)
{
	return change_update_new(
		change, "publication",
		json_pack("{s:I, s:s, s:I}", "id", publication, "until_day", day, "until_event", change_event(change)));
}

/* ---- assign ---- */

int own_assign(struct change *change, const struct entry *entry, const char *day)
{
	struct store *store = change_store(change);
	const char *transport = own_transport(entry);
	bool has_name = entry->fold[0] != '\0';
	bool name_stands = false;
	int64_t assignment = 0;
	int r = transport != NULL ? own_claims_free(store, entry, transport) : 0;

	if (r == 0 && has_name) {
		r = own_name_free(store, entry, &name_stands);
	}
	if (r == 0) {
		r = own_row_new(store, entry);
	}
	if (r == 0) {
		r = write_assignment(change, &assignment);
	}
	if (r == 0 && transport != NULL) {
		r = write_claims(change, entry, transport, assignment);
	}
	if (r == 0 && has_name && !name_stands) {
		r = write_name(change, entry, assignment);
	}
	return r < 0 ? r : own_publish(change, entry, assignment, day);
}

/* ---- what stands ---- */

struct standing {
	struct statement *statement; /* has the texts */
	int64_t publication, assignment;
	struct entry entry;
};

static int check_standing(struct store *store, struct standing *standing, const char *day)
{
	if (!statement_is_null(standing->statement, 2)) {
		return store_complain(store, -ENOENT, "this row does not stand any more");
	}
	if (strcmp(day, statement_text(standing->statement, 1)) < 0) {
		return store_complain(store, -EINVAL, "%s is before %s, the day since which this row stands", day,
				      statement_text(standing->statement, 1));
	}
	standing->assignment = statement_integer(standing->statement, 0);
	int r = entries_read(standing->statement, 3, &standing->entry);
	return r < 0 ? store_complain(store, r, "the row's digest or status cannot be read") : 0;
}

/* To be ended by statement_free(ret_standing->statement), also after a failure. */
static int find_standing(struct change *change, int64_t publication, const char *day, struct standing *ret_standing)
{
	struct store *store = change_store(change);

	*ret_standing = (struct standing){ .publication = publication };
	int r = ask_with_integers(store,
				  "SELECT p.assignment, p.since_day, p.until_day, " ENTRIES_COLUMNS
				  " FROM publication AS p JOIN entry AS e ON e.id = p.entry WHERE p.id = ?",
				  1, &publication, &ret_standing->statement);
	if (r == 0) {
		r = ask_step(store, ret_standing->statement);
	}
	if (r < 0) {
		return r;
	}
	return r > 0 ? check_standing(store, ret_standing, day)
		     : store_complain(store, -ENOENT, "there is no such row");
}

/* ---- edit ---- */

static int check_edit(struct store *store, const struct entry *before, const struct entry *after)
{
	bool is_same = before->lo == after->lo && before->hi == after->hi && strcmp(before->fold, after->fold) == 0 &&
		       strcasecmp(before->columns[ENTRY_TRANSPORT], after->columns[ENTRY_TRANSPORT]) == 0;

	return is_same ? 0 : store_complain(store, -EINVAL, "port, transport and name of a row cannot be edited");
}

/* The name follows its row's spelling, when it belongs to this row's assignment. */
static int spell_name(struct change *change, const struct standing *standing, const struct entry *after)
{
	int64_t assignment = 0;

	if (strcmp(standing->entry.columns[ENTRY_NAME], after->columns[ENTRY_NAME]) == 0) {
		return 0;
	}
	int r = ask_integer(change_store(change), "SELECT assignment FROM name WHERE fold = ?", 1, &after->fold,
			    &assignment);
	if (r <= 0 || assignment != standing->assignment) {
		return r < 0 ? r : 0;
	}
	return change_update_new(change, "name",
				 json_pack("{s:s, s:s, s:I}", "fold", after->fold, "spelled",
					   after->columns[ENTRY_NAME], "event", change_event(change)));
}

int own_edit(struct change *change, int64_t publication, const struct entry *entry, const char *day)
{
	struct standing standing;
	int r = find_standing(change, publication, day, &standing);

	if (r == 0) {
		r = check_edit(change_store(change), &standing.entry, entry);
	}
	if (r == 0) {
		r = own_close(change, publication, day);
	}
	if (r == 0) {
		r = spell_name(change, &standing, entry);
	}
	if (r == 0) {
		r = own_publish(change, entry, standing.assignment, day);
	}
	(void)statement_free(standing.statement);
	return r;
}

/* ---- release ---- */

/* The number's own row: nobody's, reserved, with the note. */
static struct entry reserved_row(const struct entry *before, const char *day, const char *note)
{
	struct entry row = *before;

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		row.columns[i] = "";
	}
	row.columns[ENTRY_PORT] = before->columns[ENTRY_PORT];
	row.columns[ENTRY_TRANSPORT] = before->columns[ENTRY_TRANSPORT];
	row.columns[ENTRY_DESCRIPTION] = "Reserved";
	row.columns[ENTRY_MODIFIED] = day;
	row.columns[ENTRY_NOTES] = note;
	row.raw = NULL;
	row.fold = "";
	row.status = ENTRY_RESERVED;
	entry_digest(&row, row.digest);
	return row;
}

/* The name without its number. */
static struct entry name_row(const struct entry *before, const char *day, const char *note)
{
	struct entry row = *before;

	row.columns[ENTRY_PORT] = "";
	row.columns[ENTRY_TRANSPORT] = "";
	row.columns[ENTRY_MODIFIED] = day;
	row.columns[ENTRY_NOTES] = note;
	row.raw = NULL;
	row.lo = ENTRY_NO_PORT;
	row.hi = ENTRY_NO_PORT;
	entry_digest(&row, row.digest);
	return row;
}

static int hand_name_over(struct change *change, const struct standing *standing, int64_t heir)
{
	int64_t assignment = 0;
	int r = ask_integer(change_store(change), "SELECT assignment FROM name WHERE fold = ?", 1,
			    &standing->entry.fold, &assignment);

	if (r <= 0 || assignment != standing->assignment) {
		return r < 0 ? r : 0;
	}
	return change_update_new(change, "name",
				 json_pack("{s:s, s:I, s:I}", "fold", standing->entry.fold, "assignment", heir, "event",
					   change_event(change)));
}

/* A name that had a number stays assigned without it; one that had none is reserved. */
static int keep_name(struct change *change, const struct standing *standing, const char *day, const char *note)
{
	struct entry row = name_row(&standing->entry, day, note);
	int64_t heir = 0;
	int r = own_other_with_name(change_store(change), standing->entry.fold, standing->publication, &heir);

	if (r != 0) {
		return r < 0 ? r : hand_name_over(change, standing, heir);
	}
	if (standing->entry.lo == ENTRY_NO_PORT) {
		r = change_update_new(change, "name",
				      json_pack("{s:s, s:s, s:I}", "fold", row.fold, "kind", "reserved", "event",
						change_event(change)));
	}
	return r < 0 ? r : own_publish(change, &row, standing->assignment, day);
}

static int release(struct change *change, const struct standing *standing, const char *day, const char *note)
{
	const struct entry *entry = &standing->entry;
	const char *transport = own_transport(entry);
	int r = own_close(change, standing->publication, day);

	if (r == 0 && transport != NULL) {
		r = reserve_claims(change, entry, transport);
	}
	if (r == 0 && entry->lo != ENTRY_NO_PORT) {
		const struct entry row = reserved_row(entry, day, note);
		r = own_publish(change, &row, standing->assignment, day);
	}
	if (r == 0 && entry->fold[0] != '\0') {
		r = keep_name(change, standing, day, note);
	}
	return r;
}

int own_release(struct change *change, int64_t publication, const char *day, const char *note)
{
	struct standing standing;
	int r = find_standing(change, publication, day, &standing);

	if (r == 0 && standing.entry.status != ENTRY_ASSIGNED) {
		r = store_complain(change_store(change), -ENOENT, "this row is not assigned to anybody");
	}
	if (r == 0) {
		r = release(change, &standing, day, note);
	}
	(void)statement_free(standing.statement);
	return r;
}

/* ---- reading ---- */

#define OWN_ROWS                                                                                                      \
	"SELECT p.id, p.since_day, p.until_day, " ENTRIES_COLUMNS " FROM publication AS p JOIN entry AS e ON e.id = " \
	"p.entry WHERE "
#define OWN_ORDER " ORDER BY e.lo IS NULL, e.lo, e.hi, e.transport, p.id"

static int give_row(struct statement *statement, int (*each)(const struct own_row *row, void *context), void *context)
{
	struct own_row row = {
		.publication = statement_integer(statement, 0),
		.since_day = statement_text(statement, 1),
		.until_day = statement_text(statement, 2),
	};
	int r = entries_read(statement, 3, &row.entry);

	return r < 0 ? r : each(&row, context);
}

int own_rows(struct store *store, const char *day_or_null, int (*each)(const struct own_row *row, void *context),
	     void *context)
{
	const char *const texts[] = { day_or_null, day_or_null };
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       day_or_null == NULL ? OWN_ROWS "p.until_event IS NULL" OWN_ORDER
						   : OWN_ROWS
				       "p.since_day <= ? AND (p.until_day IS NULL OR p.until_day > ?)" OWN_ORDER,
			       day_or_null == NULL ? 0 : 2, texts, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = give_row(statement, each, context);
	}
	(void)statement_free(statement);
	return r == -EBADMSG ? store_complain(store, r, "a row's digest or status cannot be read") : r < 0 ? r : 0;
}
