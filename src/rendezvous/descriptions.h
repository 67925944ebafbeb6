/* descriptions.h - from the descriptions of functions to the classifiers of listeners. */
#pragma once

#include "config/settings.h"
#include "os/privilege.h"
#include "rendezvous/plan.h"

/* Finds the description of every function that has one, and has a process of its own, without any right and running as
 * `identity`, make a classifier for each [listen] of the plan that speaks detect.  ret_classifiers has as many entries
 * as plan->listens: sealed memory, or -1.  Waits for it (well below a second; DESCRIBE_TIME_MS at most).
 *
 * 0; -EINVAL after complaining (an unknown or wrong description, a selector it has not, first messages that collide);
 * or -errno. */
int descriptions_classify(int self, const struct identity *identity, const struct settings *settings,
			  const struct plan *plan, int plan_descriptor, struct complaints *complaints,
			  int *ret_classifiers);
