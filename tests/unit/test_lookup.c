/* test_lookup.c - questions are read, answered and written. */
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "registry/lookup/answers.h"
#include "registry/words/answers_text.h"
#include "view_samples.h"

/* ---- questions ---- */

struct read_sample {
	const char *text;
	const char *name; /* as it is read */
	enum question_kind kind;
	int lo, hi, transport;
};

static const struct read_sample read_samples[] = {
	{ "http", "http", QUESTION_NAME, -1, -1, 0 },
	{ "HTTP", "http", QUESTION_NAME, -1, -1, 0 },
	{ "http/TCP", "http", QUESTION_NAME, -1, -1, ENTRY_TCP },
	{ "cl/1", "cl/1", QUESTION_NAME, -1, -1, 0 },
	{ "/tcp", "/tcp", QUESTION_NAME, -1, -1, 0 },
	{ "sql*net", "sql*net", QUESTION_NAME, -1, -1, 0 },
	{ "3com-tsmux", "3com-tsmux", QUESTION_NAME, -1, -1, 0 },
	{ "1-a", "1-a", QUESTION_NAME, -1, -1, 0 },
	{ "-5", "-5", QUESTION_NAME, -1, -1, 0 },
	{ "5-", "5-", QUESTION_NAME, -1, -1, 0 },
	{ "Escale (Newton Dock)", "escale (newton dock)", QUESTION_NAME, -1, -1, 0 },
	{ "sc:fdpz", "sc:fdpz", QUESTION_NAME, -1, -1, 0 },
	{ "0", "", QUESTION_PORTS, 0, 0, 0 },
	{ "65535", "", QUESTION_PORTS, 65535, 65535, 0 },
	{ "0080", "", QUESTION_PORTS, 80, 80, 0 },
	{ "5254/tcp", "", QUESTION_PORTS, 5254, 5254, ENTRY_TCP },
	{ "5254/DCCP", "", QUESTION_PORTS, 5254, 5254, ENTRY_DCCP },
	{ "6000-6010", "", QUESTION_PORTS, 6000, 6010, 0 },
	{ "6000-6010/udp", "", QUESTION_PORTS, 6000, 6010, ENTRY_UDP },
	{ "_wot._tcp", "wot", QUESTION_DNS_SD, -1, -1, ENTRY_TCP },
	{ "_WoT._UDP", "wot", QUESTION_DNS_SD, -1, -1, ENTRY_UDP },
};

static void test_reads_questions(void **state)
{
	char complaint[256] = "";
	struct question question;

	(void)state;
	for (size_t i = 0; i < sizeof(read_samples) / sizeof(read_samples[0]); i++) {
		const struct read_sample *sample = &read_samples[i];
		assert_int_equal(question_read(sample->text, &question, complaint, sizeof(complaint)), 0);
		assert_int_equal(question.kind, sample->kind);
		assert_string_equal(question.name, sample->name);
		assert_int_equal(question.lo, sample->lo);
		assert_int_equal(question.hi, sample->hi);
		assert_int_equal(question.transport, sample->transport);
	}
	assert_int_equal(question_read("SC=x6664707A", &question, complaint, sizeof(complaint)), 0);
	assert_int_equal(question.kind, QUESTION_SERVICE_CODE);
	assert_int_equal(question.service_code, 1717858426);
	assert_string_equal(complaint, "");
}

static void expect_complaint(const char *text, const char *expected)
{
	char complaint[256] = "";
	struct question question = { .lo = 77 };

	assert_int_equal(question_read(text, &question, complaint, sizeof(complaint)), -EINVAL);
	assert_int_equal(question.lo, 77);
	assert_non_null(strstr(complaint, expected));
	for (size_t i = 0; complaint[i] != '\0'; i++) {
		assert_in_range((unsigned char)complaint[i], ' ', '~');
	}
	assert_int_equal(question_read(text, &question, NULL, 0), -EINVAL);
}

static void test_refuses_questions(void **state)
{
	char lengthy[300];

	(void)state;
	memset(lengthy, 'a', sizeof(lengthy) - 1);
	lengthy[sizeof(lengthy) - 1] = '\0';
	expect_complaint("", "\"\" asks for nothing");
	expect_complaint(lengthy, "is longer than any name");
	expect_complaint("65536", "\"65536\" has a number above 65535");
	expect_complaint("99999999999999999999", "above 65535");
	expect_complaint("1-65536", "above 65535");
	expect_complaint("10-5", "ends before it begins");
	expect_complaint("80/", "tcp, udp, sctp or dccp");
	expect_complaint("80/icmp", "tcp, udp, sctp or dccp");
	expect_complaint("80/a-rather-long-word", "tcp, udp, sctp or dccp");
	expect_complaint("_wot", "_ipp._tcp");
	expect_complaint("_._tcp", "_ipp._tcp");
	expect_complaint("_wot._sctp", "_tcp or _udp");
	expect_complaint("_\x1b[31m._x", "\"_\\x1b[31m._x\" does not end in");
	expect_complaint("SC:toolong", "1 to 4 letters");
	expect_complaint("SC=4294967295", "SC=4294967294");
	expect_complaint("SC=4294967296", "SC=4294967294");
}

/* ---- texts ---- */

static void expect_shown(const char *text, const char *expected, int width)
{
	char shown[256];

	shown_text(text, shown, sizeof(shown));
	assert_string_equal(shown, expected);
	assert_int_equal(shown_width(text), width);
}

static void test_shows_nothing_that_steers(void **state)
{
	char few[6];

	(void)state;
	expect_shown("plain", "plain", 5);
	expect_shown("", "", 0);
	expect_shown("a\n  b\t\r\n c", "a b c", 5);
	expect_shown("\x1b[2J", "\\x1b[2J", 7);
	expect_shown("\x7f\x01", "\\x7f\\x01", 8);
	expect_shown("\xc2\x9b"
		     "31m",
		     "\\u009b31m", 9);
	expect_shown("\xe2\x80\xae"
		     "txt",
		     "\\u202etxt", 9);
	expect_shown("\xe2\x81\xa6\xd8\x9c\xe2\x80\xa8", "\\u2066\\u061c\\u2028", 18);
	expect_shown("Z\xc3\xbcrich", "Z\xc3\xbcrich", 6);
	/* What is no UTF-8: a lone octet, one too long, a surrogate, a number too high, an end too soon. */
	expect_shown("\xff", "\\xff", 4);
	expect_shown("\xc0\xaf", "\\xc0\\xaf", 8);
	expect_shown("\xed\xa0\x80", "\\xed\\xa0\\x80", 12);
	expect_shown("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", 16);
	expect_shown("\xe2\x82", "\\xe2\\x82", 8);
	shown_text("abc\x1b"
		   "d",
		   few, sizeof(few));
	assert_string_equal(few, "abc");
}

/* ---- answers ---- */

/* What is written for some questions, to be freed. */
static char *written(const struct view *view, const char *const *questions, size_t count, enum answer_form form,
		     int *ret_found)
{
	struct question question;
	struct answers *answers;
	char *text = NULL;
	size_t size = 0;

	*ret_found = 0;
	assert_int_equal(answers_create(view, &answers), 0);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(question_read(questions[i], &question, NULL, 0), 0);
		int found = answers_ask(answers, &question);
		assert_true(found >= 0);
		*ret_found += found;
	}
	FILE *stream = open_memstream(&text, &size);
	assert_non_null(stream);
	assert_int_equal(answers_write(answers, form, stream), 0);
	(void)fclose(stream);
	assert_null(answers_destroy(answers));
	return text;
}

static void expect_answer(const char *text, int found, const char *expected)
{
	struct view view;
	int count;

	sample_view(&view);
	char *answer = written(&view, &text, 1, ANSWER_ALIGNED, &count);
	assert_string_equal(answer, expected);
	assert_int_equal(count, found);
	free(answer);
	free_view(&view);
}

static void test_answers_for_people(void **state)
{
	(void)state;
	expect_answer("5254", 2,
		      "PORT      NAME      STATUS    SINCE       HOLDER          DESCRIPTION\n"
		      "5254/tcp  logcabin  assigned  2015-04-14  [Diego_Ongaro]  LogCabin storage service\n"
		      "5254/udp  -         reserved  -\n");
	expect_answer("ftp", 2,
		      "PORT      NAME  STATUS    SINCE       HOLDER        DESCRIPTION\n"
		      "2121/tcp  ftp   assigned  2026-03-01  team-files    Our file server\n"
		      "21/tcp    ftp   assigned  -           [Jon_Postel]  File Transfer Protocol [Control]\n");
	expect_answer("6005", 1,
		      "PORT           NAME  STATUS    SINCE  HOLDER  DESCRIPTION\n"
		      "6000-6063/tcp  x11   assigned  -      -       X Window System\n");
	expect_answer("6400/sctp", 1,
		      "PORT    NAME     STATUS    SINCE  HOLDER  DESCRIPTION\n"
		      "6400/*  boe-cms  assigned  -      -       Business Objects CMS contact port\n");
	expect_answer("SQL*net", 1,
		      "PORT    NAME     STATUS    SINCE  HOLDER  DESCRIPTION\n"
		      "66/tcp  sql*net  assigned  -      -       Oracle SQL*NET\n");
	expect_answer("SC:DISC", 1,
		      "PORT    NAME     STATUS    SINCE  HOLDER  DESCRIPTION\n"
		      "9/dccp  discard  assigned  -      -       Discard\n");
	expect_answer("presence", 1,
		      "PORT  NAME      STATUS    SINCE  HOLDER  DESCRIPTION\n"
		      "-     presence  assigned  -      -       Peer-to-peer messaging\n");
	expect_answer("nothing", 0, "");
}

static void test_answers_for_free_ports(void **state)
{
	static const char *const both[] = { "9", "5256" };
	struct view view;
	int found;

	(void)state;
	expect_answer("5256", 0, "5256/*  unassigned (in the unassigned range 5255-5263)\n");
	expect_answer("5256/tcp", 0, "5256/tcp  unassigned (in the unassigned range 5255-5263)\n");
	expect_answer("5250", 0, "5250/*  unassigned (no row has it; the unassigned range 5255-5263 begins nearby)\n");
	expect_answer("5264/udp", 0,
		      "5264/udp  unassigned (no row has it; the unassigned range 5255-5263 ends nearby)\n");
	expect_answer("40000", 0, "40000/*  unassigned (no row has it)\n");
	expect_answer("50000", 0, "50000/*  unassigned (never assigned: band dynamic)\n");
	expect_answer("40000-40010", 0, "40000-40010/*  unassigned (no row has any of them)\n");
	/* The overlap is IANA's own. */
	expect_answer("7775", 1,
		      "PORT         NAME    STATUS      SINCE  HOLDER  DESCRIPTION\n"
		      "7775/tcp     inetfs  assigned    -      -       A File System using TLS\n"
		      "7748-7776/*  -       unassigned  -\n");
	sample_view(&view);
	char *answer = written(&view, both, 2, ANSWER_ALIGNED, &found);
	assert_string_equal(answer, "PORT    NAME     STATUS    SINCE  HOLDER  DESCRIPTION\n"
				    "9/dccp  discard  assigned  -      -       Discard\n"
				    "5256/*  unassigned (in the unassigned range 5255-5263)\n");
	free(answer);
	free_view(&view);
}

static void test_answers_for_ranges(void **state)
{
	(void)state;
	expect_answer("5254-6000", 3,
		      "PORT           NAME      STATUS      SINCE       HOLDER          DESCRIPTION\n"
		      "5254/tcp       logcabin  assigned    2015-04-14  [Diego_Ongaro]  LogCabin storage service\n"
		      "5254/udp       -         reserved    -\n"
		      "5255-5263/*    -         unassigned  -\n"
		      "6000-6063/tcp  x11       assigned    -           -               X Window System\n");
	expect_answer("5256-5257", 0,
		      "PORT         NAME  STATUS      SINCE  HOLDER  DESCRIPTION\n"
		      "5255-5263/*  -     unassigned  -\n");
}

/* RFC 6763, 7: "_udp" is for everything but TCP. */
static void test_answers_for_dns_sd(void **state)
{
	(void)state;
	expect_answer("_wot._tcp", 1,
		      "PORT   NAME  STATUS    SINCE  HOLDER  DESCRIPTION\n"
		      "-/tcp  wot   assigned  -      -       W3C WoT Thing Description\n");
	expect_answer("_wot._udp", 0, "");
	expect_answer("_discard._udp", 1,
		      "PORT    NAME     STATUS    SINCE  HOLDER  DESCRIPTION\n"
		      "9/dccp  discard  assigned  -      -       Discard\n");
	expect_answer("_discard._tcp", 0, "");
	expect_answer("_presence._tcp", 1,
		      "PORT  NAME      STATUS    SINCE  HOLDER  DESCRIPTION\n"
		      "-     presence  assigned  -      -       Peer-to-peer messaging\n");
}

/* ---- hostile rows ---- */

static const struct sample hostile_samples[] = {
	{ .name = "evil",
	  .port = "1",
	  .transport = "tcp",
	  .description = "a\tb\nc\\d\x1b[31m \xe2\x80\xae x",
	  .assignee = "[\xc2\x9b]" },
	{ .port = "15", .transport = "tcp", .description = "Unassigned [was \x1b netstat]" },
	{ .port = "16-20", .transport = "tcp", .description = "Unassigned" },
	{ .name = "wide", .port = "2", .transport = "x\x1b", .description = "\xe4\xb8\xad\xe6\x96\x87 end" },
};

static void hostile_view(struct view *ret_view)
{
	struct view_builder *builder = sample_builder();

	sample_rows(builder, "iana", SAMPLES(hostile_samples), NULL);
	finish_builder(builder, ret_view);
}

static const char *const hostile_questions[] = { "evil", "wide" };
static const char *const free_questions[] = { "15/tcp", "16", "17/udp" };

static void test_rows_never_steer_a_terminal(void **state)
{
	struct view view;
	int found;

	(void)state;
	hostile_view(&view);
	char *aligned = written(&view, hostile_questions, 2, ANSWER_ALIGNED, &found);
	assert_string_equal(aligned, "PORT     NAME  STATUS    SINCE  HOLDER    DESCRIPTION\n"
				     "1/tcp    evil  assigned  -      [\\u009b]  a b c\\d\\x1b[31m \\u202e x\n"
				     "2/x\\x1b  wide  assigned  -      -         \xe4\xb8\xad\xe6\x96\x87 end\n");
	free(aligned);
	char *tabs = written(&view, hostile_questions, 2, ANSWER_TABS, &found);
	assert_string_equal(tabs, "1/tcp\tevil\tassigned\t\t[\\u009b]\ta\\tb\\nc\\\\d\\x1b[31m \\u202e x\n"
				  "2/x\\x1b\twide\tassigned\t\t\t\xe4\xb8\xad\xe6\x96\x87 end\n");
	free(tabs);
	char *remark = written(&view, free_questions, 3, ANSWER_ALIGNED, &found);
	assert_string_equal(remark, "15/tcp  unassigned (Unassigned [was \\x1b netstat])\n"
				    "16/*    unassigned (in the unassigned range 16-20)\n"
				    "17/udp  unassigned (no row has it)\n");
	free(remark);
	free_view(&view);
}

/* A line is as long as the terminal at most, and ends at a whole character. */
static void test_is_cut_to_a_width(void **state)
{
	struct question question;
	struct answers *answers;
	struct view view;
	char *text = NULL;
	size_t size = 0;

	(void)state;
	sample_view(&view);
	assert_int_equal(answers_create(&view, &answers), 0);
	assert_int_equal(question_read("5254", &question, NULL, 0), 0);
	assert_int_equal(answers_ask(answers, &question), 2);
	for (int width = 1; width <= 80; width++) {
		FILE *stream = open_memstream(&text, &size);
		assert_non_null(stream);
		answers_write_aligned(answers, width, stream);
		(void)fclose(stream);
		size_t lines = 0;
		for (char *next = text, *line; (line = strsep(&next, "\n")) != NULL;) {
			assert_in_range(strlen(line), 0, width);
			lines++;
		}
		assert_int_equal(lines, 4);
		free(text);
	}
	(void)answers_destroy(answers);
	free_view(&view);
}

static void expect_text(const json_t *object, const char *key, const char *expected)
{
	assert_string_equal(json_string_value(json_object_get(object, key)), expected);
}

static void test_answers_as_json(void **state)
{
	static const char *const questions[] = { "logcabin", "5256", "wot", "billing" };
	struct view view;
	int found;

	(void)state;
	sample_view(&view);
	char *text = written(&view, questions, 4, ANSWER_JSON, &found);
	json_t *array = json_loads(text, 0, NULL);
	assert_non_null(array);
	assert_int_equal(json_array_size(array), 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(json_object_size(json_array_get(array, i)), 14);
	}
	json_t *object = json_array_get(array, 0);
	assert_int_equal(json_integer_value(json_object_get(object, "port")), 5254);
	assert_int_equal(json_integer_value(json_object_get(object, "port_end")), 5254);
	expect_text(object, "transport", "tcp");
	expect_text(object, "name", "logcabin");
	expect_text(object, "status", "assigned");
	expect_text(object, "since", "2015-04-14");
	expect_text(object, "holder", "[Diego_Ongaro]");
	expect_text(object, "contact", "");
	expect_text(object, "description", "LogCabin storage service");
	expect_text(object, "source", "iana");
	expect_text(object, "reference", "");
	expect_text(object, "notes", "");
	expect_text(object, "service_code", "");
	expect_text(object, "unauthorized", "");
	object = json_array_get(array, 1);
	assert_int_equal(json_integer_value(json_object_get(object, "port")), 5256);
	expect_text(object, "status", "unassigned");
	object = json_array_get(array, 2);
	assert_true(json_is_null(json_object_get(object, "port")));
	assert_true(json_is_null(json_object_get(object, "port_end")));
	expect_text(json_array_get(array, 3), "source", "own");
	json_decref(array);
	free(text);
	free_view(&view);
}

static void test_json_is_ascii_and_exact(void **state)
{
	struct view view;
	int found;

	(void)state;
	hostile_view(&view);
	char *text = written(&view, hostile_questions, 2, ANSWER_JSON, &found);
	for (size_t i = 0; text[i] != '\0'; i++) {
		assert_true(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
	}
	json_t *array = json_loads(text, 0, NULL);
	expect_text(json_array_get(array, 0), "description", hostile_samples[0].description);
	expect_text(json_array_get(array, 1), "description", hostile_samples[3].description);
	json_decref(array);
	free(text);
	free_view(&view);
}

static void test_a_full_disk_is_told(void **state)
{
	static const char *const forms[] = { "http", "5256" };
	struct question question;
	struct answers *answers;
	struct view view;

	(void)state;
	sample_view(&view);
	assert_int_equal(answers_create(&view, &answers), 0);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(question_read(forms[i], &question, NULL, 0), 0);
		assert_true(answers_ask(answers, &question) >= 0);
	}
	for (enum answer_form form = ANSWER_ALIGNED; form <= ANSWER_JSON; form++) {
		FILE *stream = fopen("/dev/full", "we");
		assert_non_null(stream);
		assert_int_equal(answers_write(answers, form, stream), -EIO);
		(void)fclose(stream);
	}
	(void)answers_destroy(answers);
	free_view(&view);
}

/* ---- what was probably meant ---- */

static void expect_near(const char *text, const char *expected)
{
	char sentence[256];
	struct question question;
	struct answers *answers;
	struct view view;

	sample_view(&view);
	assert_int_equal(answers_create(&view, &answers), 0);
	assert_int_equal(question_read(text, &question, NULL, 0), 0);
	assert_int_equal(answers_ask(answers, &question), 0);
	assert_true(answers_nearest(answers, &question, sentence, sizeof(sentence)));
	assert_string_equal(sentence, expected);
	(void)answers_destroy(answers);
	free_view(&view);
}

static void test_names_the_nearest(void **state)
{
	struct answers *answers;
	struct question question;
	struct view view;
	char sentence[256];

	(void)state;
	expect_near("HTP", "there is no \"htp\"; near: http, ftp");
	expect_near("logcabim", "there is no \"logcabim\"; near: logcabin");
	expect_near("_bilding._tcp", "there is no \"bilding\"; near: billing");
	expect_near("qqqqqqqqqq", "there is no \"qqqqqqqqqq\"");
	expect_near("\x1b[2Jx", "there is no \"\\x1b[2jx\"");
	expect_near("logcabin/udp", "there is no \"logcabin\" for udp, only for tcp");
	expect_near("http/dccp", "there is no \"http\" for dccp, only for tcp, udp");
	expect_near("SC:fdpz", "nobody has the service code SC=1717858426 (SC:fdpz); its default port is 64634/dccp "
			       "(RFC 5595, 2.7)");
	expect_near("SC=1056964608", "nobody has the service code SC=1056964608, which is for private use; its default "
				     "port is 57216/dccp (RFC 5595, 2.7)");
	expect_near("SC=0", "nobody has the service code SC=0");
	sample_view(&view);
	assert_int_equal(answers_create(&view, &answers), 0);
	assert_int_equal(question_read("5256", &question, NULL, 0), 0);
	assert_false(answers_nearest(answers, &question, sentence, sizeof(sentence)));
	(void)answers_destroy(answers);
	free_view(&view);
}

/* ---- search ---- */

static void expect_search(const struct selection *selection, const char *const *words, size_t count,
			  const char *expected)
{
	struct answers *answers;
	char names[512] = "";
	struct view_row row;
	struct view view;

	sample_view(&view);
	assert_int_equal(answers_create(&view, &answers), 0);
	int found = answers_search(answers, selection, words, count);
	assert_int_equal(found, answers->count);
	for (size_t i = 0; i < answers->count; i++) {
		assert_true(view_row(&view, answers->items[i].row, &row));
		size_t used = strlen(names);
		(void)snprintf(names + used, sizeof(names) - used, "%s/%s ", row.columns[ENTRY_PORT],
			       row.columns[ENTRY_TRANSPORT]);
	}
	assert_string_equal(names, expected);
	(void)answers_destroy(answers);
	free_view(&view);
}

static void test_search_ranks(void **state)
{
	static const char *const http[] = { "Http" };
	static const char *const two[] = { "file", "SERVER" };
	static const char *const notes[] = { "alias to" };
	static const char *const team[] = { "TEAM" };
	static const char *const none[] = { "no such words anywhere" };

	(void)state;
	/* The name itself, then what begins so, then descriptions, then the rest; numbers in order. */
	expect_search(NULL, http, 1, "80/tcp 80/udp 591/tcp 8008/tcp 80/tcp ");
	expect_search(NULL, two, 2, "2121/tcp ");
	expect_search(NULL, notes, 1, "66/tcp 80/tcp ");
	expect_search(NULL, team, 1, "80/tcp 2121/tcp 20017/tcp 20020-20022/tcp ");
	expect_search(&(struct selection){ .transports = 1U << ENTRY_UDP }, http, 1, "80/udp ");
	expect_search(NULL, none, 1, "");
	expect_search(&(struct selection){ .own = true }, NULL, 0, "80/tcp 2121/tcp 20017/tcp 20020-20022/tcp ");
}

/* ---- all of IANA ---- */

static void test_every_name_of_iana_is_found(void **state)
{
	struct question question;
	struct answers *answers;
	struct rows rows;
	struct view view;
	char port[32];

	(void)state;
	if (!iana_rows(&rows)) {
		skip();
	}
	view_of_rows(&rows, &view);
	assert_int_equal(answers_create(&view, &answers), 0);
	for (size_t i = 0; i < rows.count; i++) {
		const struct entry *entry = &rows.entries[i];
		const char *name = entry->columns[ENTRY_NAME];
		if (name[0] != '\0') {
			assert_int_equal(question_read(name, &question, NULL, 0), 0);
			assert_int_equal(question.kind, QUESTION_NAME);
			assert_true(answers_ask(answers, &question) > 0);
		}
		if (entry->lo != ENTRY_NO_PORT) {
			(void)snprintf(port, sizeof(port), "%d", entry->hi);
			assert_int_equal(question_read(port, &question, NULL, 0), 0);
			assert_true(answers_ask(answers, &question) > 0 || entry->status == ENTRY_UNASSIGNED);
		}
	}
	(void)answers_destroy(answers);
	rows_finish(&rows);
	free_view(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_questions),
		cmocka_unit_test(test_refuses_questions),
		cmocka_unit_test(test_shows_nothing_that_steers),
		cmocka_unit_test(test_answers_for_people),
		cmocka_unit_test(test_answers_for_free_ports),
		cmocka_unit_test(test_answers_for_ranges),
		cmocka_unit_test(test_answers_for_dns_sd),
		cmocka_unit_test(test_rows_never_steer_a_terminal),
		cmocka_unit_test(test_is_cut_to_a_width),
		cmocka_unit_test(test_answers_as_json),
		cmocka_unit_test(test_json_is_ascii_and_exact),
		cmocka_unit_test(test_a_full_disk_is_told),
		cmocka_unit_test(test_names_the_nearest),
		cmocka_unit_test(test_search_ranks),
		cmocka_unit_test(test_every_name_of_iana_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
