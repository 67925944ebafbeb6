/* berth_control.c - finds the control socket of a berthd and talks over it.
 *
 * Called by the verbs that ask or tell berthd.  Never starts one. */
#include "cmd/berth_control.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/connection.h"
#include "client/deadline.h"
#include "config/nearest.h"
#include "os/memory.h"
#include "os/socket.h"
#include "rendezvous/channel.h"

enum { CONNECT_PATIENCE_MS = 5000, STATUS_PATIENCE_MS = 10000 };

static const char system_run_dir[] = "/run/berth";

/* ---- where it is ---- */

static int set_path(struct control *control, const char *run_dir)
{
	int size = snprintf(control->path, sizeof(control->path), "%s/control", run_dir);

	return size < 0 || (size_t)size >= sizeof(control->path) ? -ENAMETOOLONG : 0;
}

/* Where a berthd without root puts it. */
static int set_own_path(struct control *control)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	int size = runtime != NULL ? snprintf(control->path, sizeof(control->path), "%s/berth/control", runtime)
				   : snprintf(control->path, sizeof(control->path), "/tmp/berth-%u/control",
					      (unsigned)getuid());

	return size < 0 || (size_t)size >= sizeof(control->path) ? -ENAMETOOLONG : 0;
}

/* Whoever answers sends memory that we read as berthd's, so it must be root, ourselves, or whom root names. */
static int check_owner(int channel)
{
	uid_t user;
	int r = socket_peer_user(channel, &user);

	return r < 0 || user == 0 || user == getuid() || getuid() == 0 ? r : -EPERM;
}

static int connect_to(struct control *control)
{
	int channel = connection_open_path(control->path, SOCK_SEQPACKET, deadline_after(CONNECT_PATIENCE_MS));

	if (channel < 0) {
		return channel;
	}
	int r = check_owner(channel);
	if (r < 0) {
		close(channel);
		return r;
	}
	control->channel = channel;
	return 0;
}

static bool is_nobody_there(int r)
{
	return r == -ENOENT || r == -ECONNREFUSED;
}

/* Root's berthd is the machine's; for others the one of their own comes first. */
static int connect_to_default(struct control *control)
{
	bool root = geteuid() == 0;
	int r = root ? set_path(control, system_run_dir) : set_own_path(control);

	if (r == 0) {
		r = connect_to(control);
	}
	if (is_nobody_there(r)) {
		struct control other = *control;
		int other_r = root ? set_own_path(&other) : set_path(&other, system_run_dir);
		if (other_r == 0) {
			other_r = connect_to(&other);
		}
		if (!is_nobody_there(other_r)) {
			*control = other;
			return other_r;
		}
	}
	return r;
}

static void complain_about_connection(const struct control *control, int r)
{
	switch (r) {
	case -ENOENT:
	case -ECONNREFUSED:
		complain_about("no berthd answers at %s; is it running, and is that its --run-dir?", control->path);
		break;
	case -EACCES:
		complain_about("berthd at %s answers root and its own user only", control->path);
		break;
	case -EPERM:
		complain_about("%s belongs to another user; only root may ask somebody else's berthd", control->path);
		break;
	case -EPIPE:
	case -ECONNRESET:
		complain_about("berthd at %s hung up; is it ending, or too busy with others who ask?", control->path);
		break;
	case -EBADMSG:
		complain_about("berthd at %s is of another version than this command, " BERTH_VERSION, control->path);
		break;
	case -EAGAIN:
		complain_about("berthd at %s is still starting; ask again", control->path);
		break;
	default:
		complain_about("%s: %s", control->path, strerror(-r));
		break;
	}
}

int control_open(const struct request *request, struct control *ret_control)
{
	const char *run_dir = request->run_dir != NULL ? request->run_dir : getenv("BERTH_RUN_DIR");
	struct control control = { .channel = -1 };
	int r;

	if (run_dir != NULL) {
		r = set_path(&control, run_dir);
		r = r < 0 ? r : connect_to(&control);
	} else {
		r = connect_to_default(&control);
	}
	if (r < 0) {
		complain_about_connection(&control, r);
		return r;
	}
	*ret_control = control;
	return 0;
}

void control_close(struct control *control)
{
	close(control->channel);
}

/* ---- asking ---- */

static void print_text(int memory)
{
	const void *start;
	size_t size;

	if (memory_map_read_only(memory, &size, &start) == 0) {
		const char *text = start;
		size_t length = strnlen(text, size);
		(void)fwrite(text, 1, length, stderr);
		if (length > 0 && text[length - 1] != '\n') {
			(void)fputc('\n', stderr);
		}
		memory_unmap(start, size);
	}
}

/* Waits for the one message that ends an answer. */
static int wait_for_done(const struct control *control, int patience_ms, struct control_message *ret_done,
			 int *ret_memory)
{
	uint64_t deadline_ns = deadline_after(patience_ms);
	int r = -EAGAIN;

	while (r == -EAGAIN) {
		r = deadline_wait_on(deadline_ns, control->channel, POLLIN);
		if (r == 0) {
			r = channel_receive(control->channel, CONTROL_BIT(CONTROL_DONE), ret_done, ret_memory);
		}
	}
	return r;
}

int control_ask(struct control *control, enum control_kind kind, const struct name *name, int patience_ms,
		int *ret_answer)
{
	struct control_message message = { .kind = (uint16_t)kind };
	struct control_message done = { 0 };
	int memory = -1;

	if (name != NULL) {
		message.name = *name;
	}
	int r = channel_send(control->channel, message, -1);
	if (r == 0) {
		r = wait_for_done(control, patience_ms, &done, &memory);
	}
	if (r == -ETIMEDOUT) {
		complain_about("berthd at %s has not answered for %d seconds", control->path, patience_ms / 1000);
		return r;
	}
	if (r < 0) {
		complain_about_connection(control, r);
		return r;
	}
	if (memory >= 0) {
		print_text(memory);
		close(memory);
	}
	*ret_answer = done.result;
	return 0;
}

int control_wait_for_end(struct control *control, int patience_ms)
{
	uint64_t deadline_ns = deadline_after(patience_ms);
	struct control_message message;
	int memory = -1;
	int r = 0;

	while (r == 0 || r == -EAGAIN) {
		r = deadline_wait_on(deadline_ns, control->channel, POLLIN);
		if (r == 0) {
			r = channel_receive(control->channel, 0, &message, &memory);
		}
	}
	if (r == -EPIPE) {
		return 0;
	}
	if (r == -ETIMEDOUT) {
		complain_about("berthd at %s is still there after %d seconds", control->path, patience_ms / 1000);
	} else {
		complain_about_connection(control, r);
	}
	return r;
}

/* ---- status ---- */

int control_status(struct control *control, struct status_view **ret_view)
{
	int r = status_view_collect(control->channel, STATUS_PATIENCE_MS, ret_view);

	if (r < 0) {
		complain_about_connection(control, r);
	}
	return r;
}

int ask_status(const struct request *request, struct status_view **ret_view)
{
	struct control control;
	int r = control_open(request, &control);

	if (r == 0) {
		r = control_status(&control, ret_view);
		control_close(&control);
	}
	return r < 0 ? EXIT_COULD_NOT : EXIT_DONE;
}

void complain_about_function(const struct status_view *view, const char *name)
{
	char hint[NEAREST_HINT_MAX];
	struct nearest nearest;

	nearest_init(&nearest, name);
	for (uint32_t i = 0; i < view->plan->functions.count; i++) {
		nearest_try(&nearest, plan_function(view->plan, i)->name.text);
	}
	complain_about("there is no function \"%s\"%s", name, nearest_hint(&nearest, hint));
}
