/* test_map.c - the ports as a picture and as text: what is painted where, sizes, and texts that must not escape. */
#include "export_view.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "registry/compare/map.h"

static const struct sample samples[] = {
	{ "echo", "7", "tcp", NULL, NULL, false },
	{ "echo", "7", "udp", NULL, NULL, false },
	{ "", "8-31", "", "Unassigned", NULL, false },
	{ "wide", "250-260", "tcp", NULL, NULL, false },
	{ "", "1023", "tcp", "Reserved", NULL, false },
	{ "sctp-only", "2000", "sctp", NULL, NULL, false },
	{ "x11", "6000-6063", "", NULL, NULL, false },
	{ "", "6060-6070", "", "Unassigned", NULL, false },
	{ "ours", "20017", "tcp", "<b>&\"]]>--> \033[31m", NULL, true },
	{ "last", "65535", "udp", NULL, NULL, false },
	{ "name-only", "", "tcp", NULL, NULL, false },
	{ NULL, NULL, NULL, NULL, NULL, false },
};

static const struct sample older_samples[] = {
	{ "echo", "7", "tcp", NULL, NULL, false },
	{ "gone", "300", "tcp", NULL, NULL, false },
	{ "x11", "6000-6063", "", NULL, NULL, false },
	{ NULL, NULL, NULL, NULL, NULL, false },
};

static char *svg(const struct map_request *request)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(map_write_svg(stream, request), 0);
	assert_int_equal(fclose(stream), 0);
	assert_in_range(size, 1, 400 * 1024);
	return text;
}

/* The first node's text or attribute. */
static void expect(const char *picture, const char *xpath, const char *expected)
{
	xmlDoc *document = xmlReadMemory(picture, (int)strlen(picture), NULL, NULL, XML_PARSE_NONET);
	xmlXPathContext *context;
	xmlXPathObject *found;
	xmlChar *content;

	assert_non_null(document);
	context = xmlXPathNewContext(document);
	xmlXPathRegisterNs(context, (const xmlChar *)"s", (const xmlChar *)"http://www.w3.org/2000/svg");
	found = xmlXPathEvalExpression((const xmlChar *)xpath, context);
	assert_non_null(found);
	content = xmlXPathCastToString(found);
	assert_string_equal((const char *)content, expected);
	xmlFree(content);
	xmlXPathFreeObject(found);
	xmlXPathFreeContext(context);
	xmlFreeDoc(document);
}

static void test_runs(void **state)
{
	struct view view = view_of_samples("2026-02-25", samples);
	char *text = svg(&(struct map_request){ .view = &view, .transport = ENTRY_TCP, .lo = 0, .hi = 65535 });

	(void)state;
	/* 250-260 goes on in the second row; 6000-6063 stands in row 23, from column 112. */
	expect(text, "//s:path[@class='assigned'][not(@stroke-width)]/@d", "M7 0h1m242 0h6M0 1h5M112 23h64M49 78h1");
	expect(text, "//s:path[@class='here'][not(@stroke-width)]/@d", "M49 78h1");
	expect(text, "//s:path[@class='unassigned'][not(@stroke-width)]/@d",
	       "M7 0h25m218 0h6M0 1h5M255 3h1M112 23h71M49 78h1");
	expect(text, "//s:text[@class='head']", "TCP ports of example.org, 2026-02-25");
	expect(text, "count(//s:path[@class='came'])", "0");
	free(text);
	text = svg(&(struct map_request){ .view = &view, .transport = ENTRY_SCTP, .lo = 0, .hi = 65535 });
	expect(text, "//s:path[@class='assigned'][not(@stroke-width)]/@d", "M208 7h1M112 23h64");
	free(text);
	text = svg(&(struct map_request){ .view = &view, .lo = 0, .hi = 65535 });
	expect(text, "//s:path[@class='assigned'][not(@stroke-width)]/@d",
	       "M7 0h1m242 0h6M0 1h5M112 23h64M49 78h1M255 255h1");
	free(text);
	view_free(&view);
}

static void test_bands_and_tips(void **state)
{
	struct view view = view_of_samples("2026-02-25", samples);
	char *text = svg(&(struct map_request){ .view = &view, .lo = 0, .hi = 65535 });

	(void)state;
	/* 20000 is row 78, column 32; 20999 is row 82, column 7: 4 on the page for each cell. */
	expect(text, "//s:path[@class='own-band']/@d", "M128 312H1024V328H32V332H0V316H128z");
	expect(text, "count(//s:path[@class='tip'])", "1");
	expect(text, "string(//s:path[@class='tip']/s:title)", "20017/tcp ours\n<b>&\"]]>--> \\x1b[31m");
	expect(text, "string(//s:text[.='team']/following::s:text)", "20000–20999: 1 of 1,000 assigned");
	free(text);
	view_free(&view);
}

static void test_changes(void **state)
{
	struct view view = view_of_samples("2026-02-25", samples), older = view_of_samples("2025-06-01", older_samples);
	struct map_request request = { .view = &view, .older = &older, .transport = ENTRY_TCP, .lo = 0, .hi = 65535 };
	char *text = svg(&request);

	(void)state;
	expect(text, "//s:path[@class='came']/@d", "M1000 0h24v4h-24zM0 4h20v4h-20zM196 312h4v4h-4z");
	expect(text, "//s:path[@class='went']/@d", "M176 4h4v4h-4z");
	free(text);
	view_free(&view);
	view_free(&older);
}

static void test_parts(void **state)
{
	struct view view = view_of_samples("2026-02-25", samples);
	struct map_request request = { .view = &view, .lo = 20000, .hi = 20099 };
	char *text = svg(&request);

	(void)state;
	/* A hundred ports are 16 in a row, each 64 wide. */
	expect(text, "//s:path[@class='here']/@d", "M1 1h1");
	expect(text, "//s:path[@class='own-band']/@d", "M0 0H1024V384H256V448H0V64H0z");
	free(text);
	request.lo = request.hi = 65535;
	free(svg(&request));
	request.lo = request.hi = 0;
	free(svg(&request));
	/* Out of bounds is all. */
	request.lo = -1;
	request.hi = 70000;
	text = svg(&request);
	expect(text, "//s:path[@class='here'][not(@stroke-width)]/@d", "M49 78h1");
	free(text);
	view_free(&view);
}

/* Every second port assigned is the most runs there can be. */
static void test_size_at_worst(void **state)
{
	enum { ROWS = 32768, NUMBER_SIZE = 6 };
	struct sample *rows = calloc(ROWS + 1, sizeof(*rows));
	char *numbers = calloc(ROWS, NUMBER_SIZE);
	struct view view;

	(void)state;
	assert_non_null(rows);
	assert_non_null(numbers);
	for (unsigned i = 0; i < ROWS; i++) {
		char *number = &numbers[(size_t)i * NUMBER_SIZE];
		snprintf(number, NUMBER_SIZE, "%u", (uint16_t)(2 * i));
		rows[i] = (struct sample){ "x", number, i % 2 == 0 ? "tcp" : "udp", "", "", i % 4 == 0 };
	}
	view = view_of_samples("2026-02-25", rows);
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	assert_int_equal(map_write_svg(stream, &(struct map_request){ .view = &view, .lo = 0, .hi = 65535 }), 0);
	assert_int_equal(fclose(stream), 0);
	assert_in_range(size, 1, 1500 * 1024);
	free(text);
	free(rows);
	free(numbers);
	view_free(&view);
}

/* ---- as text ---- */

static char *text_of(const struct map_request *request, int columns, bool colour)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(map_write_text(stream, request, columns, colour), 0);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static size_t columns_of(const char *line)
{
	size_t columns = 0;

	for (; *line != '\n' && *line != '\0'; line++) {
		columns += ((unsigned char)*line & 0xC0) != 0x80;
	}
	return columns;
}

static size_t check_lines(const char *text, size_t columns)
{
	size_t lines = 0;

	for (; *text != '\0'; text += strcspn(text, "\n") + 1) {
		assert_in_range(columns_of(text), 0, columns);
		lines++;
	}
	return lines;
}

static void test_text(void **state)
{
	struct view view = view_of_samples("2026-02-25", samples), older = view_of_samples("2025-06-01", older_samples);
	struct map_request request = { .view = &view, .transport = ENTRY_TCP, .lo = 0, .hi = 65535 };
	char *text = text_of(&request, 80, false);

	(void)state;
	assert_null(strchr(text, '\033'));
	check_lines(text, 80);
	assert_non_null(strstr(text, "TCP ports of example.org, 2026-02-25\na cell is 32 ports\n    0 ░      ░░"));
	assert_non_null(strstr(text, " system\n 2048 "));
	assert_non_null(strstr(text, "\n 4096                                                            ▒█▒"));
	assert_non_null(strstr(text, "# here"));
	assert_non_null(strstr(text, "assigned here 1  assigned 76  reserved 1  unassigned 31"));
	free(text);
	request.older = &older;
	text = text_of(&request, 80, false);
	check_lines(text, 80);
	assert_non_null(strstr(text, "\n    0 ░      ++-"));
	assert_non_null(strstr(text, "came 12  went 1\n"));
	free(text);
	view_free(&view);
	view_free(&older);
}

static void test_text_in_colours(void **state)
{
	struct view view = view_of_samples("2026-02-25", samples);
	char *text = text_of(&(struct map_request){ .view = &view, .lo = 0, .hi = 65535 }, 80, true);

	(void)state;
	assert_non_null(strstr(text, "\033[0;1;35m#\033[0"));
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		const char *last = NULL;
		for (const char *at = line; *at != '\n'; at++) {
			last = *at == '\033' ? at : last;
		}
		/* No line leaves its colour to the next. */
		assert_true(last == NULL || strncmp(last, "\033[0m", 4) == 0);
	}
	free(text);
	view_free(&view);
}

static void test_text_of_any_width(void **state)
{
	static const int widths[] = { -1, 0, 1, 20, 30, 40, 79, 80, 81, 132, 1000 };
	struct view view = view_of_samples("2026-02-25", samples);
	struct map_request request = { .view = &view, .lo = 20000, .hi = 20999 };

	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		char *text = text_of(&request, widths[i], false);
		if (widths[i] >= 44) {
			check_lines(text, (size_t)widths[i]);
		}
		free(text);
	}
	view_free(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),
		cmocka_unit_test(test_bands_and_tips),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_size_at_worst),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_in_colours),
		cmocka_unit_test(test_text_of_any_width),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	xmlCleanupParser();
	return failed;
}
