/* api_json.h - parts that calls share: what writers print becomes JSON, and a body becomes an object. */
#pragma once

#include <stdio.h>

#include "registry/lookup/lookup.h"
#include "web/api/api.h"

/* A writer's output as JSON, or NULL. */
struct api_output {
	char *octets;
	size_t size;
	FILE *stream;
};
bool api_output_begin(struct api_output *output);
json_t *api_output_end(struct api_output *output);

/* What is told beside every answer: registry, day, notice.  The members of `more` are taken. */
json_t *api_about(const struct visit *visit, const struct view *view, json_t *more);

/* Answers with what `ask` put into the answers; `found` 0: a 404 with `nothing`. */
void api_answer(struct visit *visit, const struct answers *answers, int found, const char *nothing);

/* The body as an object; NULL after a problem was told. */
json_t *api_body(struct visit *visit);
/* A text member, or "" when it is not there; NULL when it is another type, after a problem was told. */
const char *api_text(struct visit *visit, json_t *body, const char *name);
