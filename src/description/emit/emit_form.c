/* emit_form.c - the application form, filled in, as it goes by e-mail: `berth show --form`.
 *
 * The questions, their order and their words come from the table of application.h.  An answer is what the
 * applicant wrote; where that is "described", or only a protocol stands there, questions 2 to 6 are answered
 * from the description. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "description/language/application.h"
#include "description/emit/emit.h"
#include "description/emit/emit_boxes.h"
#include "description/emit/emit_page.h"
#include "description/emit/emit_sequences.h"
#include "description/emit/emit_tables.h"
#include "description/emit/emit_words.h"

struct form {
	struct arena arena;
	const struct application *application;
	const struct protocol *protocol; /* or NULL */
	FILE *stream;
};

static bool is_word(const struct answer *answer, const char *word)
{
	return answer != NULL && answer->kind == ANSWER_NAME && strcmp((const char *)answer->text.start, word) == 0;
}

/* ---- answers as they were written ---- */

static int print_text(struct form *form, const struct octets *octets)
{
	struct text text;
	char *room = arena_take(&form->arena, octets->size + 1);

	if (room == NULL) {
		return -ENOMEM;
	}
	text_init(&text, room, octets->size + 1);
	text_put_clean(&text, (const char *)octets->start, octets->size);
	page_paragraph(form->stream, INDENT, room);
	return 0;
}

/* Names and numbers in one line; of a person the e-mail in angle brackets. */
static void print_words(struct form *form, const struct question *question, const struct answer *answers)
{
	struct words words;

	words_init(&words);
	for (const struct answer *answer = answers; answer != NULL; answer = answer->next) {
		bool is_address = question->form == ANSWER_IS_PERSON && answer != answers;
		words_put(&words, "%s", answer == answers ? "" : is_address ? " <" : " ");
		if (answer->kind == ANSWER_NUMBER) {
			words_put(&words, "%" PRId64, answer->number);
		} else {
			text_put_clean(&words.text, (const char *)answer->text.start, answer->text.size);
		}
		words_put(&words, is_address ? ">" : "");
	}
	page_paragraph(form->stream, INDENT, words_end(&words));
}

static void print_transports(struct form *form, unsigned transports)
{
	struct words words;

	words_init(&words);
	words_transports(&words, transports, true);
	page_paragraph(form->stream, INDENT, words_end(&words));
}

static int print_written(struct form *form, const struct question *question, const struct entry *entry)
{
	const struct answer *first = entry->answers;

	if (question->form == ANSWER_IS_TRANSPORTS) {
		print_transports(form, entry_transports(entry));
		return 0;
	}
	if (first != NULL && first->kind == ANSWER_TEXT && first->next == NULL) {
		return print_text(form, &first->text);
	}
	print_words(form, question, first);
	return 0;
}

/* ---- answers from the description ---- */

static int print_block(struct form *form, const char *name, const struct item *block)
{
	const struct figure *figure = figures_of(&form->arena, name, block);
	int r = figure == NULL ? -ENOMEM : 0;

	for (; figure != NULL && r == 0; figure = figure->next) {
		if (figure->title != NULL) {
			(void)fprintf(form->stream, "%*s%s:\n\n", INDENT, "", figure->title);
		}
		if (figure->cells == NULL) {
			(void)fprintf(form->stream, "%*s(no octets)\n\n", 2 * INDENT, "");
		}
		r = list_fields(&form->arena, figure, true, form->stream, 2 * INDENT);
	}
	return r;
}

static int print_formats(struct form *form)
{
	const struct protocol *protocol = form->protocol;
	int r = 0;

	for (const struct message *message = protocol->messages; message != NULL && r == 0; message = message->next) {
		struct words words;
		words_init(&words);
		words_put(&words, "%s of the %s, ", message->name, role_word(message->role));
		r = words_message_size(&words, message);
		words_put(&words, message->over != NULL ? ", carried in the body of %s:" : ":", message->over_name);
		page_paragraph(form->stream, INDENT, words_end(&words));
		(void)fputc('\n', form->stream);
		r = r < 0 ? r : print_block(form, message->name, message->block);
	}
	for (const struct format *format = protocol->formats; format != NULL && r == 0; format = format->next) {
		(void)fprintf(form->stream, "%*sThe format %s:\n\n", INDENT, "", format->name);
		r = print_block(form, format->name, format->block);
	}
	return r;
}

/* 0, -ENOMEM, or 1 when the protocol says nothing about it. */
static int print_described(struct form *form, const struct question *question)
{
	static const struct {
		const char *key;
		int (*list)(struct arena *arena, const struct protocol *protocol, FILE *stream, unsigned indent);
	} tables[] = { { "types", list_messages }, { "opcodes", list_codes }, { "functions", list_functions } };

	if (form->protocol == NULL || !protocol_describes(form->protocol, question->key)) {
		return 1;
	}
	if (strcmp(question->key, "formats") == 0) {
		return print_formats(form);
	}
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (strcmp(question->key, tables[i].key) == 0) {
			return tables[i].list(&form->arena, form->protocol, form->stream, INDENT);
		}
	}
	say_sequences(form->protocol, form->stream, INDENT);
	return 0;
}

/* The multicast groups that the protocol names; of question 7 alone. */
static const struct entry *first_group(const struct form *form, const struct question *question)
{
	bool has_groups = question->form == ANSWER_IS_NO_OR_TEXT && question->is_header && form->protocol != NULL;

	return has_groups ? entry_find(form->protocol->headers, "multicast") : NULL;
}

/* "Yes" stands before how and what for; of a protocol the groups come behind it. */
static int print_broadcast(struct form *form, const struct question *question, const struct entry *entry)
{
	const struct entry *group = first_group(form, question);
	bool is_no = entry != NULL && is_word(entry->answers, "no");
	int r = 0;

	page_paragraph(form->stream, INDENT, is_no && group == NULL ? "No." : "Yes.");
	if (entry != NULL && !is_no) {
		r = print_written(form, question, entry);
	}
	for (; group != NULL; group = entry_find(group->next, "multicast")) {
		print_words(form, question, group->answers);
	}
	return r;
}

/* ---- questions ---- */

static bool is_section(const struct question *question)
{
	return question->form == ANSWER_IS_SECTION || question->form == ANSWER_IS_OPCODES;
}

static bool is_needed(const struct form *form, const struct question *question)
{
	const struct question *asked = question_find("transport");
	const struct entry *entry = application_answer(form->application, form->protocol, asked);
	unsigned transports = entry != NULL ? entry_transports(entry) : 0;

	switch (question->needs[form->application->kind]) {
	case NEED_REQUIRED:
		return true;
	case NEED_OVER_DCCP:
		return (transports & TRANSPORT_DCCP) != 0;
	case NEED_OVER_UDP:
		return (transports & TRANSPORT_UDP) != 0;
	case NEED_OVER_SEVERAL:
		return (transports & (transports - 1)) != 0;
	case NEED_OPTIONAL:
	case NEED_NEVER:
	default:
		return false;
	}
}

/* The question, its hint in brackets in lines of its own. */
static void print_question(const struct form *form, const struct question *question)
{
	char words[WORDS_MAX];
	struct text text;
	unsigned indent = question->number == 0 ? 0 : 4;

	text_init(&text, words, sizeof(words));
	question_put(question, form->application->kind, &text);
	char *hint = strpbrk(words, "[");
	if (hint != NULL && hint > words) {
		hint[-1] = '\n';
	}
	if (indent > 0) {
		(void)fprintf(form->stream, "%2u. ", question->number);
	}
	page_paragraph_from(form->stream, indent, indent, words);
	(void)fputc('\n', form->stream);
}

static int print_answer(struct form *form, const struct question *question, const struct entry *entry)
{
	bool is_described = entry == NULL || is_word(entry->answers, "described");
	bool has_group = first_group(form, question) != NULL;
	int r = 1;

	if (is_section(question) && is_described) {
		r = print_described(form, question);
		if (r <= 0) {
			return r; /* lists end with an empty line */
		}
	} else if (question->form == ANSWER_IS_NO_OR_TEXT && (entry != NULL || has_group)) {
		r = print_broadcast(form, question, entry);
	} else if (entry != NULL) {
		r = print_written(form, question, entry);
	} else if (question->form == ANSWER_IS_TRANSPORTS && form->protocol != NULL) {
		print_transports(form, form->protocol->transports);
		r = 0;
	}
	if (r > 0) {
		page_paragraph(form->stream, INDENT, "(not answered)");
	}
	(void)fputc('\n', form->stream);
	return r < 0 ? r : 0;
}

static int print_person(struct form *form, const struct entry *entry)
{
	static const char *const labels[] = { "Your Name", "Your E-mail" };
	const struct answer *answer = entry != NULL ? entry->answers : NULL;

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		struct words words;
		words_init(&words);
		words_put(&words, "%s: ", labels[i]);
		if (answer != NULL) {
			text_put_clean(&words.text, (const char *)answer->text.start, answer->text.size);
			answer = answer->next;
		} else {
			words_put(&words, "(not answered)");
		}
		page_paragraph(form->stream, 0, words_end(&words));
	}
	(void)fputc('\n', form->stream);
	return 0;
}

static int print_one(struct form *form, const struct question *question)
{
	const struct entry *entry = application_answer(form->application, form->protocol, question);

	if (strcmp(question->key, "applicant") == 0) {
		return print_person(form, entry);
	}
	bool can_describe =
		is_section(question) && form->protocol != NULL && protocol_describes(form->protocol, question->key);
	if (entry == NULL && !can_describe && !is_needed(form, question)) {
		return 0;
	}
	print_question(form, question);
	return print_answer(form, question, entry);
}

int emit_answer(const struct protocol *protocol, const char *key, FILE *stream)
{
	struct form form = { .protocol = protocol, .stream = stream };
	int r = print_described(&form, question_find(key));

	arena_finish(&form.arena);
	return r > 0 ? -ENOENT : r;
}

int emit_form(const struct application *application, const struct protocol *protocol, FILE *stream)
{
	static const struct application none = { .kind = APPLICATION_USER };
	struct form form = {
		.application = application != NULL ? application : &none,
		.protocol = protocol,
		.stream = stream,
	};
	int r = 0;

	page_heading(stream, "%s", application_title(form.application->kind));
	(void)fputs("What follows is for the registry's internal use only.\n\n", stream);
	for (const struct question *question = questions; question->key != NULL && r == 0; question++) {
		r = print_one(&form, question);
	}
	arena_finish(&form.arena);
	return r;
}
