/* registry_process.h - an application's process as the verbs open it: the store, the clock, the registry's
 * addresses. */
#pragma once

#include "base/moment.h"
#include "cmd/registry_store.h"
#include "registry/process/process.h"

struct registry_process {
	struct process process;
	char now[MOMENT_SIZE];
	char *name, *email, *link;
	int64_t staff; /* the caller's number when he or she is on the staff; else 0 */
};

/* EXIT_DONE, or EXIT_ after saying why not. */
int registry_process_open(const struct request *request, struct registry_process *ret_process);
void registry_process_close(struct registry_process *process);

/* Says why it was not done: EXIT_NO for what a guard or an actor forbids, EXIT_COULD_NOT else. */
int registry_process_refused(const struct complaint *complaint, int error);

/* After an act: what has become of it, and the view published when something was assigned or released.  EXIT_. */
int registry_process_told(const struct request *request, struct registry_process *process,
			  const struct process_done *done);

/* One act, from beginning to end.  EXIT_. */
int registry_process_act(const struct request *request, struct registry_process *process,
			 const struct process_act *act);

/* A .berth file or the plain-text form; the caller finishes it.  EXIT_ after saying what is wrong. */
int registry_form_read(const char *path, struct form *ret_form);
/* The same of the body of an e-mail, in which anything may stand before the form. */
int registry_form_take(const char *body, struct form *ret_form);
