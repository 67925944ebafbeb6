/* instance.c - processes behind ports of their own: find or start one, tell the caller where, end it when
 * nobody calls.
 *
 *	claimed --port broker--> leased --spawn--> starting --it listens--> ready --idle, wait, exit--> gone
 *
 * With bind = berth the socket listens before the process exists, so "leased" is "ready" at once.  What is
 * ready is known to all launchers through the slot table; only what one launcher still waits for is kept here. */
#include "rendezvous/launcher.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/socket.h"
#include "rendezvous/channel.h"

enum { POLL_FIRST_MS = 2, POLL_MAX_MS = 50, PORT_DIGITS = 6, COMMAND_BYTES_MAX = 4096 };

struct waiting {
	STAILQ_ENTRY(waiting) next;
	struct taken_call call;
};

enum progress {
	ASKING,	  /* the port broker has not answered yet */
	STARTING, /* ours; does it listen yet? */
	WATCHING, /* another launcher's; is it ready yet? */
	RUNNING,  /* ready; kept for its command's text until the process ends */
};

struct instance {
	enum progress progress;
	uint64_t function_id;
	int slot;
	uint16_t port;
	uint64_t poll_ms;  /* between two looks */
	uint64_t due_ms;   /* the next look */
	uint64_t until_ms; /* patience ends */
	STAILQ_HEAD(, waiting) callers;
	char *arguments[ARGUMENTS_MAX + 1];
	char command[COMMAND_BYTES_MAX];
};

/* ---- who waits ---- */

static int add_caller(struct instance *instance, const struct taken_call *call)
{
	struct waiting *waiting = calloc(1, sizeof(*waiting));

	if (waiting == NULL) {
		return -ENOMEM;
	}
	waiting->call = *call;
	STAILQ_INSERT_TAIL(&instance->callers, waiting, next);
	return 0;
}

static struct instance *add_instance(struct launcher *launcher, int slot, const struct plan_function *function,
				     enum progress progress)
{
	struct instance *instance = calloc(1, sizeof(*instance));

	if (instance == NULL) {
		return NULL;
	}
	*instance = (struct instance){
		.progress = progress,
		.function_id = function->id,
		.slot = slot,
		.until_ms = loop_now_ms(launcher->loop) + function->wait_ms,
	};
	STAILQ_INIT(&instance->callers);
	launcher->instances[slot] = instance;
	return instance;
}

static void tell_callers(struct launcher *launcher, struct instance *instance, enum refusal refusal)
{
	struct waiting *waiting;

	while ((waiting = STAILQ_FIRST(&instance->callers)) != NULL) {
		STAILQ_REMOVE_HEAD(&instance->callers, next);
		if (refusal == REFUSAL_NONE) {
			call_redirect(launcher, &waiting->call, instance->port);
		} else {
			call_send_back(launcher, &waiting->call, refusal);
		}
		free(waiting);
	}
}

static void forget(struct launcher *launcher, struct instance *instance)
{
	launcher->instances[instance->slot] = NULL;
	free(instance);
}

/* It never came to a process: callers are refused, the slot is free again. */
static void give_up(struct launcher *launcher, struct instance *instance, enum refusal refusal)
{
	tell_callers(launcher, instance, refusal);
	if (instance->progress != WATCHING) {
		account_release(launcher->kit.account, instance->slot);
	}
	forget(launcher, instance);
}

static void look_again(struct launcher *launcher, struct instance *instance)
{
	instance->poll_ms = instance->poll_ms == 0 ? POLL_FIRST_MS : instance->poll_ms * 2;
	instance->poll_ms = instance->poll_ms < POLL_MAX_MS ? instance->poll_ms : POLL_MAX_MS;
	instance->due_ms = clock_now_ms() + instance->poll_ms;
	if (launcher->instance_poll.due_ms == 0 || instance->due_ms < launcher->instance_poll.due_ms) {
		loop_timer_set(launcher->loop, &launcher->instance_poll, instance->due_ms);
	}
}

static void now_ready(struct launcher *launcher, struct instance *instance)
{
	struct slot_detail *detail = &launcher->kit.account->details[instance->slot];

	atomic_store(&detail->called_ms, loop_now_ms(launcher->loop));
	atomic_store(&detail->phase, SLOT_READY);
	instance->progress = RUNNING;
	tell_callers(launcher, instance, REFUSAL_NONE);
}

/* ---- starting ---- */

static int ask_broker(struct launcher *launcher, const struct instance *instance, const struct taken_call *call)
{
	struct control_message lease = {
		.kind = CONTROL_LEASE,
		.index = (uint32_t)instance->slot,
		.number = instance->function_id,
		.source_key = call->message.source_key,
	};

	int r = channel_offer(launcher->kit.broker, lease, call->connection);

	launcher->asking += r == 0;
	return r;
}

static void release_port(struct launcher *launcher, int slot, uint16_t port)
{
	struct control_message release = { .kind = CONTROL_RELEASE, .index = (uint32_t)slot, .number = port };

	/* Should this get lost, the broker sees the empty slot within a second. */
	(void)channel_offer(launcher->kit.broker, release, -1);
}

/* Puts the port and the key into the command, where {port} and {key} stand. */
static int fill_in(struct instance *instance, const struct plan *plan, const struct plan_function *function,
		   const char *key)
{
	char port[PORT_DIGITS];
	struct text text;

	(void)snprintf(port, sizeof(port), "%u", instance->port);
	text_init(&text, instance->command, sizeof(instance->command));
	for (uint32_t i = 0; i < function->command.count; i++) {
		const char *word = plan_word(plan, function->command, i);
		instance->arguments[i] = instance->command + text.used;
		while (*word != '\0') {
			if (strncmp(word, "{port}", 6) == 0) {
				text_put(&text, port);
				word += 6;
			} else if (strncmp(word, "{key}", 5) == 0) {
				text_put(&text, key);
				word += 5;
			} else {
				text_put_char(&text, *word++);
			}
		}
		text_put_bytes(&text, "", 1);
	}
	return text.cut ? -E2BIG : 0;
}

static int spawn_instance(struct launcher *launcher, struct instance *instance, const struct plan_function *function,
			  int listener)
{
	struct account *account = launcher->kit.account;
	const char *key = account->details[instance->slot].key;
	const struct spawn_program *program;
	struct variables variables;
	int r = program_get(launcher, function, &program);

	if (r == 0) {
		r = fill_in(instance, launcher->kit.plan, function, key);
	}
	if (r < 0) {
		return r;
	}
	variables_init(&variables);
	if (listener >= 0) {
		variables_put(&variables, "LISTEN_FDS", "1");
		variables_put(&variables, "LISTEN_FDNAMES", "listener");
	}
	variables_put_number(&variables, "BERTH_PORT", instance->port);
	variables_put_function(&variables, launcher->kit.plan, function, key);
	const struct spawn_request request = {
		.program = program,
		.arguments = instance->arguments,
		.environment = variables.items,
		.environment_count = variables.count,
		.listen_pid = listener >= 0,
		.input_output = -1,
		.error = outputs_get(launcher->outputs, launcher->kit.account, function),
		.third = listener,
	};
	return spawn(launcher->pool, &request, &account->pids[instance->slot]);
}

static void start_leased(struct launcher *launcher, struct instance *instance, const struct plan_function *function,
			 int listener)
{
	struct slot_detail *detail = &launcher->kit.account->details[instance->slot];

	atomic_store(&detail->port, instance->port);
	int r = spawn_instance(launcher, instance, function, listener);
	if (r < 0) {
		enum refusal refusal = launcher_start_failed(launcher, function, -r);
		release_port(launcher, instance->slot, instance->port);
		give_up(launcher, instance, refusal);
		return;
	}
	counter_add(&state_of(launcher, function)->started, 1);
	if (listener >= 0) {
		now_ready(launcher, instance);
	} else {
		instance->progress = STARTING;
		look_again(launcher, instance);
	}
}

static void on_leased(struct launcher *launcher, const struct control_message *message, int listener)
{
	struct instance *instance = message->index < INSTANCES_MAX ? launcher->instances[message->index] : NULL;
	const struct plan_function *function =
		instance != NULL ? plan_find_id(launcher->kit.plan, instance->function_id) : NULL;

	if (instance == NULL || instance->progress != ASKING) {
		release_port(launcher, (int)message->index, (uint16_t)message->number);
	} else if (message->result < 0) {
		give_up(launcher, instance,
			message->result == -EDQUOT   ? REFUSAL_LIMIT
			: message->result == -EAGAIN ? REFUSAL_BUSY
						     : REFUSAL_FAILED);
	} else if (function == NULL) {
		release_port(launcher, instance->slot, (uint16_t)message->number);
		give_up(launcher, instance, REFUSAL_UNKNOWN);
	} else {
		instance->port = (uint16_t)message->number;
		start_leased(launcher, instance, function, listener);
	}
	if (listener >= 0) {
		close(listener);
	}
}

void instance_on_broker(struct loop_source *source, uint32_t events)
{
	struct launcher *launcher = source->data;
	struct control_message message;
	int listener;
	int r;

	(void)events;
	while ((r = channel_receive(source->descriptor, CONTROL_BIT(CONTROL_LEASED), &message, &listener)) == 0) {
		launcher->asking -= launcher->asking > 0;
		on_leased(launcher, &message, listener);
	}
	launcher_resume(launcher);
	if (r != -EAGAIN) {
		loop_remove(launcher->loop, source); /* it died; the supervisor gives us another */
	}
}

static void start(struct launcher *launcher, struct taken_call *call, const struct plan_function *function)
{
	int slot = launcher_claim(launcher, function, call->message.source_key, SLOT_INSTANCE, call->message.key);

	if (slot < 0) {
		call_send_back(launcher, call, slot == -EDQUOT ? REFUSAL_LIMIT : REFUSAL_BUSY);
		return;
	}
	struct instance *instance = add_instance(launcher, slot, function, ASKING);
	if (instance == NULL || add_caller(instance, call) < 0) {
		account_release(launcher->kit.account, slot);
		call_send_back(launcher, call, REFUSAL_BUSY);
		free(instance);
		launcher->instances[slot] = NULL;
		return;
	}
	int r = ask_broker(launcher, instance, call);
	if (r < 0 && r != -EPIPE) { /* with the broker gone, the next one is asked */
		give_up(launcher, instance, REFUSAL_BUSY);
	}
}

/* ---- serving ---- */

/* An instance that runs or is being started already. */
static void join(struct launcher *launcher, struct taken_call *call, const struct plan_function *function, int slot)
{
	struct slot_detail *detail = &launcher->kit.account->details[slot];
	struct instance *instance = launcher->instances[slot];

	if (atomic_load(&detail->phase) == SLOT_READY) {
		atomic_store(&detail->called_ms, loop_now_ms(launcher->loop));
		call_redirect(launcher, call, (uint16_t)atomic_load(&detail->port));
		return;
	}
	if (instance == NULL) {
		instance = add_instance(launcher, slot, function, WATCHING);
		if (instance != NULL) {
			look_again(launcher, instance);
		}
	}
	if (instance == NULL || add_caller(instance, call) < 0) {
		call_send_back(launcher, call, REFUSAL_BUSY);
	}
}

void instance_serve(struct launcher *launcher, struct taken_call *call, const struct plan_function *function)
{
	const char *key = function->share == SETTING_SHARE_KEY ? call->message.key : "";
	int slot = -ENOENT;

	if (function->share != SETTING_SHARE_KEY) {
		memset(call->message.key, 0, sizeof(call->message.key));
	}
	if (function->share != SETTING_SHARE_CALL) {
		slot = account_find_instance(launcher->kit.account, function_place(function->id), key);
	}
	if (slot >= 0) {
		join(launcher, call, function, slot);
	} else {
		start(launcher, call, function);
	}
}

/* ---- waiting until it listens ---- */

/* Does a process of our user listen where the first caller called?  0, -EAGAIN: not yet, -EPERM: somebody else
 * does. */
static int look_for_listener(struct launcher *launcher, const struct instance *instance)
{
	const struct waiting *first = STAILQ_FIRST(&instance->callers);
	struct address address = { .bytes = { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 } };
	uid_t owner;

	if (first != NULL) {
		(void)socket_local(first->call.connection, &address, NULL);
	}
	int r = listening_owner(launcher->listening, &address, instance->port, &owner);
	if (r < 0) {
		return -EAGAIN;
	}
	return owner == getuid() ? 0 : -EPERM;
}

static void poll_starting(struct launcher *launcher, struct instance *instance)
{
	int r = look_for_listener(launcher, instance);

	if (r == 0) {
		now_ready(launcher, instance);
		return;
	}
	if (r == -EPERM || clock_now_ms() >= instance->until_ms) {
		const struct plan_function *function = plan_find_id(launcher->kit.plan, instance->function_id);
		if (function != NULL) {
			launcher_start_failed(launcher, function, r == -EPERM ? EADDRINUSE : ETIMEDOUT);
		}
		tell_callers(launcher, instance, REFUSAL_FAILED);
		launcher_terminate(launcher, instance->slot);
		instance->progress = RUNNING;
		return;
	}
	look_again(launcher, instance);
}

static void poll_watching(struct launcher *launcher, struct instance *instance)
{
	const struct account *account = launcher->kit.account;
	const struct slot_detail *detail = &account->details[instance->slot];

	if (atomic_load(&account->places[instance->slot]) != function_place(instance->function_id)) {
		give_up(launcher, instance, REFUSAL_FAILED);
	} else if (atomic_load(&detail->phase) == SLOT_READY) {
		instance->port = (uint16_t)atomic_load(&detail->port);
		tell_callers(launcher, instance, REFUSAL_NONE);
		forget(launcher, instance);
	} else if (clock_now_ms() >= instance->until_ms) {
		give_up(launcher, instance, REFUSAL_FAILED);
	} else {
		look_again(launcher, instance);
	}
}

void instance_on_poll(struct loop_timer *timer)
{
	struct launcher *launcher = timer->data;
	uint64_t now_ms = clock_now_ms();

	for (int slot = 0, high = account_high(launcher->kit.account); slot < high; slot++) {
		struct instance *instance = launcher->instances[slot];
		if (instance == NULL || (instance->progress != STARTING && instance->progress != WATCHING)) {
			continue;
		}
		if (instance->due_ms > now_ms) {
			if (timer->due_ms == 0 || instance->due_ms < timer->due_ms) {
				loop_timer_set(launcher->loop, timer, instance->due_ms);
			}
		} else if (instance->progress == STARTING) {
			poll_starting(launcher, instance);
		} else {
			poll_watching(launcher, instance);
		}
	}
}

/* ---- ending ---- */

void instance_ended(struct launcher *launcher, int slot, int spawn_error)
{
	struct slot_detail *detail = &launcher->kit.account->details[slot];
	struct instance *instance = launcher->instances[slot];
	const struct plan_function *function = plan_find_id(launcher->kit.plan, detail->function_id);
	bool was_ready = atomic_load(&detail->phase) == SLOT_READY;

	if (atomic_load(&detail->port) != 0) {
		release_port(launcher, slot, (uint16_t)atomic_load(&detail->port));
	}
	if (function != NULL && spawn_error != 0) {
		launcher_start_failed(launcher, function, spawn_error);
	} else if (function != NULL && !was_ready && atomic_load(&detail->terminated_ms) == 0) {
		launcher_start_failed(launcher, function, ECHILD);
	} else if (function != NULL) {
		function_state_succeeded(state_of(launcher, function));
	}
	if (instance != NULL) {
		tell_callers(launcher, instance, REFUSAL_FAILED);
		forget(launcher, instance);
	}
}

static void end_if_lonely(struct launcher *launcher, int slot, const bool *connected, uint64_t now_ms)
{
	struct slot_detail *detail = &launcher->kit.account->details[slot];
	const struct plan_function *function = plan_find_id(launcher->kit.plan, detail->function_id);

	if (connected[atomic_load(&detail->port)]) {
		atomic_store(&detail->called_ms, now_ms);
		atomic_store(&detail->connected, 1);
		return;
	}
	if (function == NULL || atomic_load(&detail->terminated_ms) != 0) {
		return;
	}
	bool was_called = atomic_load(&detail->connected) != 0;
	uint32_t patience_ms = was_called ? function->idle_ms : function->wait_ms;
	if (now_ms - atomic_load(&detail->called_ms) >= patience_ms) {
		log_event(LOG_LEVEL_INFO, "instance-ends", "function", function->name.text, "port",
			  LOG_NUMBER(atomic_load(&detail->port)), "reason", was_called ? "idle" : "not called", NULL);
		launcher_terminate(launcher, slot);
	}
}

static bool is_ready_instance(const struct account *account, int slot)
{
	const struct slot_detail *detail = &account->details[slot];

	return atomic_load(&account->places[slot]) != PLACE_FREE && atomic_load(&detail->kind) == SLOT_INSTANCE &&
	       atomic_load(&detail->phase) == SLOT_READY;
}

/* Started by a launcher that died before it was known to listen: we wait for it instead. */
static void adopt_if_orphaned(struct launcher *launcher, int slot)
{
	struct account *account = launcher->kit.account;
	struct slot_detail *detail = &account->details[slot];
	const struct plan_function *function = plan_find_id(launcher->kit.plan, detail->function_id);
	pid_t owner = atomic_load(&account->owners[slot]);

	if (atomic_load(&account->pids[slot]) <= 0 || atomic_load(&detail->kind) != SLOT_INSTANCE ||
	    atomic_load(&detail->phase) != SLOT_STARTING || atomic_load(&detail->terminated_ms) != 0 ||
	    owner == launcher->process || (kill(owner, 0) == 0 || errno != ESRCH)) {
		return;
	}
	struct instance *instance = launcher->instances[slot];
	if (function == NULL || atomic_load(&detail->port) == 0) {
		launcher_terminate(launcher, slot);
		return;
	}
	if (instance == NULL && (instance = add_instance(launcher, slot, function, STARTING)) == NULL) {
		return;
	}
	atomic_store(&account->owners[slot], launcher->process);
	instance->port = (uint16_t)atomic_load(&detail->port);
	instance->progress = STARTING;
	if (function->bind == SETTING_BIND_BERTH) {
		now_ready(launcher, instance);
	} else {
		look_again(launcher, instance);
	}
}

void instances_adopt(struct launcher *launcher)
{
	for (int slot = 0, high = account_high(launcher->kit.account); slot < high; slot++) {
		adopt_if_orphaned(launcher, slot);
	}
}

void instances_tick(struct launcher *launcher)
{
	const struct account *account = launcher->kit.account;
	static bool connected[UINT16_MAX + 1]; /* scratch: too large for the stack */
	uint64_t now_ms = loop_now_ms(launcher->loop);
	bool asked = false;

	instances_adopt(launcher);
	for (int slot = 0, high = account_high(account); slot < high; slot++) {
		if (!is_ready_instance(account, slot)) {
			continue;
		}
		if (!asked) { /* one question for all instances, and none when there are none */
			memset(connected, 0, sizeof(connected));
			if (listening_connected(launcher->listening, 0, UINT16_MAX, connected) < 0) {
				return;
			}
			asked = true;
		}
		end_if_lonely(launcher, slot, connected, now_ms);
	}
}

void instances_broker_changed(struct launcher *launcher)
{
	launcher->asking = 0;
	for (int slot = 0; slot < INSTANCES_MAX; slot++) {
		struct instance *instance = launcher->instances[slot];
		if (instance != NULL && instance->progress == ASKING &&
		    ask_broker(launcher, instance, &STAILQ_FIRST(&instance->callers)->call) < 0) {
			give_up(launcher, instance, REFUSAL_BUSY);
		}
	}
}

bool instances_pending(const struct launcher *launcher)
{
	for (int slot = 0; slot < INSTANCES_MAX; slot++) {
		const struct instance *instance = launcher->instances[slot];
		if (instance != NULL && !STAILQ_EMPTY(&instance->callers)) {
			return true;
		}
	}
	return false;
}

void instances_finish(struct launcher *launcher)
{
	for (int slot = 0; slot < INSTANCES_MAX; slot++) {
		if (launcher->instances[slot] != NULL) {
			tell_callers(launcher, launcher->instances[slot], REFUSAL_DRAINING);
			forget(launcher, launcher->instances[slot]);
		}
	}
}
