/* api_form.h - a form out of a JSON body: {"kind": "user", "answers": {"short": "exfiles", ...}, "berth": "..."}. */
#pragma once

#include "web/api/api_json.h"
#include "web/apply/typed.h"

/* The caller finishes `ret_typed` when it is true; else the visitor was told what is wrong. An unknown member of
 * "answers" is refused, so that nothing is thought to be said that was not read. `kind_or_null`: of an application that
 * is there already. */
bool api_form_read(struct visit *visit, json_t *body, const char *kind_or_null, struct typed *ret_typed);

/* {"findings": [...], "counts": ...} of the rules, or a problem. `status` 200, or 422 for one that may not be sent. */
void api_form_report(struct visit *visit, unsigned status, const struct typed *typed, json_t *report_or_null);
