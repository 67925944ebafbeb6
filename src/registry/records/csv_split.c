/* csv_split.c - octets of a CSV cut into records and fields (csv_split.h).  Called by csv.c and own_list.c.
 *
 * libcsv does not tell where a record ends, so it is fed line by line: only behind a line end a record can be complete.
 * Long lines go in slices, so that a field beyond the limit is met before it fills the memory. */
#include "registry/records/csv_split.h"

#include <csv.h>
#include <errno.h>
#include <string.h>

#include "registry/words/answers_text.h"
#include "registry/words/complain.h"
#include "registry/records/rows_text.h"

enum { SLICE_SIZE = 65536 };

struct splitter {
	const struct csv_split *split;
	struct csv_parser parser;
	struct csv_record record;
	struct complaint *complaint;
	size_t line;	  /* where the next field begins */
	bool record_ends; /* libcsv says so */
	int error;	  /* what a callback met first */
};

/* ---- complaints ---- */

static int complain(struct splitter *splitter, size_t line, const char *fault)
{
	const struct csv_split *split = splitter->split;
	const char *name = split->column_name(splitter->record.count, split->context);
	char record[32] = "the header";
	char column[96];

	if (splitter->record.number > 0) {
		(void)snprintf(record, sizeof(record), "record %zu", splitter->record.number);
	}
	if (name != NULL) {
		shown_text(name, column, sizeof(column));
	} else {
		(void)snprintf(column, sizeof(column), "%zu", splitter->record.count + 1);
	}
	return complain_of(splitter->complaint, -EBADMSG, "%s (line %zu), column %s: %s", record, line, column, fault);
}

static int complain_of_length(struct splitter *splitter)
{
	char fault[96];

	(void)snprintf(fault, sizeof(fault), "more than %d octets%s", ENTRY_TEXT_MAX,
		       splitter->parser.quoted != 0 ? "; does a closing quote lack?" : "");
	return complain(splitter, splitter->line, fault);
}

static int complain_of_columns(struct splitter *splitter)
{
	char fault[96];

	(void)snprintf(fault, sizeof(fault), "%zu columns are known; a text with a comma in it stands in quotes",
		       splitter->split->columns_max);
	return complain(splitter, splitter->line, fault);
}

/* ---- what libcsv calls ---- */

static int keep_field(struct splitter *splitter, const char *octets, size_t size)
{
	size_t at = 0;
	const char *fault = octets_fault(octets, size, &at);

	if (splitter->record.count == splitter->split->columns_max) {
		return complain_of_columns(splitter);
	}
	if (fault != NULL) {
		return complain(splitter, splitter->line + octets_line_ends(octets, at), fault);
	}
	if (size > ENTRY_TEXT_MAX) {
		return complain_of_length(splitter);
	}
	const char *text = size == 0 ? "" : arena_text(splitter->split->arena, octets, size);
	if (text == NULL) {
		return -ENOMEM;
	}
	splitter->record.fields[splitter->record.count++] = text;
	splitter->line += octets_line_ends(octets, size);
	return 0;
}

static void take_field(void *octets, size_t size, void *context)
{
	struct splitter *splitter = context;

	if (splitter->error == 0) {
		splitter->error = keep_field(splitter, octets, size);
	}
}

static void take_end(int terminator, void *context)
{
	struct splitter *splitter = context;

	(void)terminator;
	splitter->record_ends = true;
}

/* libcsv trims what this calls a space. */
static int is_space(unsigned char octet)
{
	(void)octet;
	return 0;
}

/* ---- feeding ---- */

static int parser_error(struct splitter *splitter)
{
	return csv_error(&splitter->parser) == CSV_EPARSE ? -EBADMSG : -ENOMEM;
}

/* Strict libcsv stops at two things.  A quote within a text that does not begin with one is a quote like any other
 * letter; it is fed by itself, unstrictly.  Text behind a closing quote can mean too many things. */
static int feed_quote(struct splitter *splitter, const char *quote)
{
	struct csv_parser *parser = &splitter->parser;

	if (parser_error(splitter) == -ENOMEM) {
		return -ENOMEM;
	}
	if (parser->quoted != 0) {
		return complain(splitter, splitter->line,
				"text behind a closing quote; a quote within a text is written twice");
	}
	(void)csv_set_opts(parser, 0);
	size_t fed = csv_parse(parser, quote, 1, take_field, take_end, splitter);
	(void)csv_set_opts(parser, CSV_STRICT | CSV_STRICT_FINI);
	return fed == 1 ? 0 : -ENOMEM;
}

static int feed(struct splitter *splitter, const char *octets, size_t size)
{
	while (size > 0 && splitter->error == 0) {
		size_t fed = csv_parse(&splitter->parser, octets, size, take_field, take_end, splitter);

		if (splitter->error == 0 && splitter->parser.entry_pos > ENTRY_TEXT_MAX) {
			splitter->error = complain_of_length(splitter);
		}
		if (splitter->error == 0 && fed < size) {
			splitter->error = feed_quote(splitter, octets + fed);
			fed++;
		}
		octets += fed;
		size -= fed < size ? fed : size;
	}
	return splitter->error;
}

size_t csv_line_size(const char *octets, size_t size)
{
	size_t i = 0;

	while (i < size && octets[i] != '\n' && octets[i] != '\r') {
		i++;
	}
	if (i == size) {
		return size;
	}
	return octets[i] == '\r' && i + 1 < size && octets[i + 1] == '\n' ? i + 2 : i + 1;
}

/* A line, or a slice of a long one; never cut between CR and LF. */
static size_t piece_size(const char *octets, size_t size)
{
	size_t piece = csv_line_size(octets, size < SLICE_SIZE ? size : SLICE_SIZE);

	return piece < size && octets[piece - 1] == '\r' && octets[piece] == '\n' ? piece + 1 : piece;
}

/* ---- records ---- */

static int end_record(struct splitter *splitter, const char *behind)
{
	struct csv_record *record = &splitter->record;

	record->size = (size_t)(behind - record->octets);
	int r = splitter->split->each(record, splitter->split->context);
	splitter->line++;
	splitter->record_ends = false;
	*record = (struct csv_record){ .octets = behind, .number = record->number + 1, .line = splitter->line };
	return r;
}

static int end_input(struct splitter *splitter, const char *end)
{
	if (splitter->record.octets == end) {
		return 0;
	}
	if (csv_fini(&splitter->parser, take_field, take_end, splitter) != 0) {
		return parser_error(splitter) == -ENOMEM
			       ? -ENOMEM
			       : complain(splitter, splitter->line, "the quote that opens here never ends");
	}
	return splitter->error < 0 ? splitter->error : end_record(splitter, end);
}

static int split_all(struct splitter *splitter, const char *octets, const char *end)
{
	while (octets < end) {
		size_t piece = piece_size(octets, (size_t)(end - octets));
		bool empty_line = octets == splitter->record.octets && (*octets == '\n' || *octets == '\r');
		int r = empty_line ? 0 : feed(splitter, octets, piece);

		octets += piece;
		if (r == 0 && (empty_line || splitter->record_ends)) {
			r = end_record(splitter, octets);
		}
		if (r < 0) {
			return r;
		}
	}
	return end_input(splitter, end);
}

int csv_split(const char *octets, size_t size, const struct csv_split *split, struct complaint *ret_complaint)
{
	struct splitter splitter = {
		.split = split,
		.record = { .octets = octets, .line = split->first_line },
		.complaint = ret_complaint,
		.line = split->first_line,
	};

	if (csv_init(&splitter.parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
		return -ENOMEM;
	}
	csv_set_space_func(&splitter.parser, is_space);
	csv_set_delim(&splitter.parser, (unsigned char)split->delimiter);
	csv_set_blk_size(&splitter.parser, SLICE_SIZE);
	int r = split_all(&splitter, octets, octets + size);
	csv_free(&splitter.parser);
	return r;
}
