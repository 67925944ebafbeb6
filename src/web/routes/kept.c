/* kept.c - pages kept for a moment as they were made (kept.h).  Called by dispatch.c alone. */
#include "web/routes/kept.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 64, WAYS = 4, OCTETS_MAX = 64 * 1024, HEADERS_KEPT = 4, KEY_SIZE = crypto_generichash_BYTES_MIN };

struct page {
	unsigned char key[KEY_SIZE];
	uint64_t made_ns;
	char *octets; /* NULL: nothing is kept here */
	size_t size;
	const char *type;
	struct response_header headers[HEADERS_KEPT]; /* what the page itself set */
	size_t header_count;
};

struct kept {
	unsigned char secret[crypto_generichash_KEYBYTES];
	struct page pages[SETS][WAYS];
};

struct kept *kept_create(void)
{
	struct kept *kept = sodium_init() < 0 ? NULL : calloc(1, sizeof(*kept));

	if (kept != NULL) {
		crypto_generichash_keygen(kept->secret);
	}
	return kept;
}

struct kept *kept_destroy(struct kept *kept)
{
	for (size_t i = 0; kept != NULL && i < (size_t)SETS * WAYS; i++) {
		free(kept->pages[i / WAYS][i % WAYS].octets);
	}
	free(kept);
	return NULL;
}

static void add(crypto_generichash_state *state, const char *text)
{
	(void)crypto_generichash_update(state, (const unsigned char *)text, strlen(text) + 1);
}

/* Nobody can ask for a page whose key is another's. */
static void make_key(const struct kept *kept, const struct visit *visit, const char *tag,
		     unsigned char ret_key[static KEY_SIZE])
{
	const struct web_values *query = &visit->request->query;
	crypto_generichash_state state;

	(void)crypto_generichash_init(&state, kept->secret, sizeof(kept->secret), KEY_SIZE);
	add(&state, tag);
	add(&state, visit->request->path);
	for (size_t i = 0; i < query->count; i++) {
		add(&state, query->items[i].name);
		add(&state, query->items[i].value);
	}
	(void)crypto_generichash_final(&state, ret_key, KEY_SIZE);
}

static bool is_fresh(const struct page *page, uint64_t now_ns)
{
	return page->octets != NULL && now_ns - page->made_ns < (uint64_t)KEPT_S * 1000000000;
}

bool kept_answer(struct kept *kept, const struct visit *visit, const char *tag, uint64_t now_ns)
{
	unsigned char key[KEY_SIZE];

	make_key(kept, visit, tag, key);
	for (size_t way = 0; way < WAYS; way++) {
		const struct page *page = &kept->pages[key[0] % SETS][way];
		if (!is_fresh(page, now_ns) || memcmp(page->key, key, KEY_SIZE) != 0) {
			continue;
		}
		visit->response->type = page->type;
		for (size_t i = 0; i < page->header_count; i++) {
			response_header(visit->response, page->headers[i].name, page->headers[i].value);
		}
		html_octets(&visit->response->body, page->octets, page->size);
		return true;
	}
	return false;
}

/* The one of the same key, a free one, or the oldest. */
static struct page *place_of(struct page *set, const unsigned char *key)
{
	struct page *oldest = &set[0];

	for (size_t way = 0; way < WAYS; way++) {
		if (set[way].octets != NULL && memcmp(set[way].key, key, KEY_SIZE) == 0) {
			return &set[way];
		}
		oldest = set[way].made_ns < oldest->made_ns ? &set[way] : oldest;
	}
	return oldest;
}

void kept_put(struct kept *kept, const struct visit *visit, const char *tag, uint64_t now_ns)
{
	const struct response *response = visit->response;
	unsigned char key[KEY_SIZE];

	if (response->status != 200 || response->failed || response->body.failed || response->body.size == 0 ||
	    response->body.size > OCTETS_MAX || response->header_count > HEADERS_KEPT) {
		return;
	}
	char *octets = malloc(response->body.size);
	if (octets == NULL) {
		return;
	}
	memcpy(octets, response->body.octets, response->body.size);
	make_key(kept, visit, tag, key);
	struct page *page = place_of(kept->pages[key[0] % SETS], key);
	free(page->octets);
	*page = (struct page){
		.made_ns = now_ns, .octets = octets, .size = response->body.size, .type = response->type
	};
	memcpy(page->key, key, KEY_SIZE);
	for (size_t i = 0; i < response->header_count; i++) {
		page->headers[page->header_count++] = *response->headers[i];
	}
}
