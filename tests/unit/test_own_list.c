/* test_own_list.c - an organisation's own list: columns by their names, all that is wrong told with its line. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/records/derive.h"
#include "registry/records/own_list.h"

static void read_list(const char *octets, const char *transport, struct own_list *ret_list)
{
	struct complaint complaint = { "" };
	size_t size = strlen(octets);
	char *exact = malloc(size);

	assert_non_null(exact);
	memcpy(exact, octets, size);
	int r = own_list_read(exact, size, transport, ret_list, &complaint);
	free(exact);
	assert_string_equal(complaint.sentence, "");
	assert_int_equal(r, 0);
}

/* "line: name lo-hi/transport holder", one a line. */
static void assert_rows(const struct own_list *list, const char *expected)
{
	char printed[4096] = "";
	size_t used = 0;

	for (size_t i = 0; i < list->rows.count; i++) {
		const struct entry *entry = &list->rows.entries[i];

		used += (size_t)snprintf(printed + used, sizeof(printed) - used, "%zu: %s %s/%s %s\n", list->lines[i],
					 entry->columns[ENTRY_NAME], entry->columns[ENTRY_PORT],
					 entry->columns[ENTRY_TRANSPORT], entry->columns[ENTRY_ASSIGNEE]);
		assert_true(used < sizeof(printed));
	}
	assert_string_equal(printed, expected);
}

static void assert_findings(const struct own_list *list, const char *expected)
{
	char printed[8192] = "";
	size_t used = 0;

	for (size_t i = 0; i < list->finding_count; i++) {
		const struct own_list_finding *finding = &list->findings[i];

		used += (size_t)snprintf(printed + used, sizeof(printed) - used, "%zu %s: %s\n", finding->line,
					 finding->refuses ? "refused" : "warning", finding->sentence);
		assert_true(used < sizeof(printed));
	}
	assert_string_equal(printed, expected);
}

static void test_columns(void **state)
{
	struct own_list list;

	(void)state;
	read_list("Notes,REFERENCE,port_number,Protocol,service-name,Purpose,Owner,Contact,Registration Date\n"
		  "n,r,20017,tcp,Billing,d,team,c,2026-11-01\n",
		  NULL, &list);
	assert_findings(&list, "");
	assert_rows(&list, "2: Billing 20017/tcp team\n");
	const struct entry *entry = &list.rows.entries[0];
	static const char *const expected[ENTRY_COLUMNS] = { "Billing",	   "20017", "tcp", "d", "team", "c",
							     "2026-11-01", "",	    "r",   "",	"",	"n" };
	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		assert_string_equal(entry->columns[i], expected[i]);
	}
	assert_string_equal(entry->fold, "billing");
	assert_int_equal(entry->lo, 20017);
	assert_int_equal(entry->status, ENTRY_ASSIGNED);
	assert_null(entry->raw);
	own_list_finish(&list);
}

static void test_spreadsheet(void **state)
{
	struct own_list list;

	(void)state;
	read_list("\xef\xbb\xbfsep=;\r\nPort;Proto;Team;;\r\n"
		  " 20017 ;TCP;\"a; \"\"b\"\"\r\nc\";;\r\n;;;;\r\n20018;udp;d;;x\r\n",
		  NULL, &list);
	assert_rows(&list, "3:  20017/tcp a; \"b\"\r\nc\n6:  20018/udp d\n");
	assert_findings(&list, "6 warning: \"x\" stands in column 5, which has no header, and is kept out\n");
	own_list_finish(&list);
	read_list("\n\nport\tteam\ttransport\r20017\ta,b\ttcp", NULL, &list);
	assert_rows(&list, "4:  20017/tcp a,b\n");
	own_list_finish(&list);
}

static void test_transports(void **state)
{
	struct own_list list;

	(void)state;
	read_list("port,transport,team\n"
		  "1,both,a\n2,tcp/udp,a\n3,\"udp, tcp\",a\n4/sctp,,a\n5/tcp,TCP,a\n6,dccp,a\n7,tcp+sctp,a\n20-22,,a\n",
		  "udp", &list);
	assert_findings(&list, "");
	assert_rows(&list,
		    "2:  1/tcp a\n2:  1/udp a\n3:  2/tcp a\n3:  2/udp a\n4:  3/tcp a\n4:  3/udp a\n5:  4/sctp a\n"
		    "6:  5/tcp a\n7:  6/dccp a\n8:  7/tcp a\n8:  7/sctp a\n9:  20-22/udp a\n");
	own_list_finish(&list);
}

static void test_ports(void **state)
{
	struct own_list list;

	(void)state;
	read_list(
		"port,transport,team\n"
		"1,tcp,a\n49150,tcp,a\n 20000 - 020010 ,tcp,a\n0,tcp,a\n1023,tcp,a\n1000-1030,udp,a\n49151,tcp,a\n"
		"49152,tcp,a\n49000-65535,udp,a\n65536,tcp,a\n20010-20000,sctp,a\nx,tcp,a\n\"20,017\",tcp,a\n,tcp,a\n",
		NULL, &list);
	assert_rows(&list, "2:  1/tcp a\n3:  49150/tcp a\n4:  20000-20010/tcp a\n");
	assert_findings(
		&list, "5 refused: P3: port 0 is reserved, as are 0, 1023, 1024 and 49151 at the edges of ranges\n"
		       "6 refused: P3: port 1023 is reserved, as are 0, 1023, 1024 and 49151 at the edges of ranges\n"
		       "7 refused: P3: port 1023 is reserved, as are 0, 1023, 1024 and 49151 at the edges of ranges\n"
		       "7 refused: P3: port 1024 is reserved, as are 0, 1023, 1024 and 49151 at the edges of ranges\n"
		       "8 refused: P3: port 49151 is reserved, as are 0, 1023, 1024 and 49151 at the edges of ranges\n"
		       "9 refused: P2: ports 49152 to 65535 are dynamic and never assigned\n"
		       "10 refused: P2: ports 49152 to 65535 are dynamic and never assigned\n"
		       "10 refused: P3: port 49151 is reserved, as are 0, 1023, 1024 and 49151 at the edges of ranges\n"
		       "11 refused: port \"65536\" is neither a number up to 65535 nor a range like 20000-20010\n"
		       "12 refused: port \"20010-20000\" is neither a number up to 65535 nor a range like 20000-20010\n"
		       "13 refused: port \"x\" is neither a number up to 65535 nor a range like 20000-20010\n"
		       "14 refused: port \"20,017\" is neither a number up to 65535 nor a range like 20000-20010\n"
		       "15 refused: neither a port nor a name\n");
	own_list_finish(&list);
}

/* All that is wrong with a row, and with all rows. */
static void test_findings(void **state)
{
	struct own_list list;

	(void)state;
	read_list("port,proto,name,since,team,team name,owner\n"
		  "20017,tpc,foo_bar,01.02.2026,a,,\n"
		  "20018,,,2026-02-30,,,\n"
		  "20019/tcp,udp,a,,,,\n"
		  "20020,tcp,,,,,\n"
		  "20021,tcp,a-service,2026-02-28,a,,\n"
		  "2\xe2\x80\xae,tcp,,,a,,\n",
		  NULL, &list);
	assert_rows(&list, "5:  20020/tcp \n6: a-service 20021/tcp a\n");
	assert_findings(
		&list,
		"1 warning: column \"owner\" means the same as \"team\", and is kept out\n"
		"1 warning: column \"team name\" is none of port, transport, name, description, holder, contact, "
		"since, "
		"notes, reference, and is kept out\n"
		"2 refused: N2: name \"foo_bar\" has '_', letters of ASCII, digits and '-' are allowed\n"
		"2 refused: date \"01.02.2026\" is no day; written YYYY-MM-DD it would be right\n"
		"2 refused: transport \"tpc\" is none of tcp, udp, sctp, dccp, both; did you mean \"tcp\"?\n"
		"3 refused: T1: no transport; tcp, udp, sctp, dccp or both would be right\n"
		"3 refused: date \"2026-02-30\" is no day; written YYYY-MM-DD it would be right\n"
		"4 refused: the transport in the port's column is not that in the transport's\n"
		"5 warning: without a name this row reads as unclear\n"
		"6 warning: N7: name \"a-service\" has \"service\" in it, which every name could have\n"
		"7 refused: port \"2\\u202e\" is neither a number up to 65535 nor a range like 20000-20010\n");
	own_list_finish(&list);
}

static void test_twice(void **state)
{
	struct own_list list;

	(void)state;
	read_list("port,proto,name,team\n"
		  "20017,both,a,x\n20017,udp,b,x\n20000-20020,tcp,c,x\n20019,tcp,d,x\n"
		  ",tcp,only,x\n,udp,only,x\n,tcp,ONLY,x\n20030,tcp,a,x\n20030,udp,A,x\n",
		  NULL, &list);
	assert_rows(&list, "2: a 20017/tcp x\n2: a 20017/udp x\n5: d 20019/tcp x\n6: only /tcp x\n7: only /udp x\n"
			   "8: ONLY /tcp x\n9: a 20030/tcp x\n10: A 20030/udp x\n");
	assert_findings(&list, "3 refused: 20017/udp stands in line 2 already\n"
			       "4 refused: 20017/tcp stands in line 2 already\n"
			       "8 refused: name \"ONLY\" for tcp stands in line 6 already\n"
			       "9 warning: P9: name \"a\" stands in line 2 with another port\n"
			       "10 warning: P9: name \"A\" stands in line 2 with another port\n");
	own_list_finish(&list);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *octets, *sentence;
	} samples[] = {
		{ "", "the file is empty; a header with a column \"port\" would be right" },
		{ "\n;;\n", "the file is empty; a header with a column \"port\" would be right" },
		{ "Prot,team\n1,2\n", "the header (line 1) has no column \"port\"; is \"Prot\" meant to be it?" },
		{ "\n\nteam\n", "the header (line 3) has no column \"port\"" },
		{ "sep=;\nport;team\n1;\"a\n", "record 1 (line 3), column team: the quote that opens here never ends" },
		{ "port,te\xe2\x80\xae\nx,\x1b\n", "record 1 (line 2), column te\\u202e: a control character" },
		{ "port,team\n1,\xff\n", "record 1 (line 2), column team: octets that are no UTF-8" },
		{ "\xff\xfep", "line 1: the file is UTF-16; UTF-8 would be right" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct own_list list;
		struct complaint complaint = { "" };
		int r = own_list_read(samples[i].octets, strlen(samples[i].octets), NULL, &list, &complaint);

		assert_string_equal(complaint.sentence, samples[i].sentence);
		assert_int_equal(r, -EBADMSG);
	}
}

static char *repeat(const char *header, const char *row, size_t count, size_t *ret_size)
{
	char *octets = NULL;
	FILE *stream = open_memstream(&octets, ret_size);

	assert_non_null(stream);
	(void)fputs(header, stream);
	for (size_t i = 0; i < count; i++) {
		(void)fputs(row, stream);
	}
	assert_int_equal(fclose(stream), 0);
	return octets;
}

static void test_limits(void **state)
{
	struct own_list list;
	struct complaint complaint = { "" };
	size_t size = 0;
	char *octets = repeat("port,proto\n49150,tcp\n", "1025-49150,tcp\n", 20000, &size);

	(void)state;
	assert_int_equal(own_list_read(octets, size, NULL, &list, &complaint), 0);
	assert_int_equal(list.finding_count, 10000);
	/* One more than there were in all: the row without a name, and those refused. */
	assert_string_equal(list.findings[9999].sentence, "and 10002 findings more");
	assert_true(list.findings[9999].refuses);
	own_list_finish(&list);
	free(octets);
	octets = repeat("port,proto,name\n", ",tcp,a\n", 4 * 65536 + 1, &size);
	assert_int_equal(own_list_read(octets, size, NULL, &list, &complaint), -EBADMSG);
	assert_string_equal(complaint.sentence, "line 262146: 262144 rows are the limit");
	free(octets);
	octets = repeat("port", ",a", 64, &size);
	assert_int_equal(own_list_read(octets, size, NULL, &list, &complaint), -EBADMSG);
	assert_string_equal(complaint.sentence, "the header (line 1), column 65: 64 columns are known; a text with a "
						"comma in it stands in quotes");
	free(octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),	 cmocka_unit_test(test_spreadsheet), cmocka_unit_test(test_transports),
		cmocka_unit_test(test_ports),	 cmocka_unit_test(test_findings),    cmocka_unit_test(test_twice),
		cmocka_unit_test(test_refusals), cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
