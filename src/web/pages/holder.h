/* holder.h - whether an assignee of the registry is an organisation.  For web/pages only.
 *
 * People are found by what they hold, never listed: only organisations have a page. */
#pragma once

#include "web/site/visit.h"

enum holder_kind { HOLDER_UNKNOWN, HOLDER_ORGANISATION, HOLDER_PERSON };

/* `assignee` as rows have it, "[Example]"; `source` is the row's. */
enum holder_kind holder_kind(struct visit *visit, const char *source, const char *assignee);
