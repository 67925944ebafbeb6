/* url.h - addresses of this site's own pages, with what people typed in them percent-encoded (RFC 3986, 2.1). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum { URL_MAX = 4096 };

struct url {
	char text[URL_MAX]; /* "" when it did not fit */
};

/* A path of ours, "/service/", and one segment behind it (or ""), encoded.  Returns ret_url->text. */
const char *url_path(struct url *ret_url, const char *path, const char *segment);
/* Adds "?key=value", or "&key=value"; an empty value adds nothing.  Returns url->text. */
const char *url_query(struct url *url, const char *key, const char *value);

/* Decodes %XX in place (and + as a blank when `is_query`).  False for a wrong escape or a NUL. */
bool url_decode(char *text, bool is_query);
