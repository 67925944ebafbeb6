/* test_schema.c - the tables themselves refuse what must not be: SQL straight at a database, past everything in berth
 * that would not ask for it.  And tables.h says the same of them as the database. */
#include <errno.h>

#include "store_case.h"

#include "store/database.h"
#include "store/migrate.h"
#include "store/schema.h"
#include "store/tables.h"

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

/* Staff 0 to 7; application 1 for a user port (an expert, one pair of eyes), 2 of staff 5 for a system port (two).
 * Votes to assign on 1: expert 2, registrar 3; on 2: expert 2, board 3, 4 and 5, registrars 6 and 7. */
static const char *const world[] = {
	"INSERT INTO staff (id, login, name, email, active, salt) VALUES (0, 'nobody', '', '', 0, ''), "
	"(1, 'berth', '', '', 1, ''), (2, 'eve', '', '', 1, ''), (3, 'rae', '', '', 1, ''), (4, 'bo', '', '', 1, ''), "
	"(5, 'ann', '', '', 1, ''), (6, 'ina', '', '', 1, ''), (7, 'leo', '', '', 1, '')",
	"INSERT INTO event (n, at, staff, act, subject, why, body, prev, hash) "
	"VALUES (1, '', 1, '', '', '', '', '0', '" HASH "1'), (2, '', 1, '', '', '', '', '1', '" HASH "2'), "
	"(8, '', 1, '', '', '', '', '7', '" HASH "8')",
	"INSERT INTO application (id, ref, kind, eyes, expert, own_staff, about, key, created) "
	"VALUES (1, 'B-1', 'user', 1, 1, 0, '', 'k1', ''), (2, 'B-2', 'system', 2, 1, 5, '', 'k2', '')",
	"INSERT INTO admission (application, kind, eyes, expert, own_staff, event) "
	"VALUES (1, 'user', 1, 1, 0, 1), (2, 'system', 2, 1, 5, 1)",
	"INSERT INTO version (application, v, material, at, author, form, digest, salt) "
	"VALUES (1, 1, 1, '', 'applicant', '', '', ''), (1, 2, 2, '', 'applicant', '', '', ''), "
	"(1, 3, 2, '', 'applicant', '', '', ''), (2, 1, 1, '', 'applicant', '', '', '')",
	"INSERT INTO seat (application, staff, bench, event) VALUES (1, 2, 0, 1), (1, 3, 1, 1), "
	"(2, 2, 0, 1), (2, 3, 1, 1), (2, 4, 1, 1), (2, 5, 1, 1), (2, 6, 1, 1), (2, 7, 1, 1)",
	"INSERT INTO vote (application, material, round, bench, staff, role, verdict, reasons, rules, event) VALUES "
	"(1, 2, 0, 0, 2, 'expert', 'assign', 'good', '', 1), (1, 2, 1, 1, 3, 'registrar', 'assign', 'good', '', 1), "
	"(2, 1, 0, 0, 2, 'expert', 'assign', 'good', '', 1), (2, 1, 1, 1, 3, 'board', 'assign', 'good', '', 1), "
	"(2, 1, 1, 1, 4, 'board', 'assign', 'good', '', 1), (2, 1, 1, 1, 5, 'board', 'assign', 'my own', '', 1), "
	"(2, 1, 1, 1, 6, 'registrar', 'assign', 'good', '', 1), (2, 1, 1, 1, 7, 'registrar', 'assign', 'good', '', 1)",
	"INSERT INTO decision (application, round, material, verdict, kind, eyes, expert, own_staff, role, bench, "
	"recommended, recommended_round, first, second, party, event) VALUES "
	"(1, 1, 2, 'assign', 'user', 1, 1, 0, 'registrar', 1, 2, 0, 3, NULL, NULL, 1)",
	"INSERT INTO assignment (id, basis, renewals, event) VALUES (1, 'list', 0, 1), (2, 'list', 0, 1)",
	"INSERT INTO claim (transport, port, kind, assignment, event) VALUES ('tcp', 20017, 'assigned', 1, 1)",
	"INSERT INTO name (fold, spelled, kind, assignment, event) VALUES ('billing', 'Billing', 'assigned', 1, 1)",
	"INSERT INTO transition (from_state, act, to_state, actor, clock) VALUES "
	"('new', 'draft', 'draft', 'applicant', 'none'), ('draft', 'send', 'unconfirmed', 'applicant', 'none'), "
	"('unconfirmed', 'confirm', 'validating', 'applicant', 'own'), "
	"('validating', 'refuse', 'refused', 'registrar', 'none'), ('refused', 'uphold', 'refused', 'board', 'none')",
	"INSERT INTO step (application, n, prev, from_state, act, to_state, v, material, event) "
	"VALUES (1, 1, NULL, 'new', 'draft', 'draft', 1, 1, 1)",
	"INSERT INTO entry (id, digest, name, port, transport, description, assignee, contact, registered, modified, "
	"reference, service_code, unauthorized, notes, fold, status) "
	"VALUES (1, '" HASH "1', '', '', '', '', '', '', '', '', '', '', '', '', '', 'assigned')",
	"INSERT INTO publication (id, assignment, entry, since_day, since_event) VALUES (1, 1, 1, '2026-01-01', 1)",
	"INSERT INTO source (id, name, rank) VALUES (1, 'iana', 1)",
	"INSERT INTO snapshot (id, source, dated, format, header, eol, last_eol, rows, sha256, rows_sha256, event) "
	"VALUES (1, 1, '2026-02-25', 'iana-csv', '', 'lf', 1, 1, '" HASH "1', '" HASH "1', 1)",
	NULL,
};

/* clang-format off */
#define STEP \
	"INSERT INTO step (application, n, prev, from_state, act, to_state, v, material, admitted, decided, bench, " \
	"event) VALUES "
#define DECISION \
	"INSERT INTO decision (application, round, material, verdict, kind, eyes, expert, own_staff, role, bench, " \
	"recommended, recommended_round, first, second, party, event) VALUES "
#define VOTE \
	"INSERT INTO vote (application, material, round, bench, staff, role, verdict, reasons, rules, event) VALUES "
#define SEAT "INSERT INTO seat (application, staff, bench, event) VALUES "
#define VERSION "INSERT INTO version (application, v, material, at, author, form, digest, salt) VALUES "
#define CLAIM "INSERT INTO claim (transport, port, kind, assignment, event) VALUES "
#define NAME "INSERT INTO name (fold, spelled, kind, alias_of, application, assignment, event) VALUES "
#define ASSIGNMENT "INSERT INTO assignment (id, basis, application, round, verdict, renewals, event) VALUES "
#define EVENT "INSERT INTO event (n, at, staff, act, subject, why, body, prev, hash) VALUES "
#define SNAPSHOT \
	"INSERT INTO snapshot (id, source, dated, format, header, eol, last_eol, rows, sha256, rows_sha256, event) " \
	"VALUES "
#define ENTRY \
	"INSERT INTO entry (name, port, transport, description, assignee, contact, registered, modified, reference, " \
	"service_code, unauthorized, notes, fold, id, digest, lo, hi, status) " \
	"VALUES ('', '', '', '', '', '', '', '', '', '', '', '', '', "
#define RUN "INSERT INTO snapshot_run (snapshot, seq, entry, count) VALUES "
#define PERSON "INSERT INTO person (source, pid, kind, name, uri, updated, snapshot, seq, salt, digest) VALUES "
#define LETTER "INSERT INTO outbox (id, event, message_id, rcpt, template, message, next_try, state, sent) VALUES "
#define TOKEN "INSERT INTO token (hash, purpose, staff, created, ends) VALUES "
#define BAND "INSERT INTO band (lo, name, kind, decides, expert, eyes, over) VALUES "
/* clang-format on */

/* Each tried in a transaction of its own, in this order. */
static const struct {
	const char *sql;
	int error; /* 0: it is allowed, and stays */
} attempts[] = {
	/* One holder of a number, of a name, of a row that is shown. */
	{ CLAIM "('tcp', 20017, 'assigned', 2, 1)", -EEXIST },
	{ CLAIM "('tcp', 20017, 'reserved', 2, 1)", -EEXIST },
	{ CLAIM "('udp', 20017, 'assigned', 2, 1)", 0 },
	{ CLAIM "('tcp', 20018, 'assigned', 9, 1)", -EPERM },
	{ CLAIM "('tcp', 20018, 'assigned', 2, 9)", -EPERM },
	{ CLAIM "('tcp', 0, 'assigned', 2, 1)", -EPERM },
	{ CLAIM "('tcp', 1023, 'assigned', 2, 1)", -EPERM },
	{ CLAIM "('tcp', 49152, 'assigned', 2, 1)", -EPERM },
	{ CLAIM "('ddp', 20018, 'assigned', 2, 1)", -EPERM },
	{ CLAIM "(NULL, 20018, 'assigned', 2, 1)", -EPERM },
	{ NAME "('billing', 'BILLING', 'assigned', NULL, NULL, 2, 1)", -EEXIST },
	{ NAME "('sixteen-letters-', 'sixteen-letters-', 'assigned', NULL, NULL, 2, 1)", -EPERM },
	{ NAME "('Other', 'Other', 'assigned', NULL, NULL, 2, 1)", -EPERM },
	{ NAME "('other', 'another', 'assigned', NULL, NULL, 2, 1)", -EPERM },
	{ NAME "('other', 'other', 'held', NULL, NULL, NULL, 1)", -EPERM },
	{ NAME "('other', 'other', 'held', NULL, 1, 2, 1)", -EPERM },
	{ NAME "('other', 'other', 'assigned', NULL, 1, NULL, 1)", -EPERM },
	{ NAME "('other', 'other', 'alias', NULL, NULL, 2, 1)", -EPERM },
	{ NAME "('other', 'other', 'alias', 'nothing', NULL, 2, 1)", -EPERM },
	{ NAME "('other', 'Other', 'alias', 'billing', NULL, 2, 1)", 0 },
	{ NAME "('mine', 'mine', 'held', NULL, 1, NULL, 1)", 0 },
	{ "INSERT INTO publication (id, assignment, entry, since_day, since_event) VALUES (2, 2, 1, '2026-02-01', 1)",
	  -EEXIST },
	{ "UPDATE publication SET until_day = '2025-12-31', until_event = 2", -EPERM },
	{ "UPDATE publication SET until_day = '2026-02-01'", -EPERM },
	{ "UPDATE publication SET until_day = '2026-02-01', until_event = 2", 0 },
	{ "INSERT INTO service_code (code, phrase, assignment, event) VALUES (1056964609, 'x', 1, 1)", -EPERM },
	{ "DELETE FROM assignment WHERE id = 1", -EPERM },

	/* No assignment by decision without one, nor half of it. */
	{ ASSIGNMENT "(3, 'decision', 2, 1, 'assign', 0, 1)", -EPERM },
	{ ASSIGNMENT "(3, 'decision', NULL, NULL, NULL, 0, 1)", -EPERM },
	{ ASSIGNMENT "(3, 'decision', 1, 1, NULL, 0, 1)", -EPERM },
	{ ASSIGNMENT "(3, 'decision', 1, NULL, 'assign', 0, 1)", -EPERM },
	{ ASSIGNMENT "(3, 'decision', 1, 1, 'refuse', 0, 1)", -EPERM },
	{ ASSIGNMENT "(3, 'list', 1, 1, 'assign', 0, 1)", -EPERM },
	{ ASSIGNMENT "(3, 'list', NULL, NULL, NULL, 2, 1)", -EPERM },
	{ ASSIGNMENT "(3, 'gift', NULL, NULL, NULL, 0, 1)", -EPERM },
	{ ASSIGNMENT "(3, 'decision', 1, 1, 'assign', 0, 1)", 0 },

	{ VOTE "(1, 2, 2, 1, 3, 'registrar', 'refuse', 'no', '', 1)", 0 },
	{ DECISION "(1, 2, 2, 'refuse', 'user', 1, 1, 0, 'registrar', 1, NULL, NULL, 3, NULL, NULL, 8)", 0 },
	{ ASSIGNMENT "(4, 'decision', 1, 2, 'refuse', 0, 1)", -EPERM },

	/* One vote of a person, with reasons. */
	{ VOTE "(1, 2, 1, 1, 3, 'registrar', 'refuse', 'no', '', 1)", -EEXIST },
	{ VOTE "(1, 2, 1, 1, 3, 'board', 'assign', 'yes', '', 1)", -EEXIST },
	{ VOTE "(1, 2, 3, 1, 3, 'board', 'assign', '', '', 1)", -EPERM },
	{ VOTE "(1, 7, 1, 1, 3, 'board', 'assign', 'yes', '', 1)", -EPERM },
	{ VOTE "(1, 2, 3, 1, 4, 'expert', 'assign', 'yes', '', 1)", -EPERM },
	{ VOTE "(1, 2, 0, 0, 4, 'board', 'assign', 'yes', '', 1)", -EPERM },

	/* A decision rests on votes that are there, agree, and are of different people. */
	{ DECISION "(1, 1, 2, 'assign', 'user', 1, 1, 0, 'registrar', 1, 2, 0, 3, NULL, NULL, 2)", -EEXIST },
	{ DECISION "(1, 3, 2, 'assign', 'user', 1, 1, 0, 'registrar', 1, 2, 0, 3, NULL, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, 0, 3, NULL, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 1, 0, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, 0, 1, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, 0, 3, 1, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, 0, 3, 3, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, 0, 3, 5, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, 0, 5, 3, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 1, 1, 5, 'board', 1, 2, 0, 3, NULL, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'user', 2, 1, 5, 'board', 1, 2, 0, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 0, 'board', 1, 2, 0, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'registrar', 1, 2, 0, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, NULL, NULL, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 3, 0, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'refuse', 'system', 2, 1, 5, 'board', 1, 2, 0, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, NULL, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, 1, 3, 4, NULL, 2)", -EPERM },
	{ DECISION "(2, 1, 1, 'assign', 'system', 2, 1, 5, 'board', 1, 2, 0, 3, 4, NULL, 2)", 0 },
	{ "INSERT INTO application (id, ref, kind, eyes, expert, own_staff, about, key, created) "
	  "VALUES (3, 'B-3', 'system', 1, 0, 0, '', 'k3', '')",
	  -EPERM },
	{ "INSERT INTO application (id, ref, kind, eyes, expert, own_staff, about, key, created) "
	  "VALUES (3, 'B-3', 'user', 1, 0, 0, '', 'k1', '')",
	  -EEXIST },
	{ "INSERT INTO application (id, ref, kind, eyes, expert, own_staff, about, key, created) "
	  "VALUES (3, 'B-1', 'user', 1, 0, 0, '', 'k3', '')",
	  -EEXIST },
	{ "INSERT INTO application (id, ref, kind, eyes, expert, own_staff, about, key, created) "
	  "VALUES (3, 'B-3', 'user', 1, 0, 9, '', 'k3', '')",
	  -EPERM },
	{ "INSERT INTO finding (application, material, staff, about, verdict, note, event) "
	  "VALUES (1, 1, 2, 'rule P6', 'objection', '', 1)",
	  -EPERM },
	{ "INSERT INTO wanted (application, v, transport, port, service_code) VALUES (1, 1, 'tcp', 1, 7)", -EPERM },

	{ DECISION "(2, 2, 1, 'assign', 'system', 2, 1, 5, 'registrar', 1, 2, 0, 6, 7, NULL, 2)", -EPERM },
	{ DECISION "(2, 2, 1, 'refuse', 'system', 2, 1, 5, 'board', 1, 2, 0, 3, NULL, NULL, 2)", -EEXIST },
	{ "INSERT INTO answer (application, v, field, value, salt) VALUES (1, 1, 'nothing', '', '')", -EPERM },
	{ "INSERT INTO field (name, question) VALUES ('name', 'What is it called?')", 0 },
	{ "INSERT INTO answer (application, v, field, value, salt) VALUES (1, 9, 'name', '', '')", -EPERM },
	{ VERSION "(9, 1, 1, '', 'staff', '', '', '')", -EPERM },
	{ "INSERT INTO wanted (application, v, transport, port) VALUES (1, 9, 'tcp', 1)", -EPERM },
	{ "INSERT INTO wanted (application, v, transport, port) VALUES (1, 1, 'tcp', 65536)", -EPERM },
	{ "INSERT INTO question (application, q, v, text, asked, answer, salt) VALUES (1, 1, 1, 'why?', 1, 'so', '')",
	  -EPERM },
	{ "INSERT INTO question (application, q, v, text, asked, salt) VALUES (1, 1, 9, 'why?', 1, '')", -EPERM },
	{ "INSERT INTO consent (application, material, party, needed, given, refused) VALUES (1, 1, 'holder', 1, 1, 1)",
	  -EPERM },
	{ "INSERT INTO examiner (application, staff, since) VALUES (1, 9, 1)", -EPERM },
	{ "INSERT INTO examiner (application, staff, since) VALUES (9, 1, 1)", -EPERM },

	/* An application's way has no gap, no fork and no other arrows than those of the table. */
	{ STEP "(1, 2, 1, 'unconfirmed', 'confirm', 'validating', 1, 1, 1, NULL, NULL, 2)", -EPERM },
	{ STEP "(1, 2, 1, 'draft', 'send', 'validating', 1, 1, NULL, NULL, NULL, 2)", -EPERM },
	{ STEP "(1, 2, NULL, 'new', 'draft', 'draft', 1, 1, NULL, NULL, NULL, 2)", -EPERM },
	{ STEP "(1, 3, 2, 'draft', 'send', 'unconfirmed', 1, 1, NULL, NULL, NULL, 2)", -EPERM },
	{ STEP "(1, 2, 1, 'draft', 'send', 'unconfirmed', 1, 1, NULL, NULL, NULL, 2)", 0 },
	{ STEP "(1, 2, 1, 'draft', 'send', 'unconfirmed', 1, 1, NULL, NULL, NULL, 2)", -EEXIST },

	{ STEP "(1, 3, 2, 'unconfirmed', 'confirm', 'validating', 9, 9, 1, NULL, NULL, 8)", -EPERM },
	{ STEP "(1, 3, 2, 'unconfirmed', 'confirm', 'validating', 1, 1, 1, NULL, NULL, 2)", -EEXIST },
	{ STEP "(1, 3, 2, 'unconfirmed', 'confirm', 'validating', 1, 1, 1, NULL, NULL, 9)", -EPERM },

	/* What was said of a version holds for those after it that are the same in what is examined, and no others. */
	{ VERSION "(1, 4, 3, '', 'applicant', '', '', '')", -EPERM },
	{ VERSION "(1, 4, 5, '', 'applicant', '', '', '')", -EPERM },
	{ VERSION "(1, 4, 2, '', 'applicant', '', '', '')", 0 },
	{ "UPDATE version SET material = 1 WHERE application = 1 AND v = 2", -EPERM },
	{ SEAT "(1, 6, 1, 1)", 0 },
	{ VOTE "(1, 3, 3, 1, 6, 'registrar', 'refuse', 'of no material one', '', 1)", -EPERM },
	{ STEP "(1, 3, 2, 'unconfirmed', 'confirm', 'validating', 3, 3, 1, NULL, NULL, 8)", -EPERM },

	/* Nobody is admitted without terms, which then stand on both sides. */
	{ STEP "(1, 3, 2, 'unconfirmed', 'confirm', 'validating', 3, 2, NULL, NULL, NULL, 8)", -EPERM },
	{ STEP "(1, 3, 2, 'unconfirmed', 'confirm', 'validating', 3, 2, 2, NULL, NULL, 8)", -EPERM },
	{ STEP "(1, 3, 2, 'unconfirmed', 'confirm', 'validating', 3, 2, 1, NULL, NULL, 8)", 0 },
	{ "UPDATE application SET expert = 0 WHERE id = 1", -EPERM },
	{ "UPDATE application SET eyes = 1 WHERE id = 2", -EPERM },
	{ "UPDATE application SET own_staff = 0 WHERE id = 2", -EPERM },
	{ "UPDATE application SET kind = 'user' WHERE id = 2", -EPERM },
	{ "UPDATE admission SET expert = 0 WHERE application = 1", -EPERM },
	{ "UPDATE admission SET application = 3 WHERE application = 1", -EPERM },
	{ "DELETE FROM admission WHERE application = 1", -EPERM },
	{ "UPDATE step SET admitted = NULL WHERE application = 1 AND n = 3", -EPERM },

	/* What is decided rests on its decision, an appeal on people of no earlier round. */
	{ STEP "(1, 4, 3, 'validating', 'refuse', 'refused', 3, 2, NULL, NULL, NULL, 1)", -EPERM },
	{ STEP "(1, 4, 3, 'validating', 'refuse', 'refused', 3, 2, NULL, 9, 1, 10)", -EPERM },
	{ EVENT "(9, '', 1, '', '', '', '', '8', '" HASH "9'), (10, '', 1, '', '', '', '', '9', '" HASH "a'), "
		"(11, '', 1, '', '', '', '', '10', '" HASH "b')",
	  0 },
	{ STEP "(1, 4, 3, 'validating', 'refuse', 'refused', 3, 2, NULL, 2, 1, 9)", 0 },
	{ SEAT "(1, 3, 3, 1)", -EEXIST },
	{ SEAT "(1, 2, 3, 1)", -EEXIST },
	{ SEAT "(1, 4, 3, 1), (1, 5, 3, 1)", 0 },
	{ "UPDATE seat SET bench = 3 WHERE application = 1 AND staff = 3", -EPERM },
	{ VOTE "(1, 2, 3, 3, 3, 'board', 'refuse', 'me again', '', 1)", -EPERM },
	{ VOTE "(1, 2, 3, 3, 2, 'board', 'refuse', 'the expert', '', 1)", -EPERM },
	{ VOTE "(1, 2, 3, 2, 4, 'board', 'refuse', 'of another', '', 1)", -EPERM },
	{ VOTE "(1, 2, 3, 0, 2, 'board', 'refuse', 'as expert', '', 1)", -EPERM },
	{ VOTE "(1, 2, 3, 3, 4, 'registrar', 'refuse', 'no board', '', 1)", -EPERM },
	{ VOTE "(1, 2, 3, 1, 3, 'board', 'refuse', 'as before', '', 1)", 0 },
	{ VOTE "(1, 2, 3, 1, 6, 'board', 'refuse', 'as before', '', 1)", 0 },
	{ VOTE "(1, 2, 3, 3, 4, 'board', 'refuse', 'upheld', '', 1)", 0 },
	{ VOTE "(1, 2, 3, 3, 5, 'board', 'refuse', 'upheld', '', 1)", 0 },
	{ DECISION "(1, 3, 2, 'annul', 'user', 1, 1, 0, 'board', 1, NULL, NULL, 3, 6, NULL, 10)", -EPERM },
	{ DECISION "(1, 3, 2, 'refuse', 'user', 1, 1, 0, 'board', 3, NULL, NULL, 3, 6, NULL, 10)", -EPERM },
	{ DECISION "(1, 3, 2, 'refuse', 'user', 1, 1, 0, 'board', 3, NULL, NULL, 4, NULL, NULL, 10)", -EPERM },
	{ STEP "(1, 5, 4, 'refused', 'uphold', 'refused', 3, 2, NULL, 2, 1, 10)", -EPERM },
	{ DECISION "(1, 3, 2, 'refuse', 'user', 1, 1, 0, 'board', 3, NULL, NULL, 4, 5, NULL, 10)", 0 },
	{ STEP "(1, 5, 4, 'refused', 'uphold', 'refused', 1, 1, NULL, 3, 3, 10)", -EPERM },
	{ STEP "(1, 5, 4, 'refused', 'uphold', 'refused', 3, 2, NULL, 3, 3, 10)", 0 },

	/* A holder's no is one: that consent was refused in that event. */
	{ "INSERT INTO consent (application, material, party, needed, given, refused) VALUES "
	  "(1, 2, 'holder 1', 1, NULL, 11), (1, 2, 'holder 2', 1, NULL, NULL), (1, 1, 'holder 1', 1, 11, NULL)",
	  0 },
	{ DECISION "(1, 4, 2, 'refuse', 'user', 1, 1, 0, 'holder', 1, NULL, NULL, NULL, NULL, NULL, 11)", -EPERM },
	{ DECISION "(1, 4, 2, 'refuse', 'user', 1, 1, 0, 'holder', 1, NULL, NULL, NULL, NULL, 'holder 2', 11)",
	  -EPERM },
	{ DECISION "(1, 4, 1, 'refuse', 'user', 1, 1, 0, 'holder', 1, NULL, NULL, NULL, NULL, 'holder 1', 11)",
	  -EPERM },
	{ DECISION "(1, 4, 2, 'assign', 'user', 1, 1, 0, 'holder', 1, 2, 0, NULL, NULL, 'holder 1', 11)", -EPERM },
	{ DECISION "(1, 4, 2, 'refuse', 'user', 1, 1, 0, 'registrar', 1, NULL, NULL, NULL, NULL, 'holder 1', 11)",
	  -EPERM },
	{ DECISION "(1, 4, 2, 'refuse', 'user', 1, 1, 0, 'holder', 1, NULL, NULL, NULL, NULL, 'holder 1', 11)", 0 },

	/* Rows as they came. */
	{ SNAPSHOT "(2, 1, '2026-02-25', '', '', 'lf', 1, 1, '" HASH "1', '" HASH "2', 1)", -EEXIST },
	{ SNAPSHOT "(2, 9, '2026-02-25', '', '', 'lf', 1, 1, '" HASH "2', '" HASH "2', 1)", -EPERM },
	{ SNAPSHOT "(2, 1, '2026-02-25', '', '', 'cr', 1, 1, '" HASH "2', '" HASH "2', 1)", -EPERM },
	{ SNAPSHOT "(2, 1, '2026-02-25', '', '', 'lf', 1, 1, 'short', '" HASH "2', 1)", -EPERM },
	{ SNAPSHOT "(2, 1, '2026-02-25', '', '', 'lf', 1, 1, '" HASH "2', 'short', 1)", -EPERM },
	{ SNAPSHOT "(2, 1, '2026-02-25', '', '', 'crlf', 1, 1, '" HASH "2', '" HASH "1', 1)", 0 },
	{ ENTRY "2, '" HASH "1', NULL, NULL, 'assigned')", -EEXIST },
	{ ENTRY "2, 'short', NULL, NULL, 'assigned')", -EPERM },
	{ ENTRY "2, '" HASH "2', 1, NULL, 'assigned')", -EPERM },
	{ ENTRY "2, '" HASH "2', 2, 1, 'assigned')", -EPERM },
	{ ENTRY "2, '" HASH "2', 2, 65536, 'assigned')", -EPERM },
	{ ENTRY "2, '" HASH "2', 2, 2, 'taken')", -EPERM },
	{ ENTRY "2, '" HASH "2', 2, 65535, 'reserved')", 0 },
	{ RUN "(1, 1, 1, 0)", -EPERM },
	{ RUN "(9, 1, 1, 2)", -EPERM },
	{ RUN "(1, 1, 9, 2)", -EPERM },
	{ RUN "(1, 1, 1, 2)", 0 },
	{ RUN "(1, 1, 2, 1)", -EEXIST },
	{ PERSON "(1, 'Ann', 'person', '', '', '', 1, 1, '', 'short')", -EPERM },
	{ PERSON "(9, 'Ann', 'person', '', '', '', 1, 1, '', '" HASH "1')", -EPERM },
	{ PERSON "(1, 'Ann', 'cat', '', '', '', 1, 1, '', '" HASH "1')", -EPERM },
	{ "INSERT INTO source (id, name, rank) VALUES (2, 'iana', 2)", -EEXIST },
	{ "INSERT INTO source (id, name, rank) VALUES (2, 'other', 1)", -EEXIST },

	/* Letters and keys. */
	{ LETTER "(1, 1, 'm1', 'ann', 'receipt', '', '', 'waiting', NULL)", 0 },
	{ LETTER "(2, 1, 'm2', 'ann', 'receipt', '', '', 'waiting', NULL)", -EEXIST },
	{ LETTER "(2, 1, 'm1', 'bo', 'receipt', '', '', 'waiting', NULL)", -EEXIST },
	{ LETTER "(2, 1, 'm2', 'bo', 'receipt', '', '', 'sent', NULL)", -EPERM },
	{ TOKEN "('" HASH "1', 'session', 0, '', '')", -EPERM },
	{ TOKEN "('" HASH "1', 'track', 3, '', '')", -EPERM },
	{ TOKEN "('short', 'session', 3, '', '')", -EPERM },

	/* The chain cannot fork, and has one end. */
	{ EVENT "(3, '', 1, '', '', '', '', '1', '" HASH "3')", -EEXIST },
	{ EVENT "(2, '', 1, '', '', '', '', '2', '" HASH "3')", -EEXIST },
	{ EVENT "(3, '', 1, '', '', '', '', '2', '" HASH "2')", -EEXIST },
	{ EVENT "(0, '', 1, '', '', '', '', '2', '" HASH "3')", -EPERM },
	{ EVENT "(3, '', 9, '', '', '', '', '2', '" HASH "3')", -EPERM },
	{ EVENT "(3, '', 1, '', '', '', '', '2', 'short')", -EPERM },
	{ "INSERT INTO chain (one, n, hash) VALUES (2, 0, '')", -EPERM },
	{ "INSERT INTO chain (one, n, hash) VALUES (1, 0, '')", -EEXIST },
	{ "DELETE FROM event WHERE n = 1", -EPERM },

	/* A row that names its event before there is one. */
	{ CLAIM "('tcp', 20019, 'assigned', 2, 3); " EVENT "(3, '', 1, '', '', '', '', '2', '" HASH "3')", 0 },

	/* Bands and people. */
	{ BAND "(0, 'system', 'system', 'board', 0, 2, 'refuse')", 0 },
	{ BAND "(0, 'other', 'user', 'registrar', 0, 1, 'refuse')", -EEXIST },
	{ BAND "(1, 'system', 'system', 'board', 0, 1, 'refuse')", -EPERM },
	{ BAND "(1, 'system', 'system', 'anyone', 0, 2, 'refuse')", -EPERM },
	{ BAND "(1, 'dynamic', 'dynamic', 'anyone', 0, 1, 'refuse')", -EPERM },
	{ BAND "(65536, 'user', 'user', 'anyone', 0, 1, 'refuse')", -EPERM },
	{ "INSERT INTO staff (id, login, name, email, active, salt) VALUES (8, 'Ann', '', '', 1, '')", -EPERM },
	{ "INSERT INTO staff (id, login, name, email, active, salt) VALUES (8, 'ann', '', '', 1, '')", -EEXIST },
	{ "INSERT INTO staff_role (staff, role, scope) VALUES (5, 'king', '*')", -EPERM },
};

static struct database *open_world(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);

	assert_int_equal(migrate(database, schema_migrations), 0);
	assert_int_equal(database_begin(database, true), 0);
	for (const char *const *sql = world; *sql != NULL; sql++) {
		if (database_run(database, *sql) < 0) {
			fail_msg("%s: %s", *sql, database_complaint(database));
		}
	}
	assert_int_equal(database_commit(database), 0);
	return database;
}

static void run_attempts(const char *url)
{
	struct database *database = open_world(url);

	for (size_t i = 0; i < sizeof(attempts) / sizeof(attempts[0]); i++) {
		int r;

		assert_int_equal(database_begin(database, true), 0);
		(void)database_run(database, attempts[i].sql);
		r = database_commit(database);
		if (r != attempts[i].error) {
			fail_msg("%s: %d, not %d (%s)", attempts[i].sql, r, attempts[i].error,
				 database_complaint(database));
		}
	}
	(void)database_close(database);
}

static void test_what_the_tables_refuse(void **state)
{
	(void)state;
	store_case_each(run_attempts);
}

/* Text is compared octet by octet wherever the server stands. */
static void run_order(const char *url)
{
	static const char *const logins[] = { "-", "_a", "a", "a-b", "aa", "b", "\xc3\xa4" };
	struct database *database = store_case_open(url, DATABASE_CREATE);
	struct statement *statement = NULL;

	assert_int_equal(migrate(database, schema_migrations), 0);
	assert_int_equal(database_run(database,
				      "INSERT INTO meta (key, value) VALUES ('aa', ''), ('a-b', ''), ('b', ''), "
				      "('a', ''), ('\xc3\xa4', ''), ('-', ''), ('_a', '')"),
			 0);
	assert_int_equal(statement_prepare(database, "SELECT key FROM meta WHERE key <> ? ORDER BY key", &statement),
			 0);
	statement_bind_text(statement, 1, "schema");
	for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
		assert_int_equal(statement_step(statement), 1);
		assert_string_equal(statement_text(statement, 0), logins[i]);
	}
	(void)statement_free(statement);
	(void)database_close(database);
}

static void test_text_has_one_order(void **state)
{
	(void)state;
	store_case_each(run_order);
}

/* ---- tables.h ---- */

/* Name, whether text, whether part of the key. */
static const char sqlite_columns[] = "SELECT name, type = 'PLAIN_TEXT', pk > 0 FROM pragma_table_info(?) ORDER BY cid";
static const char postgres_columns[] =
	"SELECT a.attname, t.typname = 'plain_text', "
	"EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) "
	"FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid "
	"WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relname = ? AND a.attnum > 0 "
	"ORDER BY a.attnum";

static void check_columns(struct database *database, const struct table *table)
{
	struct statement *statement = NULL;
	size_t number = 0;

	assert_int_equal(statement_prepare(database, database_is_postgres(database) ? postgres_columns : sqlite_columns,
					   &statement),
			 0);
	statement_bind_text(statement, 1, table->name);
	for (; statement_step(statement) == 1; number++) {
		const struct table_column *column = &table->columns[number];

		assert_true(number < table->column_count);
		assert_string_equal(column->name, statement_text(statement, 0));
		assert_int_equal(column->is_text, statement_integer(statement, 1));
		assert_int_equal(column->is_key, statement_integer(statement, 2));
	}
	assert_int_equal(number, table->column_count);
	(void)statement_free(statement);
}

/* Nobody can be forgotten without a salt that goes too. */
static void check_salt(const struct table *table)
{
	bool has_personal = false;
	bool has_salt = false;

	for (size_t i = 0; i < table->column_count; i++) {
		has_personal |= table->columns[i].is_personal;
		has_salt |= strcmp(table->columns[i].name, "salt") == 0;
		assert_false(table->columns[i].is_key && table->columns[i].is_personal);
	}
	assert_int_equal(has_personal, has_salt);
}

static void run_tables(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);
	size_t count = 0;

	assert_int_equal(migrate(database, schema_migrations), 0);
	for (const struct table *table = tables; table->name != NULL; table++, count++) {
		check_columns(database, table);
		check_salt(table);
		assert_ptr_equal(table_find(table->name), table);
	}
	assert_null(table_find("application_state"));
	assert_int_equal(count,
			 store_case_ask(database, database_is_postgres(database)
							  ? "SELECT count(*) FROM pg_tables "
							    "WHERE schemaname = current_schema()"
							  : "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"));
	(void)database_close(database);
}

static void test_tables_are_those_of_the_schema(void **state)
{
	(void)state;
	store_case_each(run_tables);
}

/* Copied in this order, each row finds what it refers to; references to events and within a table may wait. */
static void run_table_order(const char *url)
{
	struct database *database = store_case_open(url, DATABASE_CREATE);

	assert_int_equal(migrate(database, schema_migrations), 0);
	for (const struct table *table = tables; table->name != NULL; table++) {
		struct statement *statement = NULL;

		assert_int_equal(
			statement_prepare(database, "SELECT \"table\" FROM pragma_foreign_key_list(?)", &statement), 0);
		statement_bind_text(statement, 1, table->name);
		while (statement_step(statement) == 1) {
			const struct table *other = table_find(statement_text(statement, 0));

			assert_non_null(other);
			assert_true(other <= table);
		}
		(void)statement_free(statement);
	}
	(void)database_close(database);
}

static void test_tables_stand_in_their_order(void **state)
{
	(void)state;
	store_case_sqlite(run_table_order);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_tables_refuse),
		cmocka_unit_test(test_text_has_one_order),
		cmocka_unit_test(test_tables_are_those_of_the_schema),
		cmocka_unit_test(test_tables_stand_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
