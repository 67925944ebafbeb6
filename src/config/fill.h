/* fill.h - from what the files say to typed settings. */
#pragma once

#include "config/document.h"

/* Fills *settings, whose memory comes from `arena`, and complains into document->complaints about
 * all that is wrong.  Returns 0 (complaints included) or -ENOMEM. */
int settings_fill(struct document *document, struct settings *settings, struct arena *arena);
