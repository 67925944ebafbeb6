/* generation.c - from a configuration to what runs: build everything new, start it beside the old, change over,
 * let the old finish.  A reload that fails anywhere before the change-over leaves the old generation untouched.
 *
 *	prepare --> begin: new acceptors start --> all ready --> servants learn the plan --> go --> old ones finish
 *	   |                     |
 *	   +-- errors            +-- one died: abandon
 *
 * Called by supervisor.c and operator.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/notify.h"
#include "rendezvous/descriptions.h"
#include "rendezvous/supervisor.h"

/* ---- preparing ---- */

void generation_let_go(struct generation *generation)
{
	for (uint32_t i = 0; generation->classifiers != NULL && i < generation->plan->listens.count; i++) {
		if (generation->classifiers[i] >= 0) {
			close(generation->classifiers[i]);
		}
	}
	free(generation->classifiers);
	if (generation->plan_descriptor >= 0) {
		close(generation->plan_descriptor);
	}
	generation->plan = plan_unmap(generation->plan);
	free(generation->sockets);
	free(generation->accounts);
	free(generation->workers);
}

struct generation *generation_destroy(struct generation *generation)
{
	if (generation != NULL) {
		generation_let_go(generation);
		free(generation);
	}
	return NULL;
}

static int find_sockets(struct supervisor *supervisor, struct generation *generation, char **ret_text)
{
	const struct plan *plan = generation->plan;
	int r = 0;

	for (uint32_t i = 0; i < plan->sockets.count && r == 0; i++) {
		r = homes_find_socket(supervisor, plan, plan_socket(plan, i), generation->number,
				      &generation->sockets[i], ret_text);
	}
	return r;
}

static int find_queues(struct supervisor *supervisor, struct generation *generation)
{
	const struct plan *plan = generation->plan;
	int r = 0;

	for (uint32_t i = 0; i < plan->accounts.count && r == 0; i++) {
		r = homes_find_account(supervisor, plan, plan_account(plan, i), generation->number,
				       &generation->accounts[i]);
	}
	for (uint32_t i = 0; i < plan->queues.count && r == 0; i++) {
		const struct plan_queue *queue = plan_queue(plan, i);
		if (queue->function != PLAN_NONE) {
			r = homes_find_worker(supervisor, plan, queue, generation->number,
					      generation->accounts[queue->account], &generation->workers[i]);
		}
	}
	return r;
}

static int fill(struct supervisor *supervisor, struct generation *generation, char **ret_text)
{
	const struct plan *plan = generation->plan;
	generation->sockets = calloc(plan->sockets.count + 1, sizeof(struct socket_home *));
	generation->accounts = calloc(plan->accounts.count + 1, sizeof(struct account_home *));
	generation->workers = calloc(plan->queues.count + 1, sizeof(struct worker_home *));
	if (generation->sockets == NULL || generation->accounts == NULL || generation->workers == NULL) {
		return -ENOMEM;
	}
	int r = find_sockets(supervisor, generation, ret_text);
	return r < 0 ? r : find_queues(supervisor, generation);
}

int generation_make_plan(struct supervisor *supervisor, const struct settings *settings, struct generation *generation,
			 struct complaints *complaints)
{
	int r = plan_build(settings, supervisor->abilities, supervisor->functions, generation->number, complaints);

	if (r < 0) {
		return r;
	}
	generation->plan_descriptor = r;
	r = plan_map(generation->plan_descriptor, &generation->plan);
	if (r < 0) {
		return r;
	}
	generation->classifiers = calloc(generation->plan->listens.count + 1, sizeof(int));
	if (generation->classifiers == NULL) {
		return -ENOMEM;
	}
	return descriptions_classify(supervisor->self, &supervisor->acceptor_identity, settings, generation->plan,
				     generation->plan_descriptor, complaints, generation->classifiers);
}

/* From settings already loaded, or else from the configuration as it is now. */
static int load_plan(struct supervisor *supervisor, const struct settings *settings, struct generation *generation,
		     struct complaints *complaints)
{
	struct settings *loaded = NULL;
	int r = settings == NULL ? settings_load(supervisor->configuration, complaints, &loaded) : 0;

	if (r == 0) {
		r = generation_make_plan(supervisor, settings != NULL ? settings : loaded, generation, complaints);
	}
	settings_destroy(loaded);
	return r;
}

static int prepare(struct supervisor *supervisor, const struct settings *settings, struct generation *generation,
		   char **ret_text)
{
	struct complaints complaints = { 0 };
	size_t text_size;

	complaints.stream = open_memstream(ret_text, &text_size);
	if (complaints.stream == NULL) {
		return -ENOMEM;
	}
	int r = load_plan(supervisor, settings, generation, &complaints);
	(void)fclose(complaints.stream);
	if (r < 0) {
		return r;
	}
	free(*ret_text);
	*ret_text = NULL;
	return fill(supervisor, generation, ret_text);
}

int generation_prepare(struct supervisor *supervisor, const struct settings *settings,
		       struct generation **ret_generation, char **ret_text)
{
	struct generation *generation = calloc(1, sizeof(*generation));

	*ret_text = NULL;
	if (generation == NULL) {
		return -ENOMEM;
	}
	generation->plan_descriptor = -1;
	generation->number = supervisor->current != NULL ? supervisor->current->number + 1 : 1;
	int r = prepare(supervisor, settings, generation, ret_text);
	if (r < 0) {
		generation_destroy(generation);
		return r;
	}
	*ret_generation = generation;
	return 0;
}

/* ---- changing over ---- */

int generation_begin(struct supervisor *supervisor, struct generation *generation)
{
	supervisor->coming = generation;
	int r = acceptors_start(supervisor, generation, generation->plan->acceptors);
	if (r < 0) {
		generation_abandon(supervisor, "an acceptor could not be started");
	}
	return r;
}

/* Workers are let in by the socket of their function; which group may connect is part of the generation. */
static void open_attach_sockets(struct supervisor *supervisor)
{
	const struct generation *generation = supervisor->current;

	for (uint32_t i = 0; i < generation->plan->queues.count; i++) {
		const struct plan_queue *queue = plan_queue(generation->plan, i);
		if (queue->function == PLAN_NONE) {
			continue;
		}
		const struct plan_function *function = plan_function(generation->plan, queue->function);
		int r = attach_listen(generation->workers[i], function);
		if (r < 0) {
			log_event(LOG_LEVEL_ERROR, "no-attach-socket", "function", function->name.text, "error",
				  strerror(-r), NULL);
		}
	}
}

/* A new configuration may have mended what did not start, and is a new word on what drains. */
static void resume_all_functions(struct supervisor *supervisor)
{
	const struct generation *generation = supervisor->current;

	for (uint32_t i = 0; i < generation->plan->functions.count; i++) {
		const struct plan_function *function = plan_function(generation->plan, i);
		struct account *account = generation->accounts[function->account]->account;
		struct function_state *state = &account->states[function_place(function->id)];
		atomic_store(&state->draining, 0);
		atomic_store(&state->failures, 0);
		atomic_store(&state->paused_until_ms, 0);
	}
}

static void now_current(struct supervisor *supervisor)
{
	struct generation *before = supervisor->current;

	supervisor->current = supervisor->coming;
	supervisor->coming = NULL;
	supervisor->state.generation = supervisor->current->number;
	resume_all_functions(supervisor);
	open_attach_sockets(supervisor);
	servants_update(supervisor); /* before any acceptor can send them a call of the new plan */
	acceptors_go(supervisor, supervisor->current->number);
	acceptors_finish(supervisor, 0, supervisor->current->number - 1);
	homes_sweep(supervisor);
	generation_destroy(before);
}

void generation_advance(struct supervisor *supervisor)
{
	const struct generation *coming = supervisor->coming;

	if (coming == NULL || !acceptors_ready(supervisor, coming->number, coming->plan->acceptors)) {
		return;
	}
	bool first = supervisor->current == NULL;
	now_current(supervisor);
	log_event(LOG_LEVEL_INFO, first ? "ready" : "reloaded", "functions",
		  LOG_NUMBER(supervisor->current->plan->functions.count), "sockets",
		  LOG_NUMBER(supervisor->current->plan->sockets.count), "acceptors",
		  LOG_NUMBER(supervisor->current->plan->acceptors), "generation",
		  LOG_NUMBER(supervisor->current->number), NULL);
	(void)notify_manager("READY=1");
	if (!first) {
		supervisor->state.reloads++;
		operators_tell(supervisor, 0, NULL);
	}
	if (supervisor->reload_wanted) {
		supervisor->reload_wanted = false;
		generation_reload(supervisor, NULL);
	}
}

void generation_abandon(struct supervisor *supervisor, const char *reason)
{
	uint64_t number = supervisor->coming->number;

	log_event(LOG_LEVEL_ERROR, "generation-abandoned", "reason", reason, NULL);
	supervisor->coming = generation_destroy(supervisor->coming);
	acceptors_finish(supervisor, number, number);
	homes_restore(supervisor);
	operators_tell(supervisor, -EIO, reason);
	supervisor->state.reloads_refused++;
	if (supervisor->current == NULL) {
		supervisor->result = -EIO;
		loop_stop(supervisor->loop);
	}
}

/* ---- reload ---- */

static void refuse_reload(struct supervisor *supervisor, int r, char *text)
{
	supervisor->state.reloads_refused++;
	log_event(LOG_LEVEL_ERROR, "reload-refused", "error", text != NULL ? text : strerror(-r), NULL);
	operators_tell(supervisor, r, text);
	homes_restore(supervisor);
	(void)notify_manager("READY=1");
}

static void notify_reloading(void)
{
	char state[64];

	(void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%llu",
		       (unsigned long long)(clock_now_ns() / 1000));
	(void)notify_manager(state);
}

void generation_reload(struct supervisor *supervisor, struct operator* operator)
{
	struct generation *generation = NULL;
	char *text = NULL;

	if (operator!= NULL) {
		operator->waits_for_reload = true;
	}
	/* One at a time; and not more acceptors at one time than there are columns to count in. */
	if (supervisor->coming != NULL || supervisor->stopping ||
	    !columns_enough(supervisor, supervisor->current->plan->acceptors)) {
		supervisor->reload_wanted = true;
		return;
	}
	notify_reloading();
	int r = generation_prepare(supervisor, NULL, &generation, &text);
	if (r == 0 && !columns_enough(supervisor, generation->plan->acceptors)) {
		generation_destroy(generation);
		homes_restore(supervisor);
		supervisor->reload_wanted = true;
		free(text);
		return;
	}
	if (r < 0) {
		refuse_reload(supervisor, r, text);
	} else {
		(void)generation_begin(supervisor, generation);
	}
	free(text);
}
