/* verification.h - the audit of the whole registry in a process of its own, since it can take minutes: begun, looked
 * at, ended.
 *
 * The child opens the store anew for reading, and tells through a pipe; it touches nothing of ours.  One at a time; it
 * is ended when it takes too long. */
#pragma once

#include <jansson.h>

#include "web/site/site.h"

enum { VERIFICATION_MAX_S = 15 * 60, VERIFICATION_OCTETS_MAX = 1 << 20, VERIFICATION_FAULTS_MAX = 200 };

enum verification_state { VERIFICATION_NONE, VERIFICATION_RUNS, VERIFICATION_DONE, VERIFICATION_FAILED };

struct verification;

/* 0, -EALREADY one runs, or -errno. */
int verification_begin(struct site *site);
/* What came of the last one.  ret_result, when it is done: {events, fault_count, faults: [sentence]}, the
 * verification's; ret_at: when it was begun.  Never waits. */
enum verification_state verification_look(struct site *site, const json_t **ret_result, const char **ret_at);
/* Ends what runs. */
struct verification *verification_close(struct verification *verification);
