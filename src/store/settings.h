/* settings.h - the few texts a registry has for itself: its name, its notice. */
#pragma once

#include "store/store.h"

/* The text from malloc, the caller's; "" when it was never set.  NULL, with errno, when it could not be read. */
char *setting_get(struct store *store, const char *key);
int setting_put(struct change *change, const char *key, const char *value);
