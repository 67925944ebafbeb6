/* test_emit_json.c - the tree as JSON: it can be read again, and says what the text said. */
#include <jansson.h>

#include "description_files.h"

#include "description/emit/emit.h"

/* The object of a description's text. */
static json_t *object_of(struct outcome *outcome)
{
	char *printed = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&printed, &size);
	json_error_t error;

	assert_non_null(stream);
	assert_int_equal(emit_json(outcome->tree, stream), 0);
	(void)fclose(stream);
	json_t *object = json_loads(printed, JSON_REJECT_DUPLICATES, &error);
	if (object == NULL) {
		fail_msg("line %d: %s", error.line, error.text);
	}
	free(printed);
	finish(outcome);
	return object;
}

static const char *text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	assert_non_null(text);
	return text;
}

static json_int_t number_at(const json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

static void every_description_can_be_read_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < GOLDEN_NAMES; i++) {
		struct outcome outcome = accept_golden(golden_names[i]);
		json_t *object = object_of(&outcome);
		const json_t *protocol = json_array_get(json_object_get(object, "protocols"), 0);
		assert_string_equal(text_at(protocol, "name"), golden_names[i]);
		assert_true(json_array_size(json_object_get(protocol, "types")) > 0);
		json_decref(object);
	}
}

static void a_message_is_all_there(void **state)
{
	struct outcome outcome = accept_golden("exfiles");
	json_t *object = object_of(&outcome);
	const json_t *protocol = json_array_get(json_object_get(object, "protocols"), 0);
	const json_t *message = json_array_get(json_object_get(protocol, "types"), 0);
	const json_t *sized = json_array_get(json_object_get(message, "block"), 1);
	const json_t *op = json_array_get(json_object_get(sized, "block"), 0);
	const json_t *range = json_array_get(json_object_get(op, "in"), 0);

	(void)state;
	assert_string_equal(text_at(message, "name"), "Request");
	assert_string_equal(text_at(message, "role"), "client");
	assert_true(json_is_true(json_object_get(message, "first")));
	assert_int_equal(number_at(message, "minimum"), 7);
	assert_int_equal(number_at(message, "maximum"), 261);
	assert_string_equal(text_at(sized, "item"), "sized");
	assert_string_equal(text_at(json_object_get(sized, "number"), "type"), "u16");
	assert_string_equal(text_at(op, "of"), "Op");
	assert_string_equal(text_at(json_array_get(range, 1), "code"), "restore");
	assert_int_equal(number_at(json_array_get(range, 1), "number"), 4);
	json_decref(object);
}

static void octets_are_hex_and_text_is_utf_8(void **state)
{
	struct outcome outcome =
		accept_text("application user { notes \"\\xFFx\\x1B\"; } protocol t { title \"\\xC3\\xA9\"; "
			    "types { client request M { \"\\x00\\xFF\"; } } }");
	json_t *object = object_of(&outcome);
	const json_t *protocol = json_array_get(json_object_get(object, "protocols"), 0);
	const json_t *answers = json_object_get(json_array_get(json_object_get(object, "applications"), 0), "answers");
	const json_t *block = json_object_get(json_array_get(json_object_get(protocol, "types"), 0), "block");
	const json_t *title = json_array_get(json_object_get(protocol, "headers"), 0);

	(void)state;
	assert_string_equal(json_string_value(json_array_get(json_object_get(json_array_get(answers, 0), "values"), 0)),
			    "?x?");
	assert_string_equal(json_string_value(json_array_get(json_object_get(title, "values"), 0)), "\xC3\xA9");
	assert_string_equal(text_at(json_array_get(block, 0), "hex"), "00ff");
	json_decref(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_description_can_be_read_again),
		cmocka_unit_test(a_message_is_all_there),
		cmocka_unit_test(octets_are_hex_and_text_is_utf_8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
