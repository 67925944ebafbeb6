/* fuzz_web_request.c - any request: its head has one verdict however it is cut; its target, cookies and form become
 * texts that are whole, or are refused; and every text can be shown.  All readers get all octets. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "web/html/html.h"
#include "web/html/url.h"
#include "web/http/head.h"
#include "web/http/request.h"
#include "web/routes/dispatch.h"

#define REQUIRE(condition)          \
	do {                        \
		if (!(condition)) { \
			abort();    \
		}                   \
	} while (0)

static unsigned judge_exact(const uint8_t *octets, size_t size, size_t *ret_size)
{
	char *copy = malloc(size > 0 ? size : 1);

	REQUIRE(copy != NULL);
	memcpy(copy, octets, size);
	unsigned verdict = head_judge(copy, size, ret_size);
	free(copy);
	return verdict;
}

/* Cuts of a long input are sampled, so that the time stays in proportion. */
static void check_head(const uint8_t *octets, size_t size)
{
	unsigned before = HEAD_MORE;
	size_t step = size / 256 + 1;

	for (size_t cut = 0; cut <= size; cut += step) {
		size_t head_size = 0;
		unsigned verdict = judge_exact(octets, cut, &head_size);
		REQUIRE(before == HEAD_MORE || verdict == before);
		REQUIRE(verdict != HEAD_MORE || cut < HEAD_MAX);
		if (verdict == HEAD_WHOLE) {
			REQUIRE(head_size <= cut && head_size >= 4);
			REQUIRE(memcmp(octets + head_size - 4, "\r\n\r\n", 4) == 0);
			REQUIRE(memchr(octets, '\0', head_size) == NULL);
		}
		before = verdict;
	}
}

static bool is_shown(const struct web_values *values)
{
	struct html html = { 0 };

	for (size_t i = 0; i < values->count; i++) {
		html_print(&html, "%s=%s", values->items[i].name, values->items[i].value);
		html_value(&html, values->items[i].value);
	}
	bool shown = !html.failed && (html.size == 0 || memchr(html.octets, '<', html.size) == NULL);
	html_finish(&html);
	return shown;
}

/* What was decoded comes back when it is encoded and decoded again. */
static void check_round(const struct web_values *values)
{
	for (size_t i = 0; i < values->count; i++) {
		struct url url;
		(void)url_path(&url, "/", values->items[i].value);
		if (url.text[0] != '\0') {
			REQUIRE(url_decode(url.text, false));
			REQUIRE(strcmp(url.text + 1, values->items[i].value) == 0);
		}
	}
}

static void check_values(const char *text)
{
	struct web_request *request = calloc(1, sizeof(*request));
	const struct route table[] = { { .pattern = "/{}/{}" }, { .pattern = "/a" }, { .pattern = NULL } };
	const struct route *route = NULL;
	char methods[DISPATCH_METHODS_MAX];

	REQUIRE(request != NULL);
	request->path = text;
	(void)web_pairs_read(request, &request->query, text);
	(void)web_cookies_read(request, text);
	if (dispatch_find(table, request, &route, methods) == 0 && route == &table[0]) {
		REQUIRE(request->parameters[0][0] != '\0' && request->parameters[1][0] != '\0');
	}
	REQUIRE(request->query.count <= WEB_VALUES_MAX && request->cookies.count <= WEB_VALUES_MAX);
	REQUIRE(is_shown(&request->query) && is_shown(&request->cookies));
	check_round(&request->query);
	arena_finish(&request->arena);
	free(request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	REQUIRE(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	check_head(data, size);
	check_values(text);
	free(text);
	return 0;
}
