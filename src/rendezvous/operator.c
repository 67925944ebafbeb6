/* operator.c - the control socket: what `berth status`, `reload`, `drain` and the others ask for.
 *
 * Called by the loop.  Only root and the user berthd runs as may connect; a request is one fixed-size message,
 * an answer descriptors of shared memory and a last message that says how it went.  A bad request closes that
 * connection, nothing else. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/memory.h"
#include "os/socket.h"
#include "rendezvous/channel.h"
#include "rendezvous/supervisor.h"

#define OPERATOR_KINDS                                                                            \
	(CONTROL_BIT(CONTROL_STATUS) | CONTROL_BIT(CONTROL_RELOAD) | CONTROL_BIT(CONTROL_DRAIN) | \
	 CONTROL_BIT(CONTROL_RESUME) | CONTROL_BIT(CONTROL_STOP))

static void hang_up(struct operator* operator)
{
	loop_remove(operator->supervisor->loop, &operator->source);
	close(operator->source.descriptor);
	operator->source.descriptor = - 1;
	operator->waits_for_reload = false;
}

static void answer(struct operator* operator, int result, const char *text)
{
	struct control_message done = { .kind = CONTROL_DONE, .result = result };
	int memory = text != NULL ? memory_create_sealed("berth-answer", text, strlen(text) + 1) : -1;

	(void)channel_send(operator->source.descriptor, done, memory);
	if (memory >= 0) {
		close(memory);
	}
}

void operators_tell(struct supervisor *supervisor, int result, const char *text)
{
	for (int i = 0; i < OPERATORS_MAX; i++) {
		struct operator* operator= & supervisor->operators[i];
		if (operator->source.descriptor >= 0 && operator->waits_for_reload) {
			operator->waits_for_reload = false;
			answer(operator, result, text);
		}
	}
}

/* ---- status ---- */

static size_t count_processes(const struct supervisor *supervisor)
{
	const struct role_process *process;
	size_t count = 0;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		count++;
	}
	return count;
}

static uint32_t account_of(const struct supervisor *supervisor, const struct account_home *home)
{
	const struct generation *generation = supervisor->current;

	for (uint32_t i = 0; i < generation->plan->accounts.count && home != NULL; i++) {
		if (generation->accounts[i] == home) {
			return i;
		}
	}
	return PLAN_NONE;
}

static void fill_processes(const struct supervisor *supervisor, struct status_process *processes)
{
	const struct role_process *process;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		*processes++ = (struct status_process){
			.role = process->role,
			.process = process->process,
			.account = account_of(supervisor, process->account),
			.number = process->number,
			.started_ms = process->started_ms,
			.ready = process->ready,
			.finishing = process->finishing,
		};
	}
}

static void fill_queues(const struct supervisor *supervisor, struct status_queue *queues)
{
	const struct generation *generation = supervisor->current;

	for (uint32_t i = 0; i < generation->plan->queues.count; i++) {
		const struct worker_home *worker = generation->workers[i];
		const struct account_home *account = generation->accounts[plan_queue(generation->plan, i)->account];
		queues[i].waiting = queue_waiting(worker != NULL ? worker->queue.sending : account->queue.sending);
		queues[i].calls_max = worker != NULL ? worker->queue_calls_max : account->queue_calls_max;
	}
}

/* One block: the state, the processes, the queues.  Its descriptor or -errno. */
static int make_state(struct supervisor *supervisor)
{
	struct status_state state = supervisor->state;
	size_t processes = count_processes(supervisor);
	size_t queues = supervisor->current->plan->queues.count;
	size_t size = sizeof(state) + processes * sizeof(struct status_process) + queues * sizeof(struct status_queue);
	uint8_t *block = calloc(1, size);

	if (block == NULL) {
		return -ENOMEM;
	}
	state.now_ms = clock_now_ms();
	state.process_count = (uint32_t)processes;
	state.queue_count = (uint32_t)queues;
	memcpy(block, &state, sizeof(state));
	fill_processes(supervisor, (struct status_process *)(void *)(block + sizeof(state)));
	fill_queues(supervisor,
		    (struct status_queue *)(void *)(block + sizeof(state) + processes * sizeof(struct status_process)));
	int memory = memory_create_sealed("berth-status", block, size);
	free(block);
	return memory;
}

static int send_part(struct operator* operator, enum control_part part, uint64_t number, int descriptor)
{
	struct control_message message = { .kind = CONTROL_PART, .index = part, .number = number };

	return channel_send(operator->source.descriptor, message, descriptor);
}

static int send_status(struct operator* operator)
{
	struct supervisor *supervisor = operator->supervisor;
	const struct generation *generation = supervisor->current;
	int state = make_state(supervisor);

	if (state < 0) {
		return state;
	}
	int r = send_part(operator, PART_STATE, 0, state);
	close(state);
	if (r == 0) {
		r = send_part(operator, PART_PLAN, 0, generation->plan_descriptor);
	}
	for (uint32_t i = 0; i < generation->plan->accounts.count && r == 0; i++) {
		r = send_part(operator, PART_ACCOUNT, i, generation->accounts[i]->memory_read_only);
	}
	for (unsigned i = 0; i < ACCEPTOR_COLUMNS_MAX && r == 0; i++) {
		r = send_part(operator, PART_COUNTERS, i, supervisor->columns[i].memory_read_only);
	}
	for (uint32_t i = 0; i < generation->plan->queues.count && r == 0; i++) {
		const struct worker_home *worker = generation->workers[i];
		if (worker != NULL && worker->relay_counters_read_only >= 0) {
			r = send_part(operator, PART_RELAY, i, worker->relay_counters_read_only);
		}
	}
	return r;
}

/* ---- requests ---- */

static int set_draining(struct supervisor *supervisor, const struct name *name, uint32_t draining)
{
	const struct generation *generation = supervisor->current;
	int r = name->text[0] == '\0' ? 0 : -ENOENT;

	for (uint32_t i = 0; i < generation->plan->functions.count; i++) {
		const struct plan_function *function = plan_function(generation->plan, i);
		if (name->text[0] != '\0' && !name_equal(&function->name, name)) {
			continue;
		}
		struct account *account = generation->accounts[function->account]->account;
		atomic_store(&account->states[function_place(function->id)].draining, draining);
		r = 0;
	}
	if (r == 0) {
		log_event(LOG_LEVEL_INFO, draining ? "drain" : "resume", "function",
			  name->text[0] != '\0' ? name->text : "(all)", NULL);
	}
	return r;
}

static void serve(struct operator* operator, const struct control_message * message)
{
	struct supervisor *supervisor = operator->supervisor;

	if (supervisor->current == NULL) {
		answer(operator, - EAGAIN, "berthd is still starting\n");
		return;
	}
	switch (message->kind) {
	case CONTROL_STATUS:
		answer(operator, send_status(operator), NULL);
		break;
	case CONTROL_RELOAD:
		generation_reload(supervisor, operator);
		break;
	case CONTROL_DRAIN:
	case CONTROL_RESUME:
		answer(operator, set_draining(supervisor, &message->name, message->kind == CONTROL_DRAIN), NULL);
		break;
	case CONTROL_STOP:
	default:
		answer(operator, 0, NULL);
		(void)kill(getpid(), SIGTERM);
		break;
	}
}

static void on_operator(struct loop_source *source, uint32_t events)
{
	struct operator* operator= source->data;
	struct control_message message;
	int descriptor = -1;
	int r = channel_receive(source->descriptor, OPERATOR_KINDS, &message, &descriptor);

	(void)events;
	if (descriptor >= 0) {
		close(descriptor);
	}
	if (r == 0) {
		serve(operator, & message);
	} else if (r != -EAGAIN) {
		hang_up(operator);
	}
}

static struct operator* unused_operator(struct supervisor *supervisor)
{
	for (int i = 0; i < OPERATORS_MAX; i++) {
		if (supervisor->operators[i].source.descriptor < 0) {
			return &supervisor->operators[i];
		}
	}
	return NULL;
}

static void on_control(struct loop_source *source, uint32_t events)
{
	struct supervisor *supervisor = source->data;
	struct operator* operator= unused_operator(supervisor);
	int connection = accept4(source->descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	uid_t user;

	(void)events;
	if (connection < 0) {
		return;
	}
	if (operator== NULL || socket_peer_user(connection, &user) < 0 || (user != 0 && user != getuid())) {
		close(connection);
		return;
	}
	*operator = (struct operator){
		.source = { .descriptor = connection, .ready = on_operator, .data = operator },
		.supervisor = supervisor,
	};
	if (loop_add(supervisor->loop, &operator->source, EPOLLIN) < 0) {
		close(connection);
		operator->source.descriptor = - 1;
	}
}

/* ---- the socket ---- */

static int control_path(const struct supervisor *supervisor, struct sockaddr_un *ret_address)
{
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	int size = snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), "%s/control", supervisor->run_dir);

	return size < 0 || (size_t)size >= sizeof(ret_address->sun_path) ? -ENAMETOOLONG : 0;
}

/* Another berthd that still answers keeps its place. */
static bool is_alive(const struct sockaddr_un *address)
{
	int probe = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool alive = probe >= 0 && connect(probe, (const struct sockaddr *)address, sizeof(*address)) == 0;

	if (probe >= 0) {
		close(probe);
	}
	return alive;
}

static int bind_privately(int descriptor, const struct sockaddr_un *address)
{
	(void)unlink(address->sun_path);
	mode_t mask = umask(0177);
	int r = bind(descriptor, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;

	(void)umask(mask);
	return r == 0 && listen(descriptor, OPERATORS_MAX) < 0 ? -errno : r;
}

int operators_start(struct supervisor *supervisor)
{
	struct sockaddr_un address;
	int r = control_path(supervisor, &address);

	for (int i = 0; i < OPERATORS_MAX; i++) {
		supervisor->operators[i].source.descriptor = -1;
	}
	if (r < 0) {
		return r;
	}
	if (is_alive(&address)) {
		return -EADDRINUSE;
	}
	int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (descriptor < 0) {
		return -errno;
	}
	r = bind_privately(descriptor, &address);
	if (r < 0) {
		close(descriptor);
		return r;
	}
	supervisor->control = (struct loop_source){ .descriptor = descriptor, .ready = on_control, .data = supervisor };
	return loop_add(supervisor->loop, &supervisor->control, EPOLLIN);
}

void operators_finish(struct supervisor *supervisor)
{
	struct sockaddr_un address;

	for (int i = 0; i < OPERATORS_MAX; i++) {
		if (supervisor->operators[i].source.descriptor >= 0) {
			hang_up(&supervisor->operators[i]);
		}
	}
	if (supervisor->control.descriptor >= 0) {
		loop_remove(supervisor->loop, &supervisor->control);
		close(supervisor->control.descriptor);
		supervisor->control.descriptor = -1;
		if (control_path(supervisor, &address) == 0) {
			(void)unlink(address.sun_path);
		}
	}
}
