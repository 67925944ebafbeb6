/* people.c - whom a source names (snapshots.h, people.h).
 *
 * Called by registry/ on import and for what is written as IANA's XML.  Never shown: names and addresses are there for
 * consent alone. */
#include "store/people.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/ask.h"
#include "store/store_private.h"

enum { SALT_OCTETS = 16, SALT_SIZE = 2 * SALT_OCTETS + 1 };

struct salted {
	const struct entry_person *person;
	int64_t seq;
	char salt[SALT_SIZE];
	char digest[STORE_HASH_SIZE];
};

void people_digest(const struct entry_person *person, int64_t seq, const char *salt,
		   char ret_hex[static STORE_HASH_SIZE])
{
	crypto_hash_sha256_state state;

	(void)crypto_hash_sha256_init(&state);
	journal_hash_text(&state, salt);
	journal_hash_integer(&state, seq);
	journal_hash_text(&state, person->id);
	journal_hash_text(&state, person->kind);
	journal_hash_text(&state, person->name);
	journal_hash_text(&state, person->uri);
	journal_hash_text(&state, person->updated);
	journal_hash_end(&state, ret_hex);
}

void people_hash(crypto_hash_sha256_state *state, const char *id, const char *digest)
{
	journal_hash_text(state, id);
	journal_hash_text(state, digest);
}

/* ---- made ready ---- */

static int by_id(const void *a, const void *b)
{
	const struct salted *one = a;
	const struct salted *other = b;

	return strcmp(one->person->id, other->person->id);
}

static void salt_people(const struct entry_person *people, size_t count, struct salted *ret_salted)
{
	uint8_t octets[SALT_OCTETS];

	for (size_t i = 0; i < count; i++) {
		struct salted *salted = &ret_salted[i];
		salted->person = &people[i];
		salted->seq = (int64_t)i + 1;
		randombytes_buf(octets, sizeof(octets));
		(void)sodium_bin2hex(salted->salt, sizeof(salted->salt), octets, sizeof(octets));
		people_digest(salted->person, salted->seq, salted->salt, salted->digest);
	}
	if (count > 0) {
		qsort(ret_salted, count, sizeof(*ret_salted), by_id);
	}
}

static int refuse_twice(struct store *store, const struct salted *salted, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (by_id(&salted[i - 1], &salted[i]) == 0) {
			return store_complain(store, -EINVAL, "the person \"%s\" stands in the file twice",
					      salted[i].person->id);
		}
	}
	return 0;
}

/* ---- written ---- */

static int delete_people(struct store *store, int64_t source)
{
	struct statement *statement = NULL;
	int r = ask_with_integers(store, "DELETE FROM person WHERE source = ?", 1, &source, &statement);

	return r < 0 ? r : ask_run(store, statement);
}

static int insert_person(struct statement *insert, const struct salted *salted)
{
	statement_bind_text(insert, 3, salted->person->id);
	statement_bind_text(insert, 4, salted->person->kind);
	statement_bind_text(insert, 5, salted->person->name);
	statement_bind_text(insert, 6, salted->person->uri);
	statement_bind_text(insert, 7, salted->person->updated);
	statement_bind_integer(insert, 8, salted->seq);
	statement_bind_text(insert, 9, salted->salt);
	statement_bind_text(insert, 10, salted->digest);
	return statement_run(insert);
}

static int insert_people(struct store *store, int64_t source, int64_t snapshot, const struct salted *salted,
			 size_t count)
{
	struct statement *insert = NULL;
	int r = statement_prepare(
		store->database,
		"INSERT INTO person (source, snapshot, pid, kind, name, uri, updated, seq, salt, digest) "
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		&insert);

	if (r == 0) {
		statement_bind_integer(insert, 1, source);
		statement_bind_integer(insert, 2, snapshot);
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = insert_person(insert, &salted[i]);
	}
	(void)statement_free(insert);
	return r < 0 ? store_complain(store, r, NULL) : 0;
}

static int seal_people(struct change *change, int64_t source, const struct salted *salted, size_t count)
{
	crypto_hash_sha256_state state;
	char hex[STORE_HASH_SIZE];
	json_t *key = json_pack("{s:I}", "source", source);

	(void)crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < count; i++) {
		people_hash(&state, salted[i].person->id, salted[i].digest);
	}
	journal_hash_end(&state, hex);
	int r = key != NULL ? change_seal(change, "person", key, hex)
			    : store_complain(change_store(change), -ENOMEM, NULL);
	json_decref(key);
	return r;
}

int snapshot_people(struct change *change, const char *source, int64_t snapshot, const struct entry_person *people,
		    size_t count)
{
	struct store *store = change_store(change);
	struct salted *salted = calloc(count + 1, sizeof(*salted));
	int64_t id = 0;

	if (salted == NULL) {
		return store_complain(store, -ENOMEM, NULL);
	}
	salt_people(people, count, salted);
	int r = refuse_twice(store, salted, count);
	if (r == 0) {
		r = ask_integer(store, "SELECT id FROM source WHERE name = ?", 1, &source, &id);
	}
	if (r == 0) {
		r = store_complain(store, -ENOENT, "there is no source \"%s\"", source);
	}
	if (r > 0) {
		r = delete_people(store, id);
	}
	if (r == 0) {
		r = insert_people(store, id, snapshot, salted, count);
	}
	if (r == 0) {
		r = seal_people(change, id, salted, count);
	}
	free(salted);
	return r;
}

/* ---- read ---- */

static int give_person(struct statement *statement, int (*each)(const struct entry_person *person, void *context),
		       void *context)
{
	const struct entry_person person = {
		.id = statement_text(statement, 0),
		.kind = statement_text(statement, 1),
		.name = statement_text(statement, 2),
		.uri = statement_text(statement, 3),
		.updated = statement_text(statement, 4),
	};

	return each(&person, context);
}

int snapshot_each_person(struct store *store, const char *source,
			 int (*each)(const struct entry_person *person, void *context), void *context)
{
	struct statement *statement = NULL;
	int r = ask_with_texts(store,
			       "SELECT p.pid, p.kind, p.name, p.uri, p.updated FROM person AS p "
			       "JOIN source AS o ON o.id = p.source WHERE o.name = ? ORDER BY p.seq",
			       1, &source, &statement);

	while (r >= 0 && (r = ask_step(store, statement)) > 0) {
		r = give_person(statement, each, context);
	}
	(void)statement_free(statement);
	return r < 0 ? r : 0;
}
