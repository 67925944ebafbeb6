/* request.c - names and values of a request (request.h).  Pure. */
#include "web/http/request.h"

#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "web/html/url.h"

const char *web_method_name(enum web_method method)
{
	static const char *const names[] = { [WEB_GET] = "GET", [WEB_POST] = "POST", [WEB_OTHER] = "OTHER" };

	return names[method];
}

const char *web_value(const struct web_values *values, const char *name)
{
	for (size_t i = 0; i < values->count; i++) {
		if (strcmp(values->items[i].name, name) == 0) {
			return values->items[i].value;
		}
	}
	return "";
}

bool web_value_is(const struct web_values *values, const char *name, const char *value)
{
	return strcmp(web_value(values, name), value) == 0;
}

static bool is_text(const char *octets, size_t size)
{
	for (size_t i = 0; i < size;) {
		uint32_t character = 0;
		size_t length = utf8_read(octets + i, size - i, &character);
		if (length == 0 || character == 0) {
			return false;
		}
		i += length;
	}
	return true;
}

/* Browsers end the lines of what was typed with CRLF; everything here has LF. */
static void end_lines_with_lf(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0'; from++) {
		if (from[0] != '\r' || from[1] != '\n') {
			*to++ = *from;
		}
	}
	*to = '\0';
}

int web_value_add(struct web_request *request, struct web_values *values, const char *name, const char *value,
		  size_t size)
{
	if (values->count == WEB_VALUES_MAX) {
		return -E2BIG;
	}
	if (!is_text(name, strlen(name)) || !is_text(value, size)) {
		return -EILSEQ;
	}
	char *own_name = arena_text(&request->arena, name, strlen(name));
	char *own_value = arena_text(&request->arena, value, size);
	if (own_name == NULL || own_value == NULL) {
		return -ENOMEM;
	}
	end_lines_with_lf(own_value);
	values->items[values->count++] = (struct web_value){ own_name, own_value };
	return 0;
}

/* One pair, decoded in a copy that lives as long as the request. */
static int read_pair(struct web_request *request, struct web_values *values, const char *pair, size_t size)
{
	char *name = arena_text(&request->arena, pair, size);
	char nothing[] = "";

	if (name == NULL) {
		return -ENOMEM;
	}
	char *value = strchr(name, '=');
	if (value != NULL) {
		*value++ = '\0';
	}
	if (!url_decode(name, true) || (value != NULL && !url_decode(value, true))) {
		return -EINVAL;
	}
	return web_value_add(request, values, name, value != NULL ? value : nothing, value != NULL ? strlen(value) : 0);
}

int web_pairs_read(struct web_request *request, struct web_values *values, const char *text)
{
	int r = 0;

	while (*text != '\0' && r == 0) {
		size_t size = strcspn(text, "&");
		r = size > 0 ? read_pair(request, values, text, size) : 0;
		text += size + (text[size] == '&' ? 1 : 0);
	}
	return r;
}

int web_cookies_read(struct web_request *request, const char *header)
{
	while (*header != '\0') {
		header += strspn(header, "; \t");
		size_t size = strcspn(header, ";");
		const char *equals = memchr(header, '=', size);
		if (equals != NULL) {
			char *name = arena_text(&request->arena, header, (size_t)(equals - header));
			if (name == NULL) {
				return -ENOMEM;
			}
			size_t value_size = size - (size_t)(equals + 1 - header);
			int r = web_value_add(request, &request->cookies, name, equals + 1, value_size);
			if (r == -ENOMEM) {
				return r;
			}
		}
		header += size;
	}
	return 0;
}
