/* journal.c - the hashes and the canonical form of what events say (journal.h).  Pure; called by change.c and
 * audit*.c. */
#include "store/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char journal_no_hash[STORE_HASH_SIZE] = "0000000000000000000000000000000000000000000000000000000000000000";

void journal_hash_text(crypto_hash_sha256_state *state, const char *text)
{
	uint8_t length[8];
	uint64_t size = strlen(text);

	for (size_t i = 0; i < sizeof(length); i++) {
		length[i] = (uint8_t)(size >> (8 * i));
	}
	(void)crypto_hash_sha256_update(state, length, sizeof(length));
	(void)crypto_hash_sha256_update(state, (const unsigned char *)text, size);
}

void journal_hash_integer(crypto_hash_sha256_state *state, int64_t integer)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, integer);
	journal_hash_text(state, text);
}

void journal_hash_end(crypto_hash_sha256_state *state, char ret_hex[static STORE_HASH_SIZE])
{
	unsigned char digest[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256_final(state, digest);
	(void)sodium_bin2hex(ret_hex, STORE_HASH_SIZE, digest, sizeof(digest));
}

void journal_event_hash(const struct journal_event *event, char ret_hash[static STORE_HASH_SIZE])
{
	const char *const columns[] = { event->n,	event->at,  event->staff, event->act,
					event->subject, event->why, event->body,  event->prev };
	crypto_hash_sha256_state state;

	(void)crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		journal_hash_text(&state, columns[i]);
	}
	journal_hash_end(&state, ret_hash);
}

void journal_digest(const char *salt, const char *value, char ret_digest[static JOURNAL_DIGEST_SIZE])
{
	static const char prefix[] = "digest:";
	crypto_hash_sha256_state state;

	(void)crypto_hash_sha256_init(&state);
	journal_hash_text(&state, salt);
	journal_hash_text(&state, value);
	memcpy(ret_digest, prefix, sizeof(prefix));
	journal_hash_end(&state, ret_digest + sizeof(prefix) - 1);
}

char *journal_text(const json_t *json)
{
	return json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
}
