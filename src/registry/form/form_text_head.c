/* form_text_head.c - the headings of the plain-text form, and finding them again (form_text.h). */
#include "registry/form/form_text.h"

#include <ctype.h>
#include <string.h>

const char text_end[] = "End of the form.";

/* ---- the headings ---- */

const char *text_section(const struct form_field *field)
{
	static const struct {
		const char *key;
		const char *title;
	} sections[] = {
		{ "description", "Further questions: the entry" },
		{ "specification", "Further questions: why this port" },
		{ "unauthorized-use", "Further questions: notes" },
		{ "anycast", "Further questions: transports" },
		{ "versioning", "Further questions: the protocol" },
		{ "confidential", "Further questions: confidentiality" },
		{ "change", "Further questions: the assignment" },
	};

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		if (strcmp(sections[i].key, field->key) == 0) {
			return sections[i].title;
		}
	}
	return NULL;
}

static struct head *add(struct heads *heads, enum head_kind kind, const char *words)
{
	struct head *head = &heads->list[heads->count++];

	*head = (struct head){ .kind = kind, .field = -1 };
	(void)snprintf(head->words, sizeof(head->words), "%s", words);
	return head;
}

/* A question ends with '?' or a full stop, a label with ':'. */
static void add_field(struct heads *heads, int field)
{
	char words[HEAD_WORDS_MAX];

	form_question(&form_fields[field], heads->kind, words, sizeof(words) - 1);
	size_t size = strlen(words);
	char *mark = strchr(words, '?');
	if (mark == NULL && words[size - 1] != '.') {
		words[size] = ':';
		words[size + 1] = '\0';
	}
	struct head *head = add(heads, HEAD_FIELD, words);
	head->field = field;
	if (mark != NULL && form_fields[field].answer == FORM_NO_OR_TEXT) {
		(void)snprintf(head->follow, sizeof(head->follow), "%s", mark + 2);
		head->words[mark + 1 - words] = '\0';
	}
}

void heads_init(struct heads *heads, enum form_kind kind)
{
	heads->kind = kind;
	heads->count = 0;
	for (int field = 0; form_fields[field].key != NULL; field++) {
		const char *section = text_section(&form_fields[field]);
		add_field(heads, field);
		if (section != NULL) {
			(void)add(heads, HEAD_SECTION, section);
		}
	}
	for (int i = 0; i < FORM_KINDS; i++) {
		(void)add(heads, HEAD_END, form_title((enum form_kind)i));
	}
	(void)add(heads, HEAD_END, text_end);
}

const struct head *heads_of_field(const struct heads *heads, int field)
{
	const struct head *head = heads->list;

	while (head->kind != HEAD_FIELD || head->field != field) {
		head++;
	}
	return head;
}

/* ---- finding them ---- */

/* Blanks, and at most one line break among them; 0 also when an empty line follows. */
static size_t gap_at(const char *at)
{
	size_t size = strspn(at, " \t");

	if (at[size] == '\n') {
		size += 1 + strspn(at + size + 1, " \t");
		return at[size] == '\n' ? 0 : size;
	}
	return size;
}

const char *text_match(const char *at, const char *words, bool *ret_part)
{
	const char *from = at;

	for (const char *word = words; *word != '\0'; word++) {
		if (word > words && word[-1] == '-' && *at == '\n') {
			at += gap_at(at);
		}
		size_t size =
			*word == ' ' ? gap_at(at) : (tolower((unsigned char)*at) == tolower((unsigned char)*word));
		if (size == 0) {
			if (ret_part != NULL) {
				*ret_part = *at == '\0' && at > from;
			}
			return NULL;
		}
		at += size;
	}
	bool is_in_word = at > from && isalnum((unsigned char)at[-1]) && isalnum((unsigned char)*at);
	return is_in_word ? NULL : at;
}

/* Behind what may stand before a question: blanks, the bullet of a list, a number. */
static const char *skip_number(const char *line)
{
	static const char bullet[] = "\xE2\x80\xA2";

	line += strspn(line, " \t");
	if (strncmp(line, bullet, sizeof(bullet) - 1) == 0) {
		line += sizeof(bullet) - 1;
	} else if (*line == '*') {
		line++;
	}
	line += strspn(line, " \t");
	size_t digits = strspn(line, "0123456789");
	if (digits > 0 && digits <= 2 && (line[digits] == '.' || line[digits] == ')')) {
		line += digits + 1;
		line += gap_at(line);
	}
	return line;
}

const struct head *heads_at(const struct heads *heads, const char *line, const char **ret_behind)
{
	const struct head *found = NULL;

	line = skip_number(line);
	for (size_t i = 0; i < heads->count; i++) {
		const char *behind = text_match(line, heads->list[i].words, NULL);
		if (behind != NULL && (found == NULL || behind > *ret_behind)) {
			found = &heads->list[i];
			*ret_behind = behind;
		}
	}
	return found;
}

bool heads_like(const struct heads *heads, const char *line)
{
	const char *start = skip_number(line);
	const char *first = line + strspn(line, " \t");

	bool is_signature = strncmp(first, "--", 2) == 0 && (first[2] == '\0' || first[2] == '\n');
	if (is_signature || (*first != '\0' && strchr("|>[", *first) != NULL)) {
		return true;
	}
	for (size_t i = 0; i < heads->count; i++) {
		const struct head *head = &heads->list[i];
		bool part = false;
		if (text_match(start, head->words, &part) != NULL || part) {
			return true;
		}
		if (head->follow[0] != '\0' && (text_match(first, head->follow, &part) != NULL || part)) {
			return true;
		}
	}
	return start != line && *start == '\0' &&
	       start != first; /* a number or a bullet alone: the next line is behind it */
}

bool text_title_at(const char *line, enum form_kind *ret_kind)
{
	const char *longest = NULL;

	line += strspn(line, " \t");
	for (int kind = 0; kind < FORM_KINDS; kind++) {
		const char *behind = text_match(line, form_title((enum form_kind)kind), NULL);
		if (behind != NULL && (longest == NULL || behind > longest)) {
			longest = behind;
			*ret_kind = (enum form_kind)kind;
		}
	}
	return longest != NULL;
}
