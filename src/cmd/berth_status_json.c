/* berth_status_json.c - `berth status --json`: the same for programs.  Keys keep their meaning; new ones may come. */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cmd/berth_status.h"

/* ---- berthd itself ---- */

static json_t *daemon_object(const struct status_state *state)
{
	return json_pack("{s:i, s:I, s:I, s:I, s:I, s:I, s:b, s:b}", "pid", (int)state->process, "uptime_ms",
			 (json_int_t)(state->now_ms - state->started_ms), "generation", (json_int_t)state->generation,
			 "reloads", (json_int_t)state->reloads, "reloads_refused", (json_int_t)state->reloads_refused,
			 "restarts", (json_int_t)state->restarts, "root", (int)(state->root != 0), "filters",
			 (int)(state->filters != 0));
}

static const char *role_word(uint32_t role)
{
	static const char *const words[] = {
		[STATUS_ACCEPTOR] = "acceptor",
		[STATUS_LAUNCHER] = "launcher",
		[STATUS_PORT_BROKER] = "port-broker",
	};

	return role < sizeof(words) / sizeof(words[0]) ? words[role] : "?";
}

static json_t *process_object(const struct status_view *view, const struct status_process *process)
{
	json_t *object = json_pack("{s:s, s:i, s:i, s:I, s:b, s:b}", "role", role_word(process->role), "pid",
				   (int)process->process, "number", (int)process->number, "age_ms",
				   (json_int_t)(view->state.now_ms - process->started_ms), "ready",
				   (int)(process->ready != 0), "finishing", (int)(process->finishing != 0));
	const struct counters *counters = status_view_acceptor(view, process->process);

	if (process->role == STATUS_ACCEPTOR && counters != NULL) {
		(void)json_object_set_new(object, "unfinished",
					  json_integer((json_int_t)atomic_load(&counters->unfinished)));
		(void)json_object_set_new(object, "closing", json_integer((json_int_t)atomic_load(&counters->closing)));
	}
	if (process->role == STATUS_LAUNCHER && process->account < view->plan->accounts.count) {
		(void)json_object_set_new(object, "account",
					  json_string(plan_account(view->plan, process->account)->name));
	}
	return object;
}

static json_t *processes_array(const struct status_view *view)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < view->state.process_count; i++) {
		(void)json_array_append_new(list, process_object(view, &view->processes[i]));
	}
	return list;
}

static json_t *listens_array(const struct status_view *view)
{
	json_t *list = json_array();

	for (uint32_t i = 0; i < view->plan->sockets.count; i++) {
		const struct plan_socket *socket = plan_socket(view->plan, i);
		(void)json_array_append_new(list, json_pack("{s:s, s:s}", "listen",
							    plan_listen(view->plan, socket->listen)->name, "address",
							    plan_text(view->plan, socket->text_at)));
	}
	return list;
}

static json_t *calls_object(const struct status_view *view)
{
	struct status_totals totals;
	json_t *refused = json_object();

	status_view_totals(view, &totals);
	for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
		(void)json_object_set_new(refused, refusal_word((enum refusal)i),
					  json_integer((json_int_t)totals.refused[i]));
	}
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "accepted", (json_int_t)totals.accepted,
			 "handed_over", (json_int_t)totals.handed_over, "helped", (json_int_t)totals.helped, "gone",
			 (json_int_t)totals.gone, "gave_way", (json_int_t)totals.gave_way, "starved",
			 (json_int_t)totals.starved, "unfinished", (json_int_t)totals.unfinished, "closing",
			 (json_int_t)totals.closing, "refused_all", (json_int_t)totals.refused_all, "refused", refused);
}

/* ---- functions ---- */

static json_t *slot_object(const struct slot_view *slot)
{
	json_t *object =
		json_pack("{s:i, s:s, s:s, s:I}", "pid", (int)slot->process, "kind", slot_kind_word(slot->kind),
			  "state", slot_stage_word(slot->stage), "age_ms", (json_int_t)slot->age_ms);

	if (slot->kind == SLOT_INSTANCE) {
		(void)json_object_set_new(object, "port", json_integer((json_int_t)slot->port));
		(void)json_object_set_new(object, "connected", json_boolean(slot->connected));
	}
	if (slot->key[0] != '\0') {
		(void)json_object_set_new(object, "key", json_string(slot->key));
	}
	return object;
}

static json_t *relay_object(const struct relay_tally *relay)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "open", (json_int_t)relay->open, "total",
			 (json_int_t)relay->total, "octets_to_target", (json_int_t)relay->octets[RELAY_TO_TARGET],
			 "octets_to_client", (json_int_t)relay->octets[RELAY_TO_CLIENT], "connect_failed",
			 (json_int_t)relay->connect_failed, "connect_timeouts", (json_int_t)relay->connect_timeouts,
			 "idle_timeouts", (json_int_t)relay->idle_timeouts);
}

static json_t *function_object(const struct status_view *view, const struct function_tally *tally, uint32_t index)
{
	const struct plan_function *function = plan_function(view->plan, index);
	const struct status_queue *queue = &view->queues[function->queue];
	json_t *processes = json_pack("{s:i, s:i, s:i, s:i}", "call", (int)tally->processes[SLOT_PROCESS], "instance",
				      (int)tally->processes[SLOT_INSTANCE], "worker",
				      (int)tally->processes[SLOT_WORKER], "attached", (int)tally->workers_attached);

	json_t *relay = function->handover == SETTING_RELAY ? relay_object(&tally->relay) : NULL;

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:i, s:I, s:o, s:{s:i, s:i}, s:o*, s:[]}",
			 "name", function->name.text, "handover", handover_word(function->handover), "account",
			 plan_account(view->plan, function->account)->name, "state", condition_word(tally->condition),
			 "paused_ms", (json_int_t)tally->paused_ms, "calls", (json_int_t)tally->calls, "refused",
			 (json_int_t)tally->refused, "started", (json_int_t)tally->started, "failed",
			 (json_int_t)tally->failed, "ports", (int)tally->ports, "ports_told",
			 (json_int_t)tally->ports_told, "processes", processes, "queue", "waiting", (int)queue->waiting,
			 "max", (int)queue->calls_max, "relay", relay, "running");
}

static void add_slots(const struct status_view *view, json_t **objects)
{
	struct slot_view slot;

	for (uint32_t account = 0; account < view->plan->accounts.count; account++) {
		for (int i = 0, count = status_view_slots(view, account); i < count; i++) {
			if (status_view_slot(view, account, i, &slot) && objects[slot.function] != NULL) {
				(void)json_array_append_new(json_object_get(objects[slot.function], "running"),
							    slot_object(&slot));
			}
		}
	}
}

static json_t *functions_array(const struct status_view *view, const struct function_tally *tallies, uint32_t function)
{
	uint32_t count = view->plan->functions.count;
	json_t **objects = calloc(count + 1, sizeof(json_t *));
	json_t *list = objects != NULL ? json_array() : NULL;

	for (uint32_t i = 0; i < count && list != NULL; i++) {
		if (function == PLAN_NONE || function == i) {
			objects[i] = function_object(view, &tallies[i], i);
			(void)json_array_append_new(list, objects[i]); /* takes the reference; we borrow it */
		}
	}
	if (list != NULL) {
		add_slots(view, objects);
	}
	free(objects);
	return list;
}

int status_print_json(const struct status_view *view, const struct function_tally *tallies, uint32_t function)
{
	json_t *status = json_pack("{s:o, s:o, s:o, s:o, s:o}", "berthd", daemon_object(&view->state), "roles",
				   processes_array(view), "listens", listens_array(view), "calls", calls_object(view),
				   "functions", functions_array(view, tallies, function));

	if (status == NULL) {
		return -ENOMEM;
	}
	int r = json_dumpf(status, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
	(void)putchar('\n');
	json_decref(status);
	/* What cannot be written shows when standard output is closed. */
	return r < 0 && !ferror(stdout) ? -ENOMEM : 0;
}
