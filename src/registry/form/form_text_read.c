/* form_text_read.c - reads the plain-text form that a person filled in and mailed.
 *
 * What mail programs do to it is taken away first (quotation marks, CR, blanks at line ends); then headings are found
 * wherever they begin a line, and what stands between two of them is the answer to the first.  What stands before the
 * first question, behind the end and in signatures is not looked at; what stands anywhere else and answers nothing is
 * complained of, so that no word of an applicant is lost. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "registry/form/form_text.h"

enum { EXCERPT_MAX = 64 };

struct reading {
	struct form form;
	struct arena arena; /* of what is needed while reading */
	struct complaint *complaint;
	const char *text;
	const char *counted; /* up to here lines were counted; `line` is the one there */
	unsigned line;
	struct heads *heads;
	bool found; /* any question */
};

/* Asked of places further and further down: the count goes on where it was. */
static unsigned line_of(struct reading *reading, const char *at)
{
	if (at < reading->counted) {
		reading->counted = reading->text;
		reading->line = 1;
	}
	for (; reading->counted < at; reading->counted++) {
		reading->line += *reading->counted == '\n';
	}
	return reading->line;
}

/* ---- what mail programs did ---- */

/* Behind the marks of a quotation: ">", "> > ". */
static const char *skip_quotation(const char *line, const char *end)
{
	const char *at = line;

	while (at < end && (*at == '>' || (at > line && *at == ' ' && at + 1 < end && at[1] == '>'))) {
		at++;
	}
	return at > line && at < end && *at == ' ' ? at + 1 : at;
}

/* The text without them, each line in its place; NULL without memory. */
static char *clean(struct arena *arena, const char *octets, size_t size)
{
	const char *end = octets + size;
	char *text = arena_take(arena, size + 2);
	char *to = text;

	if (text == NULL) {
		return NULL;
	}
	for (const char *line = octets; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		const char *stop = newline != NULL ? newline : end;
		const char *last = stop;
		const char *start = skip_quotation(line, stop);
		while (last > start && strchr(" \t\r", last[-1]) != NULL) {
			last--;
		}
		for (const char *from = start; from < last; from++) {
			*to++ = *from == '\r' ? ' ' : *from;
		}
		*to++ = '\n';
		line = stop + 1;
	}
	*to = '\0';
	return text;
}

/* ---- answers ---- */

static int set(struct reading *reading, int field, const char *at, char *value)
{
	const char *before = reading->form.values[field];
	unsigned line = line_of(reading, at);
	char fault[128];

	int r = form_set_at(&reading->form, field, value);
	const char *now = reading->form.values[field];
	if (r == -ENOMEM) {
		return r;
	}
	if (r < 0) {
		form_fault(field, r, fault, sizeof(fault));
		return complain_of(reading->complaint, -EBADMSG, "line %u: %s: the answer %s", line,
				   form_fields[field].label, fault);
	}
	if (before != NULL && now != NULL && strcmp(before, now) != 0) {
		return complain_of(reading->complaint, -EBADMSG,
				   "line %u: %s: answered in line %u already, and differently; keep one answer", line,
				   form_fields[field].label, reading->form.lines[field]);
	}
	if (before != NULL) {
		reading->form.values[field] = before;
	} else if (now != NULL) {
		reading->form.lines[field] = line;
	}
	return 0;
}

/* One line of several. */
static void join_lines(char *value)
{
	char *to = value;

	for (const char *from = value; *from != '\0';) {
		size_t blanks = strspn(from, " \t\n");
		size_t size = strcspn(from + blanks, "\n");
		if (to > value && blanks > 0 && from[blanks] != '\0') {
			*to++ = ' ';
		}
		from += blanks;
		memmove(to, from, size);
		to += size;
		from += size;
	}
	*to = '\0';
}

/* Where these words begin a line of the answer; NULL: nowhere. */
static const char *find_line(const char *start, const char *end, const char *words, const char **ret_behind)
{
	for (const char *line = start; line < end;) {
		const char *behind = text_match(line + strspn(line, " \t"), words, NULL);
		if (behind != NULL && behind <= end) {
			*ret_behind = behind;
			return line;
		}
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		line = newline != NULL ? newline + 1 : end;
	}
	return NULL;
}

/* The words of an answer, without "If yes, how and what for?" among them. */
static char *read_words(struct reading *reading, const struct head *head, const char *start, const char *end)
{
	const char *behind = NULL;
	const char *follow = head->follow[0] != '\0' ? find_line(start, end, head->follow, &behind) : NULL;

	if (follow == NULL) {
		return block_read(&reading->arena, start, end);
	}
	char *before = block_read(&reading->arena, start, follow);
	char *after = block_read(&reading->arena, *behind == '\n' ? behind + 1 : behind, end);
	char *both = before != NULL && after != NULL ? arena_take(&reading->arena, strlen(before) + strlen(after) + 2)
						     : NULL;
	if (both != NULL) {
		(void)stpcpy(stpcpy(both, strspn(before, " \t\n") == strlen(before) ? "" : before), after);
	}
	return both;
}

/* What is said by boxes and by words. */
static int set_boxed(struct reading *reading, const struct head *head, const char *at, const char *ticked, char *words)
{
	static const char *const nothing[] = { "no", "none", "n/a", "-", "not applicable", NULL };
	bool is_no_or_text = form_fields[head->field].answer == FORM_NO_OR_TEXT;
	char value[TICKED_MAX];

	for (const char *const *word = nothing; *word != NULL && strcmp(ticked, "no") == 0; word++) {
		const char *first = words + strspn(words, " \t\n");
		size_t size = strlen(*word);
		if (strncasecmp(first, *word, size) == 0 && first[size + strspn(first + size, ". \n")] == '\0') {
			words[0] = '\0';
		}
	}
	bool has_words = words[strspn(words, " \t\n")] != '\0';
	if (strcmp(ticked, "yes no") == 0 || (is_no_or_text && strcmp(ticked, "no") == 0 && has_words)) {
		return complain_of(reading->complaint, -EBADMSG, "line %u: %s: %s", line_of(reading, at),
				   form_fields[head->field].label,
				   has_words
					   ? "No is ticked, and yet something is said; tick Yes, or take the words away"
					   : "both Yes and No are ticked; tick one");
	}
	if (!has_words || ticked[0] == '\0') {
		(void)snprintf(value, sizeof(value), "%s", ticked);
		return set(reading, head->field, at, has_words ? words : value);
	}
	if (is_no_or_text) {
		return set(reading, head->field, at, words); /* Yes, and how */
	}
	char *both = arena_take(&reading->arena, strlen(ticked) + strlen(words) + 2);
	if (both == NULL) {
		return -ENOMEM;
	}
	(void)stpcpy(stpcpy(stpcpy(both, ticked), " "), words);
	return set(reading, head->field, at, both);
}

/* The beginning of a line, as a sentence can hold it: whole characters, no control characters. */
static void take_excerpt(const char *line, char ret_excerpt[static EXCERPT_MAX])
{
	size_t size = strcspn(line, "\n");

	if (size >= EXCERPT_MAX) {
		size = EXCERPT_MAX - 1;
		while (size > 0 && ((unsigned char)line[size] & 0xC0) == 0x80) {
			size--;
		}
	}
	for (size_t i = 0; i < size; i++) {
		ret_excerpt[i] = line[i] == '\t' || line[i] == 0x7f ? ' ' : line[i];
	}
	ret_excerpt[size] = '\0';
}

static int complain_of_box(struct reading *reading, int field, const char *box)
{
	char excerpt[EXCERPT_MAX];

	take_excerpt(box, excerpt);
	return complain_of(reading->complaint, -EBADMSG,
			   "line %u: %s: \"%s\" begins with a box that is neither empty nor ticked; tick with an x",
			   line_of(reading, box), form_fields[field].label, excerpt);
}

static int read_answer(struct reading *reading, const struct head *head, const char *start, const char *end)
{
	const struct form_field *field = &form_fields[head->field];
	const struct text_option *options = text_options(field->answer, reading->form.kind);
	bool is_text = field->answer == FORM_TEXT || field->answer == FORM_NO_OR_TEXT;
	char ticked[TICKED_MAX] = "";
	const char *at = start + strspn(start, " \t\n");
	const char *unclear = NULL;

	if (options != NULL) {
		start = boxes_read(options, start, end, ticked, &unclear);
	}
	if (unclear != NULL) {
		return complain_of_box(reading, head->field, unclear);
	}
	char *words = read_words(reading, head, start, end);
	if (words == NULL) {
		return -ENOMEM;
	}
	if (!is_text) {
		join_lines(words);
	}
	return options != NULL ? set_boxed(reading, head, at, ticked, words) : set(reading, head->field, at, words);
}

/* Nothing but lines drawn stands between a title and the next question. */
static int demand_nothing(struct reading *reading, const char *start, const char *end)
{
	const char *at = start + strspn(start, "-=_ \t\n");

	if (at >= end) {
		return 0;
	}
	char excerpt[EXCERPT_MAX];
	take_excerpt(at, excerpt);
	return complain_of(reading->complaint, -EBADMSG, "line %u: \"%s\" answers no question; put it behind one",
			   line_of(reading, at), excerpt);
}

/* What stands from the heading to the next one; NULL: before the first. */
static int read_section(struct reading *reading, const struct head *head, const char *start, const char *end)
{
	if (head == NULL || head->kind == HEAD_END) {
		return 0;
	}
	if (head->kind == HEAD_SECTION) {
		return demand_nothing(reading, start, end);
	}
	reading->found = true;
	return read_answer(reading, head, start, end);
}

/* Behind the bracketed example of a question. */
static const char *skip_hint(const struct head *head, const char *at)
{
	const char *hint = head->kind == HEAD_FIELD ? form_fields[head->field].hint : "";
	const char *start = at + strspn(at, " \t\n");

	if (hint[0] == '\0' || *start != '[') {
		return at;
	}
	const char *behind = text_match(start + 1, hint, NULL);
	return behind != NULL && *behind == ']' ? behind + 1 : at;
}

static bool is_signature(const char *line)
{
	return strncmp(line, "--\n", 3) == 0;
}

static int read_sections(struct reading *reading)
{
	static const struct head nothing = { .kind = HEAD_END, .field = -1 };
	const struct head *head = NULL;
	const char *start = reading->text;
	const char *line = reading->text;
	int r = 0;

	while (*line != '\0' && r == 0) {
		const char *behind = line;
		const struct head *found = is_signature(line) ? &nothing : heads_at(reading->heads, line, &behind);
		if (found != NULL) {
			r = read_section(reading, head, start, line);
			head = found;
			start = skip_hint(head, behind);
			line = start;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return r < 0 ? r : read_section(reading, head, start, line);
}

/* ---- the whole ---- */

static int find_kind(struct reading *reading)
{
	for (const char *line = reading->text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		if (text_title_at(line, &reading->form.kind)) {
			return 0;
		}
	}
	return complain_of(reading->complaint, -EBADMSG,
			   "no line says which form this is; it begins with a title like \"%s\"",
			   form_title(FORM_USER));
}

static int read_all(struct reading *reading, const char *octets, size_t size)
{
	int r = form_check_octets("the form", octets, size, reading->complaint);

	reading->text = r == 0 ? clean(&reading->arena, octets, size) : NULL;
	reading->heads = r == 0 ? arena_take(&reading->arena, sizeof(*reading->heads)) : NULL;
	if (r == 0 && (reading->text == NULL || reading->heads == NULL)) {
		return -ENOMEM;
	}
	reading->counted = reading->text;
	reading->line = 1;
	r = r < 0 ? r : find_kind(reading);
	if (r < 0) {
		return r;
	}
	heads_init(reading->heads, reading->form.kind);
	r = read_sections(reading);
	if (r == 0 && !reading->found) {
		return complain_of(reading->complaint, -EBADMSG, "no question of the form \"%s\" is in this text",
				   form_title(reading->form.kind));
	}
	return r;
}

int form_read_text(const char *octets, size_t size, struct form *ret_form, struct complaint *ret_complaint)
{
	struct reading reading = { .complaint = ret_complaint };
	int r = size > FORM_OCTETS_MAX
			? complain_of(ret_complaint, -EBADMSG, "the form has more than %d octets", FORM_OCTETS_MAX)
			: read_all(&reading, octets, size);

	arena_finish(&reading.arena);
	if (r < 0) {
		form_finish(&reading.form);
		return r;
	}
	*ret_form = reading.form;
	return 0;
}
