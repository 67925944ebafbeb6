/* berth_status.c - `berth status`: how berthd and its functions fare. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/berth_control.h"
#include "cmd/berth_status.h"
#include "cmd/berth_table.h"

/* More functions than this are not all shown unless asked for. */
enum { FEW_FUNCTIONS = 40 };

const char *condition_text(const struct function_tally *tally, char text[CONDITION_MAX])
{
	char duration[DURATION_MAX];

	if (tally->condition == FUNCTION_PAUSED) {
		(void)snprintf(text, CONDITION_MAX, "paused %s", duration_text(tally->paused_ms, duration));
	} else {
		(void)snprintf(text, CONDITION_MAX, "%s", condition_word(tally->condition));
	}
	return text;
}

/* ---- berthd itself ---- */

static void print_daemon(const struct status_view *view)
{
	const struct status_state *state = &view->state;
	char duration[DURATION_MAX];

	(void)printf("berthd      %" PRId32 ", up %s, generation %" PRIu64 ", reloads %" PRIu64 " (refused %" PRIu64
		     "), roles restarted %" PRIu64 "\n",
		     state->process, duration_text(state->now_ms - state->started_ms, duration), state->generation,
		     state->reloads, state->reloads_refused, state->restarts);
	(void)printf("powers      %s; %s\n",
		     state->root ? "functions run as their own users" : "without root: functions run as its own user",
		     state->filters ? "ports can be filtered" : "ports cannot be filtered");
}

static void print_acceptor(const struct status_view *view, const struct status_process *process)
{
	const struct counters *counters = status_view_acceptor(view, process->process);

	(void)printf("acceptor %" PRIu32 "  %" PRId32, process->number + 1, process->process);
	if (counters != NULL) {
		(void)printf(", unfinished %" PRIu64 ", closing %" PRIu64, atomic_load(&counters->unfinished),
			     atomic_load(&counters->closing));
	}
	(void)printf("%s%s\n", process->ready ? "" : ", starting", process->finishing ? ", finishing" : "");
}

static const char *launcher_account(const struct status_view *view, const struct status_process *process)
{
	return process->account < view->plan->accounts.count ? plan_account(view->plan, process->account)->name
							     : "(gone)";
}

/* Roles but acceptors, which have a line each because they have something to tell. */
static void print_servants(const struct status_view *view, enum status_role role, const char *heading)
{
	const char *between = "";

	for (uint32_t i = view->state.process_count; i-- > 0;) { /* the newest come first */
		const struct status_process *process = &view->processes[i];
		if (process->role != role) {
			continue;
		}
		if (between[0] == '\0') {
			(void)printf("%-11s ", heading);
		}
		(void)printf("%s%" PRId32, between, process->process);
		if (role == STATUS_LAUNCHER) {
			(void)printf(" %s", launcher_account(view, process));
		}
		(void)printf("%s%s", process->ready ? "" : " (starting)", process->finishing ? " (finishing)" : "");
		between = ", ";
	}
	if (between[0] != '\0') {
		(void)putchar('\n');
	}
}

static void print_roles(const struct status_view *view)
{
	for (uint32_t i = view->state.process_count; i-- > 0;) {
		if (view->processes[i].role == STATUS_ACCEPTOR) {
			print_acceptor(view, &view->processes[i]);
		}
	}
	print_servants(view, STATUS_LAUNCHER, "launchers");
	print_servants(view, STATUS_PORT_BROKER, "port broker");
}

static void print_listens(const struct status_view *view)
{
	for (uint32_t listen = 0; listen < view->plan->listens.count; listen++) {
		(void)printf("listen      %s:", plan_listen(view->plan, listen)->name);
		for (uint32_t i = 0; i < view->plan->sockets.count; i++) {
			const struct plan_socket *socket = plan_socket(view->plan, i);
			if (socket->listen == listen) {
				(void)printf(" %s", plan_text(view->plan, socket->text_at));
			}
		}
		(void)putchar('\n');
	}
}

static void print_totals(const struct status_view *view)
{
	struct status_totals totals;

	status_view_totals(view, &totals);
	(void)printf("calls       accepted %" PRIu64 ", handed over %" PRIu64 ", helped %" PRIu64
		     ", unfinished %" PRIu64 ", closing %" PRIu64 "\n",
		     totals.accepted, totals.handed_over, totals.helped, totals.unfinished, totals.closing);
	(void)printf("            gone %" PRIu64 ", gave way %" PRIu64 ", starved %" PRIu64 "\n", totals.gone,
		     totals.gave_way, totals.starved);
	(void)printf("refused     %" PRIu64, totals.refused_all);
	for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
		if (totals.refused[i] > 0) {
			(void)printf(", %s %" PRIu64, refusal_word((enum refusal)i), totals.refused[i]);
		}
	}
	(void)putchar('\n');
}

/* ---- the table of functions ---- */

static const struct table_column function_columns[] = {
	{ "FUNCTION", false }, { "HANDOVER", false }, { "ACCOUNT", false }, { "CALLS", true },
	{ "PROCESSES", true }, { "PORTS", true },     { "STARTED", true },  { "FAILED", true },
	{ "REFUSED", true },   { "QUEUE", true },     { "STATE", false },
};

static bool is_worth_a_row(const struct function_tally *tally)
{
	return tally->condition != FUNCTION_OK || tally->calls + tally->refused + tally->failed > 0 ||
	       function_tally_processes(tally) > 0;
}

static void put_function(struct table *table, const struct status_view *view, uint32_t index,
			 const struct function_tally *tally)
{
	const struct plan_function *function = plan_function(view->plan, index);
	const struct status_queue *queue = &view->queues[function->queue];
	char condition[CONDITION_MAX];

	table_put(table, "%s", function->name.text);
	table_put(table, "%s", handover_word(function->handover));
	table_put(table, "%s", plan_account(view->plan, function->account)->name);
	table_put(table, "%" PRIu64, tally->calls);
	table_put(table, "%" PRIu32, function_tally_processes(tally));
	table_put(table, "%" PRIu32, tally->ports);
	table_put(table, "%" PRIu64, tally->started);
	table_put(table, "%" PRIu64, tally->failed);
	table_put(table, "%" PRIu64, tally->refused);
	table_put(table, "%" PRIu32 "/%" PRIu32, queue->waiting, queue->calls_max);
	table_put(table, "%s", condition_text(tally, condition));
}

static int print_functions(const struct status_view *view, const struct function_tally *tallies, bool all)
{
	uint32_t count = view->plan->functions.count;
	uint32_t left_out = 0;
	struct table table;

	table_init(&table, function_columns, sizeof(function_columns) / sizeof(function_columns[0]));
	for (uint32_t i = 0; i < count; i++) {
		if (all || count <= FEW_FUNCTIONS || is_worth_a_row(&tallies[i])) {
			put_function(&table, view, i, &tallies[i]);
		} else {
			left_out++;
		}
	}
	(void)putchar('\n');
	int r = table_print(&table, SIZE_MAX);
	table_finish(&table);
	if (left_out > 0) {
		(void)printf("and %" PRIu32 " functions that are ok and were not called; --all shows them\n", left_out);
	}
	return r;
}

/* ---- the verb ---- */

static uint32_t find_function(const struct status_view *view, const char *word)
{
	struct name name;

	if (name_parse(word, strlen(word), &name) == 0) {
		for (uint32_t i = 0; i < view->plan->functions.count; i++) {
			if (name_equal(&plan_function(view->plan, i)->name, &name)) {
				return i;
			}
		}
	}
	return PLAN_NONE;
}

static int print_all(const struct status_view *view, const struct function_tally *tallies, bool all)
{
	print_daemon(view);
	print_roles(view);
	print_listens(view);
	print_totals(view);
	return print_functions(view, tallies, all);
}

static int print(const struct request *request, const struct status_view *view, uint32_t function)
{
	struct function_tally *tallies = status_view_tally(view);
	int r = -ENOMEM;

	if (tallies != NULL) {
		r = request->json	    ? status_print_json(view, tallies, function)
		    : function != PLAN_NONE ? status_print_function(view, tallies, function)
					    : print_all(view, tallies, request->all);
	}
	free(tallies);
	if (r < 0) {
		complain_about("%s", strerror(-r));
	}
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

static int run(const struct request *request)
{
	struct status_view *view = NULL;
	uint32_t function = PLAN_NONE;
	int status = ask_status(request, &view);

	if (status != EXIT_DONE) {
		return status;
	}
	if (request->word != NULL) {
		function = find_function(view, request->word);
	}
	if (request->word != NULL && function == PLAN_NONE) {
		complain_about_function(view, request->word);
		status = EXIT_NO;
	} else {
		status = print(request, view, function);
	}
	status_view_destroy(view);
	return status;
}

const struct verb verb_status = {
	.name = "status",
	.summary = "show functions, processes, queues, and what was refused",
	.usage = "berth status [--json] [--all] [--run-dir DIR] [FUNCTION]\n"
		 "Shows how berthd and its functions fare, or one function with all its processes and ports.\n"
		 "\n"
		 "      --json         as one JSON object\n"
		 "      --all          also the functions of a long list that are ok and were not called\n"
		 "      --run-dir DIR  the run-dir of berthd\n",
	.options = TAKES_RUN_DIR | TAKES_JSON | TAKES_ALL,
	.word = WORD_OPTIONAL,
	.run = run,
};
