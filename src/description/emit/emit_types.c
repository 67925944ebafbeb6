/* emit_types.c - message types, op codes, functions and selectors as tables: `berth show --types`. */
#include <errno.h>
#include <string.h>

#include "description/examine/check_walk.h"
#include "description/emit/emit.h"
#include "description/emit/emit_page.h"
#include "description/emit/emit_tables.h"
#include "description/emit/emit_words.h"

/* ---- selectors ---- */

struct selector_list {
	struct words words;
	const struct format *formats[32]; /* that were walked; more are not looked into */
	size_t count;
};

static bool is_listed(const struct selector_list *list, const char *name)
{
	size_t size = strlen(name);

	for (const char *at = list->words.buffer; (at = strstr(at, name)) != NULL; at += size) {
		bool begins = at == list->words.buffer || at[-1] == ' ';
		if (begins && (at[size] == ',' || at[size] == '\0')) {
			return true;
		}
	}
	return false;
}

static void add_selectors(const struct item *item, void *context);

static void walk_format(struct selector_list *list, const struct format *format)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->formats[i] == format) {
			return;
		}
	}
	if (list->count < sizeof(list->formats) / sizeof(list->formats[0])) {
		list->formats[list->count++] = format;
		walk_block(format->block, add_selectors, list);
	}
}

/* Every named text, string and op code of a client's message is a selector. */
static void add_selectors(const struct item *item, void *context)
{
	struct selector_list *list = context;
	bool can = item->kind == ITEM_CODE || item->kind == ITEM_BYTES || item->kind == ITEM_TEXT_TO ||
		   item->kind == ITEM_TEXT_OF;

	if (item->kind == ITEM_FORMAT && item->format != NULL) {
		walk_format(list, item->format);
	} else if (can && item->name != NULL && !is_listed(list, item->name)) {
		words_put(&list->words, "%s%s", list->words.text.used > 0 ? ", " : "", item->name);
	}
}

static int list_selectors(struct arena *arena, const struct protocol *protocol, FILE *stream)
{
	struct page_table table = { .arena = arena, .columns = 2 };

	for (const struct message *message = protocol->messages; message != NULL; message = message->next) {
		struct selector_list list = { .count = 0 };
		words_init(&list.words);
		if (message_is_first(protocol, message)) {
			walk_block(message->block, add_selectors, &list);
			page_table_put(&table, message->name);
			page_table_put(&table, list.words.text.used > 0 ? words_end(&list.words) : "none");
		}
	}
	if (table.first == NULL) {
		return 0;
	}
	(void)fputs("Selectors of the first messages:\n\n", stream);
	int r = page_table_print(&table, stream, INDENT);
	(void)fputc('\n', stream);
	return r;
}

/* ---- the whole ---- */

int emit_types(const struct protocol *protocol, FILE *stream)
{
	struct arena arena = { 0 };
	int r = 0;

	if (protocol->messages != NULL) {
		(void)fputs("Message types:\n\n", stream);
		r = list_messages(&arena, protocol, stream, INDENT);
	}
	if (protocol->code_sets != NULL && r == 0) {
		(void)fputs("Op codes:\n\n", stream);
		r = list_codes(&arena, protocol, stream, INDENT);
	}
	if (protocol->functions != NULL && r == 0) {
		(void)fputs("Functions:\n\n", stream);
		r = list_functions(&arena, protocol, stream, INDENT);
	}
	if (r == 0) {
		r = list_selectors(&arena, protocol, stream);
	}
	arena_finish(&arena);
	return r;
}
