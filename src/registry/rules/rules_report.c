/* rules_report.c - what was found, as people read it (rules.h): one finding after another, its source at the right.
 *
 * Called by commands, and for letters.  Answers and rows are quoted in it, so nothing goes out but what answers_text.h
 * lets through.  rules_report_json.c is the same for programs. */
#include <errno.h>
#include <string.h>

#include "registry/words/answers_text.h"
#include "registry/rules/rules.h"

enum {
	COLUMNS = 120,
	SENTENCE_MIN = 40,
	SENTENCE_MAX = 120,
	LEVEL_COLUMNS = 6,
	HELP_INDENT = 8,
	HELP_COLUMNS = 92,
	PLACE_SIZE = 512
};

/* Where the columns begin, so that they stand below each other. */
struct columns {
	const char *file;
	int place;
	int id;
	int source;
	int sentence;
};

/* ---- columns ---- */

/* "app.berth:14: "; without a file "line 14: "; without a line "app.berth: ". */
static void put_place(const char *file, unsigned line, char ret_place[static PLACE_SIZE])
{
	char shown[PLACE_SIZE - 64];

	shown_text(file != NULL ? file : "", shown, sizeof(shown));
	ret_place[0] = '\0';
	if (file != NULL && line > 0) {
		(void)snprintf(ret_place, PLACE_SIZE, "%s:%u: ", shown, line);
	} else if (file != NULL) {
		(void)snprintf(ret_place, PLACE_SIZE, "%s: ", shown);
	} else if (line > 0) {
		(void)snprintf(ret_place, PLACE_SIZE, "line %u: ", line);
	}
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

static struct columns lay_out(const struct rule_report *report, const char *file)
{
	struct columns columns = { .file = file };
	char place[PLACE_SIZE];

	for (size_t i = 0; i < report->count; i++) {
		const struct rule_finding *finding = &report->findings[i];
		put_place(file, finding->line, place);
		columns.place = larger(columns.place, shown_width(place));
		columns.id = larger(columns.id, shown_width(finding->id));
		columns.source = larger(columns.source, shown_width(finding->source));
		columns.sentence = larger(columns.sentence, shown_width(finding->sentence));
	}
	/* No wider than the longest sentence: sources stand close to what they are of. */
	int room = larger(COLUMNS - columns.place - LEVEL_COLUMNS - columns.id - columns.source - 6, SENTENCE_MIN);
	columns.sentence = columns.sentence < room ? columns.sentence : room;
	return columns;
}

/* ---- lines ---- */

enum { LINE_SIZE = SENTENCE_MAX * SHOWN_SIZE };

/* Takes from *text what fits into so many columns, to the last blank if there is one.  False at the end. */
static bool next_line(const char **text, int width, char ret_line[static LINE_SIZE])
{
	const char *at = *text;
	const char *behind_blank = NULL;
	size_t used = 0;
	size_t blank = 0;
	int columns = 0;
	struct shown shown;
	const char *before = at;

	while (used + SHOWN_SIZE < LINE_SIZE && shown_next(&at, &shown) && columns + shown.width <= width) {
		if (strcmp(shown.text, " ") == 0) {
			blank = used;
			behind_blank = at;
		}
		memcpy(ret_line + used, shown.text, strlen(shown.text));
		used += strlen(shown.text);
		columns += shown.width;
		before = at;
	}
	ret_line[used] = '\0';
	bool is_whole = *before == '\0';
	bool is_at_blank = *before == ' ' || *before == '\n' || *before == '\t';
	if (!is_whole && !is_at_blank && behind_blank != NULL && blank > 0) {
		ret_line[blank] = '\0';
		before = behind_blank;
	}
	bool is_more = before != *text;
	*text = is_at_blank && !is_whole ? before + strspn(before, " \n\t") : before;
	return is_more;
}

static void pad(FILE *stream, int columns)
{
	(void)fprintf(stream, "%*s", larger(columns, 0), "");
}

static void write_sentence(const struct columns *columns, const struct rule_finding *finding, FILE *stream)
{
	char line[LINE_SIZE];
	const char *text = finding->sentence;

	for (bool is_first = true; next_line(&text, columns->sentence, line); is_first = false) {
		pad(stream, is_first ? 0 : columns->place + LEVEL_COLUMNS + columns->id + 4);
		(void)fputs(line, stream);
		if (is_first) {
			pad(stream, columns->sentence - shown_width(line) + 2);
			(void)fputs(finding->source, stream);
		}
		(void)fputc('\n', stream);
	}
}

static void write_help_line(const char *start, size_t size, FILE *stream)
{
	char copy[LINE_SIZE];
	char line[LINE_SIZE];
	const char *text = copy;

	(void)snprintf(copy, sizeof(copy), "%.*s", (int)(size < sizeof(copy) ? size : sizeof(copy) - 1), start);
	if (size == 0) {
		(void)fputc('\n', stream);
	}
	while (next_line(&text, HELP_COLUMNS, line)) {
		pad(stream, HELP_INDENT);
		(void)fputs(line, stream);
		(void)fputc('\n', stream);
	}
}

/* Its own lines stay lines: a section can be taken as it stands. */
static void write_help(const char *help, FILE *stream)
{
	while (*help != '\0') {
		size_t size = strcspn(help, "\n");
		write_help_line(help, size, stream);
		help += size + (help[size] == '\n');
	}
}

static void write_finding(const struct columns *columns, const struct rule_finding *finding, FILE *stream)
{
	char place[PLACE_SIZE];
	const char *level = rule_level_name(finding->level);

	put_place(columns->file, finding->line, place);
	(void)fputs(place, stream);
	pad(stream, columns->place - shown_width(place));
	(void)fprintf(stream, "%-*s  %-*s  ", LEVEL_COLUMNS, level, columns->id, finding->id);
	write_sentence(columns, finding, stream);
	write_help(finding->help, stream);
}

/* ---- the last lines ---- */

static void write_counts(const struct rule_report *report, FILE *stream)
{
	static const struct {
		enum rule_level level;
		const char *word;
	} words[] = { { RULE_REFUSE, "refuse" }, { RULE_WARN, "warn" }, { RULE_HUMAN, "for a person" } };
	const char *before = "";

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (report->counts[words[i].level] > 0) {
			(void)fprintf(stream, "%s%zu %s", before, report->counts[words[i].level], words[i].word);
			before = ", ";
		}
	}
	(void)fputs(report->count > 0 ? "." : "No rule objects.", stream);
}

int rule_report_write(const struct rule_report *report, const char *file, FILE *stream)
{
	const struct columns columns = lay_out(report, file);

	for (size_t i = 0; i < report->count; i++) {
		write_finding(&columns, &report->findings[i], stream);
	}
	write_counts(report, stream);
	if (report->free_count > 0) {
		(void)fprintf(stream, " Free and near %d:", report->port);
	}
	for (size_t i = 0; i < report->free_count; i++) {
		(void)fprintf(stream, " %u", report->free_near[i]);
	}
	(void)fputc('\n', stream);
	if (!report->has_view) {
		(void)fputs("There was no registry at hand, so what is assigned was not looked at.\n", stream);
	}
	return ferror(stream) != 0 ? -EIO : 0;
}
