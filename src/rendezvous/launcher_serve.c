/* launcher_serve.c - a call becomes a process.
 *
 * Called by launcher.c for each call taken from the queue.  Hands the connection over exactly as it came:
 * blocking, with no octet read, and greeted by the new process itself as its last act before exec. */
#include "rendezvous/launcher.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "os/socket.h"
#include "rendezvous/channel.h"

enum { DEATH_ASKED_AFTER_MS = 100 };

static void send_back(struct launcher *launcher, struct taken_call *call, struct control_message message,
		      const char *last_resort)
{
	if (channel_offer(launcher->kit.returns, message, call->connection) < 0) {
		/* No acceptor takes it in time: say it ourselves, without the patience to drain. */
		(void)send(call->connection, last_resort, strlen(last_resort), MSG_DONTWAIT | MSG_NOSIGNAL);
		(void)shutdown(call->connection, SHUT_WR);
	}
	close(call->connection);
	call->connection = -1;
}

void call_send_back(struct launcher *launcher, struct taken_call *call, enum refusal refusal)
{
	struct control_message message = { .kind = CONTROL_REFUSE, .result = (int32_t)refusal };

	counter_add(&launcher->kit.account->states[function_place(call->message.function_id)].refused, 1);
	send_back(launcher, call, message, refusal_line(refusal));
}

/* Where the port is, when that is not the address the caller called: a path, or a proxy. */
static void write_host(const struct taken_call *call, char host[ADDRESS_TEXT_MAX])
{
	struct address local;

	host[0] = '\0';
	if ((call->message.flags & CALL_UNIX) != 0) {
		memcpy(host, "127.0.0.1", sizeof("127.0.0.1"));
	} else if ((call->message.flags & CALL_TOLD) != 0 && socket_local(call->connection, &local, NULL) == 0) {
		address_text(&local, host);
	}
}

/* The answer is said here, because a caller that follows it has nothing more to say on this connection.  One
 * that has sent more all the same goes back to an acceptor, which reads that away so that no reset eats the
 * answer. */
void call_redirect(struct launcher *launcher, struct taken_call *call, uint16_t port)
{
	struct control_message drain = { .kind = CONTROL_DRAIN_ONLY };
	int unread = 0;
	char line[REPLY_MAX];
	char host[ADDRESS_TEXT_MAX];

	write_host(call, host);
	int size = snprintf(line, sizeof(line), ">%u%s%s\r\n", port, host[0] != '\0' ? " " : "", host);
	counter_add(&launcher->kit.account->states[function_place(call->message.function_id)].handed_out, 1);
	(void)send(call->connection, line, (size_t)size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (ioctl(call->connection, FIONREAD, &unread) == 0 && unread > 0) {
		(void)channel_offer(launcher->kit.returns, drain, call->connection);
	}
	close(call->connection);
	call->connection = -1;
}

int launcher_claim(struct launcher *launcher, const struct plan_function *function, uint64_t source_key,
		   enum slot_kind kind, const char *key)
{
	struct account *account = launcher->kit.account;
	uint32_t place = function_place(function->id);
	int slot = account_claim(account, place, source_key, launcher->process);

	if (slot < 0) {
		return -EBUSY;
	}
	/* Claimed first and counted then, so that two launchers together cannot pass the limit. */
	struct slot_counts counts = account_count(account, place, source_key);
	bool over_source = function->processes_per_source > 0 && counts.of_source > function->processes_per_source;
	if (kind != SLOT_WORKER && (counts.of_function > function->processes_max || over_source)) {
		account_release(account, slot);
		return over_source ? -EDQUOT : -EBUSY;
	}
	struct slot_detail *detail = &account->details[slot];
	detail->function_id = function->id;
	detail->started_ms = clock_now_ms();
	atomic_store(&detail->called_ms, detail->started_ms);
	memset(detail->key, 0, sizeof(detail->key));
	memcpy(detail->key, key, strnlen(key, KEY_MAX));
	atomic_store(&detail->kind, kind);
	return slot;
}

enum refusal launcher_start_failed(struct launcher *launcher, const struct plan_function *function, int error)
{
	struct function_state *state = state_of(launcher, function);

	counter_add(&state->failed, 1);
	if (error == EAGAIN || error == ENOMEM) { /* a shortage, which passes; the command may be fine */
		log_event(LOG_LEVEL_WARNING, "start-short", "function", function->name.text, "error", strerror(error),
			  NULL);
		return REFUSAL_BUSY;
	}
	uint32_t pause_ms = function_state_failed(state, loop_now_ms(launcher->loop));
	log_event(LOG_LEVEL_WARNING, "start-failed", "function", function->name.text, "command",
		  plan_word(launcher->kit.plan, function->command, 0), "error", strerror(error), "pause_ms",
		  LOG_NUMBER(pause_ms), NULL);
	return REFUSAL_FAILED;
}

static int spawn_for(struct launcher *launcher, const struct taken_call *call, const struct plan_function *function,
		     int slot)
{
	struct variables variables;
	const struct spawn_program *program;
	bool on_stdio = function->as == SETTING_AS_STDIO;
	int r = program_get(launcher, function, &program);

	if (r < 0) {
		return r;
	}
	variables_init(&variables);
	variables_put_connection(&variables, &call->message, call->connection);
	if (!on_stdio) {
		variables_put(&variables, "LISTEN_FDS", "1");
		variables_put(&variables, "LISTEN_FDNAMES", "connection");
	}
	variables_put_function(&variables, launcher->kit.plan, function, call->message.key);
	const struct spawn_request request = {
		.program = program,
		.environment = variables.items,
		.environment_count = variables.count,
		.listen_pid = !on_stdio,
		.input_output = on_stdio ? call->connection : -1,
		.error = outputs_get(launcher->outputs, launcher->kit.account, function),
		.third = on_stdio ? -1 : call->connection,
		.greeting = (call->message.flags & CALL_GREET) != 0 ? "+\r\n" : NULL,
		.apology = call->message.dialect == CALL_DIALECT_LINE ? refusal_line(REFUSAL_FAILED) : NULL,
		.caller = call->connection,
	};
	return spawn(launcher->pool, &request, &launcher->kit.account->pids[slot]);
}

static void serve_by_process(struct launcher *launcher, struct taken_call *call, const struct plan_function *function)
{
	int slot = launcher_claim(launcher, function, call->message.source_key, SLOT_PROCESS, call->message.key);

	if (slot < 0) {
		call_send_back(launcher, call, slot == -EDQUOT ? REFUSAL_LIMIT : REFUSAL_BUSY);
		return;
	}
	int r = spawn_for(launcher, call, function, slot);
	if (r < 0) {
		account_release(launcher->kit.account, slot);
		call_send_back(launcher, call, launcher_start_failed(launcher, function, -r));
		return;
	}
	counter_add(&state_of(launcher, function)->started, 1);
	close(call->connection);
}

/* Why a call that waited in the queue is not served any more, or REFUSAL_NONE. */
static enum refusal judge(struct launcher *launcher, const struct taken_call *call,
			  const struct plan_function *function, uint64_t waited_ms)
{
	if (function == NULL) {
		return REFUSAL_UNKNOWN;
	}
	if (waited_ms > call->message.queue_timeout_ms) {
		return REFUSAL_TIMEOUT;
	}
	if (atomic_load(&state_of(launcher, function)->paused_until_ms) > loop_now_ms(launcher->loop) ||
	    source_is_paused(launcher, function_place(function->id), call->message.source_key)) {
		return REFUSAL_FAILED;
	}
	return REFUSAL_NONE;
}

void launcher_serve(struct launcher *launcher, struct taken_call *call)
{
	const struct plan_function *function = plan_find_id(launcher->kit.plan, call->message.function_id);

	if (function == NULL) { /* the news of a reload may have come just behind the call */
		launcher_hear_supervisor(launcher);
		function = plan_find_id(launcher->kit.plan, call->message.function_id);
	}
	uint64_t waited_ms = call_waited_ms(&call->message, clock_now_ns());
	enum refusal refusal = judge(launcher, call, function, waited_ms);

	if (refusal != REFUSAL_NONE) {
		call_send_back(launcher, call, refusal);
	} else if (waited_ms > DEATH_ASKED_AFTER_MS && socket_is_dead(call->connection)) {
		close(call->connection);
	} else if (function->handover == SETTING_PORT) {
		instance_serve(launcher, call, function);
	} else {
		serve_by_process(launcher, call, function);
	}
}
