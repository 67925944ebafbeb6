/* berth_status.h - what the files of `berth status` share. */
#pragma once

#include "rendezvous/status_view.h"

/* The status as one JSON object on standard output; of one function when it is not PLAN_NONE.  0 or -ENOMEM. */
int status_print_json(const struct status_view *view, const struct function_tally *tallies, uint32_t function);

/* One function with all its processes, for people.  0 or -ENOMEM. */
int status_print_function(const struct status_view *view, const struct function_tally *tallies, uint32_t function);

/* "ok", "paused 4.2s" */
enum { CONDITION_MAX = 40 };
const char *condition_text(const struct function_tally *tally, char text[CONDITION_MAX]);
