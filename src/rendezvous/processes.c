/* processes.c - the roles: started as their user, given what they work with, replaced when they die.
 *
 * Called by the supervisor's other files.  Whatever a dead role had counted or claimed is taken back here, from
 * shared memory; the calls it had not taken yet are still in their queue. */
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "os/child.h"
#include "os/clock.h"
#include "os/handover.h"
#include "os/log.h"
#include "rendezvous/channel.h"
#include "rendezvous/supervisor.h"

enum {
	RETRY_FIRST_MS = 1000,
	RETRY_DOUBLINGS = 6,
};

const char *const role_names[] = { "acceptor", "launcher", "port-broker" };

/* ---- starting ---- */

static int send_one(struct role_process *process, enum control_kind kind, uint32_t index, uint64_t number,
		    int descriptor)
{
	struct control_message message = { .kind = (uint16_t)kind, .index = index, .number = number };

	return channel_send(process->channel.descriptor, message, descriptor);
}

static void on_role(struct loop_source *source, uint32_t events)
{
	struct role_process *process = source->data;
	struct supervisor *supervisor = process->supervisor;
	struct control_message message;
	int descriptor;
	int r;

	(void)events;
	while ((r = channel_receive(source->descriptor,
				    CONTROL_BIT(CONTROL_READY) | CONTROL_BIT(CONTROL_QUEUE_BROKEN) |
					    CONTROL_BIT(CONTROL_OUTPUT),
				    &message, &descriptor)) == 0) {
		if (message.kind == CONTROL_OUTPUT && process->account != NULL) {
			account_home_keep_output(process->account, &message, descriptor, process->process);
			continue;
		}
		if (descriptor >= 0) {
			close(descriptor);
		}
		if (message.kind == CONTROL_QUEUE_BROKEN) {
			homes_replace_queue(supervisor, message.index);
			continue;
		}
		process->ready = true;
		if (supervisor->current != NULL) {
			acceptors_go(supervisor, supervisor->current->number);
		}
		generation_advance(supervisor);
	}
	if (r == -EBADMSG) {
		log_event(LOG_LEVEL_ERROR, "bad-message", "from", role_names[process->role], "process",
			  LOG_NUMBER(process->process), NULL);
		(void)kill(process->process, SIGKILL);
	}
	if (r != -EAGAIN) {
		loop_remove(supervisor->loop, source);
	}
}

static int start_role(struct supervisor *supervisor, enum status_role role, const struct identity *identity,
		      int keep_capability, const char *title, struct role_process **ret_process)
{
	char log_format[8];
	char name[96];
	const struct generation *generation = supervisor->coming != NULL ? supervisor->coming : supervisor->current;
	struct role_process *process = calloc(1, sizeof(*process));
	int channel;

	if (process == NULL) {
		return -ENOMEM;
	}
	(void)snprintf(log_format, sizeof(log_format), "%u", generation->plan->log);
	(void)snprintf(name, sizeof(name), "%s", title);
	char program[] = "berthd";
	char option[] = "--role";
	char role_name[16];
	(void)snprintf(role_name, sizeof(role_name), "%s", role_names[role]);
	char *const arguments[] = { program, option, role_name, log_format, name, NULL };
	int r = child_start(supervisor->self, arguments, identity, keep_capability, &process->process, &channel);
	if (r < 0) {
		log_event(LOG_LEVEL_ERROR, "role-not-started", "role", title, "error", strerror(-r), NULL);
		free(process);
		return r;
	}
	process->supervisor = supervisor;
	process->role = role;
	process->generation = generation->number;
	process->started_ms = clock_now_ms();
	process->channel = (struct loop_source){ .descriptor = channel, .ready = on_role, .data = process };
	LIST_INSERT_HEAD(&supervisor->processes, process, neighbours);
	*ret_process = process;
	return loop_add(supervisor->loop, &process->channel, EPOLLIN);
}

/* ---- acceptors ---- */

bool columns_enough(const struct supervisor *supervisor, uint32_t count)
{
	uint32_t unused = 0;

	for (int i = 0; i < ACCEPTOR_COLUMNS_MAX; i++) {
		unused += !supervisor->columns[i].taken;
	}
	return unused >= count;
}

static unsigned take_column(struct supervisor *supervisor)
{
	unsigned column = 0;

	while (column < ACCEPTOR_COLUMNS_MAX - 1 && supervisor->columns[column].taken) {
		column++;
	}
	supervisor->columns[column].taken = true;
	return column;
}

static int give_acceptor(struct supervisor *supervisor, const struct generation *generation, struct role_process *to)
{
	const struct plan *plan = generation->plan;
	int r = send_one(to, CONTROL_PLAN, 0, 0, generation->plan_descriptor);

	for (uint32_t i = 0; i < plan->sockets.count && r == 0; i++) {
		r = send_one(to, CONTROL_SOCKET, i, 0, generation->sockets[i]->descriptor);
	}
	for (uint32_t i = 0; i < plan->accounts.count && r == 0; i++) {
		r = send_one(to, CONTROL_ACCOUNT, i, 0, generation->accounts[i]->memory_read_only);
	}
	for (uint32_t i = 0; i < plan->queues.count && r == 0; i++) {
		const struct worker_home *worker = generation->workers[i];
		const struct account_home *account = generation->accounts[plan_queue(plan, i)->account];
		r = send_one(to, CONTROL_QUEUE, i, 0, worker != NULL ? worker->queue.sending : account->queue.sending);
	}
	for (uint32_t i = 0; i < plan->listens.count && r == 0; i++) {
		r = generation->classifiers[i] < 0 ? 0
						   : send_one(to, CONTROL_CLASSIFIER, i, 0, generation->classifiers[i]);
	}
	if (r == 0) {
		r = send_one(to, CONTROL_SOURCES, 0, 0, supervisor->sources_memory);
	}
	if (r == 0) {
		r = send_one(to, CONTROL_COUNTERS, to->column, 0, supervisor->columns[to->column].memory);
	}
	if (r == 0) {
		r = send_one(to, CONTROL_RETURNS, 0, 0, supervisor->returns[1]);
	}
	return r < 0 ? r : send_one(to, CONTROL_START, to->number, 0, -1);
}

int acceptor_start(struct supervisor *supervisor, struct generation *generation, uint32_t number)
{
	struct role_process *process;
	char title[32];

	(void)snprintf(title, sizeof(title), "acceptor %u", number + 1);
	int r = start_role(supervisor, STATUS_ACCEPTOR, &supervisor->acceptor_identity, -1, title, &process);
	if (r < 0) {
		return r;
	}
	process->number = number;
	process->generation = generation->number;
	process->column = take_column(supervisor);
	r = give_acceptor(supervisor, generation, process);
	if (r < 0) {
		log_event(LOG_LEVEL_ERROR, "role-not-equipped", "role", title, "error", strerror(-r), NULL);
	}
	return r;
}

int acceptors_start(struct supervisor *supervisor, struct generation *generation, uint32_t count)
{
	int r = 0;

	for (uint32_t number = 0; number < count && r == 0; number++) {
		r = acceptor_start(supervisor, generation, number);
	}
	return r;
}

void acceptors_go(struct supervisor *supervisor, uint64_t generation)
{
	struct role_process *process;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		if (process->role == STATUS_ACCEPTOR && process->generation == generation && process->ready &&
		    !process->going) {
			process->going = true;
			(void)send_one(process, CONTROL_START, 0, 0, -1);
		}
	}
}

void acceptors_finish(struct supervisor *supervisor, uint64_t first, uint64_t last)
{
	struct role_process *process;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		if (process->role == STATUS_ACCEPTOR && process->generation >= first && process->generation <= last &&
		    !process->finishing) {
			process->finishing = true;
			(void)send_one(process, CONTROL_FINISH, 0, 0, -1);
		}
	}
}

bool acceptors_ready(const struct supervisor *supervisor, uint64_t generation, uint32_t count)
{
	const struct role_process *process;
	uint32_t ready = 0;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		ready += process->role == STATUS_ACCEPTOR && process->generation == generation && process->ready;
	}
	return ready >= count;
}

/* ---- launchers ---- */

bool launchers_exist(const struct account_home *home)
{
	const struct role_process *process;

	LIST_FOREACH(process, &home->supervisor->processes, neighbours) {
		if (process->account == home && !process->finishing) {
			return true;
		}
	}
	return false;
}

static struct role_process *find_broker(const struct supervisor *supervisor)
{
	struct role_process *process;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		if (process->role == STATUS_PORT_BROKER && !process->finishing) {
			return process;
		}
	}
	return NULL;
}

static uint32_t account_index(const struct generation *generation, const struct account_home *home)
{
	for (uint32_t i = 0; i < generation->plan->accounts.count; i++) {
		if (generation->accounts[i] == home) {
			return i;
		}
	}
	return PLAN_NONE;
}

/* A way of its own from this launcher to the port broker. */
static int connect_to_broker(struct supervisor *supervisor, struct role_process *launcher, uint32_t account)
{
	struct role_process *broker = find_broker(supervisor);
	int ends[2];

	if (broker == NULL || plan_account(supervisor->current->plan, account)->port_functions == 0 ||
	    launcher->has_broker) {
		return 0;
	}
	int r = handover_pair(ends);
	if (r < 0) {
		return r;
	}
	r = send_one(broker, CONTROL_BROKER, account, 0, ends[0]);
	if (r == 0) {
		r = send_one(launcher, CONTROL_BROKER, 0, 0, ends[1]);
	}
	launcher->has_broker = r == 0;
	close(ends[0]);
	close(ends[1]);
	return r;
}

static int give_worker_queue(struct role_process *to, const struct worker_home *worker, uint32_t index)
{
	int r = send_one(to, CONTROL_QUEUE, index, 0, worker->queue.receiving);

	return r == 0 && worker->relay_counters >= 0 ? send_one(to, CONTROL_RELAY, index, 0, worker->relay_counters)
						     : r;
}

static int give_launcher(struct supervisor *supervisor, struct role_process *to)
{
	const struct generation *generation = supervisor->current;
	uint32_t account = account_index(generation, to->account);
	const struct plan *plan = generation->plan;

	if (account == PLAN_NONE) {
		return -ENOENT;
	}
	int r = send_one(to, CONTROL_PLAN, 0, 0, generation->plan_descriptor);
	if (r == 0) {
		r = send_one(to, CONTROL_ACCOUNT, account, 1, to->account->memory);
	}
	if (r == 0) {
		r = send_one(to, CONTROL_QUEUE, plan_account(plan, account)->queue, 0, to->account->queue.receiving);
	}
	for (uint32_t i = 0; i < plan->queues.count && r == 0; i++) {
		if (generation->workers[i] != NULL && generation->workers[i]->account == to->account) {
			r = give_worker_queue(to, generation->workers[i], i);
		}
	}
	if (r == 0) {
		r = send_one(to, CONTROL_RETURNS, 0, 0, supervisor->returns[0]);
	}
	if (r == 0) {
		r = connect_to_broker(supervisor, to, account);
	}
	return r < 0 ? r : send_one(to, CONTROL_START, to->number, 0, -1);
}

/* What launchers that are gone were reading: their processes may go on writing. */
static void give_outputs(struct account_home *home, struct role_process *to)
{
	struct kept_output *output;
	const struct role_process *process;

	LIST_FOREACH(output, &home->outputs, neighbours) {
		struct control_message message = { .kind = CONTROL_OUTPUT,
						   .number = output->token,
						   .name = output->name };
		LIST_FOREACH(process, &home->supervisor->processes, neighbours) {
			if (process->process == output->launcher) {
				break;
			}
		}
		if (process == NULL && channel_send(to->channel.descriptor, message, output->descriptor) == 0) {
			output->launcher = to->process;
		}
	}
}

static int start_launcher(struct account_home *home, uint32_t number)
{
	struct role_process *process;
	char title[96];

	(void)snprintf(title, sizeof(title), "launcher %s", home->name);
	int r = start_role(home->supervisor, STATUS_LAUNCHER, &home->identity, -1, title, &process);
	if (r < 0) {
		return r;
	}
	process->account = home;
	process->number = number;
	r = give_launcher(home->supervisor, process);
	if (r == 0) {
		give_outputs(home, process);
	}
	return r;
}

/* Nobody can serve this account's calls for now: say so to those who wait and to those who come, and try again
 * later. */
void account_home_pause(struct account_home *home)
{
	uint32_t doublings = home->failures < RETRY_DOUBLINGS ? home->failures : RETRY_DOUBLINGS;
	uint64_t until_ms = clock_now_ms() + ((uint64_t)RETRY_FIRST_MS << doublings);

	home->failures++;
	atomic_store(&home->account->paused_until_ms, until_ms);
	account_home_refuse_all(home);
	loop_timer_set(home->supervisor->loop, &home->retry, until_ms);
}

static bool launcher_exists(const struct account_home *home, uint32_t number)
{
	const struct role_process *process;

	LIST_FOREACH(process, &home->supervisor->processes, neighbours) {
		if (process->account == home && process->number == number && !process->finishing) {
			return true;
		}
	}
	return false;
}

void launchers_start(struct account_home *home)
{
	struct supervisor *supervisor = home->supervisor;
	int r = 0;

	if (supervisor->stopping || account_index(supervisor->current, home) == PLAN_NONE) {
		return;
	}
	for (uint32_t number = 0; number < supervisor->current->plan->launchers && r == 0; number++) {
		r = launcher_exists(home, number) ? 0 : start_launcher(home, number);
	}
	if (r < 0 && !launchers_exist(home)) {
		account_home_pause(home);
	} else if (r < 0) { /* those that live serve all calls; the others are tried again */
		loop_timer_set(supervisor->loop, &home->retry, clock_now_ms() + RETRY_FIRST_MS);
	}
}

static void on_calls_wait(struct loop_source *source, uint32_t events)
{
	struct account_home *home = source->data;

	(void)events;
	loop_remove(home->supervisor->loop, source);
	home->waiting_for_calls = false;
	launchers_start(home);
}

void account_home_wait_for_calls(struct account_home *home)
{
	struct supervisor *supervisor = home->supervisor;
	uint32_t index = account_index(supervisor->current, home);

	if (home->waiting_for_calls || launchers_exist(home) || supervisor->stopping || index == PLAN_NONE) {
		return;
	}
	if (plan_account(supervisor->current->plan, index)->worker_functions > 0) {
		launchers_start(home); /* its workers are wanted before the first call */
		return;
	}
	home->calls_wait =
		(struct loop_source){ .descriptor = home->queue.receiving, .ready = on_calls_wait, .data = home };
	home->waiting_for_calls = loop_add(supervisor->loop, &home->calls_wait, EPOLLIN) == 0;
}

/* ---- the port broker ---- */

static int give_broker(struct supervisor *supervisor, struct role_process *to)
{
	const struct generation *generation = supervisor->current;
	int r = send_one(to, CONTROL_PLAN, 0, 0, generation->plan_descriptor);

	for (uint32_t i = 0; i < generation->plan->accounts.count && r == 0; i++) {
		r = send_one(to, CONTROL_ACCOUNT, i, 0, generation->accounts[i]->memory_read_only);
	}
	return r < 0 ? r : send_one(to, CONTROL_START, 0, 0, -1);
}

int broker_start(struct supervisor *supervisor)
{
	struct role_process *process;
	int keep = supervisor->abilities.filter_ports && privilege_has(CAP_NET_ADMIN) ? CAP_NET_ADMIN : -1;
	int r = start_role(supervisor, STATUS_PORT_BROKER, &supervisor->acceptor_identity, keep, "port-broker",
			   &process);

	return r < 0 ? r : give_broker(supervisor, process);
}

/* ---- all who serve ---- */

void launchers_update(struct supervisor *supervisor)
{
	struct role_process *process;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		if (process->role != STATUS_LAUNCHER || process->finishing) {
			continue;
		}
		if (account_index(supervisor->current, process->account) == PLAN_NONE) {
			process->finishing = true;
			(void)send_one(process, CONTROL_FINISH, 0, 0, -1);
		} else if (give_launcher(supervisor, process) < 0) {
			(void)kill(process->process, SIGKILL); /* its successor gets it all afresh */
		}
	}
}

void servants_update(struct supervisor *supervisor)
{
	struct account_home *home;
	struct role_process *broker = find_broker(supervisor);

	if (broker != NULL) {
		(void)give_broker(supervisor, broker);
	} else if (supervisor->current->plan->port_functions > 0) {
		(void)broker_start(supervisor);
	}
	launchers_update(supervisor);
	LIST_FOREACH(home, &supervisor->accounts, neighbours) {
		account_home_wait_for_calls(home);
	}
}

void processes_finish(struct supervisor *supervisor)
{
	struct role_process *process;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		if (!process->finishing) {
			process->finishing = true;
			(void)send_one(process, CONTROL_FINISH, 0, 0, -1);
		}
	}
}
