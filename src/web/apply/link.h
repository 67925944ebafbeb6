/* link.h - the secret links of letters: found, acted by, gone to.
 *
 * Whoever guesses gets one answer, whether there is nothing, or something that ended. */
#pragma once

#include "web/site/page.h"

/* False when it is none for this purpose: then the answer was written. */
bool link_find(struct visit *visit, const char *token, const char *purpose, char ret_reference[static 32]);

/* Does it, and publishes what it assigned.  False when it was refused: then the answer was written. */
bool link_do(struct visit *visit, const struct process_act *act, struct process_done *ret_done);

/* 303 to the page of the application, which says what was done: "confirmed", "answered" ... */
void link_go(struct visit *visit, const char *track, const char *done);

/* Of a POST whose form token is not good: says so on the page that is shown again, as its errors; else nothing. */
void link_put_too_old(struct visit *visit);
