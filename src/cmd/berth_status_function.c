/* berth_status_function.c - `berth status FUNCTION`: one function, its processes and the ports they were lent. */
#include <inttypes.h>
#include <stdio.h>

#include "cmd/berth_status.h"
#include "cmd/berth_table.h"

static const struct table_column slot_columns[] = {
	{ "SLOT", true }, { "PID", true },  { "KIND", false },	    { "STATE", false },
	{ "AGE", true },  { "PORT", true }, { "CONNECTED", false }, { "KEY", false },
};

static void put_slot(struct table *table, int number, const struct slot_view *slot)
{
	char duration[DURATION_MAX];
	bool instance = slot->kind == SLOT_INSTANCE;

	table_put(table, "%d", number);
	table_put(table, "%d", slot->process);
	table_put(table, "%s", slot_kind_word(slot->kind));
	table_put(table, "%s", slot_stage_word(slot->stage));
	table_put(table, "%s", duration_text(slot->age_ms, duration));
	if (slot->port != 0) {
		table_put(table, "%" PRIu32, slot->port);
	} else {
		table_put(table, "-");
	}
	table_put(table, "%s", !instance ? "-" : slot->connected ? "yes" : "no");
	table_put(table, "%s", slot->key[0] != '\0' ? slot->key : "-");
}

static int print_slots(const struct status_view *view, uint32_t function)
{
	uint32_t account = plan_function(view->plan, function)->account;
	struct slot_view slot;
	struct table table;
	int r = 0;

	table_init(&table, slot_columns, sizeof(slot_columns) / sizeof(slot_columns[0]));
	for (int i = 0, count = status_view_slots(view, account); i < count; i++) {
		if (status_view_slot(view, account, i, &slot) && slot.function == function) {
			put_slot(&table, i, &slot);
		}
	}
	if (table.used > 0 || table.failed) {
		(void)putchar('\n');
		r = table_print(&table, SIZE_MAX);
	}
	table_finish(&table);
	return r;
}

static void print_limits(const struct plan_function *function)
{
	if (function->handover == SETTING_WORKER || function->handover == SETTING_RELAY) {
		(void)printf(", %" PRIu32 " of them workers that berthd keeps", function->workers);
	} else {
		(void)printf(", at most %" PRIu32, function->processes_max);
	}
}

static void print_relay(const struct relay_tally *relay)
{
	(void)printf("relayed     open %" PRIu64 ", all %" PRIu64 "; octets to the target %" PRIu64
		     ", to clients %" PRIu64 "\n",
		     relay->open, relay->total, relay->octets[RELAY_TO_TARGET], relay->octets[RELAY_TO_CLIENT]);
	(void)printf("            target failed %" PRIu64 ", did not answer in time %" PRIu64
		     "; ended for silence %" PRIu64 "\n",
		     relay->connect_failed, relay->connect_timeouts, relay->idle_timeouts);
}

int status_print_function(const struct status_view *view, const struct function_tally *tallies, uint32_t function)
{
	const struct plan_function *planned = plan_function(view->plan, function);
	const struct function_tally *tally = &tallies[function];
	const struct status_queue *queue = &view->queues[planned->queue];
	char condition[CONDITION_MAX];

	(void)printf("function    %s, %s\n", planned->name.text, condition_text(tally, condition));
	(void)printf("handover    %s, as %s\n", handover_word(planned->handover),
		     plan_account(view->plan, planned->account)->name);
	(void)printf("calls       handed over %" PRIu64 ", refused %" PRIu64 "\n", tally->calls, tally->refused);
	(void)printf("processes   %" PRIu32, function_tally_processes(tally));
	print_limits(planned);
	(void)printf("; started %" PRIu64 ", failed %" PRIu64 ", attached %" PRIu32 "\n", tally->started, tally->failed,
		     tally->workers_attached);
	if (planned->handover == SETTING_PORT) {
		(void)printf("ports       lent %" PRIu32 ", told to callers %" PRIu64 ", from %u-%u\n", tally->ports,
			     tally->ports_told, planned->port_first, planned->port_last);
	}
	if (planned->handover == SETTING_RELAY) {
		print_relay(&tally->relay);
	}
	(void)printf("queue       waiting %" PRIu32 " of %" PRIu32 "\n", queue->waiting, queue->calls_max);
	return print_slots(view, function);
}
