/* report.c - findings: kept in order, and shown with the line they stand in.
 *
 * Called by everything that reads or judges a description.  A description may come from anybody, so its lines are shown
 * without the octets that steer a terminal, and of a long line only the part around the place. */
#include "description/language/report.h"

#include <stdarg.h>
#include <string.h>

enum { EXCERPT_BEFORE = 80, EXCERPT_MAX = 120 }; /* octets of a line that are shown: left of the place, and in all */

static const char *const level_words[FINDING_LEVELS] = {
	[FINDING_ERROR] = "error",
	[FINDING_WARNING] = "warning",
	[FINDING_NOTE] = "note",
};

__attribute__((format(printf, 2, 0))) static const char *format_text(struct report *report, const char *format,
								     va_list arguments)
{
	va_list again;

	va_copy(again, arguments);
	int size = vsnprintf(NULL, 0, format, again);
	va_end(again);
	char *text = size < 0 ? NULL : arena_take(&report->arena, (size_t)size + 1);
	if (text == NULL) {
		report->no_memory = true;
		return "";
	}
	(void)vsnprintf(text, (size_t)size + 1, format, arguments);
	return text;
}

const char *report_text(struct report *report, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *text = format_text(report, format, arguments);
	va_end(arguments);
	return text;
}

static const char *copy_text(struct report *report, const char *text)
{
	return text != NULL ? report_text(report, "%s", text) : NULL;
}

static void append(struct report *report, struct finding *finding)
{
	if (report->last != NULL) {
		report->last->next = finding;
	} else {
		report->first = finding;
	}
	report->last = finding;
}

void report_add(struct report *report, const struct source *source, enum finding_level level, const char *id,
		struct place place, const char *trace, const char *help, const char *format, ...)
{
	va_list arguments;

	if (++report->counts[level] > FINDINGS_MAX) {
		return;
	}
	struct finding *finding = arena_take(&report->arena, sizeof(*finding));
	if (finding == NULL) {
		report->no_memory = true;
		return;
	}
	va_start(arguments, format);
	*finding = (struct finding){
		.source = source,
		.id = id,
		.level = level,
		.place = place,
		.text = format_text(report, format, arguments),
		.trace = copy_text(report, trace),
		.help = copy_text(report, help),
	};
	va_end(arguments);
	append(report, finding);
}

/* The line numbered `number`, without its end; an empty one if the text has fewer. */
static void find_line(const struct source *source, uint32_t number, const char **ret_start, size_t *ret_size)
{
	const char *end = source->text + source->size;
	const char *start = source->text;

	for (uint32_t line = 1; line < number && start < end; line++) {
		const char *newline = memchr(start, '\n', (size_t)(end - start));
		start = newline != NULL ? newline + 1 : end;
	}
	const char *newline = memchr(start, '\n', (size_t)(end - start));
	*ret_size = (size_t)((newline != NULL ? newline : end) - start);
	*ret_start = start;
}

static bool continues_character(char octet)
{
	return ((unsigned char)octet & 0xC0) == 0x80;
}

static char shown(char octet)
{
	bool control = (unsigned char)octet < ' ' || octet == 0x7F;

	return control && octet != '\t' ? '?' : octet;
}

static void print_octets(const char *start, size_t size, FILE *stream)
{
	for (size_t i = 0; i < size; i++) {
		(void)fputc(shown(start[i]), stream);
	}
}

/* The caret stands below its octet: tabs stay tabs, and what continues a UTF-8 character takes no room. */
static void print_caret(const char *start, size_t size, FILE *stream)
{
	for (size_t i = 0; i < size; i++) {
		if (!continues_character(start[i])) {
			(void)fputc(start[i] == '\t' ? '\t' : ' ', stream);
		}
	}
	(void)fputs("^\n", stream);
}

static void print_excerpt(const struct source *source, struct place place, FILE *stream)
{
	const char *line;
	size_t size;
	size_t before = place.column - 1;

	find_line(source, place.line, &line, &size);
	before = before < size ? before : size;
	size_t cut = before > EXCERPT_BEFORE ? before - EXCERPT_BEFORE : 0;
	while (cut < before && continues_character(line[cut])) {
		cut++;
	}
	size_t shown_size = size - cut < EXCERPT_MAX ? size - cut : EXCERPT_MAX;
	while (cut + shown_size < size && continues_character(line[cut + shown_size])) {
		shown_size++;
	}
	(void)fprintf(stream, "%5u | ", (unsigned)place.line);
	print_octets(line + cut, shown_size, stream);
	(void)fputs("\n      | ", stream);
	print_caret(line + cut, before - cut, stream);
}

static void print_finding(const struct finding *finding, FILE *stream)
{
	const char *name = finding->source != NULL ? finding->source->name : "";
	bool placed = finding->source != NULL && finding->place.line > 0;

	(void)fputs(name, stream);
	if (placed) {
		(void)fprintf(stream, ":%u:%u", (unsigned)finding->place.line, (unsigned)finding->place.column);
	}
	(void)fprintf(stream, "%s%s %s: %s\n", name[0] != '\0' ? ": " : "", level_words[finding->level], finding->id,
		      finding->text);
	if (placed) {
		print_excerpt(finding->source, finding->place, stream);
	}
	if (finding->trace != NULL) {
		(void)fprintf(stream, "      trace: %s\n", finding->trace);
	}
	if (finding->help != NULL) {
		(void)fprintf(stream, "      help: %s\n", finding->help);
	}
}

void report_print(const struct report *report, FILE *stream)
{
	for (const struct finding *finding = report->first; finding != NULL; finding = finding->next) {
		print_finding(finding, stream);
	}
	for (size_t level = 0; level < FINDING_LEVELS; level++) {
		if (report->counts[level] > FINDINGS_MAX) {
			size_t more = report->counts[level] - FINDINGS_MAX;
			(void)fprintf(stream, "%zu more %s%s not shown\n", more, level_words[level],
				      more == 1 ? " is" : "s are");
		}
	}
}

void report_finish(struct report *report)
{
	arena_finish(&report->arena);
	*report = (struct report){ 0 };
}
