/* berth_metrics.c - `berth metrics`: the status in the text format of Prometheus, for a textfile collector or a scrape.
 *
 * Names of metrics and labels stay what they are; new ones may come. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/berth_control.h"

static void begin(const char *name, const char *type, const char *help)
{
	(void)printf("# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A metric of one number. */
static void print_one(const char *name, const char *type, const char *help, uint64_t value)
{
	begin(name, type, help);
	(void)printf("%s %" PRIu64 "\n", name, value);
}

/* A value between quotes as the format wants it. */
static void print_label(const char *name, const char *value)
{
	(void)printf("%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"') {
			(void)putchar('\\');
		}
		(void)fputs(*value == '\n' ? "\\n" : (char[]){ *value, '\0' }, stdout);
	}
	(void)putchar('"');
}

/* ---- berthd ---- */

static void print_daemon(const struct status_view *view)
{
	const struct status_state *state = &view->state;
	uint64_t uptime_ms = state->now_ms - state->started_ms;

	print_one("berth_up", "gauge", "1 when berthd answered.", 1);
	begin("berth_uptime_seconds", "gauge", "How long berthd has been running.");
	(void)printf("berth_uptime_seconds %" PRIu64 ".%03u\n", uptime_ms / 1000, (unsigned)(uptime_ms % 1000));
	print_one("berth_generation", "gauge", "The generation of the configuration that serves.", state->generation);
	print_one("berth_reloads_total", "counter", "Reloads that were done.", state->reloads);
	print_one("berth_reloads_refused_total", "counter", "Reloads that changed nothing because something was wrong.",
		  state->reloads_refused);
	print_one("berth_role_restarts_total", "counter",
		  "Acceptors, launchers and port brokers that ended unasked and were replaced.", state->restarts);
}

static void print_roles(const struct status_view *view)
{
	static const char *const roles[] = {
		[STATUS_ACCEPTOR] = "acceptor",
		[STATUS_LAUNCHER] = "launcher",
		[STATUS_PORT_BROKER] = "port-broker",
	};

	begin("berth_role_processes", "gauge", "Processes of berthd itself, by what they are.");
	for (uint32_t role = STATUS_ACCEPTOR; role <= STATUS_PORT_BROKER; role++) {
		unsigned count = 0;
		for (uint32_t i = 0; i < view->state.process_count; i++) {
			count += view->processes[i].role == role;
		}
		(void)printf("berth_role_processes{role=\"%s\"} %u\n", roles[role], count);
	}
}

/* ---- calls ---- */

static void print_refused(const struct status_totals *totals)
{
	begin("berth_calls_refused_total", "counter", "Calls refused, by the word that was said.");
	for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
		(void)printf("berth_calls_refused_total{reason=\"%s\"} %" PRIu64 "\n", refusal_word((enum refusal)i),
			     totals->refused[i]);
	}
}

/* Bucket b of the counters ends at 64 microseconds times 2^b; the last one has no end. */
static void print_first_message(const struct status_totals *totals)
{
	uint64_t count = 0;

	begin("berth_first_message_seconds", "histogram", "From accept to the call queue.");
	for (int i = 0; i < WAIT_BUCKETS; i++) {
		uint64_t end_us = (uint64_t)64 << i;
		count += totals->wait[i];
		if (i < WAIT_BUCKETS - 1) {
			(void)printf("berth_first_message_seconds_bucket{le=\"%" PRIu64 ".%06u\"} %" PRIu64 "\n",
				     end_us / 1000000, (unsigned)(end_us % 1000000), count);
		}
	}
	(void)printf("berth_first_message_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", count);
	(void)printf("berth_first_message_seconds_sum %" PRIu64 ".%06u\n", totals->wait_sum_us / 1000000,
		     (unsigned)(totals->wait_sum_us % 1000000));
	(void)printf("berth_first_message_seconds_count %" PRIu64 "\n", count);
}

static void print_calls(const struct status_view *view)
{
	struct status_totals totals;

	status_view_totals(view, &totals);
	print_one("berth_calls_accepted_total", "counter", "Connections accepted.", totals.accepted);
	print_one("berth_calls_handed_over_total", "counter", "Calls put into a call queue.", totals.handed_over);
	print_one("berth_calls_helped_total", "counter", "Callers given the list of functions.", totals.helped);
	print_one("berth_calls_gone_total", "counter", "Callers that left before their first message was whole.",
		  totals.gone);
	print_one("berth_calls_gave_way_total", "counter", "Oldest unfinished calls refused to make room.",
		  totals.gave_way);
	print_refused(&totals);
	print_one("berth_calls_unfinished", "gauge", "Calls whose first message is not whole.", totals.unfinished);
	print_one("berth_calls_closing", "gauge", "Calls that were answered and are being closed.", totals.closing);
	print_one("berth_acceptor_starved_total", "counter", "Times no descriptor was left for a new call.",
		  totals.starved);
	print_first_message(&totals);
}

/* ---- functions ---- */

static uint64_t calls_of(const struct function_tally *tally)
{
	return tally->calls;
}

static uint64_t refused_of(const struct function_tally *tally)
{
	return tally->refused;
}

static uint64_t started_of(const struct function_tally *tally)
{
	return tally->started;
}

static uint64_t failed_of(const struct function_tally *tally)
{
	return tally->failed;
}

static uint64_t ports_of(const struct function_tally *tally)
{
	return tally->ports;
}

static uint64_t ports_told_of(const struct function_tally *tally)
{
	return tally->ports_told;
}

static uint64_t serves(const struct function_tally *tally)
{
	return tally->condition == FUNCTION_OK;
}

struct function_metric {
	const char *name;
	const char *type;
	const char *help;
	uint64_t (*value)(const struct function_tally *tally);
};

static const struct function_metric function_metrics[] = {
	{ "berth_function_calls_total", "counter", "Calls put into a call queue.", calls_of },
	{ "berth_function_refused_total", "counter", "Calls refused after the function was known.", refused_of },
	{ "berth_function_started_total", "counter", "Processes started.", started_of },
	{ "berth_function_failed_total", "counter", "Processes that could not be started.", failed_of },
	{ "berth_function_ports_told_total", "counter", "Ports told to callers.", ports_told_of },
	{ "berth_ports_lent", "gauge", "Ports that processes of the function hold.", ports_of },
	{ "berth_function_ok", "gauge", "0 while it is draining, paused or has no worker.", serves },
};

static uint64_t relay_open_of(const struct function_tally *tally)
{
	return tally->relay.open;
}

static uint64_t relay_total_of(const struct function_tally *tally)
{
	return tally->relay.total;
}

static uint64_t relay_to_target_of(const struct function_tally *tally)
{
	return tally->relay.octets[RELAY_TO_TARGET];
}

static uint64_t relay_to_client_of(const struct function_tally *tally)
{
	return tally->relay.octets[RELAY_TO_CLIENT];
}

static uint64_t relay_failed_of(const struct function_tally *tally)
{
	return tally->relay.connect_failed;
}

static uint64_t relay_connect_timeouts_of(const struct function_tally *tally)
{
	return tally->relay.connect_timeouts;
}

static uint64_t relay_idle_timeouts_of(const struct function_tally *tally)
{
	return tally->relay.idle_timeouts;
}

/* Of functions with handover = relay only. */
static const struct function_metric relay_metrics[] = {
	{ "berth_relay_connections", "gauge", "Connections that relays hold.", relay_open_of },
	{ "berth_relay_connections_total", "counter", "Calls that relays took.", relay_total_of },
	{ "berth_relay_to_target_octets_total", "counter", "Octets relayed to the target.", relay_to_target_of },
	{ "berth_relay_to_client_octets_total", "counter", "Octets relayed to clients.", relay_to_client_of },
	{ "berth_relay_target_failed_total", "counter", "Calls whose target refused or could not be reached.",
	  relay_failed_of },
	{ "berth_relay_target_timeouts_total", "counter", "Calls whose target did not answer in time.",
	  relay_connect_timeouts_of },
	{ "berth_relay_idle_timeouts_total", "counter", "Connections ended because nothing was said.",
	  relay_idle_timeouts_of },
};

static void print_sample(const struct status_view *view, const char *name, uint32_t function, uint64_t value)
{
	(void)printf("%s{function=\"%s\"} %" PRIu64 "\n", name, plan_function(view->plan, function)->name.text, value);
}

static void print_processes(const struct status_view *view, const struct function_tally *tallies)
{
	static const char sample[] = "berth_function_processes{function=\"%s\",kind=\"%s\"} %" PRIu32 "\n";

	begin("berth_function_processes", "gauge", "Processes of the function, by what they are.");
	for (uint32_t i = 0; i < view->plan->functions.count; i++) {
		const char *name = plan_function(view->plan, i)->name.text;
		for (int kind = 0; kind < SLOT_KINDS; kind++) {
			(void)printf(sample, name, slot_kind_word((enum slot_kind)kind), tallies[i].processes[kind]);
		}
		(void)printf(sample, name, "attached", tallies[i].workers_attached);
	}
}

static void print_metric(const struct status_view *view, const struct function_tally *tallies,
			 const struct function_metric *metric, bool relays_only)
{
	begin(metric->name, metric->type, metric->help);
	for (uint32_t function = 0; function < view->plan->functions.count; function++) {
		if (!relays_only || plan_function(view->plan, function)->handover == SETTING_RELAY) {
			print_sample(view, metric->name, function, metric->value(&tallies[function]));
		}
	}
}

static void print_functions(const struct status_view *view, const struct function_tally *tallies)
{
	for (size_t i = 0; i < sizeof(function_metrics) / sizeof(function_metrics[0]); i++) {
		print_metric(view, tallies, &function_metrics[i], false);
	}
	for (size_t i = 0; i < sizeof(relay_metrics) / sizeof(relay_metrics[0]); i++) {
		print_metric(view, tallies, &relay_metrics[i], true);
	}
	print_processes(view, tallies);
}

/* ---- queues ---- */

/* The queue of an account's launchers has an empty function. */
static void print_queue(const struct status_view *view, const char *name, uint32_t index, uint32_t value)
{
	const struct plan_queue *queue = plan_queue(view->plan, index);

	(void)printf("%s{", name);
	print_label("account", plan_account(view->plan, queue->account)->name);
	(void)putchar(',');
	print_label("function",
		    queue->function == PLAN_NONE ? "" : plan_function(view->plan, queue->function)->name.text);
	(void)printf("} %" PRIu32 "\n", value);
}

static void print_queues(const struct status_view *view)
{
	begin("berth_queue_waiting", "gauge", "Calls in a call queue that nobody has taken.");
	for (uint32_t i = 0; i < view->state.queue_count; i++) {
		print_queue(view, "berth_queue_waiting", i, view->queues[i].waiting);
	}
	begin("berth_queue_capacity", "gauge", "Calls that a call queue holds.");
	for (uint32_t i = 0; i < view->state.queue_count; i++) {
		print_queue(view, "berth_queue_capacity", i, view->queues[i].calls_max);
	}
}

/* ---- the verb ---- */

static int run(const struct request *request)
{
	struct status_view *view = NULL;
	int status = ask_status(request, &view);

	if (status != EXIT_DONE) {
		return status;
	}
	struct function_tally *tallies = status_view_tally(view);
	if (tallies != NULL) {
		print_daemon(view);
		print_roles(view);
		print_calls(view);
		print_functions(view, tallies);
		print_queues(view);
	} else {
		complain_about("no memory for %" PRIu32 " functions", view->plan->functions.count);
		status = EXIT_COULD_NOT;
	}
	free(tallies);
	status_view_destroy(view);
	return status;
}

const struct verb verb_metrics = {
	.name = "metrics",
	.summary = "print everything that is counted, for Prometheus",
	.usage = "berth metrics [--run-dir DIR]\n"
		 "Prints everything that is counted in the text format of Prometheus.\n"
		 "\n"
		 "      --run-dir DIR  the run-dir of berthd\n",
	.options = TAKES_RUN_DIR,
	.word = WORD_NONE,
	.run = run,
};
