/* form_berth_write.c - writes a form as a .berth file: an application block, and the protocol blocks that came with it;
 * and the file that applicants begin with, which has the questions as comments. */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "description/language/application.h"
#include "registry/form/form_description.h"
#include "registry/form/form_private.h"

enum { ANSWER_INDENT = 4, COMMENT_COLUMNS = 100 };

/* ---- answers ---- */

static void put_string(const char *text, FILE *stream)
{
	(void)fputc('"', stream);
	for (; *text != '\0'; text++) {
		if (*text == '\n' || *text == '\t') {
			(void)fputs(*text == '\n' ? "\\n" : "\\t", stream);
		} else {
			(void)fprintf(stream, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
		}
	}
	(void)fputc('"', stream);
}

/* True when it can stand between """ as it is: several lines, not all of them indented. */
static bool is_long(const char *text)
{
	bool all_indented = true;

	for (const char *line = text; *line != '\0';) {
		size_t size = strcspn(line, "\n");
		all_indented = all_indented && (size == 0 || *line == ' ' || *line == '\t');
		line += size + (line[size] == '\n');
	}
	return !all_indented && strchr(text, '\n') != NULL && strstr(text, "\"\"\"") == NULL;
}

static void put_long(const char *text, FILE *stream)
{
	(void)fputs("\"\"\"\n", stream);
	while (*text != '\0') {
		size_t size = strcspn(text, "\n");
		(void)fprintf(stream, "%*s%.*s\n", size > 0 ? ANSWER_INDENT : 0, "", (int)size, text);
		text += size + (text[size] == '\n');
	}
	(void)fprintf(stream, "%*s\"\"\"", ANSWER_INDENT, "");
}

static bool is_one_of(const char *value, const char *const *words)
{
	while (*words != NULL && strcmp(value, *words) != 0) {
		words++;
	}
	return *words != NULL;
}

static bool is_number(const char *text, size_t size)
{
	return size > 0 && size <= 5 && strspn(text, "0123456789") >= size && (size == 1 || text[0] != '0');
}

/* "69 tftp": a number and a name of the language. */
static bool is_assignment(const char *value)
{
	size_t digits = strcspn(value, " ");
	const char *name = value + digits + (value[digits] == ' ');

	if (!is_number(value, digits) || !isalpha((unsigned char)*name) || strlen(name) > 15) {
		return false;
	}
	for (; *name != '\0'; name++) {
		bool is_inner_hyphen = *name == '-' && isalpha((unsigned char)name[1]);
		if (!isalnum((unsigned char)*name) && !is_inner_hyphen) {
			return false;
		}
	}
	return true;
}

/* True when the answer is written without quotes: words of the language, numbers. */
static bool is_bare(const struct question *question, const char *value)
{
	static const char *const documents[] = { "rfc", "draft", "document", "proprietary", NULL };
	static const char *const yes_no[] = { "yes", "no", NULL };

	switch (question->form) {
	case ANSWER_IS_SECTION:
		return strcmp(value, "described") == 0;
	case ANSWER_IS_OPCODES:
		return strcmp(value, "described") == 0 || strcmp(value, "none") == 0;
	case ANSWER_IS_NO_OR_TEXT:
		return strcmp(value, "no") == 0;
	case ANSWER_IS_PORT:
		return strcmp(value, "any") == 0 || is_number(value, strlen(value));
	case ANSWER_IS_DOCUMENT:
		return is_one_of(value, documents);
	case ANSWER_IS_ASSIGNMENT:
		return is_assignment(value);
	case ANSWER_IS_YES_OR_NO:
		return is_one_of(value, yes_no);
	case ANSWER_IS_TRANSPORTS: /* they have commas between them */
	case ANSWER_IS_PERSON:
	case ANSWER_IS_TEXT:
	case ANSWER_IS_SERVICE_CODE:
		break;
	}
	return false;
}

static void put_transports(unsigned transports, FILE *stream)
{
	static const char *const names[] = { "tcp", "udp", "sctp", "dccp" };
	const char *gap = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((transports & 1U << i) != 0) {
			(void)fprintf(stream, "%s%s", gap, names[i]);
			gap = ", ";
		}
	}
}

static void email_key(const struct question *question, char *ret_key, size_t size)
{
	(void)snprintf(ret_key, size, "%s-email", question->key);
}

static bool is_answered(const struct form *form, const struct question *question)
{
	char email[32];

	email_key(question, email, sizeof(email));
	return form_value(form, question->key)[0] != '\0' ||
	       (question->form == ANSWER_IS_PERSON && form_value(form, email)[0] != '\0');
}

static void put_answer(const struct form *form, const struct question *question, FILE *stream)
{
	const char *value = form_value(form, question->key);
	unsigned transports = question->form == ANSWER_IS_TRANSPORTS ? form_transports(form) : 0;
	char email[32];

	(void)fprintf(stream, "  %s ", question->key);
	if (transports != 0) {
		put_transports(transports, stream);
	} else if (is_bare(question, value)) {
		(void)fputs(value, stream);
	} else if (is_long(value)) {
		put_long(value, stream);
	} else {
		put_string(value, stream);
	}
	if (question->form == ANSWER_IS_PERSON) {
		email_key(question, email, sizeof(email));
		(void)fputc(' ', stream);
		put_string(form_value(form, email), stream);
	}
	(void)fputs(";\n", stream);
}

static void put_answers(const struct form *form, FILE *stream)
{
	(void)fprintf(stream, "application %s {\n", form_kind_name(form->kind));
	for (const struct question *question = questions; question->key != NULL; question++) {
		if (is_answered(form, question)) {
			put_answer(form, question, stream);
		}
	}
	(void)fputs("}\n", stream);
}

/* An application block, then the protocol blocks that came with the form. */
static int write_file(const struct form *form, void (*put)(const struct form *form, FILE *stream), FILE *stream)
{
	struct form_description *description;
	int r = form_description_open(form->berth, &description);

	if (r == 0) {
		put(form, stream);
		form_description_put(description, stream);
		form_description_close(description);
	}
	return r;
}

int form_write_berth(const struct form *form, FILE *stream)
{
	return write_file(form, put_answers, stream);
}

/* ---- the file to fill in ---- */

static void put_comment(const char *text, FILE *stream)
{
	size_t at = 0;

	for (const char *word = text; *word != '\0';) {
		size_t size = strcspn(word, " ");
		if (at == 0 || at + 1 + size > COMMENT_COLUMNS) {
			at = (size_t)fprintf(stream, "%s  // %.*s", at > 0 ? "\n" : "", (int)size, word) -
			     (at > 0 ? 1 : 0);
		} else {
			at += (size_t)fprintf(stream, " %.*s", (int)size, word);
		}
		word += size + strspn(word + size, " ");
	}
	(void)fputc('\n', stream);
}

static const char *need_word(enum need need)
{
	switch (need) {
	case NEED_OVER_DCCP:
		return " (over DCCP)";
	case NEED_OVER_UDP:
		return " (needed over UDP)";
	case NEED_OVER_SEVERAL:
		return " (needed over more than one transport)";
	case NEED_OPTIONAL:
		return " (if you like)";
	case NEED_REQUIRED:
	case NEED_NEVER:
		break;
	}
	return "";
}

static void put_question(const struct form *form, const struct question *question, FILE *stream)
{
	char words[512];
	struct text text;

	text_init(&text, words, sizeof(words));
	if (question->number > 0) {
		text_put_unsigned(&text, question->number);
		text_put(&text, ". ");
	}
	question_put(question, (enum application_kind)form->kind, &text);
	text_put(&text, need_word(question->needs[form->kind]));
	put_comment(words, stream);
}

static void put_questions(const struct form *form, FILE *stream)
{
	(void)fprintf(
		stream,
		"// %s\n// Take the two slashes before an answer away, and put yours in the place of the example.\n"
		"application %s {\n",
		form_title(form->kind), form_kind_name(form->kind));
	for (const struct question *question = questions; question->key != NULL; question++) {
		if (is_answered(form, question)) {
			put_question(form, question, stream);
			put_answer(form, question, stream);
			(void)fputc('\n', stream);
		} else if (question->needs[form->kind] != NEED_NEVER) {
			put_question(form, question, stream);
			(void)fprintf(stream, "  // %s %s;\n\n", question->key, question->example);
		}
	}
	(void)fputs("}\n", stream);
}

int form_write_template(const struct form *form, FILE *stream)
{
	return write_file(form, put_questions, stream);
}
