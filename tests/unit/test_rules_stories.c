/* test_rules_stories.c - applications as they were made: what the rules say of them, with a small registry and,
 * where it is at hand, with IANA's own list as it stood without them. */
#include "registry/words/complain.h"
#include "registry/process/process_describe.h"
#include "rules_forms.h"

enum { ANSWERS_MAX = 32 };

/* What stood at the numbers of the stories. */
static const struct sample rows[] = {
	{ .name = "http",
	  .port = "80",
	  .transport = "tcp",
	  .description = "World Wide Web HTTP",
	  .assignee = "[IESG]" },
	{ .name = "https",
	  .port = "443",
	  .transport = "tcp",
	  .description = "http over TLS/SSL",
	  .assignee = "[IESG]" },
	{ .port = "1025-8122", .description = "Unassigned" },
	{ .port = "8123-8127", .description = "Unassigned" },
	{ .port = "19791-19997", .description = "Unassigned" },
	{ .name = "iec-104-sec", .port = "19998", .transport = "tcp", .description = "IEC 60870-5-104" },
	{ .name = "dnp-sec",
	  .port = "19999",
	  .transport = "tcp",
	  .description = "Distributed Network Protocol - Secure",
	  .assignee = "[Grant_Gilchrist]" },
	{ .name = "dnp-sec",
	  .port = "19999",
	  .transport = "udp",
	  .description = "Distributed Network Protocol - Secure",
	  .assignee = "[Grant_Gilchrist]" },
	{ .name = "dnp", .port = "20000", .transport = "tcp", .description = "DNP" },
	{ .port = "26000-27000", .description = "Unassigned" },
};

/* ---- the applications ---- */

static const struct said netdata[ANSWERS_MAX] = {
	{ "applicant", "Example Monitoring" },
	{ "applicant-email", "ports@example.org" },
	{ "transport", "tcp" },
	{ "formats", "HTTP/1.1 requests and replies; the bodies are JSON." },
	{ "types", "GET requests for pages of the dashboard and for metrics, and replies." },
	{ "opcodes", "The methods of HTTP, of which GET and OPTIONS are used." },
	{ "sequences", "A client sends a request and waits for the reply." },
	{ "functions", "A dashboard for browsers, and an interface that gives metrics of the host." },
	{ "broadcast", "no" },
	{ "reference", "https://example.org/monitoring" },
	{ "title", "Real-time performance monitoring" },
	{ "short", "netdata" },
	{ "port", "19999" },
	{ "specification", "document" },
	{ "why-not-dynamic", "Dashboards of many hosts refer to each other by address and number." },
	{ "security", "TLS may be put before it by a proxy." },
};

static const struct said plotly[ANSWERS_MAX] = {
	{ "applicant", "Example Charts" },
	{ "applicant-email", "support@example.org" },
	{ "transport", "tcp" },
	{ "formats", "JSON objects, each with its length before it." },
	{ "types", "Query, rows, error." },
	{ "opcodes", "Connect, query, disconnect." },
	{ "sequences", "The page sends a query and waits for rows or an error." },
	{ "functions", "A page of the chart editor asks the connector on localhost to query a database." },
	{ "broadcast", "no" },
	{ "reference", "https://example.org/connector" },
	{ "title", "Database connector" },
	{ "short", "falcon-sql" },
	{ "specification", "document" },
	{ "why-not-dynamic", "The page must know where the connector answers before it is loaded." },
	{ "security", "TLS with a certificate for the connector." },
};

static const struct said statsd[ANSWERS_MAX] = {
	{ "applicant", "Example Statistics" },
	{ "applicant-email", "ports@example.org" },
	{ "transport", "udp" },
	{ "formats", "Name, colon, value, bar, type, as one line of text; several lines in a datagram." },
	{ "types", "Counter, timer, gauge, set." },
	{ "opcodes", "none" },
	{ "sequences", "A client sends datagrams; nothing is sent back." },
	{ "functions", "Counting and timing what programs do, and forwarding sums." },
	{ "broadcast", "no" },
	{ "reference", "https://example.org/statistics" },
	{ "title", "Statistics of programs" },
	{ "short", "statsd" },
	{ "port", "8125" },
	{ "specification", "document" },
	{ "why-not-dynamic", "Clients in several languages send to 8125 since 2011 and cannot be changed at once." },
	{ "congestion", "Clients send a sample of what they count, and less when told so." },
	{ "discovery-only", "no" },
	{ "security", "Datagrams can be encrypted with DTLS." },
	{ "development", "Already deployed at many sites." },
};

static const struct said bonsai[ANSWERS_MAX] = {
	{ "applicant", "Example Databases" },
	{ "applicant-email", "ports@example.org" },
	{ "transport", "udp tcp" },
	{ "formats", "A length, then a serialised request or response." },
	{ "types", "Request, response, error, notice of a subscription." },
	{ "opcodes", "Open, insert, update, delete, view, subscribe, publish." },
	{ "sequences", "A client sends requests with numbers; responses come in any order." },
	{ "functions", "Storing documents, querying views, and publishing what changed." },
	{ "broadcast", "no" },
	{ "reference", "https://example.org/database" },
	{ "title", "Document database" },
	{ "short", "bonsaidb" },
	{ "specification", "document" },
	{ "why-not-dynamic", "Users should have a default port, so that none has to be configured." },
	{ "congestion", "That of QUIC, RFC 9002." },
	{ "discovery-only", "no" },
	{ "differs", "Not at all but for the transport: QUIC over UDP, WebSocket over TCP." },
	{ "security", "QUIC and TLS with certificates." },
	{ "development", "An alpha release." },
};

static const struct said cockroach[ANSWERS_MAX] = {
	{ "applicant", "Example Databases" },
	{ "applicant-email", "ports@example.org" },
	{ "transport", "tcp" },
	{ "formats", "Length, kind, and a message in Protocol Buffers." },
	{ "types", "Begin, execute, rows, commit, error." },
	{ "opcodes", "Read, write, scan, begin, commit, abort." },
	{ "sequences", "A client begins, executes, and commits; the server answers each message in order." },
	{ "functions", "Transactions over tables that several servers hold." },
	{ "broadcast", "no" },
	{ "reference", "https://example.org/protocol" },
	{ "title", "CockroachDB" },
	{ "short", "cockroach" },
	{ "port", "26257" },
	{ "specification", "document" },
	{ "why-not-dynamic",
	  "Servers of one cluster find each other before any directory is up, which the cluster itself holds." },
	{ "security", "TLS with certificates of both sides." },
	{ "versioning", "Each side says what it knows in its first message." },
	{ "development", "Open source, with one implementation." },
};

static const struct said logcabin[ANSWERS_MAX] = {
	{ "applicant", "Diego Ongaro" },
	{ "applicant-email", "ports@example.org" },
	{ "transport", "tcp" },
	{ "formats", "Marker, version, length, message identifier, and a Protocol Buffer." },
	{ "types", "Request and reply, of clients and between servers." },
	{ "opcodes", "Read and write of the tree, request for votes, entries appended." },
	{ "sequences", "A client sends requests with identifiers; replies come in any order." },
	{ "functions", "A replicated store for small amounts of data that other systems depend on." },
	{ "broadcast", "no" },
	{ "reference", "https://example.org/logcabin" },
	{ "title", "LogCabin storage service" },
	{ "short", "logcabin" },
	{ "port", "any" },
	{ "specification", "document" },
	{ "why-not-dynamic",
	  "It is what other systems ask where their services are, so nothing else can tell where it is." },
	{ "security", "Messages are to be authenticated and encrypted with TLS; until then, closed networks." },
};

/* ---- what is said ---- */

struct story {
	const char *name;
	const struct said *answers;
	const char *refusals[2];
	const char *warnings[3]; /* must be among them; none: nothing is found at all */
};

static const struct story stories[] = {
	{ "netdata", netdata, { "P5" }, { "J6" } },	{ "plotly", plotly, { NULL }, { "J6" } },
	{ "statsd", statsd, { NULL }, { "J8" } },	{ "bonsai", bonsai, { NULL }, { "J6" } },
	{ "cockroach", cockroach, { NULL }, { NULL } }, { "logcabin", logcabin, { NULL }, { NULL } },
};

static void check_story(const struct story *story, const struct view *view)
{
	struct form form = { .kind = FORM_USER };
	struct rule_report report;
	size_t refusals = 0;

	set_answers(&form, story->answers, ANSWERS_MAX);
	examine_form(&form, view, &report);
	for (size_t i = 0; i < 2 && story->refusals[i] != NULL; i++, refusals++) {
		assert_non_null(find_rule(&report, story->refusals[i]));
		assert_int_equal(find_rule(&report, story->refusals[i])->level, RULE_REFUSE);
	}
	for (size_t i = 0; i < 3 && story->warnings[i] != NULL; i++) {
		if (find_rule(&report, story->warnings[i]) == NULL) {
			fail_msg("%s: %s", story->name, story->warnings[i]);
		}
	}
	if (story->warnings[0] == NULL) {
		assert_no_finding(&report);
	}
	assert_int_equal(report.counts[RULE_REFUSE], refusals);
	rule_report_finish(&report);
	form_finish(&form);
}

static void small_view(struct view *ret_view)
{
	struct view_builder *builder = sample_builder();

	sample_rows(builder, "iana", SAMPLES(rows), NULL);
	sample_bands(builder);
	finish_builder(builder, ret_view);
}

static void test_stories(void **state)
{
	struct view view;

	(void)state;
	small_view(&view);
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		check_story(&stories[i], &view);
	}
	free_view(&view);
}

/* What these applications brought into the list is taken out of it again. */
static void forget_stories(struct rows *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct entry *entry = &list->entries[i];
		bool is_story = entry->lo == 5254 || entry->lo == 26257;
		if (!is_story) {
			list->entries[kept++] = *entry;
		}
	}
	list->count = kept;
}

static void test_stories_in_iana_list(void **state)
{
	struct rows list;
	struct view view;

	(void)state;
	if (!iana_rows(&list)) {
		skip();
	}
	forget_stories(&list);
	view_of_rows(&list, &view);
	for (size_t i = 0; i < sizeof(stories) / sizeof(stories[0]); i++) {
		check_story(&stories[i], &view);
	}
	free_view(&view);
	rows_finish(&list);
}

/* ---- details of the stories ---- */

static void test_netdata(void **state)
{
	struct form form = { .kind = FORM_USER };
	struct rule_report report;
	struct view view;

	(void)state;
	small_view(&view);
	set_answers(&form, netdata, ANSWERS_MAX);
	examine_form(&form, &view, &report);
	assert_string_equal(find_rule(&report, "P5")->sentence, "port 19999/tcp is taken: dnp-sec 19999/tcp, assigned");
	assert_string_equal(find_rule(&report, "J6")->field, "formats");
	/* 19998 and 20000 to 20099, another band, are not offered. */
	assert_int_equal(report.free_near[0], 19997);
	assert_int_equal(report.port, 19999);
	rule_report_finish(&report);
	form_finish(&form);
	free_view(&view);
}

/* ---- a file, and the description in it ---- */

/* The same mistake is not told twice, by a rule and by the examiner of the description. */
static void test_told_once(void **state)
{
	static const char berth[] =
		"application user {\n"
		"  applicant \"Ada Example\" \"ada@example.org\";\n"
		"  transport tcp;\n"
		"  formats \"Length, op code, file name, octets of the file, a check sum.\";\n"
		"  types \"Request, reply, cancel.\"; opcodes none;\n"
		"  functions \"Reading and writing files by name.\";\n"
		"  broadcast no; reference \"https://example.org/keep\"; title \"Example file service\";\n"
		"  short \"abcdefghijklmnop\";\n"
		"  port 80;\n"
		"  specification document;\n"
		"  service-code \"SC:keep\";\n"
		"  why-not-dynamic \"Clients call before any other service is up.\";\n"
		"  security \"TLS 1.3.\";\n"
		"}\n";
	struct complaint complaint;
	struct described *described;
	struct rule_report report;
	struct form form;
	struct view view;

	(void)state;
	small_view(&view);
	assert_int_equal(form_read_berth("app.berth", berth, strlen(berth), &form, &complaint), 0);
	assert_int_equal(process_describe(berth, &described), 0);
	assert_true(described_report(described)->counts[FINDING_ERROR] > 0);
	const struct rules_context context = { .view = &view, .description = described_report(described) };
	assert_int_equal(rules_examine(&form, &context, &report), 0);
	static const struct {
		const char *id;
		unsigned line;
	} expected[] = { { "F1", 0 }, { "N1", 8 }, { "P1", 9 }, { "P5", 9 }, { "D1", 11 } };
	for (size_t i = 0; i < report.count && i < sizeof(expected) / sizeof(expected[0]); i++) {
		assert_string_equal(report.findings[i].id, expected[i].id);
		assert_int_equal(report.findings[i].line, expected[i].line);
	}
	assert_int_equal(report.count, sizeof(expected) / sizeof(expected[0]));
	assert_null(described_destroy(described));
	rule_report_finish(&report);
	form_finish(&form);
	free_view(&view);
}

/* Only the examiner of the description can know these. */
static void test_description_is_heard(void **state)
{
	static const char berth[] =
		"application user {\n"
		"  applicant \"Ada Example\" \"ada@example.org\"; transport tcp;\n"
		"  formats described;\n"
		"  types \"Request, reply, cancel.\"; opcodes none;\n"
		"  sequences \"A client sends a request and waits for the reply.\";\n"
		"  functions \"Reading and writing files by name.\";\n"
		"  broadcast no; reference \"https://example.org/keep\"; title \"Example file service\";\n"
		"  short \"keepfile\"; specification document;\n"
		"  why-not-dynamic \"Clients call before any other service is up.\";\n"
		"  security \"TLS 1.3.\";\n"
		"}\n";
	struct complaint complaint;
	struct described *described;
	struct rule_report report;
	struct form form;

	(void)state;
	assert_int_equal(form_read_berth("app.berth", berth, strlen(berth), &form, &complaint), 0);
	assert_int_equal(process_describe(berth, &described), 0);
	const struct rules_context context = { .description = described_report(described) };
	assert_int_equal(rules_examine(&form, &context, &report), 0);
	assert_int_equal(report.count, 1);
	assert_string_equal(report.findings[0].id, "E13");
	assert_int_equal(report.findings[0].level, RULE_REFUSE);
	assert_int_equal(report.findings[0].line, 3);
	assert_null(described_destroy(described));
	rule_report_finish(&report);
	form_finish(&form);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_stories_in_iana_list),
		cmocka_unit_test(test_netdata),
		cmocka_unit_test(test_told_once),
		cmocka_unit_test(test_description_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
