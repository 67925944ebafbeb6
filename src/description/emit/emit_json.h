/* emit_json.h - parts of a tree as JSON values.  Private to emit_json*.c.
 *
 * Everything returns a new reference, or NULL without memory; setting a NULL value marks the maker as failed. */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "description/language/tree.h"

struct json_maker {
	bool failed;
};

/* Steals the value. */
void json_put(struct json_maker *maker, json_t *object, const char *key, json_t *value);
void json_add(struct json_maker *maker, json_t *array, json_t *value);

/* Nothing for a NULL text or a false flag, so that only what was said stands there. */
void json_put_text(struct json_maker *maker, json_t *object, const char *key, const char *text);
void json_put_flag(struct json_maker *maker, json_t *object, const char *key, bool flag);
void json_put_number(struct json_maker *maker, json_t *object, const char *key, int64_t number);

/* Text of an author's, as UTF-8. */
json_t *json_of_octets_text(const char *octets, size_t size);

/* Octets in hex. */
json_t *json_of_octets(struct octets octets);

json_t *json_of_ranges(struct json_maker *maker, const struct range *ranges);
json_t *json_of_expression(struct json_maker *maker, const struct expression *expression);
json_t *json_of_number_type(struct json_maker *maker, struct number_type type);
json_t *json_of_block(struct json_maker *maker, const struct item *block);

json_t *json_of_sequences(struct json_maker *maker, const struct protocol *protocol);
json_t *json_of_functions(struct json_maker *maker, const struct protocol *protocol);
json_t *json_of_rendezvous(struct json_maker *maker, const struct protocol *protocol);
