/* url.c - addresses of this site's own pages (url.h). */
#include "web/html/url.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

static bool is_unreserved(char character)
{
	return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
	       (character >= 'A' && character <= 'Z') || strchr("-._~", character) != NULL;
}

/* Appends.  False when it does not fit: then the whole address is gone, so that none is followed that was cut. */
static bool put(struct url *url, const char *text, bool encoded)
{
	size_t used = strlen(url->text);

	for (; *text != '\0'; text++) {
		if (used + 4 > URL_MAX) {
			url->text[0] = '\0';
			return false;
		}
		if (encoded || is_unreserved(*text)) {
			url->text[used++] = *text;
		} else {
			used += (size_t)snprintf(url->text + used, 4, "%%%02X", (uint8_t)*text);
		}
		url->text[used] = '\0';
	}
	return true;
}

const char *url_path(struct url *ret_url, const char *path, const char *segment)
{
	ret_url->text[0] = '\0';
	(void)(put(ret_url, path, true) && put(ret_url, segment, false));
	return ret_url->text;
}

const char *url_query(struct url *url, const char *key, const char *value)
{
	if (value[0] != '\0' && url->text[0] != '\0') {
		const char *between = strchr(url->text, '?') == NULL ? "?" : "&";
		(void)(put(url, between, true) && put(url, key, false) && put(url, "=", true) &&
		       put(url, value, false));
	}
	return url->text;
}

static int digit_of(char character)
{
	return character >= '0' && character <= '9'   ? character - '0'
	       : character >= 'a' && character <= 'f' ? character - 'a' + 10
	       : character >= 'A' && character <= 'F' ? character - 'A' + 10
						      : -1;
}

bool url_decode(char *text, bool is_query)
{
	char *out = text;

	for (const char *in = text; *in != '\0'; in++) {
		char character = is_query && *in == '+' ? ' ' : *in;
		if (*in == '%') {
			int high = digit_of(in[1]);
			int low = high < 0 ? -1 : digit_of(in[2]);
			if (low < 0 || high * 16 + low == 0) {
				return false;
			}
			character = (char)(high * 16 + low);
			in += 2;
		}
		*out++ = character;
	}
	*out = '\0';
	return true;
}
