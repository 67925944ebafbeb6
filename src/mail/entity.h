/* entity.h - a message, or one part of it, as headers and body (RFC 2045).  For message_read.c only.  Pure. */
#pragma once

#include "mail/decode.h"

struct entity {
	struct span headers, body;
};

/* False when it does not begin with a header or an empty line. */
bool entity_of(struct span octets, struct entity *ret_entity);

/* The first header of this name as it stands there, folded; an empty span when there is none. */
struct span entity_header(const struct entity *entity, const char *name);

/* "text/plain" of `Text/PLAIN; charset=utf-8`; "text/plain" also where the header is missing.  In the header's own
 * case. */
struct span entity_type(const struct entity *entity);
/* A parameter of Content-Type, without its quotes; an empty span when there is none. */
struct span entity_parameter(const struct entity *entity, const char *name);

/* The first part of text/plain, however deep within multiparts; false when there is none. */
bool entity_text(const struct entity *entity, struct entity *ret_text);
