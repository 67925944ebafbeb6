/* test_xml.c - IANA's XML: read as the CSV of its day, written and read again as the same, refused with a place. */
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
#include "registry/records/rows_text.h"
#include "registry/records/xml.h"

#define ROOT "<registry xmlns=\"http://www.iana.org/assignments\" id=\"service-names-port-numbers\">"
#define END "</registry>"

static void read_accepted(const char *octets, size_t size, struct rows *ret_rows)
{
	struct complaint complaint = { "" };
	int r = xml_read(octets, size, ret_rows, &complaint);

	assert_string_equal(complaint.sentence, "");
	assert_int_equal(r, 0);
}

static char *write_accepted(const struct rows *rows, size_t *ret_size)
{
	char *octets = NULL;
	FILE *stream = open_memstream(&octets, ret_size);

	assert_non_null(stream);
	assert_int_equal(xml_write(stream, rows), 0);
	assert_int_equal(fclose(stream), 0);
	return octets;
}

static void assert_same_people(const struct rows *a, const struct rows *b)
{
	assert_int_equal(a->person_count, b->person_count);
	for (size_t i = 0; i < a->person_count; i++) {
		assert_string_equal(a->people[i].id, b->people[i].id);
		assert_string_equal(a->people[i].kind, b->people[i].kind);
		assert_string_equal(a->people[i].name, b->people[i].name);
		assert_string_equal(a->people[i].uri, b->people[i].uri);
		assert_string_equal(a->people[i].updated, b->people[i].updated);
	}
}

static void assert_same_rows(const struct rows *a, const struct rows *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		for (size_t column = 0; column < ENTRY_COLUMNS; column++) {
			assert_string_equal(a->entries[i].columns[column], b->entries[i].columns[column]);
		}
		assert_string_equal(a->entries[i].fold, b->entries[i].fold);
		assert_memory_equal(a->entries[i].digest, b->entries[i].digest, ENTRY_DIGEST_SIZE);
	}
	assert_same_people(a, b);
}

/* Written, read again as the same, and written once more as the same octets. */
static void assert_comes_back(const struct rows *rows, bool same_header)
{
	struct rows again;
	size_t size = 0;
	size_t size_again = 0;
	char *octets = write_accepted(rows, &size);

	assert_true(xml_recognize(octets, size));
	read_accepted(octets, size, &again);
	assert_same_rows(rows, &again);
	if (same_header) {
		assert_string_equal(rows->header, again.header);
	}
	if (rows->dated != NULL) {
		assert_string_equal(rows->dated, again.dated);
	} else {
		assert_null(again.dated);
	}
	char *octets_again = write_accepted(&again, &size_again);
	assert_string_equal(octets, octets_again);
	free(octets_again);
	free(octets);
	rows_finish(&again);
}

/* ---- reading ---- */

static const char whole[] =
	"<?xml version='1.0' encoding='UTF-8'?>\n"
	"<?xml-stylesheet type=\"text/xsl\" href=\"a.xsl\"?>\n"
	"<!-- a comment -->\n" ROOT "\n"
	"  <title>Ports &amp; names</title>\n"
	"  <updated>2026-02-25</updated>\n"
	"  <note title=\"n\">See <xref type=\"rfc\" data=\"rfc6335\"/>,\n  <br/>please</note>\n"
	"  <record date=\"2001-02\" updated=\"2024-12-20\">\n"
	"    <name>HTTP-x</name><protocol>tcp</protocol>\n"
	"    <assignee>\n      <xref type=\"person\" data=\"An_Org\"/>\n    </assignee>\n"
	"    <xref type=\"person\" data=\"A_B\"/><xref type=\"person\" data=\"C_D\"/>\n"
	"    <description> Two<br/><br/>\n"
	"lines, wrapped \n    here (<xref type=\"rfc\" data=\"rfc9\"/>) </description>\n"
	"    <number>80-81</number><sc>17</sc><unauthorized>Known</unauthorized>\n"
	"    <xref type=\"note\" data=\"1\"/><xref type=\"rfc\" data=\"rfc793\"/><xref type=\"rfc\" "
	"data=\"rfc5764\">RFC5764, Section 4</xref><xref type=\"uri\" data=\"https://a.b/\"/><xref type=\"uri\" "
	"data=\"https://a.b/\">TR-1</xref><xref type=\"draft\" data=\"draft-a-b-00\"/><xref type=\"text\">ISO 1</xref>"
	"<xref type=\"bcp\" data=\"bcp14\"/>\n"
	"    <note><paragraph>One.</paragraph>\n      <paragraph>Two.</paragraph></note>\n"
	"  </record>\n"
	"  <record><description>Reserved</description><number>2</number></record>\n"
	"  <record><name>same</name><xref type=\"person\" data=\"A_B\"/></record>\n"
	"  <record><name>nobody</name><assignee/><xref type=\"person\" data=\"A_B\"/></record>\n"
	"  <record><name>more</name><controller>C &lt;c&gt;</controller><note>n</note></record>\n"
	"  <footnote anchor=\"1\">F</footnote>\n"
	"  <people>\n"
	"    <person id=\"b\"><name>B</name><org>O</org><uri>mailto:b&amp;b.c</uri><uri>http://b</uri>"
	"<updated>2011-01-01</updated></person>\n"
	"    <person id=\"a\"><org>A</org></person>\n"
	"    <person id=\"c\"><uri>mailto:c&amp;c</uri></person>\n"
	"  </people>\n" END "\n";

static void assert_columns(const struct entry *entry, const char *const expected[ENTRY_COLUMNS])
{
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		assert_string_equal(entry->columns[i], expected[i]);
	}
}

static void test_read(void **state)
{
	static const char *const expected[][ENTRY_COLUMNS] = {
		{ "HTTP-x", "80-81", "tcp", "Two\nlines, wrapped here ([RFC9])", "[An_Org]", "[A_B][C_D]", "2001-02",
		  "2024-12-20", "[1][RFC793][RFC5764, Section 4][https://a.b/][TR-1][draft-a-b-00][ISO 1][BCP14]", "17",
		  "Known", "One.\n              Two." },
		{ "", "2", "", "Reserved", "", "", "", "", "", "", "", "" },
		{ "same", "", "", "", "[A_B]", "[A_B]", "", "", "", "", "", "" },
		{ "nobody", "", "", "", "", "[A_B]", "", "", "", "", "", "" },
		{ "more", "", "", "", "", "", "", "", "", "", "", "controller: C <c>\nn" },
	};
	struct rows rows;

	(void)state;
	read_accepted(whole, strlen(whole), &rows);
	assert_int_equal(rows.count, sizeof(expected) / sizeof(expected[0]));
	for (size_t i = 0; i < rows.count; i++) {
		assert_columns(&rows.entries[i], expected[i]);
	}
	assert_string_equal(rows.entries[0].fold, "http-x");
	assert_int_equal(rows.entries[0].hi, 81);
	assert_int_equal(rows.entries[1].status, ENTRY_RESERVED);
	assert_string_equal(rows.dated, "2026-02-25");
	assert_string_equal(rows.format, "iana-xml");
	rows_finish(&rows);
}

static void test_people(void **state)
{
	struct rows rows;

	(void)state;
	read_accepted(whole, strlen(whole), &rows);
	assert_int_equal(rows.person_count, 3);
	const struct entry_person *people = rows.people;
	assert_string_equal(people[0].id, "a");
	assert_string_equal(people[0].kind, "org");
	assert_string_equal(people[0].name, "A");
	assert_string_equal(people[1].id, "b");
	assert_string_equal(people[1].kind, "person");
	assert_string_equal(people[1].name, "B\nO");
	assert_string_equal(people[1].uri, "mailto:b&b.c\nhttp://b");
	assert_string_equal(people[1].updated, "2011-01-01");
	assert_string_equal(people[2].kind, "unknown");
	assert_string_equal(people[2].name, "");
	rows_finish(&rows);
}

static void test_header(void **state)
{
	static const char expected[] =
		"<?xml version='1.0' encoding='UTF-8'?>\n"
		"<?xml-stylesheet type=\"text/xsl\" href=\"a.xsl\"?>\n" ROOT "\n"
		"  <title>Ports &amp; names</title>\n"
		"<?updated?>\n"
		"  <note title=\"n\">See <xref type=\"rfc\" data=\"rfc6335\"/>,\n  <br/>please</note>\n"
		"<?records?>\n"
		"  <footnote anchor=\"1\">F</footnote>\n"
		"<?people?>\n" END "\n";
	struct rows rows;

	(void)state;
	read_accepted(whole, strlen(whole), &rows);
	assert_string_equal(rows.header, expected);
	rows_finish(&rows);
}

/* Documents whose frame could come back otherwise. */
static void test_comes_back(void **state)
{
	static const char *const documents[] = {
		whole,
		ROOT END,
		ROOT "<people/><footnote/><updated>2026-01-01</updated>" END,
		ROOT "<record/><updated>2026-01</updated><updated>2026-01-01</updated><record/>" END,
		ROOT "<title>a<!-- b --></title><x xml:lang=\"de\" a=\"&quot;&#10;\">"
		     "<o:y xmlns:o=\"urn:o\"><o:z/></o:y></x>" END,
		"<i:registry xmlns:i=\"http://www.iana.org/assignments\">"
		"<i:record><i:name>a</i:name></i:record></i:registry>",
		"\xef\xbb\xbf" ROOT "<registry id=\"b\"><title>t</title><record><name>a</name></record></registry>" END,
		ROOT
		"<record><name xml:space=\"preserve\"> a </name><note><![CDATA[<&>]]>&#13;]]&gt;</note></record>" END,
		"<?xml version='1.0' encoding='UTF-16'?>" ROOT "<record><name>\xc3\xa4</name></record>" END,
		ROOT "<record><o:odd xmlns:o=\"urn:o\">t</o:odd></record>" END,
		ROOT "<people><person/><person id=\"x\"><org/><name/><uri/><uri/></person></people>" END,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		struct rows rows;
		read_accepted(documents[i], strlen(documents[i]), &rows);
		assert_comes_back(&rows, true);
		rows_finish(&rows);
	}
}

static void test_recognize(void **state)
{
	static const char csv[] = "Service Name,Port Number,http://www.iana.org/assignments";
	static const char other[] = "<html xmlns=\"http://www.w3.org/1999/xhtml\">";

	(void)state;
	assert_true(xml_recognize(whole, strlen(whole)));
	assert_true(xml_recognize("\xef\xbb\xbf\n" ROOT, 4 + strlen(ROOT)));
	assert_false(xml_recognize(csv, strlen(csv)));
	assert_false(xml_recognize(other, strlen(other)));
	assert_false(xml_recognize("", 0));
}

static void assert_refused(const char *octets, size_t size, const char *sentence)
{
	struct rows rows = { .count = 77 };
	struct complaint complaint = { "" };

	assert_int_equal(xml_read(octets, size, &rows, &complaint), -EBADMSG);
	assert_non_null(strstr(complaint.sentence, sentence));
	assert_int_equal(rows.count, 77);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *octets, *sentence;
	} samples[] = {
		{ "", "the file is empty" },
		{ "<a/>", "line 1, the root: it is not <registry> of http://www.iana.org/assignments" },
		{ "<registry/>", "it is not <registry> of" },
		{ "<registry xmlns=\"http://www.iana.org/assignments\" id=\"protocol-numbers\"/>",
		  "line 1, the root: another registry of IANA's; \"service-names-port-numbers\" would be right" },
		{ ROOT "\n<record/>\n<record>\n<name>a</nam></record>" END, "line 4: Opening and ending tag mismatch" },
		{ ROOT "<record>", "line 1" },
		{ ROOT "<title>&unknown;</title>" END, "Entity 'unknown' not defined" },
		{ ROOT "<title>\xff</title>" END, "line 1: octets that are no UTF-8" },
		{ ROOT "\n<title>\x01</title>" END, "line 2: a control character" },
		{ ROOT "<title>\xef\xbf\xbf</title>" END, "U+FFFE or U+FFFF" },
		{ "<!DOCTYPE r [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]>" ROOT "&b;" END,
		  "line 1: a document type declaration; IANA's XML has none, and none is read" },
		{ "<!DOCTYPE r SYSTEM \"file:///etc/passwd\">" ROOT END, "a document type declaration" },
		{ ROOT "<a \x1b/>" END, "a control character" },
		{ ROOT END "<more/>", "line 1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		assert_refused(samples[i].octets, strlen(samples[i].octets), samples[i].sentence);
	}
}

/* A piece over and over between others. */
static void assert_repeated_refused(const char *begin, const char *piece, size_t count, const char *end,
				    const char *sentence)
{
	char *octets = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&octets, &size);

	assert_non_null(stream);
	(void)fputs(begin, stream);
	for (size_t i = 0; i < count; i++) {
		(void)fputs(piece, stream);
	}
	(void)fputs(end, stream);
	assert_int_equal(fclose(stream), 0);
	assert_refused(octets, size, sentence);
	free(octets);
}

static void test_limits(void **state)
{
	(void)state;
	assert_repeated_refused(ROOT "<record><description>", "x", ENTRY_TEXT_MAX + 1, "</description></record>" END,
				"record 1 (line 1), Description: more than 1048576 octets");
	assert_repeated_refused(ROOT "<record><note>", "x", 9 << 20, "</note></record>" END,
				"line 1: more than 8388608 octets without a tag");
	assert_repeated_refused(ROOT "<record><note><![CDATA[", "x", 9 << 20, "]]></note></record>" END,
				"octets without a tag");
	assert_repeated_refused(ROOT "<record>", "<x/>", 400000, "</record>" END,
				"record 1 (line 1), Assignment Notes: more than");
	assert_repeated_refused(ROOT "<note>", "<a>", 1000, "</note>" END, "depth");
	assert_repeated_refused(ROOT "<note>x", "yz", 600000, "</note>" END,
				"what stands beside the records: more than 1048576");
	assert_repeated_refused(ROOT "<!-- <a \" --><a", " b=\">\"", 300, "/>" END,
				"line 1: more than 256 attributes in one tag");
	assert_repeated_refused(ROOT, "<a xmlns:b=\"c\">", 300, END, "line 1: more than 256 namespaces");
}

/* ---- writing ---- */

static void test_written_structure(void **state)
{
	struct entry entry = { .columns = { "a", "80", "tcp", "D < \" >", "[O]", "[A_B][C]", "2001", "2002",
					    "[RFC6335][1][draft-x-00][RFC-ietf-y-01][https://a.b][RFC 1]plain[open",
					    "7", "u", "n" } };
	struct entry_person person = { "A_B", "person", "A B\nOrg", "mailto:a&b", "2020" };
	struct rows rows = {
		.entries = &entry, .count = 1, .people = &person, .person_count = 1, .dated = "2026-02-25"
	};
	static const char expected[] = "  <record date=\"2001\" updated=\"2002\">\n"
				       "    <name>a</name>\n"
				       "    <protocol>tcp</protocol>\n"
				       "    <assignee>\n"
				       "      <xref type=\"person\" data=\"O\"/>\n"
				       "    </assignee>\n"
				       "    <xref type=\"person\" data=\"A_B\"/>\n"
				       "    <xref type=\"person\" data=\"C\"/>\n"
				       "    <description>D &lt; \" &gt;</description>\n"
				       "    <xref type=\"rfc\" data=\"rfc6335\"/>\n"
				       "    <xref type=\"note\" data=\"1\"/>\n"
				       "    <xref type=\"draft\" data=\"draft-x-00\"/>\n"
				       "    <xref type=\"draft\" data=\"RFC-ietf-y-01\"/>\n"
				       "    <xref type=\"uri\" data=\"https://a.b\"/>\n"
				       "    <xref type=\"text\">RFC 1</xref>\n"
				       "    <xref type=\"text\" brackets=\"no\">plain</xref>\n"
				       "    <xref type=\"text\" brackets=\"no\">[open</xref>\n"
				       "    <sc>7</sc>\n"
				       "    <number>80</number>\n"
				       "    <unauthorized>u</unauthorized>\n"
				       "    <note>n</note>\n"
				       "  </record>\n"
				       "  <people>\n"
				       "    <person id=\"A_B\">\n"
				       "      <name>A B</name>\n"
				       "      <org>Org</org>\n"
				       "      <uri>mailto:a&amp;b</uri>\n"
				       "      <updated>2020</updated>\n"
				       "    </person>\n"
				       "  </people>\n"
				       "</registry>\n";
	size_t size = 0;
	char *octets = write_accepted(&rows, &size);

	(void)state;
	assert_non_null(strstr(octets, "  <updated>2026-02-25</updated>\n"));
	assert_string_equal(strstr(octets, "  <record "), expected);
	free(octets);
}

/* Any texts that XML can carry, in every column. */
static void test_odd_texts(void **state)
{
	static const char *const texts[] = {
		" ",
		"\n",
		"\r",
		"\r\n",
		"\t",
		" a",
		"a ",
		"a \n b",
		"a\n b",
		"a \nb",
		"a \n \n b",
		"]]>",
		"<a>&amp;\"'",
		"[",
		"]",
		"[]",
		"[][]",
		"[a",
		"a]",
		"[a]b[c]",
		"[[a]]",
		"[ a ]",
		"[a\nb]",
		"[a \n b]",
		"[\t]",
		"RFC1",
		"[RFC]",
		"[RFC1a]",
		"[rfc1]",
		"[RFC0001]",
		"[1]",
		"[http://]",
		"[http://a b]",
		"[draft-]",
		"\xc2\x85\xc2\xa0\xe2\x80\xa8",
		"\xf0\x9f\x98\x80",
		"\x7f",
		"\xc2\x9b",
		"<?records?>\n",
		"xml:space",
	};
	enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };
	struct rows rows = { .dated = NULL };

	(void)state;
	rows.count = (size_t)TEXTS * ENTRY_COLUMNS;
	rows.entries = calloc(rows.count, sizeof(*rows.entries));
	assert_non_null(rows.entries);
	for (size_t i = 0; i < rows.count; i++) {
		for (size_t column = 0; column < ENTRY_COLUMNS; column++) {
			/* One column alone, or all of them with different ones. */
			bool here = i % 2 == 0 || column == i % ENTRY_COLUMNS;
			rows.entries[i].columns[column] =
				here ? texts[(i / ENTRY_COLUMNS + column * (i % 2)) % TEXTS] : "";
		}
		assert_int_equal(rows_complete(&rows.arena, &rows.entries[i]), 0);
	}
	assert_comes_back(&rows, false);
	free(rows.entries);
	arena_finish(&rows.arena);
}

static void test_not_carried(void **state)
{
	static const char *const texts[] = {
		"\x01", "\x1b[2J", "\xff", "\xef\xbf\xbe", "a\xef\xbf\xbf", "\xed\xa0\x80"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t column = 0; column < ENTRY_COLUMNS; column++) {
			struct entry entry = { .columns = { "", "", "", "", "", "", "", "", "", "", "", "" } };
			struct rows rows = { .entries = &entry, .count = 1 };
			char *octets = NULL;
			size_t size = 0;
			FILE *stream = open_memstream(&octets, &size);

			assert_non_null(stream);
			entry.columns[column] = texts[i];
			assert_int_equal(xml_write(stream, &rows), -EILSEQ);
			(void)fclose(stream);
			free(octets);
		}
	}
}

static void test_full(void **state)
{
	struct rows rows = { .count = 0 };
	FILE *stream = fopen("/dev/full", "we");

	(void)state;
	assert_non_null(stream);
	setbuf(stream, NULL);
	assert_int_equal(xml_write(stream, &rows), -EIO);
	(void)fclose(stream);
}

/* ---- IANA's files ---- */

static void test_iana(void **state)
{
	struct rows xml;
	struct rows csv;
	struct complaint complaint;
	size_t xml_size = 0;
	size_t csv_size = 0;
	char *xml_octets = read_iana("xml", &xml_size);
	char *csv_octets = read_iana("csv", &csv_size);
	size_t different = 0;

	(void)state;
	if (xml_octets == NULL || csv_octets == NULL) {
		free(xml_octets);
		free(csv_octets);
		skip();
	}
	read_accepted(xml_octets, xml_size, &xml);
	assert_int_equal(csv_read(csv_octets, csv_size, &csv, &complaint), 0);
	assert_int_equal(xml.count, 14500);
	assert_int_equal(xml.person_count, 5590);
	assert_string_equal(xml.dated, "2026-02-25");
	for (size_t i = 0; i < xml.count; i++) {
		for (size_t column = 0; column < ENTRY_COLUMNS; column++) {
			different += strcmp(xml.entries[i].columns[column], csv.entries[i].columns[column]) != 0;
		}
	}
	/* IANA put the draft's next revision into the CSV only. */
	assert_int_equal(different, 1);
	assert_string_equal(xml.entries[9136].columns[ENTRY_REFERENCE], "[RFC-ietf-lamps-rfc5273bis-10]");
	assert_string_equal(csv.entries[9136].columns[ENTRY_REFERENCE], "[RFC-ietf-lamps-rfc5273bis-11]");
	assert_comes_back(&xml, true);
	assert_comes_back(&csv, false);
	rows_finish(&xml);
	rows_finish(&csv);
	free(xml_octets);
	free(csv_octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),	  cmocka_unit_test(test_people),
		cmocka_unit_test(test_header),	  cmocka_unit_test(test_comes_back),
		cmocka_unit_test(test_recognize), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_limits),	  cmocka_unit_test(test_written_structure),
		cmocka_unit_test(test_odd_texts), cmocka_unit_test(test_not_carried),
		cmocka_unit_test(test_full),	  cmocka_unit_test(test_iana),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
