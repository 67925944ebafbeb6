/* homes.c - what outlives generations: listening sockets, accounts with their shared memory and queue, queues
 * of workers.
 *
 * Called by the supervisor's other files.  A reload finds here what is already there by its name, so that
 * sockets never close, queues never lose a call, and running functions never notice. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/memory.h"
#include "os/socket.h"
#include "rendezvous/channel.h"
#include "rendezvous/relay_counters.h"
#include "rendezvous/supervisor.h"

enum { INHERITED_FIRST = 3, SWEPT_AT_ONCE = 256 };

/* ---- sockets ---- */

/* A socket that a service manager opened for this address, or -ENOENT. */
static int find_inherited(const struct supervisor *supervisor, const char *text)
{
	for (int i = 0; i < supervisor->inherited; i++) {
		if (socket_is_listening_on(INHERITED_FIRST + i, text)) {
			int descriptor = fcntl(INHERITED_FIRST + i, F_DUPFD_CLOEXEC, 0);
			if (descriptor >= 0) {
				(void)fcntl(descriptor, F_SETFL, O_NONBLOCK);
			}
			return descriptor < 0 ? -errno : descriptor;
		}
	}
	return -ENOENT;
}

static int open_socket(const struct supervisor *supervisor, const struct plan *plan, const struct plan_socket *wanted)
{
	const struct plan_listen *listen = plan_listen(plan, wanted->listen);
	const char *text = plan_text(plan, wanted->text_at);
	int descriptor = find_inherited(supervisor, text);

	return descriptor != -ENOENT
		       ? descriptor
		       : socket_listen(text, (int)listen->backlog, listen->defer_accept != 0, wanted->mode);
}

int homes_find_socket(struct supervisor *supervisor, const struct plan *plan, const struct plan_socket *wanted,
		      uint64_t generation, struct socket_home **ret_home, char **ret_text)
{
	const char *text = plan_text(plan, wanted->text_at);
	struct socket_home *home;

	LIST_FOREACH(home, &supervisor->sockets, neighbours) {
		if (strcmp(home->text, text) == 0) {
			home->generation = generation;
			*ret_home = home;
			return 0;
		}
	}
	int descriptor = open_socket(supervisor, plan, wanted);
	if (descriptor < 0) {
		if (asprintf(ret_text, "cannot listen on %s: %s\n", text, strerror(-descriptor)) < 0) {
			*ret_text = NULL;
		}
		return descriptor;
	}
	home = calloc(1, sizeof(*home));
	if (home == NULL || (home->text = strdup(text)) == NULL) {
		free(home);
		close(descriptor);
		return -ENOMEM;
	}
	home->descriptor = descriptor;
	home->generation = generation;
	LIST_INSERT_HEAD(&supervisor->sockets, home, neighbours);
	*ret_home = home;
	return 0;
}

static void destroy_socket(struct socket_home *home)
{
	LIST_REMOVE(home, neighbours);
	close(home->descriptor);
	if (strncmp(home->text, "unix:", 5) == 0) {
		(void)unlink(home->text + 5);
	}
	free(home->text);
	free(home);
}

/* ---- accounts ---- */

static int make_account_memory(struct account_home *home)
{
	size_t size;
	void *start;

	home->memory = memory_create("berth-account", sizeof(struct account));
	if (home->memory < 0) {
		return home->memory;
	}
	home->memory_read_only = memory_reopen_read_only(home->memory);
	if (home->memory_read_only < 0) {
		return home->memory_read_only;
	}
	int r = memory_map(home->memory, &size, &start);
	if (r == 0) {
		home->account = start;
		account_init(home->account);
	}
	return r;
}

static void on_retry(struct loop_timer *timer)
{
	struct account_home *home = timer->data;

	if (launchers_exist(home)) {
		launchers_start(home);
	} else {
		account_home_wait_for_calls(home);
	}
}

static void forget_output(struct kept_output *output)
{
	LIST_REMOVE(output, neighbours);
	close(output->descriptor);
	free(output);
}

void account_home_keep_output(struct account_home *home, const struct control_message *message, int descriptor,
			      pid_t launcher)
{
	struct kept_output *output;

	LIST_FOREACH(output, &home->outputs, neighbours) {
		if (output->token == message->number) {
			forget_output(output);
			break;
		}
	}
	if (descriptor < 0) {
		return;
	}
	output = calloc(1, sizeof(*output));
	if (output == NULL) {
		close(descriptor);
		return;
	}
	*output = (struct kept_output){
		.token = message->number,
		.name = message->name,
		.descriptor = descriptor,
		.launcher = launcher,
	};
	LIST_INSERT_HEAD(&home->outputs, output, neighbours);
}

static void destroy_account(struct account_home *home)
{
	while (!LIST_EMPTY(&home->outputs)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		forget_output(LIST_FIRST(&home->outputs));
	}
	LIST_REMOVE(home, neighbours);
	loop_timer_stop(&home->retry);
	if (home->waiting_for_calls) {
		loop_remove(home->supervisor->loop, &home->calls_wait);
	}
	if (home->memory >= 0) {
		close(home->memory);
	}
	if (home->memory_read_only >= 0) {
		close(home->memory_read_only);
	}
	if (home->account != NULL) {
		memory_unmap(home->account, sizeof(struct account));
	}
	queue_close(&home->queue);
	free(home);
}

int homes_find_account(struct supervisor *supervisor, const struct plan *plan, const struct plan_account *wanted,
		       uint64_t generation, struct account_home **ret_home)
{
	struct account_home *home;

	LIST_FOREACH(home, &supervisor->accounts, neighbours) {
		if (strcmp(home->name, wanted->name) == 0) {
			home->identity = wanted->identity;
			home->generation = generation;
			*ret_home = home;
			return 0;
		}
	}
	home = calloc(1, sizeof(*home));
	if (home == NULL) {
		return -ENOMEM;
	}
	*home = (struct account_home){
		.supervisor = supervisor,
		.identity = wanted->identity,
		.memory = -1,
		.memory_read_only = -1,
		.queue = { -1, -1 },
		.retry = { .expired = on_retry, .data = home },
		.generation = generation,
	};
	memcpy(home->name, wanted->name, sizeof(home->name));
	LIST_INSERT_HEAD(&supervisor->accounts, home, neighbours);
	int r = make_account_memory(home);
	if (r == 0) {
		r = queue_create(plan_queue(plan, wanted->queue)->calls_max, &home->queue, &home->queue_calls_max);
	}
	if (r < 0) {
		destroy_account(home);
		return r;
	}
	*ret_home = home;
	return 0;
}

/* ---- calls that nobody serves ---- */

static void send_back(struct supervisor *supervisor, enum refusal refusal, int connection)
{
	struct control_message message = { .kind = CONTROL_REFUSE, .result = (int32_t)refusal };

	(void)channel_offer(supervisor->returns[0], message, connection);
	close(connection);
}

void account_home_refuse_all(struct account_home *home)
{
	struct call_message call;
	int connection;

	while (queue_take(home->queue.receiving, &call, &connection) == 0) {
		send_back(home->supervisor, REFUSAL_FAILED, connection);
	}
}

static void expire_calls(struct supervisor *supervisor, const struct queue_ends *queue)
{
	struct call_message call;
	int connection;

	for (int i = 0; i < SWEPT_AT_ONCE; i++) {
		int r = queue_waiting(queue->sending) > 0
				? queue_take_expired(queue, clock_now_ns(), &call, &connection)
				: -EAGAIN;
		if (r < 0) {
			return;
		}
		send_back(supervisor, REFUSAL_TIMEOUT, connection);
	}
}

void homes_expire_calls(struct supervisor *supervisor)
{
	struct account_home *account;
	struct worker_home *worker;

	LIST_FOREACH(account, &supervisor->accounts, neighbours) {
		expire_calls(supervisor, &account->queue);
	}
	LIST_FOREACH(worker, &supervisor->workers, neighbours) {
		expire_calls(supervisor, &worker->queue);
	}
}

/* ---- workers ---- */

static void destroy_worker(struct worker_home *home)
{
	LIST_REMOVE(home, neighbours);
	attach_stop(home);
	queue_close(&home->queue);
	if (home->relay_counters >= 0) {
		close(home->relay_counters);
	}
	if (home->relay_counters_read_only >= 0) {
		close(home->relay_counters_read_only);
	}
	free(home);
}

/* Once, for a function that is a relay now. */
static int make_relay_counters(struct worker_home *home, const struct plan_function *function)
{
	if (function->handover != SETTING_RELAY || home->relay_counters_read_only >= 0) {
		return 0;
	}
	if (home->relay_counters < 0) {
		home->relay_counters = memory_create("berth-relay", sizeof(struct relay_counters));
	}
	if (home->relay_counters < 0) {
		return home->relay_counters;
	}
	home->relay_counters_read_only = memory_reopen_read_only(home->relay_counters);
	return home->relay_counters_read_only < 0 ? home->relay_counters_read_only : 0;
}

int homes_find_worker(struct supervisor *supervisor, const struct plan *plan, const struct plan_queue *wanted,
		      uint64_t generation, struct account_home *account, struct worker_home **ret_home)
{
	const struct plan_function *function = plan_function(plan, wanted->function);
	struct worker_home *home;

	LIST_FOREACH(home, &supervisor->workers, neighbours) {
		/* Another user must not read what the old one's workers still hold: then it is another queue. */
		if (home->function_id == wanted->owner && home->account == account) {
			home->generation = generation;
			*ret_home = home;
			return make_relay_counters(home, function);
		}
	}
	home = calloc(1, sizeof(*home));
	if (home == NULL) {
		return -ENOMEM;
	}
	*home = (struct worker_home){
		.supervisor = supervisor,
		.function_id = wanted->owner,
		.name = function->name,
		.account = account,
		.queue = { -1, -1 },
		.relay_counters = -1,
		.relay_counters_read_only = -1,
		.attach = { .descriptor = -1 },
		.generation = generation,
	};
	LIST_INSERT_HEAD(&supervisor->workers, home, neighbours);
	int r = queue_create(wanted->calls_max, &home->queue, &home->queue_calls_max);
	if (r == 0) {
		r = make_relay_counters(home, function);
	}
	if (r < 0) {
		destroy_worker(home);
		return r;
	}
	*ret_home = home;
	return 0;
}

void homes_replace_queue(struct supervisor *supervisor, uint32_t queue_index)
{
	const struct plan *plan = supervisor->current->plan;

	if (queue_index >= plan->queues.count) {
		return;
	}
	const struct plan_queue *queue = plan_queue(plan, queue_index);
	struct worker_home *worker = supervisor->current->workers[queue_index];
	struct queue_ends *ends =
		worker != NULL ? &worker->queue : &supervisor->current->accounts[queue->account]->queue;
	struct queue_ends fresh;
	uint32_t calls_max;

	log_event(LOG_LEVEL_WARNING, "queue-broken", "function",
		  queue->function != PLAN_NONE ? plan_function(plan, queue->function)->name.text : "", "account",
		  plan_account(plan, queue->account)->name, "action", "replace", NULL);
	if (queue_create(queue->calls_max, &fresh, &calls_max) == 0) {
		queue_close(ends);
		*ends = fresh;
		generation_reload(supervisor, NULL);
	}
}

/* ---- all of them ---- */

static bool has_processes(const struct account_home *home)
{
	for (int slot = 0, high = account_high(home->account); slot < high; slot++) {
		if (atomic_load(&home->account->pids[slot]) > 0) {
			return true;
		}
	}
	return false;
}

void homes_restore(struct supervisor *supervisor)
{
	const struct generation *current = supervisor->current;
	struct socket_home *socket;
	struct worker_home *worker;
	struct account_home *account;

	if (current == NULL) {
		return;
	}
	LIST_FOREACH(socket, &supervisor->sockets, neighbours) {
		socket->generation = 0;
	}
	LIST_FOREACH(worker, &supervisor->workers, neighbours) {
		worker->generation = 0;
	}
	LIST_FOREACH(account, &supervisor->accounts, neighbours) {
		account->generation = 0;
	}
	for (uint32_t i = 0; i < current->plan->sockets.count; i++) {
		current->sockets[i]->generation = current->number;
	}
	for (uint32_t i = 0; i < current->plan->accounts.count; i++) {
		current->accounts[i]->generation = current->number;
	}
	for (uint32_t i = 0; i < current->plan->queues.count; i++) {
		if (current->workers[i] != NULL) {
			current->workers[i]->generation = current->number;
		}
	}
	homes_sweep(supervisor);
}

void homes_sweep(struct supervisor *supervisor)
{
	uint64_t wanted = supervisor->current != NULL ? supervisor->current->number : UINT64_MAX;
	struct socket_home *socket = LIST_FIRST(&supervisor->sockets);
	struct worker_home *worker = LIST_FIRST(&supervisor->workers);
	struct account_home *account = LIST_FIRST(&supervisor->accounts);

	while (socket != NULL) {
		struct socket_home *next = LIST_NEXT(socket, neighbours);
		if (socket->generation < wanted) {
			destroy_socket(socket);
		}
		socket = next;
	}
	while (worker != NULL) {
		struct worker_home *next = LIST_NEXT(worker, neighbours);
		if (worker->generation < wanted) {
			destroy_worker(worker);
		}
		worker = next;
	}
	while (account != NULL) {
		struct account_home *next = LIST_NEXT(account, neighbours);
		if (account->generation < wanted && !launchers_exist(account) && !has_processes(account)) {
			destroy_account(account);
		}
		account = next;
	}
}

/* Each destroyer takes the first out of its list, which the analyzer does not see. */
void homes_finish(struct supervisor *supervisor)
{
	while (!LIST_EMPTY(&supervisor->sockets)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		destroy_socket(LIST_FIRST(&supervisor->sockets));
	}
	while (!LIST_EMPTY(&supervisor->workers)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		destroy_worker(LIST_FIRST(&supervisor->workers));
	}
	while (!LIST_EMPTY(&supervisor->accounts)) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		destroy_account(LIST_FIRST(&supervisor->accounts));
	}
}
