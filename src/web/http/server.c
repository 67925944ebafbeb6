/* server.c - HTTP/1.1 inside berth's own loop (server.h): the listening socket, libmicrohttpd's descriptor, time.
 *
 * Never parses anything: heads are judged in head.c, requests are made in server_exchange.c. */
#include "web/http/server.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/log.h"
#include "web/http/server_private.h"

enum { ACCEPTS_A_TURN = 64, TICK_MS = 250, DRAIN_MS = 2000, POOL_OCTETS = 32 * 1024, DESCRIPTORS_SPARE = 64 };

const struct server_limits server_limits_default = {
	.connections_max = 8192,
	.connections_per_source_max = 0,
	.idle_timeout_s = 15,
	.request_timeout_s = 60,
	.bodies_octets_max = (size_t)64 << 20,
};

/* ---- accepting ---- */

static void pause_listening(struct server *server, bool is_paused)
{
	if (server->is_paused != is_paused && !server->is_quiet) {
		server->is_paused = is_paused;
		(void)loop_change(server->loop, &server->listening, is_paused ? 0 : EPOLLIN);
	}
}

void server_listen_again(struct server *server)
{
	if (server->counters.connections < server->limits.connections_max) {
		pause_listening(server, false);
	}
}

static void accept_some(struct loop_source *source, uint32_t events)
{
	struct server *server = source->data;

	(void)events;
	for (int i = 0; i < ACCEPTS_A_TURN; i++) {
		struct sockaddr_storage name = { 0 };
		socklen_t size = sizeof(name);
		if (server->counters.connections >= server->limits.connections_max) {
			pause_listening(server, true);
			return;
		}
		int descriptor =
			accept4(source->descriptor, (struct sockaddr *)&name, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (descriptor >= 0) {
			connection_begin(server, descriptor, &name, size);
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
			log_event(LOG_LEVEL_WARNING, "accept-failed", "error", strerror(errno), NULL);
			pause_listening(server, true); /* until a tick, or somebody leaves */
			return;
		} else if (errno == EAGAIN) {
			return;
		}
	}
}

/* ---- libmicrohttpd's turn ---- */

void server_drive(struct server *server)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	(void)MHD_run(server->daemon);
	if (MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES) {
		loop_timer_set(server->loop, &server->daemon_timer, loop_now_ms(server->loop) + wait_ms);
	} else {
		loop_timer_stop(&server->daemon_timer);
	}
}

static void daemon_ready(struct loop_source *source, uint32_t events)
{
	(void)events;
	server_drive(source->data);
}

static void daemon_due(struct loop_timer *timer)
{
	server_drive(timer->data);
}

static void notice_connection(void *data, struct MHD_Connection *connection, void **socket_context,
			      enum MHD_ConnectionNotificationCode how)
{
	struct server *server = data;

	(void)connection;
	if (how == MHD_CONNECTION_NOTIFY_STARTED) {
		*socket_context = server->adding;
		server->adding = NULL; /* taken */
	} else {
		connection_left(*socket_context);
		*socket_context = NULL;
	}
}

/* ---- time ---- */

static void tick(struct loop_timer *timer)
{
	struct server *server = timer->data;

	connections_expire(server, loop_now_ms(server->loop));
	server_listen_again(server);
	loop_timer_set(server->loop, timer, loop_now_ms(server->loop) + TICK_MS);
}

/* ---- beginning and end ---- */

/* Each connection needs one descriptor, or two for the moment in which it drains. */
static unsigned connections_possible(unsigned wanted)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) {
		return wanted;
	}
	rlim_t possible =
		limit.rlim_cur > 4 * DESCRIPTORS_SPARE ? limit.rlim_cur - DESCRIPTORS_SPARE : limit.rlim_cur / 2;
	return wanted < possible ? wanted : (unsigned)possible;
}

static struct MHD_Daemon *start_daemon(struct server *server)
{
	return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, exchange_handle, server,
				MHD_OPTION_CONNECTION_LIMIT, server->limits.connections_max,
				MHD_OPTION_CONNECTION_TIMEOUT, server->limits.idle_timeout_s,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)POOL_OCTETS, MHD_OPTION_STRICT_FOR_CLIENT,
				1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_URI_LOG_CALLBACK, exchange_begin,
				server, MHD_OPTION_UNESCAPE_CALLBACK, exchange_unescape, server,
				MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
				notice_connection, server, MHD_OPTION_END);
}

static int watch(struct server *server)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	if (info == NULL || info->epoll_fd < 0) {
		return -ENOTSUP;
	}
	server->daemon_source =
		(struct loop_source){ .descriptor = info->epoll_fd, .ready = daemon_ready, .data = server };
	int r = loop_add(server->loop, &server->daemon_source, EPOLLIN);
	if (r == 0) {
		r = loop_add(server->loop, &server->listening, EPOLLIN);
		if (r < 0) {
			loop_remove(server->loop, &server->daemon_source);
		}
	}
	return r;
}

static struct server *made(struct loop *loop, int listening, const struct server_limits *limits,
			   const char *trusted_proxy, const struct server_handler *handler)
{
	struct server *server = calloc(1, sizeof(*server));

	if (server == NULL) {
		return NULL;
	}
	server->loop = loop;
	server->limits = *limits;
	server->limits.connections_max = connections_possible(limits->connections_max);
	server->handler = *handler;
	server->trusted_proxy = trusted_proxy;
	server->listening = (struct loop_source){ .descriptor = listening, .ready = accept_some, .data = server };
	server->daemon_timer = (struct loop_timer){ .expired = daemon_due, .data = server };
	server->tick = (struct loop_timer){ .expired = tick, .data = server };
	server->whole.after_ms = (uint64_t)limits->request_timeout_s * 1000;
	server->silent.after_ms = (uint64_t)limits->idle_timeout_s * 1000;
	server->draining.after_ms = DRAIN_MS;
	TAILQ_INIT(&server->whole.connections);
	TAILQ_INIT(&server->silent.connections);
	TAILQ_INIT(&server->draining.connections);
	return server;
}

int server_create(struct loop *loop, int listening, const struct server_limits *limits, const char *trusted_proxy,
		  const struct server_handler *handler, struct server **ret_server)
{
	struct server *server = made(loop, listening, limits, trusted_proxy, handler);

	if (server == NULL) {
		return -ENOMEM;
	}
	server->daemon = start_daemon(server);
	int r = server->daemon == NULL ? -ENOMEM : watch(server);
	if (r < 0) {
		if (server->daemon != NULL) {
			MHD_stop_daemon(server->daemon);
		}
		free(server);
		return r;
	}
	loop_timer_set(loop, &server->tick, loop_now_ms(loop) + TICK_MS);
	*ret_server = server;
	return 0;
}

void server_quiet(struct server *server)
{
	if (!server->is_quiet) {
		server->is_quiet = true;
		loop_remove(server->loop, &server->listening);
		(void)close(server->listening.descriptor);
		connections_end(server, false);
	}
}

struct server *server_destroy(struct server *server)
{
	server_quiet(server);
	loop_remove(server->loop, &server->daemon_source);
	loop_timer_stop(&server->tick);
	MHD_stop_daemon(server->daemon);
	loop_timer_stop(&server->daemon_timer);
	connections_end(server, true);
	assert(server->counters.connections == 0);
	free(server);
	return NULL;
}

const struct server_counters *server_counters(const struct server *server)
{
	return &server->counters;
}
