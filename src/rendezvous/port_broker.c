/* port_broker.c - the process that opens, filters and holds the ports of functions that call back.
 *
 * Run by cmd/berthd.c as a role, with CAP_NET_ADMIN and nothing else.  Launchers ask it with fixed-size
 * messages and the caller's connection; who the caller is and what it called it asks the kernel, not the
 * launcher.  It never executes anything and never reads a client's octets.  A launcher that says anything else
 * loses its channel. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/loop.h"
#include "os/clock.h"
#include "os/filter.h"
#include "os/log.h"
#include "os/sandbox.h"
#include "os/socket.h"
#include "rendezvous/channel.h"
#include "rendezvous/kit.h"
#include "rendezvous/leases.h"
#include "rendezvous/roles.h"

enum {
	LAUNCHER_CHANNELS_MAX = ACCOUNTS_MAX,
	DRAWS_MAX = 64,	   /* ports tried for one call before saying that all are taken */
	RANDOM_STOCK = 64, /* numbers fetched from the kernel at a time */
	YOUNG_LEASE_MS = 2000,
	TICK_MS = 1000,
	BACKLOG = 1024,
};

struct launcher_channel {
	struct loop_source source; /* its descriptor is -1 when unused */
	struct broker *broker;
	char account[64];
};

struct broker {
	struct kit kit;
	struct kit next;
	struct loop *loop;
	struct loop_source channel_source;
	struct loop_timer tick;
	struct launcher_channel launchers[LAUNCHER_CHANNELS_MAX];
	uint32_t random[RANDOM_STOCK];
	size_t random_left;
	struct leases leases;
};

/* ---- one port ---- */

static uint32_t draw(struct broker *broker)
{
	if (broker->random_left == 0) {
		if (getrandom(broker->random, sizeof(broker->random), 0) != sizeof(broker->random)) {
			return 0;
		}
		broker->random_left = RANDOM_STOCK;
	}
	return broker->random[--broker->random_left];
}

struct wish {
	const struct plan_function *function;
	const struct prefix *prefixes; /* who may call; none: anybody */
	size_t prefix_count;
	struct address bind_to;
	struct prefix caller;
};

/* What the kernel says of the connection decides where the port is opened and for whom. */
static void read_connection(const struct plan *plan, const struct plan_function *function, int connection,
			    struct wish *ret_wish)
{
	static const struct address loopback = { { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 } };
	static const struct address everywhere;
	struct address peer = loopback;
	struct address local = loopback;

	(void)socket_peer(connection, &peer, NULL);
	(void)socket_local(connection, &local, NULL);
	*ret_wish = (struct wish){
		.function = function,
		.caller = { .address = peer, .length = 128 },
		.bind_to = function->admit == SETTING_ADMIT_CALLER ? local : everywhere,
	};
	if (function->admit == SETTING_ADMIT_CALLER) {
		ret_wish->prefixes = &ret_wish->caller;
		ret_wish->prefix_count = 1;
	} else if (function->admit == SETTING_ADMIT_PREFIXES) {
		ret_wish->prefixes = plan_items(plan, function->admit_prefixes);
		ret_wish->prefix_count = function->admit_prefixes.count;
	}
}

/* Bound, then filtered, then listening: at no moment can anybody call who may not. */
static int open_port(const struct wish *wish, uint16_t port)
{
	int descriptor = socket_bind(&wish->bind_to, port);
	int r = 0;

	if (descriptor < 0) {
		return descriptor;
	}
	if (wish->prefix_count > 0) {
		r = filter_admit(descriptor, wish->prefixes, wish->prefix_count);
	}
	if (r == 0 && wish->function->bind == SETTING_BIND_BERTH && listen(descriptor, BACKLOG) < 0) {
		r = -errno;
	}
	if (r < 0) {
		close(descriptor);
		return r;
	}
	return descriptor;
}

/* A free port of the function's range, opened.  -EAGAIN: none is to be had. */
static int find_port(struct broker *broker, const struct wish *wish, uint16_t *ret_port)
{
	const struct plan_function *function = wish->function;

	for (int i = 0; i < DRAWS_MAX; i++) {
		uint16_t port =
			lease_next_free(&broker->leases, function->port_first, function->port_last, draw(broker));
		if (port == 0) {
			return -EAGAIN;
		}
		int descriptor = open_port(wish, port);
		if (descriptor != -EADDRINUSE) {
			*ret_port = port;
			return descriptor == -EMFILE ? -EAGAIN : descriptor;
		}
	}
	return -EAGAIN;
}

/* ---- launchers ---- */

static const struct plan_function *function_asked_for(const struct broker *broker,
						      const struct launcher_channel *launcher,
						      const struct control_message *message)
{
	const struct plan *plan = broker->kit.plan;
	const struct plan_function *function = plan_find_id(plan, message->number);

	if (function == NULL || function->handover != SETTING_PORT ||
	    strcmp(plan_account(plan, function->account)->name, launcher->account) != 0) {
		return NULL;
	}
	return function;
}

static int lend(struct broker *broker, const struct launcher_channel *launcher, const struct control_message *message,
		int connection, uint16_t *ret_port)
{
	const struct plan_function *function = function_asked_for(broker, launcher, message);
	struct wish wish;

	if (function == NULL || message->index >= ACCOUNT_SLOTS) {
		return -ENOENT; /* it went in a reload while the launcher asked */
	}
	if (function->ports_per_source > 0 &&
	    leases_of_source(&broker->leases, message->source_key) >= function->ports_per_source) {
		return -EDQUOT;
	}
	read_connection(broker->kit.plan, function, connection, &wish);
	int descriptor = find_port(broker, &wish, ret_port);
	if (descriptor < 0) {
		return descriptor;
	}
	if (function->bind == SETTING_BIND_SELF) {
		close(descriptor); /* it was free a moment ago; the program binds it itself */
		descriptor = -1;
	}
	struct lease lease = {
		.function_id = function->id,
		.begun_ms = clock_now_ms(),
		.descriptor = descriptor,
		.slot = message->index,
		.quarantine_ms = function->quarantine_ms,
	};
	memcpy(lease.account, launcher->account, sizeof(lease.account));
	lease_begin(&broker->leases, *ret_port, message->source_key, &lease);
	return 0;
}

static void take_back(struct broker *broker, uint16_t port)
{
	uint64_t now_ms = clock_now_ms();
	int descriptor = lease_end(&broker->leases, port, now_ms);

	if (descriptor >= 0) {
		(void)shutdown(descriptor, SHUT_RDWR); /* whoever still listens on it listens no more */
	}
	if (lease_expire(&broker->leases, port, now_ms, &descriptor) && descriptor >= 0) {
		close(descriptor);
	}
}

static void on_lease(struct launcher_channel *launcher, const struct control_message *message, int connection)
{
	struct broker *broker = launcher->broker;
	struct control_message answer = { .kind = CONTROL_LEASED, .index = message->index };
	uint16_t port = 0;

	answer.result = connection >= 0 ? lend(broker, launcher, message, connection, &port) : -EBADMSG;
	answer.number = port;
	int r = channel_send(launcher->source.descriptor, answer,
			     answer.result == 0 ? broker->leases.items[port].descriptor : -1);
	if (r < 0 && answer.result == 0) {
		take_back(broker, port);
	}
	if (connection >= 0) {
		close(connection);
	}
}

static void on_release(struct launcher_channel *launcher, const struct control_message *message)
{
	struct broker *broker = launcher->broker;

	if (message->number <= UINT16_MAX && broker->leases.states[message->number] == LEASE_LENT &&
	    strcmp(broker->leases.items[message->number].account, launcher->account) == 0) {
		take_back(broker, (uint16_t)message->number);
	}
}

static void close_launcher(struct launcher_channel *launcher)
{
	loop_remove(launcher->broker->loop, &launcher->source);
	close(launcher->source.descriptor);
	launcher->source.descriptor = -1;
}

static void on_launcher(struct loop_source *source, uint32_t events)
{
	struct launcher_channel *launcher = source->data;
	struct control_message message;
	int connection;
	int r;

	(void)events;
	while ((r = channel_receive(source->descriptor, CONTROL_BIT(CONTROL_LEASE) | CONTROL_BIT(CONTROL_RELEASE),
				    &message, &connection)) == 0) {
		if (message.kind == CONTROL_LEASE) {
			on_lease(launcher, &message, connection);
		} else {
			on_release(launcher, &message);
			if (connection >= 0) {
				close(connection);
			}
		}
	}
	if (r == -EBADMSG) {
		log_event(LOG_LEVEL_ERROR, "bad-message", "from", "launcher", "account", launcher->account, NULL);
	}
	if (r != -EAGAIN) {
		close_launcher(launcher);
	}
}

static int add_launcher(struct broker *broker, uint32_t account, int descriptor)
{
	for (int i = 0; i < LAUNCHER_CHANNELS_MAX; i++) {
		struct launcher_channel *launcher = &broker->launchers[i];
		if (launcher->source.descriptor >= 0) {
			continue;
		}
		launcher->source =
			(struct loop_source){ .descriptor = descriptor, .ready = on_launcher, .data = launcher };
		launcher->broker = broker;
		memcpy(launcher->account, plan_account(broker->kit.plan, account)->name, sizeof(launcher->account));
		return loop_add(broker->loop, &launcher->source, EPOLLIN);
	}
	close(descriptor);
	return 0; /* that launcher will find its channel closed; there cannot be more launchers than this */
}

/* ---- leases whose function is gone ---- */

static const struct account *account_named(const struct broker *broker, const char *name)
{
	const struct plan *plan = broker->kit.plan;

	for (uint32_t i = 0; i < plan->accounts.count; i++) {
		if (strcmp(plan_account(plan, i)->name, name) == 0) {
			return broker->kit.accounts[i];
		}
	}
	return NULL;
}

/* The slot tells whether the process lives, whatever became of the launcher that asked for the port.  A young
 * lease may not have reached its slot yet. */
static int is_alive(const struct broker *broker, uint16_t port, uint64_t now_ms)
{
	const struct lease *lease = &broker->leases.items[port];
	const struct account *account = account_named(broker, lease->account);

	if (now_ms - lease->begun_ms < YOUNG_LEASE_MS) {
		return 1;
	}
	return account != NULL && atomic_load(&account->places[lease->slot]) == function_place(lease->function_id) &&
	       atomic_load(&account->details[lease->slot].port) == port;
}

static void on_tick(struct loop_timer *timer)
{
	struct broker *broker = timer->data;
	uint64_t now_ms = clock_now_ms();

	for (uint32_t port = 1; port <= UINT16_MAX; port++) {
		int descriptor = -1;
		if (broker->leases.states[port] == LEASE_LENT && !is_alive(broker, (uint16_t)port, now_ms)) {
			take_back(broker, (uint16_t)port);
		}
		if (lease_expire(&broker->leases, (uint16_t)port, now_ms, &descriptor) && descriptor >= 0) {
			close(descriptor);
		}
	}
	log_flush();
	loop_timer_set(broker->loop, timer, now_ms + TICK_MS);
}

/* After a restart: ports that were lent by the broker before us, as the slots have them.  We hold no copy of
 * those. */
static void adopt(struct broker *broker, const struct account *account, const char *name)
{
	for (int slot = 0, high = account_high(account); slot < high; slot++) {
		const struct slot_detail *detail = &account->details[slot];
		uint32_t port = atomic_load(&detail->port);
		struct lease lease = {
			.function_id = detail->function_id,
			.descriptor = -1,
			.slot = (uint32_t)slot,
			.begun_ms = detail->started_ms,
		};
		/* Slots are written by launchers: what two of them claim is lent once. */
		if (atomic_load(&account->places[slot]) != PLACE_FREE && port > 0 && port <= UINT16_MAX &&
		    broker->leases.states[port] == LEASE_FREE) {
			memcpy(lease.account, name, sizeof(lease.account));
			lease_begin(&broker->leases, (uint16_t)port, atomic_load(&account->sources[slot]), &lease);
		}
	}
}

/* ---- the supervisor ---- */

static int change_over(struct broker *broker)
{
	kit_finish(&broker->kit);
	broker->kit = broker->next;
	kit_init(&broker->next);
	return broker->kit.plan != NULL ? 0 : -EBADMSG;
}

static void on_channel(struct loop_source *source, uint32_t events)
{
	struct broker *broker = source->data;
	struct control_message message;
	int descriptor;
	int r;

	(void)events;
	while ((r = channel_receive(source->descriptor, KIT_KINDS | CONTROL_BIT(CONTROL_FINISH), &message,
				    &descriptor)) == 0) {
		if (message.kind == CONTROL_FINISH) {
			loop_stop(broker->loop);
		} else if (message.kind == CONTROL_BROKER && message.index < broker->kit.plan->accounts.count) {
			r = add_launcher(broker, message.index, descriptor);
		} else if (message.kind == CONTROL_START) {
			r = change_over(broker);
		} else {
			r = kit_take(&broker->next, &message, descriptor);
		}
		if (r < 0) {
			break;
		}
	}
	if (r != -EAGAIN) {
		loop_stop(broker->loop);
	}
}

static int prepare(struct broker *broker, int channel)
{
	unsigned missing = 0;

	for (int i = 0; i < LAUNCHER_CHANNELS_MAX; i++) {
		broker->launchers[i].source.descriptor = -1;
	}
	for (uint32_t i = 0; i < broker->kit.plan->accounts.count; i++) {
		adopt(broker, broker->kit.accounts[i], plan_account(broker->kit.plan, i)->name);
	}
	broker->tick = (struct loop_timer){ .expired = on_tick, .data = broker };
	broker->channel_source = (struct loop_source){ .descriptor = channel, .ready = on_channel, .data = broker };
	int r = loop_create(&broker->loop);
	if (r == 0) {
		r = loop_add(broker->loop, &broker->channel_source, EPOLLIN);
	}
	if (r == 0) {
		loop_timer_set(broker->loop, &broker->tick, clock_now_ms() + TICK_MS);
		r = sandbox_enter(SANDBOX_PORT_BROKER, &missing);
	}
	return r;
}

int port_broker_run(int channel)
{
	struct broker *broker = calloc(1, sizeof(*broker));

	if (broker == NULL) {
		return -ENOMEM;
	}
	kit_init(&broker->kit);
	kit_init(&broker->next);
	int r = kit_receive(&broker->kit, channel);
	if (r == 0) {
		r = prepare(broker, channel);
	}
	if (r == 0) {
		r = channel_send(channel, (struct control_message){ .kind = CONTROL_READY }, -1);
	}
	if (r == 0) {
		r = loop_run(broker->loop);
	}
	broker->loop = loop_destroy(broker->loop);
	kit_finish(&broker->next);
	kit_finish(&broker->kit);
	free(broker);
	return r;
}
