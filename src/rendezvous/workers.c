/* workers.c - processes that live on and take calls out of their function's own queue.
 *
 * Called by launcher.c.  Only the account's first launcher keeps workers.  How many there are is counted in the slot
 * table, so workers started by a launcher that died are found again. */
#include "rendezvous/launcher.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "os/clock.h"
#include "os/log.h"

enum { EARLY_DEATH_MS = 1000, LOOK_AGAIN_MS = 100 };

static bool is_mine(const struct launcher *launcher, const struct plan_function *function)
{
	return launcher->kit.number == 0 && function->account == launcher->kit.account_index && function->workers > 0;
}

static int start_worker(struct launcher *launcher, const struct plan_function *function, int slot)
{
	const struct spawn_program *program;
	int counters = function->handover == SETTING_RELAY ? launcher->kit.relays[function->queue] : -1;
	struct variables variables;
	int r = program_get(launcher, function, &program);

	if (r < 0) {
		return r;
	}
	variables_init(&variables);
	variables_put(&variables, "BERTH_WORKER_FD", "3");
	if (counters >= 0) {
		variables_put(&variables, "BERTH_RELAY_COUNTERS_FD", "0");
		variables_put_number(&variables, "BERTH_RELAY_COLUMN", (uint64_t)slot);
	}
	variables_put_function(&variables, launcher->kit.plan, function, "");
	const struct spawn_request request = {
		.program = program,
		.environment = variables.items,
		.environment_count = variables.count,
		.input_output = counters, /* a relay reads nothing there */
		.error = outputs_get(launcher->outputs, launcher->kit.account, function),
		.third = launcher->kit.queues[function->queue],
	};
	return spawn(launcher->pool, &request, &launcher->kit.account->pids[slot]);
}

static bool start_one(struct launcher *launcher, const struct plan_function *function)
{
	int slot = launcher_claim(launcher, function, 0, SLOT_WORKER, "");

	if (slot < 0) {
		return false;
	}
	int r = start_worker(launcher, function, slot);
	if (r < 0) {
		account_release(launcher->kit.account, slot);
		launcher_start_failed(launcher, function, -r);
		return false;
	}
	counter_add(&state_of(launcher, function)->started, 1);
	return true;
}

static bool is_ending(const struct slot_detail *detail)
{
	return atomic_load(&detail->terminated_ms) != 0 || atomic_load(&detail->phase) == SLOT_RETIRED;
}

/* A relay lets the connections it has come to their end, however long that takes; any other worker is told to end. */
static void retire(struct launcher *launcher, int slot, const struct plan_function *was)
{
	struct slot_detail *detail = &launcher->kit.account->details[slot];

	if (was != NULL && was->handover == SETTING_RELAY) {
		atomic_store(&detail->phase, SLOT_RETIRED);
		launcher_signal(launcher, slot, SIGUSR1);
	} else {
		launcher_terminate(launcher, slot);
	}
}

/* How many workers a function has that were not told to end. */
static uint32_t count_workers(const struct launcher *launcher, const struct plan_function *function, int *ret_last)
{
	const struct account *account = launcher->kit.account;
	uint32_t count = 0;

	for (int slot = 0, high = account_high(account); slot < high; slot++) {
		const struct slot_detail *detail = &account->details[slot];
		if (atomic_load(&account->places[slot]) == function_place(function->id) &&
		    atomic_load(&detail->kind) == SLOT_WORKER && !is_ending(detail)) {
			count++;
			*ret_last = slot;
		}
	}
	return count;
}

static void keep_workers(struct launcher *launcher, const struct plan_function *function)
{
	int last = -1;
	uint32_t count = count_workers(launcher, function, &last);

	if (atomic_load(&state_of(launcher, function)->paused_until_ms) > loop_now_ms(launcher->loop)) {
		return;
	}
	while (count < function->workers && start_one(launcher, function)) {
		count++;
	}
	for (; count > function->workers; count = count_workers(launcher, function, &last)) {
		retire(launcher, last, function);
	}
}

void workers_tick(struct launcher *launcher)
{
	const struct plan *plan = launcher->kit.plan;

	if (launcher->kit.number != 0 || launcher->finishing ||
	    plan_account(plan, launcher->kit.account_index)->worker_functions == 0) {
		return;
	}
	for (uint32_t i = 0; i < plan->functions.count; i++) {
		if (is_mine(launcher, plan_function(plan, i))) {
			keep_workers(launcher, plan_function(plan, i));
		}
	}
}

void worker_ended(struct launcher *launcher, int slot, int spawn_error)
{
	struct account *account = launcher->kit.account;
	struct slot_detail *detail = &account->details[slot];
	const struct plan_function *function = plan_find_id(launcher->kit.plan, detail->function_id);
	uint64_t lived_ms = clock_now_ms() - detail->started_ms;

	if (function == NULL || is_ending(detail)) {
		return;
	}
	if (spawn_error != 0 || lived_ms < EARLY_DEATH_MS) {
		launcher_start_failed(launcher, function, spawn_error != 0 ? spawn_error : ECHILD);
		return;
	}
	function_state_succeeded(state_of(launcher, function));
	log_event(LOG_LEVEL_WARNING, "worker-ended", "function", function->name.text, "lived_ms", LOG_NUMBER(lived_ms),
		  "action", "replace", NULL);
	launcher->workers_due_ms = loop_now_ms(launcher->loop) + LOOK_AGAIN_MS;
}

void workers_reloaded(struct launcher *launcher, const struct plan *before)
{
	struct account *account = launcher->kit.account;
	const struct plan *plan = launcher->kit.plan;

	for (int slot = 0, high = account_high(account); slot < high; slot++) {
		struct slot_detail *detail = &account->details[slot];
		if (atomic_load(&account->places[slot]) == PLACE_FREE || atomic_load(&detail->kind) != SLOT_WORKER ||
		    is_ending(detail)) {
			continue;
		}
		const struct plan_function *was = plan_find_id(before, detail->function_id);
		const struct plan_function *is = plan_find_id(plan, detail->function_id);
		if (is == NULL || !is_mine(launcher, is) || was == NULL || !program_same(before, was, plan, is)) {
			retire(launcher, slot, was);
		}
	}
}
