/* audit.c - the registry proved, its head anchored, its events listed (audit.h).  Called by cmd/ and later by the web.
 *
 * A verification reads one state of the store: first the chain, replaying each event in memory, then every table
 * against the replay, last the rows whose digests events hold. */
#include "store/audit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"
#include "base/text.h"
#include "store/audit_private.h"

enum { FOLLOWING_SHOWN = 3, EVENTS_AT_ONCE = 1000 };

/* ---- sentences ---- */

void audit_report(struct audit *audit, const char *format, ...)
{
	char sentence[AUDIT_SENTENCE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	audit->result.faults++;
	audit->fault(sentence, audit->context);
}

void audit_differ(struct audit *audit, const char *format, ...)
{
	char sentence[AUDIT_SENTENCE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	if (audit->difference_count < AUDIT_DIFFERENCES_MAX) {
		audit->differences[audit->difference_count] = strdup(sentence);
	}
	audit->difference_count++;
}

const char *audit_value(const char *value_or_null, char buffer[static AUDIT_VALUE_MAX])
{
	struct text text;
	size_t length = value_or_null != NULL ? strlen(value_or_null) : 0;
	size_t room = AUDIT_VALUE_MAX - sizeof("\"...\"");
	size_t kept = length < room ? length : room;

	if (value_or_null == NULL) {
		return "NULL";
	}
	/* Not in the middle of a character. */
	while (kept < length && kept > 0 && ((unsigned char)value_or_null[kept] & 0xc0) == 0x80) {
		kept--;
	}
	text_init(&text, buffer, AUDIT_VALUE_MAX);
	text_put_char(&text, '"');
	text_put_bytes(&text, value_or_null, kept);
	text_put(&text, kept < length ? "...\"" : "\"");
	return buffer;
}

static size_t kept_differences(const struct audit *audit)
{
	return audit->difference_count < AUDIT_DIFFERENCES_MAX ? audit->difference_count : AUDIT_DIFFERENCES_MAX;
}

static const char *difference(const struct audit *audit, size_t i)
{
	return audit->differences[i] != NULL ? audit->differences[i] : "a row differs";
}

/* One sentence for all that follows from a broken chain. */
static void tell_following(struct audit *audit)
{
	char sentence[(FOLLOWING_SHOWN + 1) * AUDIT_SENTENCE_MAX];
	struct text text;

	text_init(&text, sentence, sizeof(sentence));
	text_put(&text, "without these events ");
	text_put_unsigned(&text, audit->difference_count);
	text_put(&text, audit->difference_count == 1 ? " row cannot be proved: " : " rows cannot be proved: ");
	for (size_t i = 0; i < kept_differences(audit) && i < FOLLOWING_SHOWN; i++) {
		text_put(&text, i > 0 ? "; " : "");
		text_put(&text, difference(audit, i));
	}
	text_put(&text, audit->difference_count > FOLLOWING_SHOWN ? "; ..." : "");
	audit->fault(sentence, audit->context);
}

static void tell_differences(struct audit *audit)
{
	uint64_t more = audit->difference_count - kept_differences(audit);

	if (audit->chain_broken && audit->difference_count > 0) {
		tell_following(audit);
		return;
	}
	for (size_t i = 0; i < kept_differences(audit); i++) {
		audit_report(audit, "%s", difference(audit, i));
	}
	if (more > 0) {
		audit_report(audit, "%llu more rows differ from what the events say", (unsigned long long)more);
	}
}

/* ---- verify ---- */

static int verify(struct audit *audit, const struct audit_anchor *anchors, size_t anchor_count)
{
	int r = audit_chain(audit, anchors, anchor_count);

	if (r == 0) {
		r = audit_tables(audit);
	}
	if (r == 0) {
		r = audit_entries(audit);
	}
	if (r == 0) {
		r = audit_people(audit);
	}
	if (r == 0) {
		tell_differences(audit);
	}
	return r;
}

int audit_verify(struct store *store, int (*derive)(struct entry *entry), const struct audit_anchor *anchors,
		 size_t anchor_count, audit_fault *fault, void *context, struct audit_result *ret_result)
{
	struct audit audit = {
		.store = store, .fault = fault, .context = context, .derive = derive, .replay = replay_make()
	};

	if (audit.replay == NULL) {
		return store_complain(store, -ENOMEM, NULL);
	}
	int r = store_read_begin(store);
	if (r == 0) {
		r = verify(&audit, anchors, anchor_count);
		store_read_end(store);
	}
	for (size_t i = 0; i < kept_differences(&audit); i++) {
		free(audit.differences[i]);
	}
	audit.replay = replay_free(audit.replay);
	if (r < 0) {
		return r;
	}
	*ret_result = audit.result;
	return 0;
}

/* ---- head and anchor ---- */

static int read_head(struct store *store, int64_t *ret_event, char ret_hash[static STORE_HASH_SIZE])
{
	struct statement *statement = NULL;
	int r = statement_prepare(store->database, "SELECT n, hash FROM chain WHERE one = 1", &statement);

	if (r == 0) {
		r = statement_step(statement);
	}
	if (r > 0) {
		*ret_event = statement_integer(statement, 0);
		(void)snprintf(ret_hash, STORE_HASH_SIZE, "%s", statement_text(statement, 1));
	}
	(void)statement_free(statement);
	if (r == 0) {
		return store_complain(store, -EPROTO, "the chain of events has no head");
	}
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

int audit_head(struct store *store, struct audit_head *ret_head)
{
	return read_head(store, &ret_head->event, ret_head->hash);
}

static int note_anchor(struct store *store, const struct audit_anchor *anchor, const char *witness)
{
	struct statement *statement = NULL;
	int r = statement_prepare(
		store->database,
		"INSERT INTO anchor (n, hash, at, witness) VALUES (?, ?, ?, ?) ON CONFLICT (n) DO NOTHING", &statement);

	if (r < 0) {
		return r;
	}
	statement_bind_integer(statement, 1, anchor->event);
	statement_bind_text(statement, 2, anchor->hash);
	statement_bind_text(statement, 3, anchor->at);
	statement_bind_text(statement, 4, witness);
	r = statement_run(statement);
	(void)statement_free(statement);
	return r;
}

int audit_anchor(struct store *store, const char *witness, struct audit_anchor *ret_anchor)
{
	struct audit_anchor anchor = { 0 };
	int r = database_begin(store->database, true);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	if (moment_write(time(NULL), anchor.at) < 0) {
		r = store_complain(store, -EOVERFLOW, "the clock has no time that can be written");
	}
	if (r == 0) {
		r = read_head(store, &anchor.event, anchor.hash);
	}
	if (r == 0) {
		r = note_anchor(store, &anchor, witness);
		r = r == 0 ? database_commit(store->database) : r;
		r = r < 0 ? store_complain(store, r, NULL) : 0;
	}
	database_rollback(store->database);
	if (r == 0) {
		*ret_anchor = anchor;
	}
	return r;
}

/* ---- events ---- */

static bool is_about(const char *subject, const char *wanted_or_null)
{
	size_t length = wanted_or_null != NULL ? strlen(wanted_or_null) : 0;

	return wanted_or_null == NULL ||
	       (strncmp(subject, wanted_or_null, length) == 0 && (subject[length] == '\0' || subject[length] == ' '));
}

static int give_event(struct statement *statement, const char *subject_or_null,
		      int (*each)(const struct audit_event *event, void *context), void *context)
{
	const struct audit_event event = {
		.n = statement_integer(statement, 0),
		.at = statement_text(statement, 1),
		.login = statement_text(statement, 2),
		.act = statement_text(statement, 3),
		.subject = statement_text(statement, 4),
		.why = statement_text(statement, 5),
		.body = statement_text(statement, 6),
		.hash = statement_text(statement, 7),
	};

	return is_about(event.subject, subject_or_null) ? each(&event, context) : 0;
}

int audit_events(struct store *store, int64_t from, int64_t to, const char *subject_or_null,
		 int (*each)(const struct audit_event *event, void *context), void *context)
{
	struct statement *statement = NULL;
	int count = EVENTS_AT_ONCE;
	int r = statement_prepare(store->database,
				  "SELECT e.n, e.at, coalesce(s.login, ''), e.act, e.subject, e.why, e.body, e.hash "
				  "FROM event AS e LEFT JOIN staff AS s ON s.id = e.staff "
				  "WHERE e.n BETWEEN ? AND ? ORDER BY e.n LIMIT 1000",
				  &statement);

	if (r < 0) {
		return store_complain(store, r, NULL);
	}
	/* Some at a time: there may be more of them than memory. */
	for (; r >= 0 && count == EVENTS_AT_ONCE;) {
		statement_bind_integer(statement, 1, from);
		statement_bind_integer(statement, 2, to > 0 ? to : INT64_MAX);
		for (count = 0; r >= 0 && (r = statement_step(statement)) > 0; count++) {
			from = statement_integer(statement, 0) + 1;
			r = give_event(statement, subject_or_null, each, context);
			if (r < 0) {
				(void)statement_free(statement);
				return r;
			}
		}
	}
	(void)statement_free(statement);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}
