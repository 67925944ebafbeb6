/* letters.c - letters made from their words and the facts of one application (letters.h).
 *
 * Called by registry/process*.c, inside the change of what a letter tells.  What was written by an applicant or by
 * the staff is set apart by indentation, so that it does not pass for words of the registry. */
#include "registry/process/letters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "registry/words/day.h"
#include "registry/process/letters_layout.h"
#include "registry/process/letters_words.h"

enum { WORD_MAX = 32, SUBJECT_MAX = MAIL_SUBJECT_MAX + 1 };

static const char indent[] = "  ";

const char *letter_kind_name(enum letter_kind kind)
{
	return letter_words[kind].name;
}

/* ---- facts by name ---- */

static const char *open_words(const struct letter_facts *facts)
{
	return facts->link == NULL		      ? NULL
	       : strncmp(facts->link, "http", 4) == 0 ? "open this link"
						      : "run this command";
}

/* "J6,P9": the next code, and what is behind it; NULL: there is none. */
static const char *next_code(const char *codes, char ret_code[static WORD_MAX])
{
	codes += strspn(codes, ", ");
	size_t size = strcspn(codes, ", ");

	(void)snprintf(ret_code, WORD_MAX, "%.*s", (int)size, codes);
	return size > 0 ? codes + size : NULL;
}

/* Whether one of the codes is a rule's. */
static bool has_rules(const char *codes_or_null)
{
	char code[WORD_MAX];

	for (const char *at = codes_or_null; at != NULL && (at = next_code(at, code)) != NULL;) {
		if (rule_find(code) != NULL) {
			return true;
		}
	}
	return false;
}

/* What `word` stands for within a line; NULL: this letter has none. */
static const char *fact(const struct letter_facts *facts, const char *word)
{
	const struct {
		const char *word, *value;
	} values[] = {
		{ "registry", facts->registry },
		{ "reference", facts->reference },
		{ "due", facts->due },
		{ "assigned", facts->assigned },
		{ "link", facts->link },
		{ "text", facts->text },
		{ "rules", has_rules(facts->rules) ? "" : NULL },
		{ "open", open_words(facts) },
		{ "title", facts->form != NULL ? form_title(facts->form->kind) : NULL },
		{ "form", facts->form != NULL ? "" : NULL },
		{ "report", facts->report != NULL ? "" : NULL },
		{ "free", facts->free_count > 0 ? "" : NULL },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		if (strcmp(values[i].word, word) == 0) {
			return values[i].value;
		}
	}
	return NULL;
}

/* ---- blocks ---- */

static void put_rule(FILE *stream, const struct rule *rule)
{
	char first[WORD_MAX];
	char *text = NULL;

	(void)snprintf(first, sizeof(first), "%s%-5s", indent, rule->id);
	if (asprintf(&text, "%s (%s)", rule->text, rule->source) >= 0) {
		layout_fill(stream, text, first, "       ");
		free(text);
	}
}

/* Codes that are no rule's have their words in the reasons. */
static void put_rules(FILE *stream, const char *codes)
{
	char code[WORD_MAX];

	while ((codes = next_code(codes, code)) != NULL) {
		const struct rule *rule = rule_find(code);
		if (rule != NULL) {
			put_rule(stream, rule);
		}
	}
}

static void put_free(FILE *stream, const struct letter_facts *facts)
{
	(void)fputs(indent, stream);
	for (size_t i = 0; i < facts->free_count; i++) {
		(void)fprintf(stream, "%s%u", i > 0 ? " " : "", facts->free_near[i]);
	}
	(void)fputc('\n', stream);
}

static int put_form(FILE *stream, const struct letter_facts *facts)
{
	const struct form_text_options options = { .reference = facts->reference };

	return form_write_text(facts->form, &options, stream);
}

/* A paragraph that is one of these words alone.  0 or -errno; 1: it is none. */
static int put_block(FILE *stream, const struct letter_facts *facts, const char *paragraph)
{
	if (strcmp(paragraph, "{link}") == 0) {
		(void)fprintf(stream, "%s%s\n", indent, facts->link);
	} else if (strcmp(paragraph, "{text}") == 0) {
		layout_lines(stream, facts->text, indent);
	} else if (strcmp(paragraph, "{assigned}") == 0) {
		layout_lines(stream, facts->assigned, indent);
	} else if (strcmp(paragraph, "{rules}") == 0) {
		put_rules(stream, facts->rules);
	} else if (strcmp(paragraph, "{free}") == 0) {
		put_free(stream, facts);
	} else if (strcmp(paragraph, "{form}") == 0) {
		return put_form(stream, facts);
	} else if (strcmp(paragraph, "{report}") == 0) {
		return rule_report_write(facts->report, NULL, stream);
	} else {
		return 1;
	}
	return 0;
}

/* ---- paragraphs ---- */

/* The word in braces at `at`; returns what is behind it. */
static const char *read_word(const char *at, char ret_word[static WORD_MAX])
{
	size_t size = strcspn(at + 1, "}");

	(void)snprintf(ret_word, WORD_MAX, "%.*s", (int)size, at + 1);
	return at + size + 2;
}

static bool is_there(const struct letter_facts *facts, const char *word)
{
	if (strncmp(word, "if ", 3) == 0) {
		return fact(facts, word + 3) != NULL;
	}
	return strncmp(word, "no ", 3) == 0 ? fact(facts, word + 3) == NULL : fact(facts, word) != NULL;
}

/* Whether the letter has everything that a paragraph names. */
static bool is_said(const struct letter_facts *facts, const char *paragraph)
{
	char word[WORD_MAX];

	for (const char *at = strchr(paragraph, '{'); at != NULL; at = strchr(at, '{')) {
		at = read_word(at, word);
		if (!is_there(facts, word)) {
			return false;
		}
	}
	return true;
}

static void put_words(FILE *stream, const struct letter_facts *facts, const char *words)
{
	char word[WORD_MAX];

	while (*words != '\0') {
		if (*words != '{') {
			(void)fputc(*words++, stream);
			continue;
		}
		words = read_word(words, word);
		const char *value = fact(facts, word);
		(void)fputs(value != NULL ? value : "", stream);
	}
}

static int put_filled(FILE *stream, const struct letter_facts *facts, const char *paragraph)
{
	char *text = NULL;
	size_t size = 0;
	FILE *held = open_memstream(&text, &size);

	if (held == NULL) {
		return -ENOMEM;
	}
	put_words(held, facts, paragraph);
	int r = fclose(held) == 0 ? 0 : -ENOMEM;
	if (r == 0) {
		layout_fill(stream, text, "", "");
	}
	free(text);
	return r;
}

static int put_body(FILE *stream, const struct letter_facts *facts)
{
	const char *const *paragraphs = letter_words[facts->kind].paragraphs;

	for (size_t i = 0; paragraphs[i] != NULL; i++) {
		if (!is_said(facts, paragraphs[i])) {
			continue;
		}
		int r = put_block(stream, facts, paragraphs[i]);
		if (r > 0) {
			r = put_filled(stream, facts, paragraphs[i]);
		}
		if (r < 0) {
			return r;
		}
		(void)fputc('\n', stream);
	}
	return put_filled(stream, facts, "The {registry} port registry");
}

/* ---- the whole ---- */

static int write_subject(const struct letter_facts *facts, char ret_subject[static SUBJECT_MAX])
{
	FILE *stream = fmemopen(ret_subject, SUBJECT_MAX, "w");

	if (stream == NULL) {
		return -ENOMEM;
	}
	(void)fprintf(stream, "[%s] ", facts->reference);
	put_words(stream, facts, letter_words[facts->kind].subject);
	(void)fclose(stream); /* what does not fit is cut */
	ret_subject[SUBJECT_MAX - 1] = '\0';
	/* The words may end in a fact that this letter has not. */
	size_t size = strlen(ret_subject);
	if (size > 0 && ret_subject[size - 1] == ' ') {
		ret_subject[size - 1] = '\0';
	}
	return 0;
}

static int write_message(const struct letter_facts *facts, const char *subject, const char *body, char **ret_octets,
			 size_t *ret_size, char ret_id[static MAIL_ID_MAX])
{
	char id[MAIL_ID_MAX];
	const struct mail_message message = {
		.from = *facts->from,
		.to = *facts->to,
		.subject = subject,
		.message_id = id,
		.in_reply_to = facts->thread,
		.date = facts->date,
		.body = body,
	};

	mail_message_id(facts->from, id);
	int r = mail_message_write(&message, ret_octets, ret_size);
	if (r == 0) {
		(void)snprintf(ret_id, MAIL_ID_MAX, "%s", id);
	}
	return r;
}

static int write_letter(const struct letter_facts *facts, char **ret_octets, size_t *ret_size,
			char ret_id[static MAIL_ID_MAX])
{
	char subject[SUBJECT_MAX];
	char *body = NULL;
	size_t size = 0;

	int r = write_subject(facts, subject);
	FILE *stream = r == 0 ? open_memstream(&body, &size) : NULL;
	if (stream == NULL) {
		return r < 0 ? r : -ENOMEM;
	}
	r = put_body(stream, facts);
	r = r == 0 && ferror(stream) ? -ENOMEM : r;
	if (fclose(stream) != 0 && r == 0) {
		r = -ENOMEM;
	}
	if (r == 0) {
		r = write_message(facts, subject, body, ret_octets, ret_size, ret_id);
	}
	free(body);
	return r;
}

int letter_write(const struct letter_facts *facts, char **ret_octets, size_t *ret_size, char ret_id[static MAIL_ID_MAX])
{
	struct letter_facts whole = *facts;
	char day[DAY_SIZE];

	if (facts->kind == LETTER_STAFF && facts->form == NULL) {
		return -EINVAL;
	}
	if (facts->due != NULL) {
		(void)snprintf(day, sizeof(day), "%s", facts->due);
		whole.due = day;
	}
	return write_letter(&whole, ret_octets, ret_size, ret_id);
}
