/* process_track.c - which application a link is for (process.h).  Called by `berth track` and by pages; moves nothing.
 *
 * Whoever guesses links learns nothing: one that ended is told of like one that never was. */
#include <errno.h>
#include <string.h>

#include "registry/words/complain.h"
#include "registry/process/process.h"
#include "registry/process/process_private.h"
#include "store/applications.h"

struct tracked {
	const char *now;
	const char *purpose;
	int64_t application;
};

static int note_token(const struct application_token *token, void *context)
{
	struct tracked *tracked = context;

	if (strcmp(token->purpose, tracked->purpose) == 0 && token->used == NULL &&
	    strcmp(token->ends, tracked->now) >= 0) {
		tracked->application = token->application;
	}
	return 0;
}

int process_link(struct process *process, const char *token, const char *purpose, char ret_reference[static 32],
		 struct complaint *ret_complaint)
{
	struct tracked tracked = { .now = process->now, .purpose = purpose };
	char hash[STORE_HASH_SIZE];

	link_token_hash(token, hash);
	int r = application_token_find(process->store, hash, note_token, &tracked);
	if (r >= 0) {
		r = tracked.application == 0
			    ? -ENOENT
			    : application_reference(process->store, tracked.application, ret_reference, 32);
	}
	if (r < 0 && r != -ENOENT) {
		return complain_of(ret_complaint, r, "%s", store_complaint(process->store));
	}
	return r == 0 ? 0
		      : complain_of(ret_complaint, r,
				    "no application is followed by this link; the letter of receipt has the right one");
}
