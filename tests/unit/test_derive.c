/* test_derive.c - what a row means: ports, statuses in words, names by RFC 6335, oddities. */
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

static struct entry entry_of(const char *name, const char *port, const char *description, const char *assignee)
{
	struct entry entry = { .fold = "" };

	for (size_t i = 0; i < ENTRY_COLUMNS; i++) {
		entry.columns[i] = "";
	}
	entry.columns[ENTRY_NAME] = name;
	entry.columns[ENTRY_PORT] = port;
	entry.columns[ENTRY_DESCRIPTION] = description;
	entry.columns[ENTRY_ASSIGNEE] = assignee;
	entry_derive(&entry);
	return entry;
}

static void test_ports(void **state)
{
	static const struct {
		const char *text;
		int lo, hi;
	} samples[] = {
		{ "", -1, -1 },		 { "0", 0, 0 },
		{ "80", 80, 80 },	 { "65535", 65535, 65535 },
		{ "225-241", 225, 241 }, { "7 - 9", 7, 9 },
		{ " 80 ", 80, 80 },	 { "65536", -1, -1 },
		{ "9-7", -1, -1 },	 { "80-", -1, -1 },
		{ "-80", -1, -1 },	 { "80x", -1, -1 },
		{ "8 0", -1, -1 },	 { "99999999999999", -1, -1 },
		{ "1-99999", -1, -1 },	 { "0x50", -1, -1 },
		{ "N/A", -1, -1 },	 { "1-2-3", -1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct entry entry = entry_of("", samples[i].text, "", "");
		assert_int_equal(entry.lo, samples[i].lo);
		assert_int_equal(entry.hi, samples[i].hi);
		assert_string_equal(entry.columns[ENTRY_PORT], samples[i].text);
	}
}

static void test_statuses(void **state)
{
	static const struct {
		const char *name, *description, *assignee;
		enum entry_status status;
		bool odd;
	} samples[] = {
		{ "http", "World Wide Web HTTP", "[T]", ENTRY_ASSIGNED, false },
		{ "", "Unassigned", "", ENTRY_UNASSIGNED, false },
		{ "", "unassigned", "", ENTRY_UNASSIGNED, true },
		{ "", "Unassigned [was netstat]", "", ENTRY_UNASSIGNED, true },
		{ "", "(unassigned) Possibly assigned", "", ENTRY_UNASSIGNED, true },
		{ "", "Unassigned (FRP-Released 12/7/00)", "", ENTRY_UNASSIGNED, true },
		{ "", "Unassigned", "[IANA]", ENTRY_UNASSIGNED, false },
		{ "", "Reserved", "", ENTRY_RESERVED, false },
		{ "", "Reserved - IANA", "", ENTRY_RESERVED, true },
		{ "", "De-registered", "", ENTRY_UNCLEAR, true },
		{ "", "Removed", "", ENTRY_UNCLEAR, true },
		{ "", "Deprecated", "", ENTRY_UNCLEAR, true },
		{ "", "De-Commissioned Port", "", ENTRY_UNCLEAR, true },
		{ "", "Decomissioned Port 04/14/00, ms", "[naonao]", ENTRY_UNCLEAR, true },
		{ "", "Possibly used by Sun Solaris????", "", ENTRY_UNCLEAR, true },
		{ "", "any private mail system", "[Rick_Adams]", ENTRY_UNCLEAR, true },
		{ "", "", "", ENTRY_UNCLEAR, true },
		{ "", "Billing", "pay", ENTRY_ASSIGNED, false },
		{ "", "Billing", "", ENTRY_UNCLEAR, true },
		{ "remoteware-un", "RemoteWare Unassigned", "[T]", ENTRY_ASSIGNED, false },
		{ "stun-behaviors", "Reserved for a future enhancement", "", ENTRY_ASSIGNED, false },
		{ "sua", "De-Registered", "[M]", ENTRY_ASSIGNED, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct entry entry = entry_of(samples[i].name, "", samples[i].description, samples[i].assignee);
		assert_int_equal(entry.status, samples[i].status);
		assert_int_equal((entry_oddities(&entry) & ODD_STATUS_TEXT) != 0, samples[i].odd);
	}
}

static void test_digest(void **state)
{
	struct entry entry = entry_of("a", "1", "", "");
	uint8_t digest[ENTRY_DIGEST_SIZE];

	(void)state;
	entry_digest(&entry, digest);
	assert_memory_equal(digest, entry.digest, sizeof(digest));
	entry.raw = "a,1\n";
	entry_derive(&entry);
	assert_memory_not_equal(digest, entry.digest, sizeof(digest));
}

static void test_transports(void **state)
{
	(void)state;
	assert_int_equal(entry_transport(""), ENTRY_TRANSPORT_NONE);
	assert_int_equal(entry_transport("tcp"), ENTRY_TCP);
	assert_int_equal(entry_transport("UDP"), ENTRY_UDP);
	assert_int_equal(entry_transport("sctp"), ENTRY_SCTP);
	assert_int_equal(entry_transport("dccp"), ENTRY_DCCP);
	assert_int_equal(entry_transport("ddp"), ENTRY_TRANSPORT_OTHER);
	assert_string_equal(entry_transport_name(ENTRY_TRANSPORT_NONE), "");
	assert_string_equal(entry_transport_name(ENTRY_DCCP), "dccp");
}

static void test_fold(void **state)
{
	char fold[16];

	(void)state;
	entry_fold("HTTP-Alt\xc3\x84", fold);
	assert_string_equal(fold, "http-alt\xc3\x84");
}

static void test_faults(void **state)
{
	static const struct {
		const char *name, *fault;
	} samples[] = {
		{ "abcdefghijklmnopq", "N1 has 17 characters, 15 are allowed" },
		{ "", "N1 is empty, 1 to 15 characters are allowed" },
		{ "na\xc3\xafve", "N2 has '\xc3\xaf', letters of ASCII, digits and '-' are allowed" },
		{ "a\x1b[2J", "N2 has '\\x1b', letters of ASCII, digits and '-' are allowed" },
		{ "6000-6063", "N3 has no letter, one is needed" },
		{ "-abc", "N4 has '-' at an end, it may stand only between letters and digits" },
		{ "a--b", "N4 has \"--\", one '-' is allowed between letters and digits" },
		{ "a-b-c", NULL },
	};
	char buffer[128];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		const char *fault = service_name_fault(samples[i].name, buffer, sizeof(buffer));
		assert_int_equal(fault == NULL, samples[i].fault == NULL);
		if (fault != NULL) {
			assert_string_equal(fault, samples[i].fault);
		}
	}
}

/* "name TAB verdict TAB rule TAB note": "bad" and "legacy-bad" are wrong, the others right. */
static void test_vectors(void **state)
{
	char path[4096];
	char buffer[128];
	size_t size = 0;
	size_t count = 0;

	(void)state;
	source_path("../data/vectors/service-name-vectors.tsv", path);
	char *text = read_file(path, &size);
	assert_non_null(text);
	text[size] = '\0';
	for (char *line = text; *line != '\0';) {
		char *end = strchr(line, '\n');
		char *tab = strchr(line, '\t');

		assert_non_null(end);
		if (*line != '#') {
			*tab = '\0';
			bool bad = strncmp(tab + 1, "bad", 3) == 0 || strncmp(tab + 1, "legacy-bad", 10) == 0;
			assert_int_equal(service_name_fault(line, buffer, sizeof(buffer)) != NULL, bad);
			count++;
		}
		line = end + 1;
	}
	assert_int_equal(count, 26);
	free(text);
}

static void test_well_formed(void **state)
{
	static const struct {
		const char *name, *well_formed;
	} samples[] = {
		{ "whois++", "whoispp" },
		{ "acmaint_dbd", "acmaint-dbd" },
		{ "914c/g", "914c-g" },
		{ "sql*net", "sql-net" },
		{ "z39.50", "z39-50" },
		{ "EtherNet/IP-2", "EtherNet-IP-2" },
		{ "http", "http" },
		{ "a++", NULL },
		{ "", NULL },
		{ "_a", NULL },
		{ "Apple Remote Desktop (Net Assistant)", NULL },
	};
	char name[16];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		bool found = entry_well_formed(samples[i].name, name, sizeof(name));
		assert_int_equal(found, samples[i].well_formed != NULL);
		if (found) {
			assert_string_equal(name, samples[i].well_formed);
		}
	}
	assert_false(entry_well_formed("acmaint_dbd", name, 11));
}

static void test_oddities(void **state)
{
	struct entry entry = entry_of("a_b", "1-2", "12345678901234567890123456789012345678901", "");

	(void)state;
	assert_int_equal(entry_oddities(&entry), ODD_NAME | ODD_NO_TRANSPORT | ODD_LONG_DESCRIPTION);
	entry = entry_of("a", "1",
			 "\xc3\xa4"
			 "234567890123456789012345678901234567890",
			 "");
	entry.columns[ENTRY_TRANSPORT] = "tcp";
	assert_int_equal(entry_oddities(&entry), 0);
	entry.columns[ENTRY_REGISTERED] = "2008-04";
	entry.columns[ENTRY_MODIFIED] = "2024-02-29";
	assert_int_equal(entry_oddities(&entry), 0);
	entry.columns[ENTRY_MODIFIED] = "2023-02-29";
	assert_int_equal(entry_oddities(&entry), ODD_DATE);
	entry.columns[ENTRY_MODIFIED] = "";
	entry.columns[ENTRY_NOTES] = "This entry is an alias to \"sql-net\".\nThis entry is now historic";
	entry.columns[ENTRY_UNAUTHORIZED] = "Known";
	assert_int_equal(entry_oddities(&entry), ODD_REPLACED | ODD_UNAUTHORIZED);
}

/* ---- IANA's file ---- */

struct ports {
	bool assigned[ENTRY_TRANSPORT_OTHER + 1][65536];
};

static size_t count_ports(const struct ports *ports, int transport, int lo, int hi)
{
	size_t count = 0;

	for (int port = lo; port <= hi; port++) {
		count += ports->assigned[transport][port];
	}
	return count;
}

static void check_ports(const struct rows *rows)
{
	struct ports *ports = calloc(1, sizeof(*ports));

	assert_non_null(ports);
	for (size_t i = 0; i < rows->count; i++) {
		const struct entry *entry = &rows->entries[i];

		for (int port = entry->lo; entry->status == ENTRY_ASSIGNED && port >= 0 && port <= entry->hi; port++) {
			ports->assigned[entry_transport(entry->columns[ENTRY_TRANSPORT])][port] = true;
		}
	}
	static const size_t figures[][2] = {
		[ENTRY_TRANSPORT_NONE] = { 0, 190 },
		[ENTRY_TCP] = { 682, 5270 },
		[ENTRY_UDP] = { 678, 4879 },
		[ENTRY_SCTP] = { 9, 79 },
		[ENTRY_DCCP] = { 3, 6 },
	};
	for (int transport = ENTRY_TRANSPORT_NONE; transport < ENTRY_TRANSPORT_OTHER; transport++) {
		assert_int_equal(count_ports(ports, transport, 0, 1023), figures[transport][0]);
		assert_int_equal(count_ports(ports, transport, 1024, 49151), figures[transport][1]);
		assert_int_equal(count_ports(ports, transport, 49152, 65535), 0);
	}
	free(ports);
}

static void test_iana(void **state)
{
	size_t statuses[4] = { 0 };
	size_t odd[7] = { 0 };
	size_t size = 0;
	struct rows rows;
	struct complaint complaint;
	char *octets = read_iana("csv", &size);

	(void)state;
	if (octets == NULL) {
		skip();
	}
	assert_int_equal(csv_read(octets, size, &rows, &complaint), 0);
	for (size_t i = 0; i < rows.count; i++) {
		statuses[rows.entries[i].status]++;
		for (size_t bit = 0; bit < 7; bit++) {
			odd[bit] += entry_oddities(&rows.entries[i]) >> bit & 1;
		}
	}
	assert_int_equal(statuses[ENTRY_ASSIGNED], 12780);
	assert_int_equal(statuses[ENTRY_UNASSIGNED], 886);
	assert_int_equal(statuses[ENTRY_RESERVED], 808);
	assert_int_equal(statuses[ENTRY_UNCLEAR], 26);
	static const size_t odd_figures[] = { 185, 34, 16, 803, 0, 184, 112 };
	for (size_t bit = 0; bit < 7; bit++) {
		assert_int_equal(odd[bit], odd_figures[bit]);
	}
	check_ports(&rows);
	rows_finish(&rows);
	free(octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ports),	   cmocka_unit_test(test_statuses),    cmocka_unit_test(test_digest),
		cmocka_unit_test(test_transports), cmocka_unit_test(test_fold),	       cmocka_unit_test(test_faults),
		cmocka_unit_test(test_vectors),	   cmocka_unit_test(test_well_formed), cmocka_unit_test(test_oddities),
		cmocka_unit_test(test_iana),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
