/* berth_top.c - `berth top`: what happens now, once a second.
 *
 * Each look asks for a whole new status, because a reload may have changed everything; what is shown is the difference
 * of two looks.  On a terminal each look replaces the one before, elsewhere it stands below it. */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cmd/berth_control.h"
#include "cmd/berth_status.h"
#include "cmd/berth_table.h"

enum { HEADER_LINES = 5 };

static const char hide_cursor[] = "\033[?25l";
static const char show_cursor[] = "\033[?25h";
static const char home_and_clear[] = "\033[H\033[J";

struct look {
	struct status_view *view;
	struct function_tally *tallies;
	struct status_totals totals;
};

/* One function between two looks. */
struct row {
	uint32_t function;
	uint64_t calls;
	uint64_t refused;
	uint64_t calls_before;
};

/* ---- looking ---- */

static void look_finish(struct look *look)
{
	free(look->tallies);
	look->view = status_view_destroy(look->view);
	look->tallies = NULL;
}

static int look_take(struct control *control, struct look *ret_look)
{
	struct look look = { 0 };
	int r = control_status(control, &look.view);

	if (r < 0) {
		return r;
	}
	look.tallies = status_view_tally(look.view);
	if (look.tallies == NULL) {
		complain_about("%s", strerror(ENOMEM));
		look_finish(&look);
		return -ENOMEM;
	}
	status_view_totals(look.view, &look.totals);
	*ret_look = look;
	return 0;
}

/* ---- comparing ---- */

static uint64_t difference(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

/* The same function in the look before, or NULL when it is new. */
static const struct function_tally *tally_before(const struct look *before, const struct plan_function *function)
{
	const struct plan *plan = before->view->plan;
	const struct plan_function *same = plan_find_id(plan, function->id);

	return same != NULL ? &before->tallies[same - plan_function(plan, 0)] : NULL;
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a;
	const struct row *y = b;

	if (x->calls + x->refused != y->calls + y->refused) {
		return x->calls + x->refused > y->calls + y->refused ? -1 : 1;
	}
	if (x->calls_before != y->calls_before) {
		return x->calls_before > y->calls_before ? -1 : 1;
	}
	return x->function < y->function ? -1 : 1;
}

/* The rows, those with most to do first; the caller frees them. */
static struct row *make_rows(const struct look *before, const struct look *now)
{
	uint32_t count = now->view->plan->functions.count;
	struct row *rows = calloc(count + 1, sizeof(*rows));

	for (uint32_t i = 0; i < count && rows != NULL; i++) {
		const struct function_tally *tally = &now->tallies[i];
		const struct function_tally *earlier = tally_before(before, plan_function(now->view->plan, i));
		rows[i] = (struct row){
			.function = i,
			.calls = difference(tally->calls, earlier != NULL ? earlier->calls : 0),
			.refused = difference(tally->refused, earlier != NULL ? earlier->refused : 0),
			.calls_before = tally->calls,
		};
	}
	if (rows != NULL) {
		qsort(rows, count, sizeof(*rows), compare_rows);
	}
	return rows;
}

/* ---- showing ---- */

static double per_second(uint64_t count, const struct look *before, const struct look *now)
{
	uint64_t passed_ms = difference(now->view->state.now_ms, before->view->state.now_ms);

	return (double)count * 1000.0 / (double)(passed_ms > 0 ? passed_ms : 1);
}

static void print_rate(const char *what, uint64_t now_count, uint64_t before_count, const struct look *before,
		       const struct look *now)
{
	(void)printf("%s%.1f/s", what, per_second(difference(now_count, before_count), before, now));
}

static void print_header(const struct look *before, const struct look *now)
{
	const struct status_state *state = &now->view->state;
	char duration[DURATION_MAX];

	(void)printf("berthd %" PRId32 ", up %s, generation %" PRIu64 ", unfinished %" PRIu64 ", closing %" PRIu64 "\n",
		     state->process, duration_text(state->now_ms - state->started_ms, duration), state->generation,
		     now->totals.unfinished, now->totals.closing);
	print_rate("accepted ", now->totals.accepted, before->totals.accepted, before, now);
	print_rate(", handed over ", now->totals.handed_over, before->totals.handed_over, before, now);
	print_rate(", gone ", now->totals.gone, before->totals.gone, before, now);
	print_rate("\nrefused ", now->totals.refused_all, before->totals.refused_all, before, now);
	for (int i = REFUSAL_NONE + 1; i < REFUSALS; i++) {
		if (difference(now->totals.refused[i], before->totals.refused[i]) > 0) {
			(void)printf(", %s ", refusal_word((enum refusal)i));
			print_rate("", now->totals.refused[i], before->totals.refused[i], before, now);
		}
	}
	(void)fputs("\n\n", stdout);
}

static const struct table_column columns[] = {
	{ "FUNCTION", false }, { "CALLS/S", true }, { "REFUSED/S", true }, { "CALLS", true },
	{ "PROCESSES", true }, { "PORTS", true },   { "QUEUE", true },	   { "STATE", false },
};

static void put_row(struct table *table, const struct row *row, const struct look *before, const struct look *now)
{
	const struct plan_function *function = plan_function(now->view->plan, row->function);
	const struct function_tally *tally = &now->tallies[row->function];
	const struct status_queue *queue = &now->view->queues[function->queue];
	char condition[CONDITION_MAX];

	table_put(table, "%s", function->name.text);
	table_put(table, "%.1f", per_second(row->calls, before, now));
	table_put(table, "%.1f", per_second(row->refused, before, now));
	table_put(table, "%" PRIu64, tally->calls);
	table_put(table, "%" PRIu32, function_tally_processes(tally));
	table_put(table, "%" PRIu32, tally->ports);
	table_put(table, "%" PRIu32 "/%" PRIu32, queue->waiting, queue->calls_max);
	table_put(table, "%s", condition_text(tally, condition));
}

/* How many functions there is room for. */
static uint32_t rows_of_screen(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > HEADER_LINES + 1) {
		return size.ws_row - HEADER_LINES - 1;
	}
	return 20;
}

static int print_look(const struct look *before, const struct look *now, bool terminal)
{
	uint32_t room = terminal ? rows_of_screen() : UINT32_MAX;
	struct row *rows = make_rows(before, now);
	struct table table;

	if (rows == NULL) {
		return -ENOMEM;
	}
	table_init(&table, columns, sizeof(columns) / sizeof(columns[0]));
	for (uint32_t i = 0; i < now->view->plan->functions.count && i < room; i++) {
		put_row(&table, &rows[i], before, now);
	}
	(void)fputs(terminal ? home_and_clear : "", stdout);
	print_header(before, now);
	int r = table_print(&table, SIZE_MAX);
	(void)fputs(terminal ? "" : "\n", stdout);
	(void)fflush(stdout);
	table_finish(&table);
	free(rows);
	return r;
}

/* ---- the verb ---- */

/* Signals that end us are waited for, so that the cursor comes back whatever happens. */
static void hold_signals(sigset_t *ret_signals)
{
	sigemptyset(ret_signals);
	sigaddset(ret_signals, SIGINT);
	sigaddset(ret_signals, SIGTERM);
	sigaddset(ret_signals, SIGHUP);
	(void)sigprocmask(SIG_BLOCK, ret_signals, NULL);
}

/* True when one of the signals came. */
static bool pause_for(int interval_ms, const sigset_t *signals)
{
	const struct timespec interval = {
		.tv_sec = interval_ms / 1000,
		.tv_nsec = (long)(interval_ms % 1000) * 1000000,
	};
	int signal;

	do {
		signal = sigtimedwait(signals, NULL, &interval);
	} while (signal < 0 && errno == EINTR);
	return signal > 0;
}

static int show(const struct request *request, struct control *control, bool terminal, const sigset_t *signals)
{
	struct look before = { 0 };
	struct look now = { 0 };
	int r = look_take(control, &before);

	for (uint64_t i = 0; r == 0 && (request->iterations == 0 || i < request->iterations); i++) {
		if (pause_for(request->interval_ms, signals) || ferror(stdout)) {
			break;
		}
		r = look_take(control, &now);
		if (r == 0) {
			r = print_look(&before, &now, terminal);
			look_finish(&before);
			before = now;
		}
	}
	look_finish(&before);
	return r;
}

static int run(const struct request *request)
{
	bool terminal = isatty(STDOUT_FILENO) == 1;
	struct control control;
	sigset_t signals;

	if (control_open(request, &control) < 0) {
		return EXIT_COULD_NOT;
	}
	hold_signals(&signals);
	(void)fputs(terminal ? hide_cursor : "", stdout);
	int r = show(request, &control, terminal, &signals);
	(void)fputs(terminal ? show_cursor : "", stdout);
	control_close(&control);
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

const struct verb verb_top = {
	.name = "top",
	.summary = "show what happens now: calls a second, refusals, processes, queues",
	.usage = "berth top [--interval SECONDS] [--iterations NUMBER] [--run-dir DIR]\n"
		 "Shows what happened since the last look, the busiest function first. Ctrl-C ends it.\n"
		 "\n"
		 "      --interval SECONDS   between two looks (default 1)\n"
		 "      --iterations NUMBER  end after so many (default: never)\n"
		 "      --run-dir DIR        the run-dir of berthd\n",
	.options = TAKES_RUN_DIR | TAKES_INTERVAL | TAKES_ITERATIONS,
	.word = WORD_NONE,
	.run = run,
};
