/* berth_contest.h - the protocols of some descriptions beside each other, as on one rendezvous port.
 *
 * Shared by the verbs classify, explain and collide. */
#pragma once

#include <stddef.h>

#include "cmd/berth_description.h"
#include "description/classifier/classifier.h"

struct contestant {
	const struct protocol *protocol;
	struct program *program;
};

struct contest {
	struct descriptions descriptions;
	struct contestant *list; /* in the order of the files */
	size_t count;
	struct classifier *classifier; /* knows them by their index; NULL before contest_classify */
};

/* Reads the descriptions that were asked for and compiles the protocols that run over --transport (else tcp).
 * EXIT_DONE, or another status after saying what is wrong: then there is nothing to finish. */
int contest_load(const struct request *request, struct contest *ret_contest);

/* Builds the classifier over all of them: EXIT_DONE, or EXIT_COULD_NOT after saying why. */
int contest_classify(struct contest *contest);

void contest_finish(struct contest *contest);
