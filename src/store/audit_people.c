/* audit_people.c - whom sources name, against the hash their events hold (people.h).  Called by audit.c only. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/audit_private.h"
#include "store/journal.h"
#include "store/people.h"

enum { SOURCE, PID, KIND, NAME, URI, UPDATED, SNAPSHOT, SEQ, SALT, DIGEST, COLUMNS };

/* One source while its people go by, in the order of the octets of their ids. */
struct source_proof {
	int64_t source;
	const char *seal; /* what the events say; NULL nothing */
	int64_t event;	  /* that says it */
	crypto_hash_sha256_state state;
	bool has_wrong;
};

static void begin_source(struct audit *audit, int64_t source, struct source_proof *ret_proof)
{
	char key[64];

	*ret_proof = (struct source_proof){ .source = source };
	(void)snprintf(key, sizeof(key), "{\"source\":%lld}", (long long)source);
	ret_proof->seal = replay_seal(audit->replay, "person", key, &ret_proof->event);
	(void)crypto_hash_sha256_init(&ret_proof->state);
}

static void end_source(struct audit *audit, struct source_proof *proof)
{
	char hex[STORE_HASH_SIZE];

	journal_hash_end(&proof->state, hex);
	if (proof->seal == NULL) {
		audit_differ(audit, "person: no event tells of people of source %lld", (long long)proof->source);
	} else if (strcmp(hex, proof->seal) != 0 && !proof->has_wrong) {
		audit_differ(audit, "person: the people of source %lld are not who was imported",
			     (long long)proof->source);
	}
}

/* Since the people were imported, an event has told that this one was forgotten. */
static bool was_forgotten(struct audit *audit, const struct source_proof *proof, const char *id)
{
	json_t *key = json_pack("{s:I, s:s}", "source", (json_int_t)proof->source, "pid", id);
	char *text = key != NULL ? journal_text(key) : NULL;
	int64_t event = 0;
	bool is_told = text != NULL && replay_seal(audit->replay, "person", text, &event) != NULL;

	free(text);
	json_decref(key);
	return is_told && event >= proof->event;
}

/* The people came with their source's snapshot: both were told by one event. */
static bool is_snapshot_right(struct audit *audit, const struct source_proof *proof, const char *snapshot)
{
	const struct table *table = table_find("snapshot");
	const char *values[TABLE_COLUMNS_MAX] = { snapshot };
	const struct replay_row *row = replay_find(audit->replay, table, values);
	const char *event = row != NULL ? replay_named(table, row, "event") : NULL;

	return event != NULL && strtoll(event, NULL, 10) == proof->event;
}

static bool is_emptied(const char *const columns[static COLUMNS])
{
	return columns[SALT][0] == '\0' && columns[NAME][0] == '\0' && columns[URI][0] == '\0' &&
	       columns[UPDATED][0] == '\0';
}

static void take_person(struct audit *audit, struct source_proof *proof, const char *const columns[static COLUMNS])
{
	const struct entry_person person = { columns[PID], columns[KIND], columns[NAME], columns[URI],
					     columns[UPDATED] };
	char buffer[AUDIT_VALUE_MAX];
	char digest[STORE_HASH_SIZE];

	people_digest(&person, strtoll(columns[SEQ], NULL, 10), columns[SALT], digest);
	people_hash(&proof->state, columns[PID], columns[DIGEST]);
	if (strcmp(digest, columns[DIGEST]) != 0 &&
	    !(is_emptied(columns) && was_forgotten(audit, proof, columns[PID]))) {
		audit_differ(audit, "person %s of source %lld was changed after the import",
			     audit_value(columns[PID], buffer), (long long)proof->source);
		proof->has_wrong = true;
	} else if (proof->seal != NULL && !is_snapshot_right(audit, proof, columns[SNAPSHOT])) {
		audit_differ(audit, "person %s of source %lld: snapshot is %s, which did not bring it",
			     audit_value(columns[PID], buffer), (long long)proof->source, columns[SNAPSHOT]);
	}
}

static void read_columns(struct statement *statement, const char *ret_columns[static COLUMNS])
{
	for (int i = 0; i < COLUMNS; i++) {
		ret_columns[i] = statement_text(statement, i);
		ret_columns[i] = ret_columns[i] != NULL ? ret_columns[i] : "";
	}
}

/* Sources of whose people nobody is left do not come by. */
static int check_seal(const char *key, const char *sha256, void *context)
{
	struct audit *audit = context;
	struct statement *statement = NULL;
	struct source_proof proof;
	long long source = 0;
	int r;

	(void)sha256;
	if (sscanf(key, "{\"source\":%lld}", &source) != 1) {
		return 0;
	}
	r = statement_prepare(audit->store->database, "SELECT 1 FROM person WHERE source = ? LIMIT 1", &statement);
	if (r == 0) {
		statement_bind_integer(statement, 1, source);
		r = statement_step(statement);
	}
	(void)statement_free(statement);
	if (r == 0) {
		begin_source(audit, source, &proof);
		end_source(audit, &proof);
	}
	return r < 0 ? r : 0;
}

int audit_people(struct audit *audit)
{
	struct statement *statement = NULL;
	struct source_proof proof;
	const char *columns[COLUMNS];
	bool is_first = true;
	int r = statement_prepare(
		audit->store->database,
		"SELECT source, pid, kind, name, uri, updated, snapshot, seq, salt, digest FROM person "
		"ORDER BY source, pid",
		&statement);

	while (r >= 0 && (r = statement_step(statement)) > 0) {
		int64_t source = statement_integer(statement, SOURCE);
		if (!is_first && source != proof.source) {
			end_source(audit, &proof);
		}
		if (is_first || source != proof.source) {
			begin_source(audit, source, &proof);
		}
		is_first = false;
		read_columns(statement, columns);
		take_person(audit, &proof, columns);
	}
	(void)statement_free(statement);
	if (!is_first) {
		end_source(audit, &proof);
	}
	if (r == 0) {
		r = replay_each_seal(audit->replay, "person", check_seal, audit);
	}
	return r < 0 ? store_complain(audit->store, r, NULL) : 0;
}
