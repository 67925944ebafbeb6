/* endings.c - what becomes of processes that ended: roles are replaced, what they had counted or claimed is taken back,
 * functions' processes that a dead launcher left behind are cleared from their slots.
 *
 * Called by supervisor.c for each child.  The calls a dead role had not taken yet are still in their queue. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/log.h"
#include "rendezvous/supervisor.h"

enum {
	WATCHDOG_MS = 3000,
	RETRY_MS = 1000,
	EARLY_DEATH_MS = 1000,
};

static void acceptor_ended(struct supervisor *supervisor, struct role_process *process)
{
	struct column *column = &supervisor->columns[process->column];

	sources_forget_column(supervisor->sources, process->column);
	atomic_store(&column->counters->process, 0);
	atomic_store(&column->counters->unfinished, 0);
	atomic_store(&column->counters->closing, 0);
	column->taken = false;
	if (process->finishing || supervisor->stopping) {
		return;
	}
	if (supervisor->coming != NULL && process->generation == supervisor->coming->number) {
		generation_abandon(supervisor, "an acceptor died while it started");
		return;
	}
	supervisor->state.restarts++;
	if (clock_now_ms() - process->started_ms < EARLY_DEATH_MS && !process->ready) {
		loop_timer_set(supervisor->loop, &supervisor->restart, clock_now_ms() + RETRY_MS);
	} else if (acceptor_start(supervisor, supervisor->current, process->number) < 0) {
		loop_timer_set(supervisor->loop, &supervisor->restart, clock_now_ms() + RETRY_MS);
	}
}

static void launcher_ended(struct supervisor *supervisor, struct role_process *process)
{
	struct account_home *home = process->account;

	account_release_claims(home->account, process->process);
	if (process->finishing || supervisor->stopping) {
		return;
	}
	supervisor->state.restarts++;
	if (process->ready) {
		home->failures = 0;
		launchers_start(home);
	} else if (!launchers_exist(home)) {
		account_home_pause(home);
	} else {
		loop_timer_set(supervisor->loop, &home->retry, clock_now_ms() + RETRY_MS);
	}
}

static void broker_ended(struct supervisor *supervisor, struct role_process *process)
{
	struct role_process *launcher;

	if (process->finishing || supervisor->stopping) {
		return;
	}
	LIST_FOREACH(launcher, &supervisor->processes, neighbours) {
		launcher->has_broker = false;
	}
	supervisor->state.restarts++;
	if (process->ready && broker_start(supervisor) == 0) {
		launchers_update(supervisor);
	} else {
		loop_timer_set(supervisor->loop, &supervisor->restart, clock_now_ms() + RETRY_MS);
	}
}

/* A function's process that a dead launcher left to us.  Its slot is cleared before its pid is free again. */
static void orphan_ended(struct supervisor *supervisor, pid_t process)
{
	struct account_home *home;

	LIST_FOREACH(home, &supervisor->accounts, neighbours) {
		int slot = account_find_pid(home->account, process);
		if (slot >= 0) {
			account_release(home->account, slot);
			return;
		}
	}
}

static void report_end(const struct role_process *process, int status)
{
	if (!process->finishing && !process->supervisor->stopping) {
		log_event(LOG_LEVEL_WARNING, "role-ended", "role", role_names[process->role], "process",
			  LOG_NUMBER(process->process), WIFSIGNALED(status) ? "signal" : "status",
			  LOG_NUMBER(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)), "action", "restart",
			  NULL);
	}
}

void process_ended(struct supervisor *supervisor, pid_t pid, int status)
{
	struct role_process *process;

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		if (process->process == pid) {
			break;
		}
	}
	if (process == NULL) {
		orphan_ended(supervisor, pid);
		return;
	}
	report_end(process, status);
	LIST_REMOVE(process, neighbours);
	loop_remove(supervisor->loop, &process->channel);
	close(process->channel.descriptor);
	switch (process->role) {
	case STATUS_ACCEPTOR:
		acceptor_ended(supervisor, process);
		break;
	case STATUS_LAUNCHER:
		launcher_ended(supervisor, process);
		break;
	case STATUS_PORT_BROKER:
	default:
		broker_ended(supervisor, process);
		break;
	}
	free(process);
}

void processes_watch(struct supervisor *supervisor)
{
	struct role_process *process;
	uint64_t now_ms = clock_now_ms();

	LIST_FOREACH(process, &supervisor->processes, neighbours) {
		if (process->role != STATUS_ACCEPTOR || !process->ready) {
			continue;
		}
		uint64_t turn_ms = atomic_load(&supervisor->columns[process->column].counters->turn_ms);
		uint64_t last_ms = turn_ms > process->started_ms ? turn_ms : process->started_ms;
		if (now_ms > last_ms + WATCHDOG_MS) {
			log_event(LOG_LEVEL_ERROR, "acceptor-stuck", "process", LOG_NUMBER(process->process),
				  "silent_ms", LOG_NUMBER(now_ms - last_ms), "action", "kill", NULL);
			(void)kill(process->process, SIGKILL);
		}
	}
}
