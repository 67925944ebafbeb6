/* test_web_html.c - pages, addresses, names, values, answers: what was somebody's text never becomes anything else. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web/html/html.h"
#include "web/html/url.h"
#include "web/http/request.h"
#include "web/http/response.h"

static void assert_written(struct html *html, const char *expected)
{
	html_octets(html, "", 1);
	assert_false(html->failed);
	assert_string_equal(html->octets, expected);
	html_finish(html);
}

/* ---- html ---- */

static void texts_are_escaped(void **state)
{
	struct html html = { 0 };

	(void)state;
	html_print(&html, "<p title=\"%s\">%s</p>", "\"'<>&", "<script>&amp;");
	assert_written(&html, "<p title=\"&quot;&#39;&lt;&gt;&amp;\">&lt;script&gt;&amp;amp;</p>");
}

static void what_cannot_be_seen_is_shown(void **state)
{
	struct html html = { 0 };

	(void)state;
	html_print(&html, "%s|%s|%s|%s", "a\x1b[31m", "a\xe2\x80\xae", "a\tb\nc", "a\x7f\xc2\x85");
	assert_written(&html, "a[U+001B][31m|a[U+202E]|a\tb\nc|a[U+007F][U+0085]");
	html_print(&html, "%s", "a\xff\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80z");
	assert_null(memchr(html.octets, '\xff', html.size));
	assert_int_equal(html.octets[html.size - 1], 'z');
	html_finish(&html);
}

static void what_was_typed_comes_back_as_it_was(void **state)
{
	struct html html = { 0 };

	(void)state;
	html_value(&html, "a\x1b\xe2\x80\xae<\"\xff");
	assert_written(&html, "a\x1b\xe2\x80\xae&lt;&quot;\xef\xbf\xbd");
}

static void numbers_of_all_sizes(void **state)
{
	struct html html = { 0 };

	(void)state;
	html_print(&html, "%d %ld %lld %u %lu %llu %zu %x %%", -1, -2L, -3LL, 4U, 5UL, 18446744073709551615ULL,
		   (size_t)7, 255U);
	assert_written(&html, "-1 -2 -3 4 5 18446744073709551615 7 ff %");
}

static void parts_are_appended_and_failures_with_them(void **state)
{
	struct html html = { 0 };
	struct html part = { 0 };

	(void)state;
	html_print(&part, "%s", "<");
	html_append(&html, &part);
	for (int i = 0; i < 10000; i++) {
		html_print(&html, "0123456789");
	}
	assert_int_equal(html.size, 4 + 100000);
	part.failed = true;
	html_append(&html, &part);
	assert_true(html.failed);
	html_print(&html, "more");
	assert_int_equal(html.size, 4 + 100000);
	html_finish(&part);
	html_finish(&html);
}

/* ---- addresses ---- */

static void addresses_are_encoded_and_come_back(void **state)
{
	struct url url;
	char text[] = "a%2Fb%20c%3F%26%C3%A9";

	(void)state;
	assert_string_equal(url_path(&url, "/service/", "a/b c?&\xc3\xa9"), "/service/a%2Fb%20c%3F%26%C3%A9");
	assert_true(url_decode(text, false));
	assert_string_equal(text, "a/b c?&\xc3\xa9");
	assert_string_equal(url_path(&url, "/", ""), "/");
	assert_string_equal(url_query(&url, "q", "a&b=c"), "/?q=a%26b%3Dc");
	assert_string_equal(url_query(&url, "none", ""), "/?q=a%26b%3Dc");
	assert_string_equal(url_query(&url, "r", "+"), "/?q=a%26b%3Dc&r=%2B");
}

static void an_address_that_does_not_fit_is_none(void **state)
{
	char text[URL_MAX + 1];
	struct url url;

	(void)state;
	memset(text, 'a', URL_MAX);
	text[URL_MAX] = '\0';
	assert_string_equal(url_path(&url, "/", text), "");
	text[URL_MAX - 10] = '\0';
	assert_int_equal(strlen(url_path(&url, "/", text)), URL_MAX - 9);
	assert_string_equal(url_query(&url, "question", text), "");
}

static void escapes_are_whole(void **state)
{
	static const char *const wrong[] = { "%", "a%", "%4", "%4g", "%g4", "%00", "a%00b", "%%41" };
	char text[16];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s", wrong[i]);
		assert_false(url_decode(text, false));
	}
	(void)snprintf(text, sizeof(text), "a+b%%2Bc%%2f");
	assert_true(url_decode(text, true));
	assert_string_equal(text, "a b+c/");
	(void)snprintf(text, sizeof(text), "a+b");
	assert_true(url_decode(text, false));
	assert_string_equal(text, "a+b");
}

/* ---- names and values ---- */

static struct web_request *new_request(void)
{
	struct web_request *request = calloc(1, sizeof(*request));

	assert_non_null(request);
	return request;
}

static void free_request(struct web_request *request)
{
	arena_finish(&request->arena);
	free(request);
}

static void pairs_are_read(void **state)
{
	struct web_request *request = new_request();

	(void)state;
	assert_int_equal(web_pairs_read(request, &request->query, "a=1&b=%26+x&&c&=d&a=2&e=f=g"), 0);
	assert_int_equal(request->query.count, 6);
	assert_string_equal(web_value(&request->query, "a"), "1");
	assert_string_equal(web_value(&request->query, "b"), "& x");
	assert_string_equal(web_value(&request->query, "c"), "");
	assert_string_equal(web_value(&request->query, ""), "d");
	assert_string_equal(web_value(&request->query, "e"), "f=g");
	assert_string_equal(web_value(&request->query, "none"), "");
	assert_true(web_value_is(&request->query, "a", "1"));
	assert_int_equal(web_pairs_read(request, &request->form, "text=a%0D%0A%0D%0Ab%0Dc%0D"), 0);
	assert_string_equal(web_value(&request->form, "text"), "a\n\nb\rc\r");
	free_request(request);
}

static void pairs_are_text_and_no_more_than_fit(void **state)
{
	struct web_request *request = new_request();

	(void)state;
	assert_int_equal(web_pairs_read(request, &request->query, "a=%ff"), -EILSEQ);
	assert_int_equal(web_pairs_read(request, &request->query, "%c3=a"), -EILSEQ);
	assert_int_equal(web_pairs_read(request, &request->query, "a=%00"), -EINVAL);
	assert_int_equal(web_pairs_read(request, &request->query, "a=%"), -EINVAL);
	assert_int_equal(web_value_add(request, &request->query, "a", "b\0c", 3), -EILSEQ);
	assert_int_equal(request->query.count, 0);
	for (int i = 0; i < WEB_VALUES_MAX; i++) {
		assert_int_equal(web_pairs_read(request, &request->query, "a=b"), 0);
	}
	assert_int_equal(web_pairs_read(request, &request->query, "a=b"), -E2BIG);
	free_request(request);
}

static void cookies_are_read(void **state)
{
	struct web_request *request = new_request();

	(void)state;
	assert_int_equal(web_cookies_read(request, "a=1; b=x=y;nothing; \t c=\xff;d=4;"), 0);
	assert_int_equal(request->cookies.count, 3);
	assert_string_equal(web_value(&request->cookies, "b"), "x=y");
	assert_string_equal(web_value(&request->cookies, "d"), "4");
	assert_int_equal(web_cookies_read(request, ""), 0);
	free_request(request);
}

/* ---- answers ---- */

static void headers_are_replaced_but_cookies(void **state)
{
	struct response response = { .status = 200 };

	(void)state;
	response_header(&response, "Vary", "a");
	response_header(&response, "Vary", "b");
	response_header(&response, "Set-Cookie", "a=1");
	response_header(&response, "Set-Cookie", "b=2");
	assert_int_equal(response.header_count, 3);
	assert_string_equal(response.headers[0]->value, "b");
	response_redirect(&response, "/there");
	assert_int_equal(response.status, 303);
	assert_false(response.failed);
	response_finish(&response);
	assert_int_equal(response.header_count, 0);
}

static void no_header_is_made_out_of_a_text(void **state)
{
	static const char *const wrong[] = { "a\r\nSet-Cookie: x", "a\nb", "a\tb", "\x7f", "\x1b" };
	char text[RESPONSE_HEADER_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct response response = { 0 };
		response_header(&response, "Location", wrong[i]);
		assert_true(response.failed);
		response_finish(&response);
	}
	memset(text, 'a', sizeof(text) - 1);
	text[RESPONSE_HEADER_MAX] = '\0';
	struct response response = { 0 };
	response_header(&response, "Location", text);
	assert_true(response.failed);
	response_finish(&response);
	for (int i = 0; i <= RESPONSE_HEADERS_MAX; i++) {
		assert_false(response.failed);
		response_header(&response, "Set-Cookie", "a=b");
	}
	assert_true(response.failed);
	response_finish(&response);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(what_cannot_be_seen_is_shown),
		cmocka_unit_test(what_was_typed_comes_back_as_it_was),
		cmocka_unit_test(numbers_of_all_sizes),
		cmocka_unit_test(parts_are_appended_and_failures_with_them),
		cmocka_unit_test(addresses_are_encoded_and_come_back),
		cmocka_unit_test(an_address_that_does_not_fit_is_none),
		cmocka_unit_test(escapes_are_whole),
		cmocka_unit_test(pairs_are_read),
		cmocka_unit_test(pairs_are_text_and_no_more_than_fit),
		cmocka_unit_test(cookies_are_read),
		cmocka_unit_test(headers_are_replaced_but_cookies),
		cmocka_unit_test(no_header_is_made_out_of_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
