/* attach.c - workers that berthd did not start come for their function's queue.
 *
 * Called by generation.c.  Who may connect is the socket's group; what they get is the receiving end of the
 * queue, the same for all.  A connection stays open as long as its worker lives and is never read: its end says
 * that the worker is gone. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/handover.h"
#include "os/log.h"
#include "os/socket.h"
#include "rendezvous/supervisor.h"

enum { ATTACH_BACKLOG = 64, ATTACH_MODE = 0660 };

static const char greeting[4] = { 'B', 'W', 'Q', '1' };

static void count(struct worker_home *home, int change)
{
	struct function_state *state = &home->account->account->states[function_place(home->function_id)];

	home->attached += (uint32_t)change;
	atomic_store(&state->workers_attached, home->attached);
}

static void detach(struct attached_worker *worker)
{
	loop_remove(worker->supervisor->loop, &worker->source);
	close(worker->source.descriptor);
	worker->source.descriptor = -1;
	count(worker->home, -1);
}

static void on_worker(struct loop_source *source, uint32_t events)
{
	char unread;

	(void)events;
	if (recv(source->descriptor, &unread, sizeof(unread), MSG_DONTWAIT) >= 0 || errno != EAGAIN) {
		detach(source->data);
	}
}

static struct attached_worker *unused_place(struct supervisor *supervisor)
{
	for (int i = 0; i < ATTACHED_MAX; i++) {
		if (supervisor->attached[i].source.descriptor < 0) {
			return &supervisor->attached[i];
		}
	}
	return NULL;
}

/* Readers of one queue can do anything to it, so they must all be one user: the one berthd starts workers as,
 * or else the first that attached. */
static bool is_welcome(const struct worker_home *home, uid_t user)
{
	const struct plan_function *function = plan_find_id(home->supervisor->current->plan, home->function_id);

	if (function != NULL && function->workers > 0) {
		return user == home->account->identity.user;
	}
	return home->attached == 0 || user == home->attached_user;
}

static int attach(struct worker_home *home, int connection)
{
	struct attached_worker *worker = unused_place(home->supervisor);
	uid_t user;
	int r = socket_peer_user(connection, &user);

	if (r < 0) {
		return r;
	}
	if (worker == NULL || !is_welcome(home, user)) {
		return -EACCES;
	}
	r = handover_send(connection, greeting, sizeof(greeting), home->queue.receiving);
	if (r < 0) {
		return r;
	}
	*worker = (struct attached_worker){
		.source = { .descriptor = connection, .ready = on_worker, .data = worker },
		.supervisor = home->supervisor,
		.home = home,
	};
	r = loop_add(home->supervisor->loop, &worker->source, EPOLLIN | EPOLLRDHUP);
	if (r < 0) {
		worker->source.descriptor = -1;
		return r;
	}
	home->attached_user = user;
	count(home, 1);
	log_event(LOG_LEVEL_INFO, "worker-attached", "function", home->name.text, "user", LOG_NUMBER(user), NULL);
	return 0;
}

static void on_attach(struct loop_source *source, uint32_t events)
{
	struct worker_home *home = source->data;
	int connection = accept4(source->descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)events;
	if (connection < 0) {
		return;
	}
	int r = attach(home, connection);
	if (r < 0) {
		log_event(LOG_LEVEL_WARNING, "worker-refused", "function", home->name.text, "error", strerror(-r),
			  NULL);
		close(connection);
	}
}

static int socket_path(const struct worker_home *home, struct sockaddr_un *ret_address)
{
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	int size = snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), "%s/workers/%s",
			    home->supervisor->run_dir, home->name.text);

	return size < 0 || (size_t)size >= sizeof(ret_address->sun_path) ? -ENAMETOOLONG : 0;
}

/* Made where nobody may connect yet, then given to the group. */
static int open_socket(const struct worker_home *home, uint32_t group)
{
	struct sockaddr_un address;
	int r = socket_path(home, &address);
	int descriptor = r < 0 ? -1 : socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (descriptor < 0) {
		return r < 0 ? r : -errno;
	}
	(void)unlink(address.sun_path);
	mode_t mask = umask(0177);
	r = bind(descriptor, (const struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	(void)umask(mask);
	if (r == 0 && (chown(address.sun_path, (uid_t)-1, group) < 0 || chmod(address.sun_path, ATTACH_MODE) < 0 ||
		       listen(descriptor, ATTACH_BACKLOG) < 0)) {
		r = -errno;
	}
	if (r < 0) {
		close(descriptor);
		return r;
	}
	return descriptor;
}

int attach_listen(struct worker_home *home, const struct plan_function *function)
{
	if (home->attach.descriptor >= 0 && function->attach && home->attach_group == function->attach_group) {
		return 0;
	}
	attach_stop(home);
	if (!function->attach) {
		return 0;
	}
	int descriptor = open_socket(home, function->attach_group);
	if (descriptor < 0) {
		return descriptor;
	}
	home->attach = (struct loop_source){ .descriptor = descriptor, .ready = on_attach, .data = home };
	home->attach_group = function->attach_group;
	return loop_add(home->supervisor->loop, &home->attach, EPOLLIN);
}

void attach_stop(struct worker_home *home)
{
	struct supervisor *supervisor = home->supervisor;
	struct sockaddr_un address;

	if (home->attach.descriptor < 0) {
		return;
	}
	loop_remove(supervisor->loop, &home->attach);
	close(home->attach.descriptor);
	home->attach.descriptor = -1;
	if (socket_path(home, &address) == 0) {
		(void)unlink(address.sun_path);
	}
	for (int i = 0; i < ATTACHED_MAX; i++) {
		if (supervisor->attached[i].source.descriptor >= 0 && supervisor->attached[i].home == home) {
			detach(&supervisor->attached[i]);
		}
	}
}
