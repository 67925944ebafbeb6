/* supervisor.c - the supervisor as a process: start, signals, the watchdog, and stopping in good order.
 *
 * Run by cmd/berthd.c in the foreground.  It starts everything and restarts what dies, and it never reads an
 * octet of a client's. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/child.h"
#include "os/clock.h"
#include "os/handover.h"
#include "os/log.h"
#include "os/memory.h"
#include "os/notify.h"
#include "rendezvous/supervisor.h"
#include "rendezvous/supervisor_run.h"

enum { TICK_MS = 1000, STOP_PATIENCE_MS = 5000, STOP_LOOK_MS = 20 };

/* ---- children ---- */

static void reap(struct supervisor *supervisor)
{
	for (;;) {
		siginfo_t died = { 0 };
		int status = 0;
		if (waitid(P_ALL, 0, &died, WEXITED | WNOHANG | WNOWAIT) < 0 || died.si_pid == 0) {
			return;
		}
		status = died.si_code == CLD_EXITED ? died.si_status << 8 : died.si_status & 0x7f;
		process_ended(supervisor, died.si_pid, status);
		(void)waitpid(died.si_pid, NULL, WNOHANG);
	}
}

/* ---- stopping ---- */

/* Launchers write the slots, and we may be root: only a process of the account itself is signalled. */
static bool belongs_to(pid_t pid, const struct identity *identity)
{
	char path[32];
	struct stat info;

	(void)snprintf(path, sizeof(path), "/proc/%d", pid);
	return pid > 1 && stat(path, &info) == 0 && info.st_uid == identity->user;
}

static void signal_process(pid_t pid, int signal)
{
	if (kill(-pid, signal) < 0) {
		(void)kill(pid, signal); /* it has not got a group of its own yet */
	}
}

/* Each is told once, also one that was being started when the others were told. */
static void end_slot(struct account_home *home, int slot, int signal)
{
	struct slot_detail *detail = &home->account->details[slot];
	pid_t pid = atomic_load(&home->account->pids[slot]);
	bool told = signal == SIGTERM && atomic_load(&detail->terminated_ms) != 0;

	if (!told && belongs_to(pid, &home->identity)) {
		atomic_store(&detail->terminated_ms, clock_now_ms());
		signal_process(pid, signal);
	}
}

static void end_functions(struct supervisor *supervisor, int signal)
{
	struct account_home *home;

	LIST_FOREACH(home, &supervisor->accounts, neighbours) {
		for (int slot = 0, high = account_high(home->account); slot < high; slot++) {
			end_slot(home, slot, signal);
		}
	}
}

static bool functions_run(const struct supervisor *supervisor)
{
	const struct account_home *home;

	LIST_FOREACH(home, &supervisor->accounts, neighbours) {
		for (int slot = 0, high = account_high(home->account); slot < high; slot++) {
			if (atomic_load(&home->account->pids[slot]) > 0) {
				return true;
			}
		}
	}
	return false;
}

static void stop(struct supervisor *supervisor)
{
	if (supervisor->stopping) {
		supervisor->stop_until_ms = 0; /* asked twice: at once */
		return;
	}
	supervisor->stopping = true;
	supervisor->stop_until_ms = clock_now_ms() + STOP_PATIENCE_MS;
	log_event(LOG_LEVEL_INFO, "stopping", NULL);
	(void)notify_manager("STOPPING=1");
	processes_finish(supervisor); /* first, so that nobody replaces what ends now */
	end_functions(supervisor, SIGTERM);
	loop_timer_set(supervisor->loop, &supervisor->tick, clock_now_ms() + STOP_LOOK_MS);
}

static void kill_everything(struct supervisor *supervisor)
{
	struct role_process *process;

	end_functions(supervisor, SIGKILL);
	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		(void)kill(process->process, SIGKILL);
	}
}

static void go_on_stopping(struct supervisor *supervisor)
{
	bool done = LIST_EMPTY(&supervisor->processes) && !functions_run(supervisor);

	end_functions(supervisor, SIGTERM);
	if (!done && clock_now_ms() >= supervisor->stop_until_ms) {
		kill_everything(supervisor);
		done = true;
	}
	if (done) {
		loop_stop(supervisor->loop);
	}
}

/* ---- time and signals ---- */

static void on_tick(struct loop_timer *timer)
{
	struct supervisor *supervisor = timer->data;

	if (supervisor->stopping) {
		go_on_stopping(supervisor);
		loop_timer_set(supervisor->loop, timer, clock_now_ms() + STOP_LOOK_MS);
		return;
	}
	processes_watch(supervisor);
	homes_expire_calls(supervisor);
	homes_sweep(supervisor);
	if (supervisor->reload_wanted && supervisor->coming == NULL && supervisor->current != NULL) {
		supervisor->reload_wanted = false;
		generation_reload(supervisor, NULL);
	}
	log_flush();
	loop_timer_set(supervisor->loop, timer, clock_now_ms() + TICK_MS);
}

/* What could not be restarted at once is tried again: acceptors first, then those who serve. */
static void on_restart(struct loop_timer *timer)
{
	struct supervisor *supervisor = timer->data;

	if (supervisor->current != NULL && !supervisor->stopping) {
		generation_reload(supervisor, NULL);
	}
}

static void on_signal(int signal, void *data)
{
	struct supervisor *supervisor = data;

	switch (signal) {
	case SIGCHLD:
		reap(supervisor);
		break;
	case SIGHUP:
		if (supervisor->current != NULL) {
			generation_reload(supervisor, NULL);
		}
		break;
	case SIGTERM:
	case SIGINT:
		stop(supervisor);
		break;
	default:
		break;
	}
}

/* ---- start ---- */

static int make_columns(struct supervisor *supervisor)
{
	for (int i = 0; i < ACCEPTOR_COLUMNS_MAX; i++) {
		struct column *column = &supervisor->columns[i];
		size_t size;
		void *start;
		column->memory = memory_create("berth-counters", sizeof(struct counters));
		if (column->memory < 0) {
			return column->memory;
		}
		column->memory_read_only = memory_reopen_read_only(column->memory);
		int r = column->memory_read_only < 0 ? column->memory_read_only
						     : memory_map(column->memory, &size, &start);
		if (r < 0) {
			return r;
		}
		column->counters = start;
	}
	return 0;
}

static int make_shared(struct supervisor *supervisor)
{
	size_t size;
	void *start;

	supervisor->sources_memory = memory_create("berth-sources", sizeof(struct sources));
	if (supervisor->sources_memory < 0) {
		return supervisor->sources_memory;
	}
	int r = memory_map(supervisor->sources_memory, &size, &start);
	if (r < 0) {
		return r;
	}
	supervisor->sources = start;
	if (getrandom(&supervisor->sources->secret, sizeof(supervisor->sources->secret), 0) < 0) {
		return -errno;
	}
	r = make_columns(supervisor);
	return r < 0 ? r : handover_pair(supervisor->returns);
}

/* Whom acceptors and the port broker run as: the configured account, _berth, or, with a word of warning, nobody. */
static int find_acceptor_identity(struct supervisor *supervisor, const char *user, bool warn, FILE *errors)
{
	if (!supervisor->abilities.change_user) {
		return identity_current(&supervisor->acceptor_identity);
	}
	int r = identity_look_up(user != NULL ? user : "_berth", NULL, &supervisor->acceptor_identity);
	if (r == -ENOENT && user == NULL) {
		if (warn) {
			log_event(LOG_LEVEL_WARNING, "no-account", "user", "_berth", "instead", "nobody", "mend",
				  "adduser --system --group --no-create-home _berth", NULL);
		}
		return identity_look_up("nobody", NULL, &supervisor->acceptor_identity);
	}
	if (r == -ENOENT) {
		(void)fprintf(errors, "[berthd] user: there is no user \"%s\" on this machine\n", user);
		return -EINVAL;
	}
	return r;
}

static int choose_run_dir(struct supervisor *supervisor, const char *wanted)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	int size = 0;

	if (wanted != NULL) {
		size = asprintf(&supervisor->run_dir, "%s", wanted);
	} else if (supervisor->abilities.change_user) {
		size = asprintf(&supervisor->run_dir, "/run/berth");
	} else if (runtime != NULL) {
		size = asprintf(&supervisor->run_dir, "%s/berth", runtime);
	} else {
		size = asprintf(&supervisor->run_dir, "/tmp/berth-%u", (unsigned)getuid());
	}
	if (size < 0) {
		supervisor->run_dir = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* A folder that is ours and that nobody else can write to: else somebody could have put his sockets there. */
static int make_folder(const char *path)
{
	struct stat info;

	if (mkdir(path, 0755) < 0 && errno != EEXIST) {
		return -errno;
	}
	if (lstat(path, &info) < 0) {
		return -errno;
	}
	return S_ISDIR(info.st_mode) && info.st_uid == getuid() && (info.st_mode & 022) == 0 ? 0 : -EPERM;
}

static int make_run_dir(const struct supervisor *supervisor)
{
	char *workers;
	int r = make_folder(supervisor->run_dir);

	if (r < 0) {
		return r;
	}
	if (asprintf(&workers, "%s/workers", supervisor->run_dir) < 0) {
		return -ENOMEM;
	}
	r = make_folder(workers);
	free(workers);
	return r;
}

/* What stays as it is until berthd ends: reloads do not change these. */
static int apply_settings(struct supervisor *supervisor, const struct settings *settings, const char *run_dir,
			  FILE *errors)
{
	log_open(plan_log_format(settings), "supervisor");
	int r = find_acceptor_identity(supervisor, settings->user, true, errors);

	return r < 0 ? r : choose_run_dir(supervisor, run_dir != NULL ? run_dir : settings->run_dir);
}

static int watch_signals(struct supervisor *supervisor)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGPIPE);
	return loop_signals(supervisor->loop, &signals, on_signal, supervisor);
}

/* For every role, which inherits it: descriptors in flight count against the soft limit of whoever sends them. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int prepare(struct supervisor *supervisor, FILE *errors)
{
	for (int i = 0; i < ATTACHED_MAX; i++) {
		supervisor->attached[i].source.descriptor = -1;
	}
	supervisor->tick = (struct loop_timer){ .expired = on_tick, .data = supervisor };
	supervisor->restart = (struct loop_timer){ .expired = on_restart, .data = supervisor };
	raise_descriptor_limit();
	/* Processes that a dead launcher leaves behind come to us, so that their slots are cleared. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) {
		return -errno;
	}
	supervisor->self = child_open_self();
	int r = supervisor->self < 0 ? supervisor->self : make_run_dir(supervisor);
	if (r < 0) {
		(void)fprintf(errors, "cannot use %s: %s\n", supervisor->run_dir, strerror(-r));
		return r;
	}
	r = loop_create(&supervisor->loop);
	if (r == 0) {
		r = make_shared(supervisor);
	}
	if (r == 0) {
		r = function_register_create(&supervisor->functions);
	}
	return r < 0 ? r : watch_signals(supervisor);
}

static void say_what_is_off(const struct supervisor *supervisor)
{
	if (!supervisor->abilities.change_user) {
		log_event(LOG_LEVEL_WARNING, "not-root", "off",
			  "functions run as this user; user = and group = are refused", NULL);
	}
	if (!supervisor->abilities.filter_ports) {
		log_event(LOG_LEVEL_WARNING, "no-port-filter", "off", "admit = caller and admit = CIDR are refused",
			  NULL);
	}
}

static int start_first_generation(struct supervisor *supervisor, const struct settings *settings, FILE *errors)
{
	struct generation *generation = NULL;
	char *text = NULL;
	int r = generation_prepare(supervisor, settings, &generation, &text);

	if (text != NULL && text[0] != '\0') {
		(void)fputs(text, errors);
	} else if (r < 0) {
		(void)fprintf(errors, "cannot start: %s\n", strerror(-r));
	}
	free(text);
	return r < 0 ? r : generation_begin(supervisor, generation);
}

static int serve(struct supervisor *supervisor, const struct settings *settings, FILE *errors)
{
	int r = operators_start(supervisor);

	if (r < 0) {
		(void)fprintf(errors, "cannot make %s/control: %s\n", supervisor->run_dir,
			      r == -EADDRINUSE ? "another berthd answers there" : strerror(-r));
		return r;
	}
	say_what_is_off(supervisor);
	r = start_first_generation(supervisor, settings, errors);
	if (r == 0) {
		loop_timer_set(supervisor->loop, &supervisor->tick, clock_now_ms() + TICK_MS);
		r = loop_run(supervisor->loop);
	}
	return r == 0 ? supervisor->result : r;
}

static void finish(struct supervisor *supervisor)
{
	if (supervisor->loop != NULL) {
		operators_finish(supervisor);
		supervisor->current = generation_destroy(supervisor->current);
		supervisor->coming = generation_destroy(supervisor->coming);
		homes_finish(supervisor);
	}
	while (!LIST_EMPTY(&supervisor->processes)) {
		struct role_process *process = LIST_FIRST(&supervisor->processes);
		LIST_REMOVE(process, neighbours);
		loop_remove(supervisor->loop, &process->channel);
		close(process->channel.descriptor);
		free(process);
	}
	supervisor->functions = function_register_destroy(supervisor->functions);
	supervisor->loop = loop_destroy(supervisor->loop);
	free(supervisor->run_dir);
	free(supervisor);
}

int supervisor_run(const char *configuration, const char *run_dir, FILE *errors)
{
	struct supervisor *supervisor = calloc(1, sizeof(*supervisor));

	if (supervisor == NULL) {
		return -ENOMEM;
	}
	supervisor->configuration = configuration;
	supervisor->control.descriptor = -1;
	supervisor->inherited = notify_listen_descriptors();
	supervisor->abilities = abilities_probe();
	supervisor->state = (struct status_state){
		.magic = STATUS_MAGIC,
		.process = getpid(),
		.started_ms = clock_now_ms(),
		.root = supervisor->abilities.change_user,
		.filters = supervisor->abilities.filter_ports,
	};
	struct complaints complaints = { .stream = errors };
	struct settings *settings = NULL;
	int r = supervisor->inherited < 0 ? supervisor->inherited
					  : settings_load(supervisor->configuration, &complaints, &settings);
	if (r == 0) {
		r = apply_settings(supervisor, settings, run_dir, errors);
	}
	if (r == 0) {
		r = prepare(supervisor, errors);
	}
	if (r == 0) {
		r = serve(supervisor, settings, errors);
	}
	settings_destroy(settings);
	finish(supervisor);
	return r;
}

int supervisor_check(const char *configuration, FILE *errors)
{
	struct complaints complaints = { .stream = errors };
	struct supervisor supervisor = { .configuration = configuration, .abilities = abilities_probe() };
	struct generation generation = { .plan_descriptor = -1, .number = 1 };
	struct settings *settings = NULL;
	int r = settings_load(configuration, &complaints, &settings);

	if (r == 0) {
		r = function_register_create(&supervisor.functions);
	}
	if (r == 0) {
		r = find_acceptor_identity(&supervisor, settings->user, false, errors);
	}
	if (r == 0) {
		supervisor.self = child_open_self();
		r = supervisor.self < 0 ? supervisor.self
					: generation_make_plan(&supervisor, settings, &generation, &complaints);
		close(supervisor.self);
	}
	generation_let_go(&generation);
	function_register_destroy(supervisor.functions);
	settings_destroy(settings);
	return r;
}
