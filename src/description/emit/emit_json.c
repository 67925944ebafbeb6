/* emit_json.c - the whole resolved tree as JSON, so that others can make from it what berth does not.
 *
 * Formats and op-code sets are referred to by their names, octets are in hex, sizes and lines are numbers.
 * Members keep their meaning; new ones may come. */
#include "description/emit/emit_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "description/language/application.h"
#include "description/examine/check.h"
#include "description/emit/emit.h"
#include "description/emit/emit_words.h"

/* ---- tools ---- */

void json_put(struct json_maker *maker, json_t *object, const char *key, json_t *value)
{
	maker->failed = json_object_set_new(object, key, value) < 0 || maker->failed;
}

void json_add(struct json_maker *maker, json_t *array, json_t *value)
{
	maker->failed = json_array_append_new(array, value) < 0 || maker->failed;
}

void json_put_text(struct json_maker *maker, json_t *object, const char *key, const char *text)
{
	if (text != NULL) {
		json_put(maker, object, key, json_string(text));
	}
}

void json_put_flag(struct json_maker *maker, json_t *object, const char *key, bool flag)
{
	if (flag) {
		json_put(maker, object, key, json_true());
	}
}

void json_put_number(struct json_maker *maker, json_t *object, const char *key, int64_t number)
{
	json_put(maker, object, key, json_integer(number));
}

json_t *json_of_octets_text(const char *octets, size_t size)
{
	struct text text;
	char *room = malloc(size + 1);

	if (room == NULL) {
		return NULL;
	}
	text_init(&text, room, size + 1);
	text_put_clean(&text, octets, size);
	json_t *value = json_stringn(room, text.used);
	free(room);
	return value;
}

json_t *json_of_octets(struct octets octets)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = malloc(octets.size * 2 + 1);

	if (hex == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < octets.size; i++) {
		hex[2 * i] = digits[octets.start[i] >> 4];
		hex[2 * i + 1] = digits[octets.start[i] & 0x0F];
	}
	json_t *value = json_stringn(hex, octets.size * 2);
	free(hex);
	return value;
}

/* ---- headers and answers ---- */

static json_t *json_of_entries(struct json_maker *maker, const struct entry *entries)
{
	json_t *array = json_array();

	for (const struct entry *entry = entries; entry != NULL; entry = entry->next) {
		json_t *object = json_object();
		json_t *values = json_array();
		for (const struct answer *answer = entry->answers; answer != NULL; answer = answer->next) {
			json_add(maker, values,
				 answer->kind == ANSWER_NUMBER
					 ? json_integer(answer->number)
					 : json_of_octets_text((const char *)answer->text.start, answer->text.size));
		}
		json_put_text(maker, object, "key", entry->key);
		json_put(maker, object, "values", values);
		json_add(maker, array, object);
	}
	return array;
}

static json_t *json_of_applications(struct json_maker *maker, const struct application *applications)
{
	json_t *array = json_array();

	for (const struct application *at = applications; at != NULL; at = at->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "kind", application_kind_word(at->kind));
		json_put_number(maker, object, "line", at->place.line);
		json_put(maker, object, "answers", json_of_entries(maker, at->entries));
		json_add(maker, array, object);
	}
	return array;
}

/* ---- protocols ---- */

static json_t *json_of_codes(struct json_maker *maker, const struct code_set *set)
{
	json_t *array = json_array();

	for (const struct code *code = set->codes; code != NULL; code = code->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "name", code->name);
		if (set->is_text) {
			json_put(maker, object, "hex", json_of_octets(code->text));
		} else {
			json_put_number(maker, object, "number", code->number);
		}
		json_add(maker, array, object);
	}
	return array;
}

static json_t *json_of_code_sets(struct json_maker *maker, const struct code_set *sets)
{
	json_t *array = json_array();

	for (const struct code_set *set = sets; set != NULL; set = set->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "name", set->name);
		if (!set->is_text) {
			json_put(maker, object, "number", json_of_number_type(maker, set->number));
		}
		json_put_flag(maker, object, "nocase", set->nocase);
		json_put_flag(maker, object, "open", set->open);
		json_put(maker, object, "codes", json_of_codes(maker, set));
		json_add(maker, array, object);
	}
	return array;
}

static json_t *json_of_formats(struct json_maker *maker, const struct format *formats)
{
	json_t *array = json_array();

	for (const struct format *format = formats; format != NULL; format = format->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "name", format->name);
		json_put_number(maker, object, "line", format->place.line);
		json_put_number(maker, object, "nested", format->nested);
		json_put(maker, object, "block", json_of_block(maker, format->block));
		json_add(maker, array, object);
	}
	return array;
}

static void put_size(struct json_maker *maker, json_t *object, const struct message *message)
{
	uint64_t minimum;
	uint64_t maximum;

	if (message_size_range(message, &minimum, &maximum) < 0) {
		maker->failed = true;
		return;
	}
	json_put_number(maker, object, "minimum", (int64_t)minimum);
	if (maximum <= INT64_MAX) {
		json_put_number(maker, object, "maximum", (int64_t)maximum);
	}
}

static json_t *json_of_messages(struct json_maker *maker, const struct protocol *protocol)
{
	json_t *array = json_array();

	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		json_t *object = json_object();
		json_put_text(maker, object, "name", message->name);
		json_put_text(maker, object, "role", role_word(message->role));
		json_put_text(maker, object, "kind", message_kind_word(message->kind));
		json_put_number(maker, object, "line", message->place.line);
		json_put_text(maker, object, "over", message->over_name);
		json_put_flag(maker, object, "first", message_is_first(protocol, message));
		json_put_flag(maker, object, "sure", message->sure);
		json_put_flag(maker, object, "weak", message->weak);
		put_size(maker, object, message);
		json_put(maker, object, "block", json_of_block(maker, message->block));
		json_add(maker, array, object);
	}
	return array;
}

static json_t *json_of_protocol(struct json_maker *maker, const struct protocol *protocol)
{
	json_t *object = json_object();
	struct words transports;

	words_init(&transports);
	words_transports(&transports, protocol->transports, false);
	json_put_text(maker, object, "name", protocol->name);
	json_put_number(maker, object, "line", protocol->place.line);
	json_put_text(maker, object, "transports", words_end(&transports));
	json_put(maker, object, "headers", json_of_entries(maker, protocol->headers));
	json_put(maker, object, "opcodes", json_of_code_sets(maker, protocol->code_sets));
	json_put(maker, object, "formats", json_of_formats(maker, protocol->formats));
	json_put(maker, object, "types", json_of_messages(maker, protocol));
	if (protocol->has_sequences) {
		json_put(maker, object, "sequences", json_of_sequences(maker, protocol));
	}
	json_put(maker, object, "functions", json_of_functions(maker, protocol));
	if (protocol->has_rendezvous) {
		json_put(maker, object, "rendezvous", json_of_rendezvous(maker, protocol));
	}
	return object;
}

int emit_json(const struct tree *tree, FILE *stream)
{
	struct json_maker maker = { .failed = false };
	json_t *object = json_object();
	json_t *protocols = json_array();

	for (const struct protocol *protocol = tree->protocols; protocol != NULL; protocol = protocol->next) {
		json_add(&maker, protocols, json_of_protocol(&maker, protocol));
	}
	json_put(&maker, object, "file", json_of_octets_text(tree->source.name, strlen(tree->source.name)));
	json_put(&maker, object, "applications", json_of_applications(&maker, tree->applications));
	json_put(&maker, object, "protocols", protocols);
	if (!maker.failed) {
		(void)json_dumpf(object, stream, JSON_INDENT(1));
		(void)fputc('\n', stream);
	}
	json_decref(object);
	return maker.failed ? -ENOMEM : 0;
}
