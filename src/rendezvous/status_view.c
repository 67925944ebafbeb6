/* status_view.c - collects what the supervisor answers to CONTROL_STATUS, and adds it up.
 *
 * Called by the operator's command, never by berthd itself.  Memory that was never used is not touched where
 * that can be helped: reading a page of it would make it exist. */
#include "rendezvous/status_view.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/memory.h"
#include "rendezvous/channel.h"

/* ---- collecting ---- */

struct status_view *status_view_destroy(struct status_view *view)
{
	if (view == NULL) {
		return NULL;
	}
	for (int i = 0; i < ACCOUNTS_MAX; i++) {
		memory_unmap(view->accounts[i], sizeof(struct account));
	}
	for (int i = 0; i < ACCEPTOR_COLUMNS_MAX; i++) {
		memory_unmap(view->counters[i], sizeof(struct counters));
	}
	for (uint32_t i = 0; view->relays != NULL && i < view->plan->queues.count; i++) {
		memory_unmap(view->relays[i], sizeof(struct relay_counters));
	}
	free(view->relays);
	memory_unmap(view->block, view->block_size);
	view->plan = plan_unmap(view->plan);
	free(view);
	return NULL;
}

/* Maps a memory that must have exactly this size. */
static int map_exactly(int descriptor, size_t size, const void **ret_start)
{
	const void *start;
	size_t mapped;
	int r = memory_map_read_only(descriptor, &mapped, &start);

	if (r < 0) {
		return r;
	}
	if (mapped != size) {
		memory_unmap(start, mapped);
		return -EBADMSG;
	}
	*ret_start = start;
	return 0;
}

static int take_state(struct status_view *view, int descriptor)
{
	const void *start;
	size_t size;
	int r = view->block == NULL ? memory_map_read_only(descriptor, &size, &start) : -EBADMSG;

	if (r < 0) {
		return r;
	}
	view->block = start;
	view->block_size = size;
	if (size < sizeof(view->state)) {
		return -EBADMSG;
	}
	memcpy(&view->state, start, sizeof(view->state));
	size_t processes = view->state.process_count * sizeof(struct status_process);
	size_t queues = view->state.queue_count * sizeof(struct status_queue);
	if (view->state.magic != STATUS_MAGIC || size != sizeof(view->state) + processes + queues) {
		return -EBADMSG;
	}
	const uint8_t *octets = start;
	view->processes = (const void *)(octets + sizeof(view->state));
	view->queues = (const void *)(octets + sizeof(view->state) + processes);
	return 0;
}

static int take_relay(struct status_view *view, uint64_t queue, int descriptor)
{
	const void *start = NULL;

	if (view->plan == NULL || queue >= view->plan->queues.count) {
		return -EBADMSG;
	}
	if (view->relays == NULL) {
		view->relays = calloc(view->plan->queues.count, sizeof(struct relay_counters *));
	}
	if (view->relays == NULL) {
		return -ENOMEM;
	}
	if (view->relays[queue] != NULL) {
		return -EBADMSG;
	}
	int r = map_exactly(descriptor, sizeof(struct relay_counters), &start);
	view->relays[queue] = start;
	return r;
}

/* Parts that a later berthd may have and this build does not know are passed over. */
static int take_part(struct status_view *view, const struct control_message *message, int descriptor)
{
	const void *start = NULL;
	int r = 0;

	switch (message->index) {
	case PART_STATE:
		return take_state(view, descriptor);
	case PART_PLAN:
		return view->plan == NULL ? plan_map(descriptor, &view->plan) : -EBADMSG;
	case PART_ACCOUNT:
		if (message->number >= ACCOUNTS_MAX || view->accounts[message->number] != NULL) {
			return -EBADMSG;
		}
		r = map_exactly(descriptor, sizeof(struct account), &start);
		view->accounts[message->number] = start;
		return r;
	case PART_COUNTERS:
		if (message->number >= ACCEPTOR_COLUMNS_MAX || view->counters[message->number] != NULL) {
			return -EBADMSG;
		}
		r = map_exactly(descriptor, sizeof(struct counters), &start);
		view->counters[message->number] = start;
		return r;
	case PART_RELAY:
		return take_relay(view, message->number, descriptor);
	default:
		return 0;
	}
}

/* Everything that is referred to is there. */
static bool is_whole(const struct status_view *view)
{
	if (view->block == NULL || view->plan == NULL || view->plan->accounts.count > ACCOUNTS_MAX ||
	    view->plan->queues.count != view->state.queue_count) {
		return false;
	}
	for (uint32_t i = 0; i < view->plan->accounts.count; i++) {
		if (view->accounts[i] == NULL) {
			return false;
		}
	}
	return true;
}

/* One message of the answer.  1: it was the last; 0: there are more. */
static int take_message(struct status_view *view, int channel, int patience_ms)
{
	struct pollfd readable = { .fd = channel, .events = POLLIN };
	struct control_message message;
	int descriptor = -1;
	int r = poll(&readable, 1, patience_ms);

	if (r <= 0) {
		return r < 0 && errno != EINTR ? -errno : r < 0 ? 0 : -ETIMEDOUT;
	}
	r = channel_receive(channel, CONTROL_BIT(CONTROL_PART) | CONTROL_BIT(CONTROL_DONE), &message, &descriptor);
	if (r < 0) {
		return r == -EAGAIN ? 0 : r;
	}
	if (message.kind == CONTROL_DONE) {
		r = message.result < 0 ? message.result : 1;
	} else {
		r = descriptor < 0 ? -EBADMSG : take_part(view, &message, descriptor);
	}
	if (descriptor >= 0) {
		close(descriptor);
	}
	return r;
}

int status_view_collect(int channel, int patience_ms, struct status_view **ret_view)
{
	struct control_message ask = { .kind = CONTROL_STATUS };
	struct status_view *view = calloc(1, sizeof(*view));

	if (view == NULL) {
		return -ENOMEM;
	}
	int r = channel_send(channel, ask, -1);
	while (r == 0) {
		r = take_message(view, channel, patience_ms);
	}
	if (r > 0 && !is_whole(view)) {
		r = -EBADMSG;
	}
	if (r < 0) {
		status_view_destroy(view);
		return r;
	}
	*ret_view = view;
	return 0;
}

/* ---- all acceptors together ---- */

/* A column that no acceptor ever had holds nothing. */
static bool was_used(const struct counters *counters)
{
	return counters != NULL && (atomic_load(&counters->turn_ms) != 0 || atomic_load(&counters->accepted) != 0);
}

static void add_counters(const struct counters *counters, struct status_totals *totals)
{
	totals->accepted += atomic_load(&counters->accepted);
	totals->handed_over += atomic_load(&counters->handed_over);
	totals->helped += atomic_load(&counters->helped);
	totals->gone += atomic_load(&counters->gone);
	totals->gave_way += atomic_load(&counters->gave_way);
	totals->starved += atomic_load(&counters->starved);
	totals->unfinished += atomic_load(&counters->unfinished);
	totals->closing += atomic_load(&counters->closing);
	totals->wait_sum_us += atomic_load(&counters->wait_sum_us);
	for (int i = 0; i < REFUSALS; i++) {
		uint64_t refused = atomic_load(&counters->refused[i]);
		totals->refused[i] += refused;
		totals->refused_all += refused;
	}
	for (int i = 0; i < WAIT_BUCKETS; i++) {
		totals->wait[i] += atomic_load(&counters->wait[i]);
	}
}

void status_view_totals(const struct status_view *view, struct status_totals *ret_totals)
{
	*ret_totals = (struct status_totals){ 0 };
	for (int i = 0; i < ACCEPTOR_COLUMNS_MAX; i++) {
		if (was_used(view->counters[i])) {
			add_counters(view->counters[i], ret_totals);
		}
	}
}

const struct counters *status_view_acceptor(const struct status_view *view, int32_t process)
{
	for (int i = 0; i < ACCEPTOR_COLUMNS_MAX; i++) {
		if (view->counters[i] != NULL && atomic_load(&view->counters[i]->process) == (uint32_t)process) {
			return view->counters[i];
		}
	}
	return NULL;
}

/* ---- functions ---- */

static void tally_calls(const struct status_view *view, struct function_tally *tallies)
{
	for (int column = 0; column < ACCEPTOR_COLUMNS_MAX; column++) {
		const struct counters *counters = view->counters[column];
		if (!was_used(counters)) {
			continue;
		}
		for (uint32_t i = 0; i < view->plan->functions.count; i++) {
			uint32_t place = function_place(plan_function(view->plan, i)->id);
			tallies[i].calls += atomic_load(&counters->functions[place].calls);
			tallies[i].refused += atomic_load(&counters->functions[place].refused);
		}
	}
}

static const struct relay_counters *relays_of(const struct status_view *view, uint32_t function)
{
	return view->relays != NULL ? view->relays[plan_function(view->plan, function)->queue] : NULL;
}

/* Open connections count where a relay lives; what a dead one had open is closed. */
static void add_open(const struct status_view *view, uint32_t function, int slot, struct relay_tally *tally)
{
	const struct relay_counters *relays = relays_of(view, function);

	if (relays != NULL) {
		tally->open += atomic_load(&relays->columns[slot].open);
	}
}

static void tally_relays(const struct status_view *view, uint32_t function, struct relay_tally *tally)
{
	const struct relay_counters *relays = relays_of(view, function);
	int count = relays != NULL ? status_view_slots(view, plan_function(view->plan, function)->account) : 0;

	for (int slot = 0; slot < count; slot++) {
		const struct relay_column *column = &relays->columns[slot];
		tally->total += atomic_load(&column->total);
		for (int direction = 0; direction < RELAY_DIRECTIONS; direction++) {
			tally->octets[direction] += atomic_load(&column->octets[direction]);
		}
		tally->connect_failed += atomic_load(&column->connect_failed);
		tally->connect_timeouts += atomic_load(&column->connect_timeouts);
		tally->idle_timeouts += atomic_load(&column->idle_timeouts);
	}
}

static void tally_slots(const struct status_view *view, struct function_tally *tallies)
{
	struct slot_view slot;

	for (uint32_t account = 0; account < view->plan->accounts.count; account++) {
		for (int i = 0, count = status_view_slots(view, account); i < count; i++) {
			if (status_view_slot(view, account, i, &slot)) {
				tallies[slot.function].processes[slot.kind]++;
				add_open(view, slot.function, i, &tallies[slot.function].relay);
				tallies[slot.function].ports += slot.port != 0;
			}
		}
	}
}

static enum function_condition condition_of(const struct plan_function *function, const struct function_state *state,
					    const struct function_tally *tally)
{
	if (atomic_load(&state->draining) != 0) {
		return FUNCTION_DRAINING;
	}
	if (tally->paused_ms > 0) {
		return FUNCTION_PAUSED;
	}
	bool has_workers = function->handover == SETTING_WORKER || function->handover == SETTING_RELAY;
	if (has_workers && tally->processes[SLOT_WORKER] + tally->workers_attached == 0) {
		return FUNCTION_NO_WORKER;
	}
	return FUNCTION_OK;
}

static void tally_state(const struct status_view *view, const struct plan_function *function,
			struct function_tally *tally)
{
	const struct account *account = view->accounts[function->account];
	const struct function_state *state = &account->states[function_place(function->id)];
	uint64_t function_until_ms = atomic_load(&state->paused_until_ms);
	uint64_t account_until_ms = atomic_load(&account->paused_until_ms);
	uint64_t until_ms = function_until_ms > account_until_ms ? function_until_ms : account_until_ms;

	tally->refused += atomic_load(&state->refused);
	tally->started = atomic_load(&state->started);
	tally->failed = atomic_load(&state->failed);
	tally->ports_told = atomic_load(&state->handed_out);
	tally->workers_attached = atomic_load(&state->workers_attached);
	tally->paused_ms = until_ms > view->state.now_ms ? until_ms - view->state.now_ms : 0;
	tally->condition = condition_of(function, state, tally);
}

struct function_tally *status_view_tally(const struct status_view *view)
{
	struct function_tally *tallies = calloc(view->plan->functions.count + 1, sizeof(*tallies));

	if (tallies == NULL) {
		return NULL;
	}
	tally_calls(view, tallies);
	tally_slots(view, tallies);
	for (uint32_t i = 0; i < view->plan->functions.count; i++) {
		tally_state(view, plan_function(view->plan, i), &tallies[i]);
		tally_relays(view, i, &tallies[i].relay);
	}
	return tallies;
}

uint32_t function_tally_processes(const struct function_tally *tally)
{
	return tally->processes[SLOT_PROCESS] + tally->processes[SLOT_INSTANCE] + tally->processes[SLOT_WORKER] +
	       tally->workers_attached;
}

/* ---- processes ---- */

int status_view_slots(const struct status_view *view, uint32_t account)
{
	int high = account_high(view->accounts[account]);

	return high < 0 || high > ACCOUNT_SLOTS ? ACCOUNT_SLOTS : high;
}

static enum slot_stage stage_of(const struct slot_detail *detail, pid_t process, enum slot_kind kind)
{
	if (atomic_load(&detail->terminated_ms) != 0 || atomic_load(&detail->phase) == SLOT_RETIRED) {
		return SLOT_IS_ENDING;
	}
	if (process == 0 || (kind == SLOT_INSTANCE && atomic_load(&detail->phase) == SLOT_STARTING)) {
		return SLOT_IS_STARTING;
	}
	return SLOT_IS_RUNNING;
}

/* The key as a client may write one; other octets could drive a terminal. */
static void copy_key(const char from[KEY_MAX + 1], char to[KEY_MAX + 1])
{
	int size = 0;

	for (; size < KEY_MAX && from[size] != '\0'; size++) {
		bool printable = from[size] > ' ' && from[size] <= '~';
		to[size] = (char)(printable ? from[size] : '?');
	}
	to[size] = '\0';
}

bool status_view_slot(const struct status_view *view, uint32_t account, int slot, struct slot_view *ret_slot)
{
	const struct account *memory = view->accounts[account];
	const struct slot_detail *detail = &memory->details[slot];
	const struct plan_function *function = plan_in_place(view->plan, atomic_load(&memory->places[slot]));
	uint32_t kind = atomic_load(&detail->kind);

	if (function == NULL || function->account != account || kind >= SLOT_KINDS) {
		return false;
	}
	*ret_slot = (struct slot_view){
		.function = (uint32_t)(function - plan_function(view->plan, 0)),
		.process = atomic_load(&memory->pids[slot]),
		.kind = (enum slot_kind)kind,
		.port = atomic_load(&detail->port),
		.connected = atomic_load(&detail->connected) != 0,
		.age_ms = view->state.now_ms > detail->started_ms ? view->state.now_ms - detail->started_ms : 0,
	};
	ret_slot->stage = stage_of(detail, ret_slot->process, ret_slot->kind);
	copy_key(detail->key, ret_slot->key);
	return true;
}

/* ---- words ---- */

const char *handover_word(uint32_t handover)
{
	static const char *const words[] = {
		[SETTING_SPAWN] = "spawn",
		[SETTING_WORKER] = "worker",
		[SETTING_PORT] = "port",
		[SETTING_RELAY] = "relay",
	};

	return handover < sizeof(words) / sizeof(words[0]) ? words[handover] : "?";
}

const char *condition_word(enum function_condition condition)
{
	static const char *const words[] = {
		[FUNCTION_OK] = "ok",
		[FUNCTION_DRAINING] = "draining",
		[FUNCTION_PAUSED] = "paused",
		[FUNCTION_NO_WORKER] = "no worker",
	};

	return words[condition];
}

const char *slot_kind_word(enum slot_kind kind)
{
	static const char *const words[] = {
		[SLOT_PROCESS] = "call",
		[SLOT_INSTANCE] = "instance",
		[SLOT_WORKER] = "worker",
	};

	return words[kind];
}

const char *slot_stage_word(enum slot_stage stage)
{
	static const char *const words[] = {
		[SLOT_IS_STARTING] = "starting",
		[SLOT_IS_RUNNING] = "running",
		[SLOT_IS_ENDING] = "ending",
	};

	return words[stage];
}
