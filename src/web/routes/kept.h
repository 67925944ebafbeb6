/* kept.h - pages that are the same for everybody, kept for a moment as they were made: what many ask for at once is
 * made once.
 *
 * Of a fixed size; a page gives way to another.  Only for routes with ROUTE_CACHED, and only what was found (200). */
#pragma once

#include "web/site/visit.h"

enum { KEPT_S = 10 }; /* so that even what no mark tells of is shown soon */

struct kept;

struct kept *kept_create(void); /* NULL: out of memory */
struct kept *kept_destroy(struct kept *kept);

/* Answers the visit with what was kept under its tag (dispatch_tag), path and query; false when there is nothing. */
bool kept_answer(struct kept *kept, const struct visit *visit, const char *tag, uint64_t now_ns);
/* Keeps the visit's answer, when it may be and is not too large. */
void kept_put(struct kept *kept, const struct visit *visit, const char *tag, uint64_t now_ns);
