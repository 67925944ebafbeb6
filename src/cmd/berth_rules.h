/* berth_rules.h - the half of `berth check` that examines an application block as the registry's staff will. */
#pragma once

#include <jansson.h>

#include "cmd/verb.h"

/* The rules on the application in this file, against the published view when there is one: printed behind what
 * the description examiner said, or, when ret_json is not NULL, as JSON (then the caller's reference).  EXIT_NO
 * when one refuses. */
int application_examine(const struct request *request, const char *path, json_t **ret_json);
