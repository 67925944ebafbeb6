/* emit_tables.h - lists that more than one document has.  Private to emit_*.c.
 *
 * All return 0 or -ENOMEM and end with an empty line. */
#pragma once

#include <stdio.h>

#include "config/arena.h"
#include "description/emit/emit_page.h"
#include "description/language/tree.h"

/* Name, kind, who sends it, how many octets it has. */
int list_messages(struct arena *arena, const struct protocol *protocol, FILE *stream, unsigned indent);

/* Each set of op codes with its codes. */
int list_codes(struct arena *arena, const struct protocol *protocol, FILE *stream, unsigned indent);

/* Each function, what it does, and by what it is chosen. */
int list_functions(struct arena *arena, const struct protocol *protocol, FILE *stream, unsigned indent);

/* "5 to 259 octets", "at least 6 octets".  0 or -ENOMEM. */
struct words;
int words_message_size(struct words *words, const struct message *message);
