/* access.h - who may call: the most specific prefix of allow and deny wins. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"

/* Without rules everybody may; with only deny rules everybody else may; with an allow rule, who matches none
 * may not. */
bool access_allows(const struct access_rule *rules, size_t count, const struct address *address);
