/* emit_tables.c - messages, op codes and functions as tables.  Called by emit_types.c and emit_form.c. */
#include "description/emit/emit_tables.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "description/examine/check.h"
#include "description/emit/emit_words.h"

int words_message_size(struct words *words, const struct message *message)
{
	uint64_t minimum;
	uint64_t maximum;
	int r = message_size_range(message, &minimum, &maximum);

	if (r < 0) {
		return r;
	}
	if (maximum == UINT64_MAX) {
		words_put(words, "at least ");
		words_count(words, minimum, "octet", "octets");
	} else {
		if (minimum != maximum) {
			words_put(words, "%" PRIu64 " to ", minimum);
		}
		words_count(words, maximum, "octet", "octets");
	}
	return 0;
}

static int print(const struct page_table *table, FILE *stream, unsigned indent)
{
	int r = page_table_print(table, stream, indent);

	(void)fputc('\n', stream);
	return r;
}

int list_messages(struct arena *arena, const struct protocol *protocol, FILE *stream, unsigned indent)
{
	struct page_table table = { .arena = arena, .columns = 4 };
	int r = 0;

	for (const struct message *message = protocol->messages; message != NULL && r == 0; message = message->next) {
		struct words sender;
		struct words size;
		words_init(&sender);
		words_put(&sender, "from the %s", role_word(message->role));
		words_init(&size);
		r = words_message_size(&size, message);
		if (message->over != NULL) {
			words_put(&size, ", carried in %s", message->over_name);
		}
		page_table_put(&table, message->name);
		page_table_put(&table, message_kind_word(message->kind));
		page_table_put(&table, words_end(&sender));
		page_table_put(&table, words_end(&size));
	}
	return r < 0 ? r : print(&table, stream, indent);
}

/* ---- op codes ---- */

static void put_set(FILE *stream, const struct code_set *set, unsigned indent)
{
	struct words words;

	words_init(&words);
	words_put(&words, "%s, ", set->name);
	if (set->is_text) {
		words_put(&words, set->nocase ? "words in either case" : "words");
	} else {
		words_number_type(&words, set->number);
	}
	words_put(&words, set->open ? "; others may come:" : ":");
	page_paragraph(stream, indent, words_end(&words));
	(void)fputc('\n', stream);
}

int list_codes(struct arena *arena, const struct protocol *protocol, FILE *stream, unsigned indent)
{
	int r = 0;

	for (const struct code_set *set = protocol->code_sets; set != NULL && r == 0; set = set->next) {
		struct page_table table = { .arena = arena, .columns = 2 };
		put_set(stream, set, indent);
		for (const struct code *code = set->codes; code != NULL; code = code->next) {
			struct words value;
			words_init(&value);
			if (set->is_text) {
				words_octets(&value, code->text);
			} else {
				words_put(&value, "%" PRId64, code->number);
			}
			page_table_put(&table, words_end(&value));
			page_table_put(&table, code->name);
		}
		r = print(&table, stream, indent + INDENT);
	}
	return r;
}

/* ---- functions ---- */

static void say_function(struct words *words, const struct function *function)
{
	if (function->description != NULL) {
		text_put_clean(&words->text, function->description, strlen(function->description));
	}
	if (function->message_name == NULL && function->conditions == NULL) {
		return;
	}
	words_put(words, words->text.used > 0 ? "; chosen by" : "chosen by");
	if (function->message_name != NULL) {
		words_put(words, " %s", function->message_name);
	}
	if (function->conditions != NULL) {
		words_put(words, function->message_name != NULL ? " with " : " ");
		words_conditions(words, function->conditions);
	}
}

int list_functions(struct arena *arena, const struct protocol *protocol, FILE *stream, unsigned indent)
{
	struct page_table table = { .arena = arena, .columns = 2 };

	for (const struct function *function = protocol->functions; function != NULL; function = function->next) {
		struct words words;
		words_init(&words);
		say_function(&words, function);
		page_table_put(&table, function->name);
		page_table_put(&table, words_end(&words));
	}
	return print(&table, stream, indent);
}
