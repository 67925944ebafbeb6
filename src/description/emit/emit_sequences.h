/* emit_sequences.h - the sequences in words.  Private to emit_*.c. */
#pragma once

#include <stdio.h>

#include "description/language/tree.h"

/* Sentences, with an empty line behind them. */
void say_sequences(const struct protocol *protocol, FILE *stream, unsigned indent);
