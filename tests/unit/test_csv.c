/* test_csv.c - IANA's CSV: every octet comes back, every refusal names its place, IANA's own file has its figures. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "iana_files.h"
#include "registry/records/csv.h"
#include "registry/records/derive.h"

#define HEADER                                                                                                     \
	"Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification " \
	"Date,Reference,Service Code,Unauthorized Use Reported,Assignment Notes"
#define OLD_HEADER                                                                                                 \
	"Service Name,Port Number,Transport Protocol,Description,Assignee,Contact,Registration Date,Modification " \
	"Date,Reference,Service Code,Known Unauthorized Uses,Assignment Notes"

static void read_accepted(const char *octets, size_t size, struct rows *ret_rows)
{
	struct complaint complaint = { "" };
	char *exact = malloc(size > 0 ? size : 1);

	assert_non_null(exact);
	memcpy(exact, octets, size);
	int r = csv_read(exact, size, ret_rows, &complaint);
	free(exact);
	assert_string_equal(complaint.sentence, "");
	assert_int_equal(r, 0);
}

static void assert_written(const struct rows *rows, const char *octets, size_t size)
{
	char *written = NULL;
	size_t written_size = 0;
	FILE *stream = open_memstream(&written, &written_size);

	assert_non_null(stream);
	if (rows->count == 0 && !rows->last_eol) {
		assert_true(fputs(rows->header, stream) >= 0);
	} else {
		assert_int_equal(csv_write_header(stream, rows->header, rows->crlf), 0);
	}
	for (size_t i = 0; i < rows->count; i++) {
		bool eol = i + 1 < rows->count || rows->last_eol;
		assert_int_equal(csv_write_entry(stream, &rows->entries[i], rows->crlf, eol), 0);
	}
	assert_int_equal(fclose(stream), 0);
	assert_int_equal(written_size, size);
	assert_memory_equal(written, octets, size);
	free(written);
}

/* Read, written, and as many records with octets of their own as said. */
static void test_round_trips(void **state)
{
	static const struct {
		const char *octets;
		size_t records, raw;
		bool crlf, last_eol;
	} samples[] = {
		{ HEADER, 0, 0, false, false },
		{ HEADER "\n", 0, 0, false, true },
		{ HEADER "\r\n", 0, 0, true, true },
		{ OLD_HEADER "\na,1,tcp,,,,,,,,,\n", 1, 0, false, true },
		{ "\xef\xbb\xbf" HEADER "\na,1,tcp,,,,,,,,,\n", 1, 0, false, true },
		{ HEADER "\na,1,tcp,,,,,,,,,", 1, 0, false, false },
		{ HEADER "\na,1,tcp,\"b, \"\"c\"\"\nd\",,,,,,,,\n", 1, 0, false, true },
		{ HEADER "\r\na,1,tcp,\"b\nc\",,,,,,,,\r\n", 1, 0, true, true },
		{ HEADER "\r\na,1,tcp,\"b\nc\",,,,,,,,", 1, 0, true, false },
		{ HEADER "\n a , 1 ,tcp,\t,,,,,,,,\n", 1, 0, false, true },
		{ HEADER "\n\n", 1, 1, false, true },
		{ HEADER "\n\n\n\r\n\r", 4, 2 + 2, false, true },
		{ HEADER "\na,1\n", 1, 1, false, true },
		{ HEADER "\na,1", 1, 1, false, false },
		{ HEADER "\r\na,1", 1, 1, true, false },
		{ HEADER "\n\"a\",1,tcp,,,,,,,,,\n", 1, 1, false, true },
		{ HEADER "\na,1,tcp,\"\",,,,,,,,\n", 1, 1, false, true },
		{ HEADER "\na,1,tcp,b\"c\"d,,,,,,,,\n", 1, 1, false, true },
		{ HEADER "\na,1,tcp,,,,,,,,,\r\nb,2,tcp,,,,,,,,,\n", 2, 1, false, true },
		{ HEADER "\r\na,1,tcp,,,,,,,,,\nb,2,tcp,,,,,,,,,\r\n", 2, 1, true, true },
		{ HEADER "\na,1,tcp,,,,,,,,,\rb,2,tcp,,,,,,,,,\n", 2, 1, false, true },
		{ HEADER "\na,1,tcp,,,,,,,,,\r", 1, 1, false, true },
		{ HEADER "\n,,,,,,,,,,,\n", 1, 0, false, true },
		{ HEADER "\na,1,tcp,\"\r\n\r\",,,,,,,,\n", 1, 0, false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct rows rows;
		size_t raw = 0;
		size_t size = strlen(samples[i].octets);

		read_accepted(samples[i].octets, size, &rows);
		assert_true(csv_recognize(samples[i].octets, size));
		assert_int_equal(rows.count, samples[i].records);
		assert_int_equal(rows.crlf, samples[i].crlf);
		assert_int_equal(rows.last_eol, samples[i].last_eol);
		assert_string_equal(rows.format, "iana-csv");
		for (size_t j = 0; j < rows.count; j++) {
			raw += rows.entries[j].raw != NULL;
		}
		assert_int_equal(raw, samples[i].raw);
		assert_written(&rows, samples[i].octets, size);
		rows_finish(&rows);
	}
}

/* Each cut of a file is refused, or comes back. */
static void test_cuts(void **state)
{
	static const char octets[] = HEADER "\r\na,1,tcp,\"b, \"\"c\"\"\r\nd\"\n\n\xc3\xa4,x\"y,\"\"\r,,,,,,,,,,,";
	struct complaint complaint;
	struct rows rows;

	(void)state;
	for (size_t size = 0; size < sizeof(octets); size++) {
		complaint.sentence[0] = '\0';
		int r = csv_read(octets, size, &rows, &complaint);
		if (r == 0) {
			assert_written(&rows, octets, size);
			rows_finish(&rows);
		} else {
			assert_int_equal(r, -EBADMSG);
			assert_string_not_equal(complaint.sentence, "");
		}
	}
}

static void test_columns(void **state)
{
	struct rows rows;
	static const char octets[] =
		HEADER "\nHTTP,80-81,tcp,\"a, \"\"b\"\"\nc\",[A],[B],2001-01,2002-02-02,[RFC1],4,u,n\n"
		       "\nx,1,udp";

	(void)state;
	read_accepted(octets, strlen(octets), &rows);
	static const char *const first[] = { "HTTP",	"80-81",      "tcp",	"a, \"b\"\nc", "[A]", "[B]",
					     "2001-01", "2002-02-02", "[RFC1]", "4",	       "u",   "n" };
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		assert_string_equal(rows.entries[0].columns[i], first[i]);
		assert_string_equal(rows.entries[1].columns[i], "");
		assert_string_equal(rows.entries[2].columns[i], i == 0 ? "x" : i == 1 ? "1" : i == 2 ? "udp" : "");
	}
	assert_string_equal(rows.entries[0].fold, "http");
	assert_int_equal(rows.entries[0].lo, 80);
	assert_int_equal(rows.entries[0].hi, 81);
	assert_null(rows.entries[0].raw);
	assert_string_equal(rows.entries[1].raw, "\n");
	assert_string_equal(rows.entries[2].raw, "x,1,udp\n");
	rows_finish(&rows);
}

static void test_odd_headers(void **state)
{
	static const char quoted[] =
		"\"Service Name\",\"Port Number\",\"Transport Protocol\",\"Description\",\"Assignee\","
		"\"Contact\",\"Registration Date\",\"Modification Date\",\"Reference\","
		"\"Service Code\",\"Unauthorized Use Reported\",\"Assignment Notes\"\n";
	static const char spelled[] = "service name, Port Number ,TRANSPORT PROTOCOL,Description,Assignee,Contact,"
				      "Registration Date,Modification Date,Reference,Service Code,"
				      "known unauthorized uses,Assignment Notes\n,,,,,,,,,,,\n";
	struct rows rows;

	(void)state;
	read_accepted(quoted, strlen(quoted), &rows);
	assert_true(csv_recognize(quoted, strlen(quoted)));
	assert_written(&rows, quoted, strlen(quoted));
	rows_finish(&rows);
	read_accepted(spelled, strlen(spelled), &rows);
	assert_written(&rows, spelled, strlen(spelled));
	rows_finish(&rows);
}

static void test_recognize(void **state)
{
	(void)state;
	for (size_t size = 0; size < strlen("Service Name,Port Number,Transport Protocol,"); size++) {
		assert_false(csv_recognize(HEADER, size));
	}
	assert_false(csv_recognize("port,transport\n", 15));
	assert_false(csv_recognize("Service Name;Port Number;Transport Protocol;", 44));
	assert_false(csv_recognize("<?xml version", 13));
}

#define SAMPLE(octets, sentence)                     \
	{                                            \
		octets, sizeof(octets) - 1, sentence \
	}

static void test_refusals(void **state)
{
	static const struct {
		const char *octets;
		size_t size;
		const char *sentence;
	} samples[] = {
		SAMPLE("", "the file is empty; it would begin with IANA's header, \"Service Name,Port Number,...\""),
		SAMPLE("\xef\xbb\xbf",
		       "the file is empty; it would begin with IANA's header, \"Service Name,Port Number,...\""),
		SAMPLE("Port,Name\n", "the header (line 1), column 1: \"Port\" is not IANA's \"Service Name\""),
		SAMPLE("Service Name,Port Number\n",
		       "the header (line 1) ends before column 3, which would be \"Transport Protocol\""),
		SAMPLE("Service Name,\x1b[2J\n", "the header (line 1), column Port Number: a control character"),
		SAMPLE(HEADER ",More\n",
		       "the header (line 1), column 13: 12 columns are known; a text with a comma in it "
		       "stands in quotes"),
		SAMPLE(HEADER "\ra\r",
		       "the header (line 1) ends with a carriage return alone; LF or CRLF would be right"),
		SAMPLE(HEADER "\na\n\"b\nc\",1,tcp,\"\nd\0\"\n", "record 2 (line 5), column Description: a NUL octet"),
		SAMPLE(HEADER "\na,1,tcp,b\x01\n", "record 1 (line 2), column Description: a control character"),
		SAMPLE(HEADER "\na,1,tcp,\xff\n", "record 1 (line 2), column Description: octets that are no UTF-8"),
		SAMPLE(HEADER "\n\xc3\n", "record 1 (line 2), column Service Name: octets that are no UTF-8"),
		SAMPLE(HEADER "\n\xed\xa0\x80\n", "record 1 (line 2), column Service Name: octets that are no UTF-8"),
		SAMPLE(HEADER "\n\xc0\x80\n", "record 1 (line 2), column Service Name: octets that are no UTF-8"),
		SAMPLE(HEADER "\n\xf4\x90\x80\x80\n",
		       "record 1 (line 2), column Service Name: octets that are no UTF-8"),
		SAMPLE(HEADER "\r\na\r\nb,\"c\r\n,,\r\n",
		       "record 2 (line 3), column Port Number: the quote that opens here never ends"),
		SAMPLE(HEADER "\na,\"b\"c,\n",
		       "record 1 (line 2), column Port Number: text behind a closing quote; a quote "
		       "within a text is written twice"),
		SAMPLE(HEADER "\n,,,,,,,,,,,,\n",
		       "record 1 (line 2), column 13: 12 columns are known; a text with a comma "
		       "in it stands in quotes"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct rows rows = { .count = 77 };
		struct complaint complaint = { "" };

		assert_int_equal(csv_read(samples[i].octets, samples[i].size, &rows, &complaint), -EBADMSG);
		assert_string_equal(complaint.sentence, samples[i].sentence);
		assert_int_equal(rows.count, 77);
	}
}

/* The header, then `octet` over and over. */
static char *make_filled(const char *begin, char octet, size_t count, size_t *ret_size)
{
	size_t head = strlen(HEADER "\n");
	size_t begin_size = strlen(begin);
	char *octets = malloc(head + begin_size + count);

	assert_non_null(octets);
	memcpy(octets, HEADER "\n", head);
	memcpy(octets + head, begin, begin_size);
	memset(octets + head + begin_size, octet, count);
	*ret_size = head + begin_size + count;
	return octets;
}

static void test_limits(void **state)
{
	static const struct {
		const char *begin;
		char octet;
		size_t count;
		const char *sentence;
	} samples[] = {
		{ "a,", 'x', ENTRY_TEXT_MAX + 1, "record 1 (line 2), column Port Number: more than 1048576 octets" },
		{ "a,", '"', 3 << 20,
		  "record 1 (line 2), column Port Number: more than 1048576 octets; does a closing quote lack?" },
		{ "a,b", '"', 3 << 20, "record 1 (line 2), column Port Number: more than 1048576 octets" },
		{ "", ',', 3 << 20,
		  "record 1 (line 2), column 13: 12 columns are known; a text with a comma in it stands in quotes" },
		{ "", '\n', ROWS_MAX + 1, "record 1000001 (line 1000002): 1000000 records are the limit" },
		{ "", '\r', ROWS_MAX + 1, "record 1000001 (line 1000002): 1000000 records are the limit" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct rows rows;
		struct complaint complaint = { "" };
		size_t size = 0;
		char *octets = make_filled(samples[i].begin, samples[i].octet, samples[i].count, &size);

		assert_int_equal(csv_read(octets, size, &rows, &complaint), -EBADMSG);
		assert_string_equal(complaint.sentence, samples[i].sentence);
		free(octets);
	}
}

/* A text of the greatest size comes back; it goes through more than one slice. */
static void test_longest_text(void **state)
{
	struct rows rows;
	size_t size = 0;
	char *octets = make_filled("a,1,tcp,", 'x', ENTRY_TEXT_MAX, &size);

	(void)state;
	read_accepted(octets, size, &rows);
	assert_int_equal(strlen(rows.entries[0].columns[ENTRY_DESCRIPTION]), ENTRY_TEXT_MAX);
	assert_written(&rows, octets, size);
	rows_finish(&rows);
	free(octets);
}

static void test_write(void **state)
{
	char *written = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&written, &size);
	struct entry entry = { .raw = "a\r\n" };

	(void)state;
	assert_non_null(stream);
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		entry.columns[i] = "";
	}
	assert_int_equal(csv_write_header(stream, NULL, true), 0);
	assert_int_equal(csv_write_entry(stream, &entry, false, true), 0);
	assert_int_equal(csv_write_entry(stream, &entry, false, false), 0);
	entry.raw = NULL;
	entry.columns[ENTRY_NOTES] = "\"";
	assert_int_equal(csv_write_entry(stream, &entry, true, true), 0);
	entry.columns[ENTRY_NOTES] = " ;' \t";
	assert_int_equal(csv_write_entry(stream, &entry, false, false), 0);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(written, HEADER "\r\na\r\na,,,,,,,,,,,\"\"\"\"\r\n,,,,,,,,,,, ;' \t");
	free(written);
	stream = fopen("/dev/full", "we");
	assert_non_null(stream);
	setbuf(stream, NULL);
	assert_int_equal(csv_write_entry(stream, &entry, false, true), -EIO);
	assert_int_equal(csv_write_header(stream, HEADER, false), -EIO);
	(void)fclose(stream);
}

/* ---- IANA's file ---- */

struct figures {
	size_t transports[ENTRY_TRANSPORT_OTHER + 1];
	size_t name_only[ENTRY_TRANSPORT_OTHER + 1];
	size_t single, range, no_port, above;
	size_t named, no_assignee, other_contact;
	size_t newline_records, newlines[ENTRY_COLUMNS];
	size_t texts[ENTRY_COLUMNS];
	size_t lengths[2][12]; /* of the two dates */
	size_t raw, longest_description;
};

static void count_dates(const struct entry *entry, struct figures *figures)
{
	size_t registered = strlen(entry->columns[ENTRY_REGISTERED]);
	size_t modified = strlen(entry->columns[ENTRY_MODIFIED]);

	assert_true(registered < 12 && modified < 12);
	figures->lengths[0][registered]++;
	figures->lengths[1][modified]++;
}

static void count_entry(const struct entry *entry, struct figures *figures)
{
	const char *const *columns = entry->columns;
	bool has_name = columns[ENTRY_NAME][0] != '\0';
	bool has_newline = false;
	int transport = entry_transport(columns[ENTRY_TRANSPORT]);

	figures->raw += entry->raw != NULL;
	figures->transports[transport]++;
	figures->no_port += entry->lo == ENTRY_NO_PORT;
	figures->single += entry->lo != ENTRY_NO_PORT && strchr(columns[ENTRY_PORT], '-') == NULL;
	figures->range += strchr(columns[ENTRY_PORT], '-') != NULL;
	figures->above += entry->hi > 49151;
	figures->name_only[transport] += has_name && entry->lo == ENTRY_NO_PORT;
	figures->named += has_name;
	figures->no_assignee += has_name && columns[ENTRY_ASSIGNEE][0] == '\0';
	figures->other_contact += has_name && strcmp(columns[ENTRY_ASSIGNEE], columns[ENTRY_CONTACT]) != 0;
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		figures->newlines[i] += strchr(columns[i], '\n') != NULL;
		has_newline = has_newline || strchr(columns[i], '\n') != NULL;
		figures->texts[i] += columns[i][0] != '\0';
	}
	figures->newline_records += has_newline;
	size_t length = strlen(columns[ENTRY_DESCRIPTION]);
	figures->longest_description = length > figures->longest_description ? length : figures->longest_description;
	count_dates(entry, figures);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Distinct names: by their letters as they stand or in lower case; of rows without port; that break a rule. */
static size_t count_distinct(const struct rows *rows, bool folded, bool only_names, bool only_wrong)
{
	const char **names = calloc(rows->count, sizeof(*names));
	char fault[128];
	size_t count = 0;
	size_t distinct = 0;

	assert_non_null(names);
	for (size_t i = 0; i < rows->count; i++) {
		const struct entry *entry = &rows->entries[i];
		const char *name = entry->columns[ENTRY_NAME];
		bool wrong = service_name_fault(name, fault, sizeof(fault)) != NULL;

		if (*name != '\0' && (!only_names || entry->lo == ENTRY_NO_PORT) && (!only_wrong || wrong)) {
			names[count++] = folded ? entry->fold : name;
		}
	}
	qsort(names, count, sizeof(*names), compare_texts);
	for (size_t i = 0; i < count; i++) {
		distinct += i == 0 || strcmp(names[i], names[i - 1]) != 0;
	}
	free(names);
	return distinct;
}

static void check_rows(const struct rows *rows)
{
	struct figures figures = { .raw = 0 };

	for (size_t i = 0; i < rows->count; i++) {
		count_entry(&rows->entries[i], &figures);
	}
	assert_int_equal(figures.raw, 0);
	assert_int_equal(figures.transports[ENTRY_TCP], 6586);
	assert_int_equal(figures.transports[ENTRY_UDP], 6346);
	assert_int_equal(figures.transports[ENTRY_SCTP], 93);
	assert_int_equal(figures.transports[ENTRY_DCCP], 11);
	assert_int_equal(figures.transports[ENTRY_TRANSPORT_NONE], 1464);
	assert_int_equal(figures.single, 12682);
	assert_int_equal(figures.range, 762);
	assert_int_equal(figures.no_port, 1056);
	assert_int_equal(figures.above, 0);
	assert_int_equal(figures.named, 12780);
	assert_int_equal(figures.name_only[ENTRY_TCP], 352);
	assert_int_equal(figures.name_only[ENTRY_UDP], 120);
	assert_int_equal(figures.name_only[ENTRY_SCTP], 2);
	assert_int_equal(figures.name_only[ENTRY_DCCP], 1);
	assert_int_equal(figures.name_only[ENTRY_TRANSPORT_NONE], 581);
	assert_int_equal(figures.no_assignee, 1772);
	assert_int_equal(figures.other_contact, 1216);
	assert_int_equal(figures.newline_records, 444);
	assert_int_equal(figures.newlines[ENTRY_DESCRIPTION], 190);
	assert_int_equal(figures.newlines[ENTRY_REFERENCE], 1);
	assert_int_equal(figures.newlines[ENTRY_NOTES], 254);
	assert_int_equal(figures.texts[ENTRY_SERVICE_CODE], 4);
	assert_int_equal(figures.texts[ENTRY_UNAUTHORIZED], 112);
	assert_int_equal(figures.texts[ENTRY_NOTES], 1319);
	assert_int_equal(figures.longest_description, 255);
	assert_int_equal(figures.lengths[0][0], 9804);
	assert_int_equal(figures.lengths[0][7], 2618);
	assert_int_equal(figures.lengths[0][10], 2078);
	assert_int_equal(figures.lengths[1][0], 13924);
	assert_int_equal(figures.lengths[1][7], 2);
	assert_int_equal(figures.lengths[1][10], 574);
}

static void test_iana(void **state)
{
	struct rows rows;
	size_t size = 0;
	char *octets = read_iana("csv", &size);

	(void)state;
	if (octets == NULL) {
		skip();
	}
	assert_int_equal(size, 1137763);
	read_accepted(octets, size, &rows);
	assert_int_equal(rows.count, 14500);
	assert_string_equal(rows.header, HEADER);
	assert_false(rows.crlf);
	assert_true(rows.last_eol);
	assert_null(rows.dated);
	assert_int_equal(rows.person_count, 0);
	check_rows(&rows);
	assert_int_equal(count_distinct(&rows, false, false, false), 7306);
	assert_int_equal(count_distinct(&rows, true, false, false), 7306);
	assert_int_equal(count_distinct(&rows, false, true, false), 990);
	assert_int_equal(count_distinct(&rows, false, false, true), 97);
	assert_written(&rows, octets, size);
	rows_finish(&rows);
	free(octets);
}

/* As if it had been sent with CRLF: line ends within texts stay as they are. */
static void test_iana_crlf(void **state)
{
	struct rows rows;
	size_t size = 0;
	size_t crlf_size = 0;
	char *octets = read_iana("csv", &size);

	(void)state;
	if (octets == NULL) {
		skip();
	}
	char *crlf = malloc(2 * size);
	bool quoted = false;
	assert_non_null(crlf);
	for (size_t i = 0; i < size; i++) {
		quoted = quoted != (octets[i] == '"');
		if (octets[i] == '\n' && !quoted) {
			crlf[crlf_size++] = '\r';
		}
		crlf[crlf_size++] = octets[i];
	}
	read_accepted(crlf, crlf_size, &rows);
	assert_int_equal(rows.count, 14500);
	assert_true(rows.crlf);
	for (size_t i = 0; i < rows.count; i++) {
		assert_null(rows.entries[i].raw);
	}
	assert_written(&rows, crlf, crlf_size);
	rows_finish(&rows);
	free(crlf);
	free(octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trips), cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_columns),	    cmocka_unit_test(test_odd_headers),
		cmocka_unit_test(test_recognize),   cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),	    cmocka_unit_test(test_longest_text),
		cmocka_unit_test(test_write),	    cmocka_unit_test(test_iana),
		cmocka_unit_test(test_iana_crlf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
