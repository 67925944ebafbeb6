/* find.c - which route a path means (dispatch.h).  Pure. */
#include <stdio.h>
#include <string.h>

#include "web/html/url.h"
#include "web/routes/dispatch.h"

/* The next segment of "/a/b", or NULL at the end; *path goes on behind it. */
static const char *next_segment(const char **path, size_t *ret_size)
{
	if (**path != '/') {
		return NULL;
	}
	const char *segment = *path + 1;
	*ret_size = strcspn(segment, "/");
	*path = segment + *ret_size;
	return segment;
}

struct segments {
	const char *texts[16];
	size_t count;
};

/* The path's segments, decoded each for itself: a slash that was encoded is part of a name.  -1 when one cannot be. */
static int split(struct web_request *request, struct segments *ret_segments)
{
	const char *path = request->path;
	const char *segment;
	size_t size;

	ret_segments->count = 0;
	while ((segment = next_segment(&path, &size)) != NULL) {
		char *text = arena_text(&request->arena, segment, size);
		if (text == NULL || !url_decode(text, false)) {
			return -1;
		}
		if (ret_segments->count == sizeof(ret_segments->texts) / sizeof(ret_segments->texts[0])) {
			return 0; /* longer than any pattern: it matches none */
		}
		ret_segments->texts[ret_segments->count++] = text;
	}
	return 0;
}

static bool matches(const char *pattern, const struct segments *segments, struct web_request *request)
{
	const char *parameters[WEB_PARAMETERS_MAX] = { NULL };
	size_t parameter_count = 0;
	const char *expected;
	size_t count = 0;
	size_t size;

	while ((expected = next_segment(&pattern, &size)) != NULL) {
		const char *text = count < segments->count ? segments->texts[count++] : NULL;
		bool is_parameter = size == 2 && memcmp(expected, "{}", 2) == 0;
		if (text == NULL || (is_parameter && (text[0] == '\0' || parameter_count == WEB_PARAMETERS_MAX)) ||
		    (!is_parameter && (strlen(text) != size || memcmp(text, expected, size) != 0))) {
			return false;
		}
		if (is_parameter) {
			parameters[parameter_count++] = text;
		}
	}
	if (count != segments->count) {
		return false;
	}
	memcpy(request->parameters, parameters, sizeof(parameters));
	return true;
}

static const char *words_of(enum web_method method)
{
	return method == WEB_GET ? "GET, HEAD" : web_method_name(method);
}

static void add_method(char methods[static DISPATCH_METHODS_MAX], enum web_method method)
{
	size_t used = strlen(methods);

	if (strstr(methods, words_of(method)) == NULL) {
		(void)snprintf(methods + used, DISPATCH_METHODS_MAX - used, "%s%s", used > 0 ? ", " : "",
			       words_of(method));
	}
}

unsigned dispatch_find(const struct route *table, struct web_request *request, const struct route **ret_route,
		       char ret_methods[static DISPATCH_METHODS_MAX])
{
	struct segments segments;

	ret_methods[0] = '\0';
	if (split(request, &segments) < 0) {
		return 400;
	}
	for (const struct route *route = table; route->pattern != NULL; route++) {
		if (!matches(route->pattern, &segments, request)) {
			continue;
		}
		if (route->method == request->method) {
			*ret_route = route;
			return 0;
		}
		add_method(ret_methods, route->method);
	}
	return ret_methods[0] != '\0' ? 405 : 404;
}
