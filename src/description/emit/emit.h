/* emit.h - documents made from a description: what `berth show` prints, and others may print elsewhere.
 *
 * All take a resolved tree without errors and write plain text in UTF-8.  They return 0 or -ENOMEM; whether the
 * stream took it all is the caller's to ask. */
#pragma once

#include <stdio.h>

#include "description/language/tree.h"

/* The ten questions of the application form with their answers, and the fields of RFC 6335.  One of the two may
 * be NULL. */
int emit_form(const struct application *application, const struct protocol *protocol, FILE *stream);

/* The answer to one of questions 2 to 6 ("formats" to "functions") as the description gives it.  -ENOENT when it has no
 * such section. */
int emit_answer(const struct protocol *protocol, const char *key, FILE *stream);

/* Message types, op codes and functions as tables. */
int emit_types(const struct protocol *protocol, FILE *stream);

/* A packet diagram of each message and format, with its fields in words. */
int emit_boxes(const struct protocol *protocol, FILE *stream);
int emit_boxes_of_message(const struct protocol *protocol, const struct message *message, FILE *stream);

/* The state chart, in the language of Mermaid or of Graphviz. */
int emit_chart_mermaid(const struct protocol *protocol, FILE *stream);
int emit_chart_dot(const struct protocol *protocol, FILE *stream);

/* Example messages with every octet explained. */
int emit_examples(const struct protocol *protocol, FILE *stream);
int emit_examples_of_message(const struct protocol *protocol, const struct message *message, FILE *stream);

/* Messages with one thing wrong, to test a reader of them: a line in hex each, behind a comment that says what. */
int emit_broken(const struct protocol *protocol, FILE *stream);
int emit_broken_of_message(const struct protocol *protocol, const struct message *message, FILE *stream);

/* The whole tree, one JSON object. */
int emit_json(const struct tree *tree, FILE *stream);
