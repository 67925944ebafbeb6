/* characters.h - UTF-8 as letters may hold it.  Used by this folder only.  Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A copy with LF line ends in which everything else that is no text is a question mark: NUL, control characters but
 * tab, what is no UTF-8.  On `one_line`, blanks stand for line ends and tabs.  From malloc, or NULL. */
char *characters_clean(const char *octets, size_t size, bool one_line);

/* The same of somebody's text, in which characters that steer a terminal may be meant: right-to-left marks stay.
 * *ret_damaged: whether there are question marks now. */
char *characters_keep(const char *octets, size_t size, bool *ret_damaged);

/* Printable ASCII without blanks and "<>", with an "@": what may stand in <> as a message's id. */
bool characters_are_id(const char *text);
