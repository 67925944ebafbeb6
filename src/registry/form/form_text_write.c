/* form_text_write.c - writes the plain-text form: 72 columns, the ten questions numbered, the hints of 2004 in
 * brackets, boxes.  What e-mail carries to the staff and to applicants. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/form/form_description.h"
#include "registry/form/form_text.h"

enum { NUMBER_COLUMNS = 4, OPTION_GAP = 2 };

struct writing {
	const struct form *form;
	const struct form_text_options *options;
	FILE *stream;
	struct heads heads;
	const char *section; /* that is to be written before the next question; or NULL */
	struct form_description *description;
};

/* ---- paragraphs ---- */

/* From column `at` on, wrapped between words, the next lines indented. */
static void put_paragraph(FILE *stream, size_t at, size_t indent, const char *text)
{
	for (const char *word = text; *word != '\0';) {
		size_t size = strcspn(word, " ");
		size_t columns = text_columns(word, size);
		bool is_first = word == text;
		if (!is_first && at + 1 + columns > TEXT_COLUMNS) {
			(void)fprintf(stream, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!is_first) {
			(void)fputc(' ', stream);
			at++;
		}
		(void)fwrite(word, 1, size, stream);
		at += columns;
		word += size + strspn(word + size, " ");
	}
	(void)fputc('\n', stream);
}

static void put_underlined(FILE *stream, char mark, const char *title)
{
	size_t columns = text_columns(title, strlen(title));

	put_paragraph(stream, 0, 0, title);
	for (size_t i = 0; i < columns && i < TEXT_COLUMNS; i++) {
		(void)fputc(mark, stream);
	}
	(void)fputs("\n\n", stream);
}

/* ---- one question ---- */

static void put_question(const struct writing *writing, const struct form_field *field, const struct head *head)
{
	size_t indent = field->seed > 0 ? NUMBER_COLUMNS : 0;

	if (field->seed > 0) {
		(void)fprintf(writing->stream, "%2u. ", field->seed);
	}
	put_paragraph(writing->stream, indent, indent, head->words);
	if (field->hint[0] != '\0') {
		char hint[HEAD_WORDS_MAX];
		(void)snprintf(hint, sizeof(hint), "[%s]", field->hint);
		(void)fprintf(writing->stream, "%*s", (int)indent, "");
		put_paragraph(writing->stream, indent, indent, hint);
	}
	(void)fputc('\n', writing->stream);
}

/* True when the word is one of those of the answer, which blanks separate. */
static bool has_word(const char *value, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = value; (at = strstr(at, word)) != NULL; at += size) {
		bool begins = at == value || at[-1] == ' ';
		if (begins && (at[size] == '\0' || at[size] == ' ')) {
			return true;
		}
	}
	return false;
}

/* True when the boxes can say it all. */
static bool is_ticks(const struct text_option *option, const char *value)
{
	char ticked[TICKED_MAX] = "";
	size_t used = 0;

	for (; option->value != NULL; option++) {
		if (has_word(value, option->value)) {
			used += (size_t)snprintf(ticked + used, sizeof(ticked) - used, "%s%s", used > 0 ? " " : "",
						 option->value);
		}
	}
	return strcmp(ticked, value) == 0 && strcmp(value, "yes no") != 0;
}

/* The boxes, and what they cannot say behind them. */
static void put_boxed(const struct writing *writing, const struct head *head, const struct text_option *options,
		      const char *value)
{
	bool is_no_or_text = form_fields[head->field].answer == FORM_NO_OR_TEXT;
	bool says_all = is_ticks(options, value);
	const char *ticks = says_all ? value : is_no_or_text ? "yes" : "";
	int gap = TEXT_INDENT;

	for (const struct text_option *option = options; option->value != NULL; option++) {
		(void)fprintf(writing->stream, "%*s[%c] %s", gap, "", has_word(ticks, option->value) ? 'x' : ' ',
			      option->label);
		gap = OPTION_GAP;
	}
	(void)fputs("\n\n", writing->stream);
	if (head->follow[0] != '\0') {
		(void)fprintf(writing->stream, "%*s", TEXT_INDENT, "");
		put_paragraph(writing->stream, TEXT_INDENT, TEXT_INDENT, head->follow);
		(void)fputc('\n', writing->stream);
	}
	if (!says_all) {
		block_write(&writing->heads, value, writing->stream);
		(void)fputc('\n', writing->stream);
	}
}

/* "Your Name: Ada Example", where it has room. */
static bool put_behind_label(const struct writing *writing, const struct form_field *field, const struct head *head,
			     const char *value)
{
	size_t columns = strlen(head->words) + 1;
	bool is_label = strlen(field->label) + 2 == columns && strncmp(field->label, head->words, columns - 2) == 0;

	if (!is_label || (value[0] != '\0' && !block_is_plain(&writing->heads, value, TEXT_COLUMNS - columns))) {
		return false;
	}
	bool is_last = strstr(field->key, "-email") != NULL;
	(void)fprintf(writing->stream, "%s%s%s\n%s", head->words, value[0] != '\0' ? " " : "", value,
		      is_last ? "\n" : "");
	return true;
}

static int put_field(struct writing *writing, int at)
{
	const struct form_field *field = &form_fields[at];
	const struct head *head = heads_of_field(&writing->heads, at);
	const struct text_option *options = text_options(field->answer, writing->form->kind);
	const char *value = writing->form->values[at] != NULL ? writing->form->values[at] : "";
	char *words = NULL;

	if (put_behind_label(writing, field, head, value)) {
		return 0;
	}
	put_question(writing, field, head);
	if (options != NULL) {
		put_boxed(writing, head, options, value);
		return 0;
	}
	int r = form_description_answer(writing->description, field->key, value, &words);
	if (r < 0) {
		return r;
	}
	block_write(&writing->heads, words != NULL ? words : value, writing->stream);
	(void)fputc('\n', writing->stream);
	free(words);
	return 0;
}

/* ---- the form ---- */

static bool is_shown(const struct writing *writing, int at)
{
	const struct form_field *field = &form_fields[at];
	enum form_kind kind = writing->form->kind;
	enum form_visibility visibility = form_visibility_of(field, kind);
	enum form_need need = form_needs(field, kind);
	bool is_answered = writing->form->values[at] != NULL;

	if (writing->options->for_public) {
		return is_answered && visibility == FORM_PUBLIC;
	}
	return is_answered || need == FORM_REQUIRED || (need == FORM_OPTIONAL && writing->options->to_fill_in);
}

static int put_fields(struct writing *writing)
{
	int r = 0;

	for (int at = 0; form_fields[at].key != NULL && r == 0; at++) {
		const char *section = text_section(&form_fields[at]);
		writing->section = section != NULL ? section : writing->section;
		if (!is_shown(writing, at)) {
			continue;
		}
		if (writing->section != NULL) {
			put_underlined(writing->stream, '-', writing->section);
			writing->section = NULL;
		}
		r = put_field(writing, at);
	}
	return r;
}

static void put_beginning(const struct writing *writing)
{
	const char *const *paragraph = form_introduction(writing->form->kind);

	put_underlined(writing->stream, '=', form_title(writing->form->kind));
	if (writing->options->reference != NULL) {
		(void)fprintf(writing->stream, "Reference: %s\n\n", writing->options->reference);
	}
	for (; writing->options->to_fill_in && *paragraph != NULL; paragraph++) {
		put_paragraph(writing->stream, 0, 0, *paragraph);
		(void)fputc('\n', writing->stream);
	}
	if (!writing->options->to_fill_in && !writing->options->for_public) {
		(void)fputs("What follows is for the registry's internal use only.\n\n", writing->stream);
	}
}

int form_write_text(const struct form *form, const struct form_text_options *options, FILE *stream)
{
	static const struct form_text_options plain = { .reference = NULL };
	struct writing *writing = calloc(1, sizeof(*writing)); /* all headings: large for a stack */
	int r = -ENOMEM;

	if (writing != NULL) {
		writing->form = form;
		writing->options = options != NULL ? options : &plain;
		writing->stream = stream;
		heads_init(&writing->heads, form->kind);
		r = form_description_open(form->berth, &writing->description);
	}
	if (r == 0) {
		put_beginning(writing);
		r = put_fields(writing);
		put_paragraph(stream, 0, 0, text_end);
		form_description_close(writing->description);
	}
	free(writing);
	return r;
}
