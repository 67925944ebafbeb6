/* form_compare.c - of two forms: whether they are the same, whether they differ in what was examined; and a form turned
 * into one of another kind. */
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registry/form/form_description.h"
#include "registry/form/form_private.h"

enum { DIGEST_HEX = 2 * crypto_hash_sha256_BYTES + 1, SYSTEM_PORT_MAX = 1023, QUESTIONS_EXAMINED = 7 };

_Static_assert(DIGEST_HEX == 65, "the digest is a SHA-256");

/* Each text with its NUL, so that no two lists of texts run into the same octets. */
static void add(crypto_hash_sha256_state *state, const char *text)
{
	(void)crypto_hash_sha256_update(state, (const unsigned char *)text, strlen(text) + 1);
}

void form_digest(const struct form *form, char ret_hex[static 65])
{
	crypto_hash_sha256_state state;
	unsigned char digest[crypto_hash_sha256_BYTES];

	(void)crypto_hash_sha256_init(&state);
	add(&state, form_kind_name(form->kind));
	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (form->values[i] != NULL) {
			add(&state, form_fields[i].key);
			add(&state, form->values[i]);
		}
	}
	add(&state, ""); /* no key is empty: what follows is the description */
	if (form->berth != NULL) {
		add(&state, form->berth);
	}
	(void)crypto_hash_sha256_final(&state, digest);
	(void)sodium_bin2hex(ret_hex, DIGEST_HEX, digest, sizeof(digest));
}

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_material(const struct form_field *field)
{
	static const char *const keys[] = { "short", "port", "service-code", "about", "relocates" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (strcmp(field->key, keys[i]) == 0) {
			return true;
		}
	}
	return field->seed >= 1 && field->seed <= QUESTIONS_EXAMINED; /* transport is the first */
}

/* The protocol blocks that came with a form, from malloc; NULL when there are none to be read. */
static char *described_in(const struct form *form)
{
	struct form_description *description = NULL;
	char *blocks = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&blocks, &size);

	if (stream == NULL) {
		return NULL;
	}
	if (form_description_open(form->berth, &description) == 0) {
		form_description_put(description, stream);
		form_description_close(description);
	}
	if (fclose(stream) != 0 || size == 0) {
		free(blocks);
		return NULL;
	}
	return blocks;
}

/* The answers of the application block, which stand in the same text, were compared one by one. */
static bool describes_the_same(const struct form *a, const struct form *b)
{
	char *one = described_in(a);
	char *other = described_in(b);
	bool is_same = one != NULL && other != NULL ? strcmp(one, other) == 0 : same(a->berth, b->berth);

	free(one);
	free(other);
	return is_same;
}

bool form_differs_materially(const struct form *a, const struct form *b)
{
	bool described = false;

	for (int i = 0; form_fields[i].key != NULL; i++) {
		if (is_material(&form_fields[i]) && !same(a->values[i], b->values[i])) {
			return true;
		}
		described = described || (a->values[i] != NULL && strcmp(a->values[i], "described") == 0);
	}
	return a->kind != b->kind || (described && !describes_the_same(a, b));
}

static bool goes_along(const struct form_field *field, const char *value)
{
	bool is_low =
		field->answer == FORM_PORT && strtoul(value, NULL, 10) <= SYSTEM_PORT_MAX && strcmp(value, "any") != 0;

	return form_needs(field, FORM_USER) != FORM_NEVER && !is_low;
}

int form_as_user(const struct form *form, struct form *ret_form)
{
	struct form user = { .kind = FORM_USER };
	int r = 0;

	for (int i = 0; form_fields[i].key != NULL && r == 0; i++) {
		const char *value = form->values[i];
		if (value != NULL && goes_along(&form_fields[i], value)) {
			r = form_set_at(&user, i, value);
			user.lines[i] = form->lines[i];
		}
	}
	if (r == 0 && form->berth != NULL) {
		user.berth = arena_text(&user.arena, form->berth, strlen(form->berth));
		r = user.berth == NULL ? -ENOMEM : 0;
	}
	if (r < 0) {
		form_finish(&user);
		return r;
	}
	*ret_form = user;
	return 0;
}
