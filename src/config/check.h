/* check.h - rules that no single value can break: between the keys of a section, and between
 * sections. */
#pragma once

#include "config/document.h"

/* check_section.c.  Keys that are needed, keys that mean nothing here, keys that contradict each
 * other.  Also settles the default of `admit`, which depends on other keys. */
void check_listen(const struct section *section, const struct listen_settings *listen, struct complaints *complaints);
void check_function(const struct section *section, struct function_settings *function, struct complaints *complaints);

/* check_whole.c.  Names that must exist, addresses that stand twice, counts over all files.  0
 * (complaints included) or -ENOMEM. */
int check_whole(struct document *document, const struct settings *settings);
