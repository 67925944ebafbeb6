/* test_web_routes.c - which page a path means, whose form it is, how often one may ask. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "web/routes/dispatch.h"
#include "web/routes/routes.h"
#include "web/site/limit.h"

static const struct route table[] = {
	{ .method = WEB_GET, .pattern = "/", .summary = "root" },
	{ .method = WEB_GET, .pattern = "/apply/free", .summary = "free" },
	{ .method = WEB_GET, .pattern = "/apply/{}", .summary = "form" },
	{ .method = WEB_POST, .pattern = "/apply/{}", .summary = "post" },
	{ .method = WEB_POST, .pattern = "/apply/{}/{}/x", .summary = "two" },
	{ .method = WEB_POST, .pattern = "/link/{}", .flags = ROUTE_SECRET, .summary = "link" },
	{ .pattern = NULL },
};

struct found {
	unsigned status;
	const char *summary;
	char methods[DISPATCH_METHODS_MAX];
	char parameters[2][64];
};

static struct found find(enum web_method method, const char *path)
{
	struct web_request *request = calloc(1, sizeof(*request));
	const struct route *route = NULL;
	struct found found = { .summary = "" };

	assert_non_null(request);
	request->method = method;
	request->path = path;
	found.status = dispatch_find(table, request, &route, found.methods);
	found.summary = route != NULL ? route->summary : "";
	for (size_t i = 0; i < 2 && found.status == 0; i++) {
		(void)snprintf(found.parameters[i], sizeof(found.parameters[i]), "%s",
			       request->parameters[i] != NULL ? request->parameters[i] : "");
	}
	arena_finish(&request->arena);
	free(request);
	return found;
}

static void paths_mean_pages(void **state)
{
	(void)state;
	assert_string_equal(find(WEB_GET, "/").summary, "root");
	assert_string_equal(find(WEB_GET, "/apply/free").summary, "free");
	assert_string_equal(find(WEB_GET, "/%61pply/fre%65").summary, "free");
	assert_string_equal(find(WEB_GET, "/apply/frees").summary, "form");
	assert_string_equal(find(WEB_POST, "/apply/free").summary, "post");
	struct found two = find(WEB_POST, "/apply/a%2Fb/%C3%A9/x");
	assert_string_equal(two.summary, "two");
	assert_string_equal(two.parameters[0], "a/b");
	assert_string_equal(two.parameters[1], "\xc3\xa9");
}

static void other_paths_mean_none(void **state)
{
	static const char *const none[] = { "",
					    "/x",
					    "//",
					    "/apply",
					    "/apply/",
					    "/apply//",
					    "/apply/a/b",
					    "/apply/a/b/y",
					    "/apply/a/b/x/",
					    "/apply/a//x",
					    "apply/a",
					    "/APPLY/free",
					    "/apply%2Ffree",
					    "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18" };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		if (find(WEB_GET, none[i]).status != 404) {
			fail_msg("\"%s\"", none[i]);
		}
	}
	assert_int_equal(find(WEB_GET, "/apply/%").status, 400);
	assert_int_equal(find(WEB_GET, "/apply/%00").status, 400);
}

static void other_methods_are_told(void **state)
{
	(void)state;
	struct found found = find(WEB_OTHER, "/apply/free");
	assert_int_equal(found.status, 405);
	assert_string_equal(found.methods, "GET, HEAD, POST");
	assert_string_equal(find(WEB_GET, "/apply/a/b/x").methods, "POST");
}

/* Each row of the real table can be reached, and is told once. */
static void every_route_can_be_reached(void **state)
{
	char path[128];

	(void)state;
	for (const struct route *route = routes; route->pattern != NULL; route++) {
		struct web_request *request = calloc(1, sizeof(*request));
		const struct route *reached = NULL;
		char methods[DISPATCH_METHODS_MAX];
		assert_non_null(request);
		(void)snprintf(path, sizeof(path), "%s", route->pattern);
		for (char *place = path; (place = strstr(place, "{}")) != NULL;) {
			memcpy(place, "zz", 2);
		}
		request->method = route->method;
		request->path = path;
		assert_int_equal(dispatch_find(routes, request, &reached, methods), 0);
		assert_ptr_equal(reached, route);
		assert_non_null(route->handle);
		assert_non_null(route->summary);
		arena_finish(&request->arena);
		free(request);
	}
}

/* What a page relies on: nothing is changed by GET, what has roles or a secret is kept by nobody. */
static void flags_fit_together(void **state)
{
	(void)state;
	for (const struct route *route = routes; route->pattern != NULL; route++) {
		bool is_cached = (route->flags & ROUTE_CACHED) != 0;
		bool is_form = route->method == WEB_POST && (route->flags & ROUTE_API) == 0;
		assert_false(is_cached &&
			     (route->method != WEB_GET || route->roles != 0 || (route->flags & ROUTE_SECRET) != 0));
		assert_false((route->flags & ROUTE_KEEPS) != 0 && !is_form);
		assert_false((route->flags & ROUTE_WITH_FILE) != 0 && route->method == WEB_GET);
		bool is_of_staff = strncmp(route->pattern, "/staff", 6) == 0;
		bool is_door = strstr(route->pattern, "/sign-") != NULL || (route->flags & ROUTE_SECRET) != 0;
		assert_true(!is_of_staff || is_door || route->roles != 0);
	}
}

/* ---- forms of others ---- */

static bool is_foreign(const struct route *route, const char *name, const char *value)
{
	struct web_request *request = calloc(1, sizeof(*request));

	assert_non_null(request);
	if (name != NULL) {
		assert_int_equal(web_value_add(request, &request->headers, name, value, strlen(value)), 0);
	}
	bool foreign = dispatch_is_foreign(request, route, "https://a.example");
	arena_finish(&request->arena);
	free(request);
	return foreign;
}

static void forms_of_others_are_known(void **state)
{
	const struct route *form = &table[3];
	const struct route *link = &table[5];

	(void)state;
	assert_false(is_foreign(form, NULL, NULL));
	assert_false(is_foreign(form, "origin", "https://a.example"));
	assert_true(is_foreign(form, "origin", "https://a.example.evil"));
	assert_true(is_foreign(form, "origin", "http://a.example"));
	assert_true(is_foreign(form, "origin", "null"));
	assert_false(is_foreign(link, "origin", "null"));
	assert_false(is_foreign(form, "sec-fetch-site", "same-origin"));
	assert_true(is_foreign(link, "sec-fetch-site", "cross-site"));
	assert_true(is_foreign(form, "sec-fetch-site", "same-site"));
	assert_true(is_foreign(form, "sec-fetch-site", "anything"));
}

/* ---- limits ---- */

enum { SECOND_NS = 1000000000 };

static unsigned taken(struct limits *limits, const char *source, unsigned tries, uint64_t now_ns)
{
	unsigned count = 0;

	for (unsigned i = 0; i < tries; i++) {
		count += limit_take(limits, LIMIT_POSTS, source, now_ns) == 0 ? 1 : 0;
	}
	return count;
}

static void tokens_come_back_one_by_one(void **state)
{
	struct limits *limits = limits_create();
	uint64_t now_ns = UINT64_C(1000) * SECOND_NS;

	(void)state;
	assert_non_null(limits);
	limits_set(limits, LIMIT_POSTS, (struct limit_rate){ .per_minute = 60, .burst = 5 });
	assert_int_equal(taken(limits, "192.0.2.1", 9, now_ns), 5);
	assert_int_equal(limit_take(limits, LIMIT_POSTS, "192.0.2.1", now_ns), 2);
	assert_int_equal(taken(limits, "192.0.2.1", 9, now_ns + SECOND_NS), 1);
	assert_int_equal(taken(limits, "192.0.2.1", 9, now_ns + UINT64_C(3) * SECOND_NS), 2);
	assert_int_equal(taken(limits, "192.0.2.1", 9, now_ns + UINT64_C(1000) * SECOND_NS), 5);
	assert_int_equal(limit_counters(limits, LIMIT_POSTS)->taken, 13);
	assert_int_equal(limit_counters(limits, LIMIT_POSTS)->refused, 24);
	(void)limits_destroy(limits);
}

static void sources_do_not_meet(void **state)
{
	struct limits *limits = limits_create();
	uint64_t now_ns = SECOND_NS;

	(void)state;
	assert_non_null(limits);
	limits_set(limits, LIMIT_POSTS, (struct limit_rate){ .per_minute = 1, .burst = 1 });
	limits_set(limits, LIMIT_ALL_SUBMISSIONS, (struct limit_rate){ .per_minute = 1, .burst = 2 });
	assert_int_equal(taken(limits, "192.0.2.1", 2, now_ns), 1);
	assert_int_equal(taken(limits, "192.0.2.2", 2, now_ns), 1);
	assert_int_equal(taken(limits, "unix", 2, now_ns), 1);
	assert_int_equal(taken(limits, "2001:db8::1", 2, now_ns), 1);
	assert_int_equal(taken(limits, "2001:db8::2", 2, now_ns), 0);
	assert_int_equal(taken(limits, "2001:db8:0:1::1", 2, now_ns), 1);
	assert_int_equal(limit_take(limits, LIMIT_REQUESTS, "192.0.2.1", now_ns), 0);
	assert_int_equal(limit_take(limits, LIMIT_SUBMISSIONS, "192.0.2.1", now_ns), 0);
	assert_int_equal(limit_take(limits, LIMIT_SUBMISSIONS, "192.0.2.2", now_ns), 0);
	assert_true(limit_take(limits, LIMIT_SUBMISSIONS, "192.0.2.3", now_ns) > 0);
	assert_int_equal(limit_counters(limits, LIMIT_SUBMISSIONS)->refused, 0);
	assert_int_equal(limit_counters(limits, LIMIT_ALL_SUBMISSIONS)->refused, 1);
	(void)limits_destroy(limits);
}

/* More sources than the table holds: those of long ago give way, and who asks much is still held. */
static void the_table_keeps_who_asks_most(void **state)
{
	struct limits *limits = limits_create();
	char source[32];

	(void)state;
	assert_non_null(limits);
	limits_set(limits, LIMIT_POSTS, (struct limit_rate){ .per_minute = 60, .burst = 100 });
	assert_int_equal(taken(limits, "198.51.100.1", 200, SECOND_NS), 100);
	for (unsigned i = 0; i < 20000; i++) {
		(void)snprintf(source, sizeof(source), "10.%u.%u.1", i / 250, i % 250);
		assert_int_equal(limit_take(limits, LIMIT_POSTS, source, SECOND_NS), 0);
	}
	assert_int_equal(taken(limits, "198.51.100.1", 200, SECOND_NS), 0);
	(void)limits_destroy(limits);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_mean_pages),
		cmocka_unit_test(other_paths_mean_none),
		cmocka_unit_test(other_methods_are_told),
		cmocka_unit_test(every_route_can_be_reached),
		cmocka_unit_test(flags_fit_together),
		cmocka_unit_test(forms_of_others_are_known),
		cmocka_unit_test(tokens_come_back_one_by_one),
		cmocka_unit_test(sources_do_not_meet),
		cmocka_unit_test(the_table_keeps_who_asks_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
