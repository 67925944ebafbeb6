/* launcher_limits.c - time-outs, and failures that a caller brings about itself.
 *
 * Called by launcher.c once a second and when a process ends.  A command that cannot start is paused for everybody; a
 * process that starts and fails at once may fail because of what its caller did, so that pauses it for that
 * caller only: nobody can switch a function off for others. */
#include "rendezvous/launcher.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/log.h"

enum {
	KILL_AFTER_MS = 5000, /* between "please end" and "end" */
	FAILURES_IN_A_ROW = 5,
	SOURCE_PAUSE_FIRST_MS = 1000,
	SOURCE_PAUSE_DOUBLINGS = 5, /* up to 32 s */
};

/* A pid in a slot is not reaped yet, but other launchers reap theirs while we look: so take hold of the process first
 * and then look again whether the slot still means it. */
void launcher_signal(struct launcher *launcher, int slot, int signal)
{
	struct account *account = launcher->kit.account;
	pid_t pid = atomic_load(&account->pids[slot]);
	int process = pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;

	if (process < 0) {
		return;
	}
	if (atomic_load(&account->pids[slot]) == pid && kill(-pid, signal) < 0) {
		(void)syscall(SYS_pidfd_send_signal, process, signal, NULL, 0);
	}
	close(process);
}

void launcher_terminate(struct launcher *launcher, int slot)
{
	struct slot_detail *detail = &launcher->kit.account->details[slot];
	uint64_t now_ms = loop_now_ms(launcher->loop);
	uint64_t told_ms = atomic_load(&detail->terminated_ms);

	if (told_ms == 0) {
		atomic_store(&detail->terminated_ms, now_ms);
		launcher_signal(launcher, slot, SIGTERM);
		launcher_signal(launcher, slot, SIGCONT);
	} else if (now_ms - told_ms >= KILL_AFTER_MS) {
		launcher_signal(launcher, slot, SIGKILL);
	}
}

static void enforce(struct launcher *launcher, int slot, uint64_t now_ms)
{
	const struct account *account = launcher->kit.account;
	const struct slot_detail *detail = &account->details[slot];
	const struct plan_function *function = plan_in_place(launcher->kit.plan, atomic_load(&account->places[slot]));

	if (atomic_load(&detail->terminated_ms) != 0) {
		launcher_terminate(launcher, slot);
		return;
	}
	if (function == NULL || function->timeout_ms == 0 || atomic_load(&detail->kind) == SLOT_WORKER ||
	    now_ms - detail->started_ms < function->timeout_ms) {
		return;
	}
	log_event(LOG_LEVEL_INFO, "timeout", "function", function->name.text, "process",
		  LOG_NUMBER(atomic_load(&account->pids[slot])), NULL);
	launcher_terminate(launcher, slot);
}

void launcher_enforce_limits(struct launcher *launcher)
{
	const struct account *account = launcher->kit.account;
	uint64_t now_ms = loop_now_ms(launcher->loop);

	for (int slot = 0, high = account_high(account); slot < high; slot++) {
		if (atomic_load(&account->places[slot]) != PLACE_FREE && atomic_load(&account->pids[slot]) > 0) {
			enforce(launcher, slot, now_ms);
		}
	}
}

static struct source_failures *failures_of(const struct launcher *launcher, uint32_t place, uint64_t source_key)
{
	uint64_t mixed = (source_key ^ ((uint64_t)place << 40)) * 0x9e3779b97f4a7c15ULL;
	size_t index = (mixed >> 32) % SOURCE_FAILURES_KEPT;

	return (struct source_failures *)(uintptr_t)&launcher->failures[index];
}

void source_process_ended(struct launcher *launcher, uint32_t place, uint64_t source_key, bool failed_at_once)
{
	struct source_failures *failures = failures_of(launcher, place, source_key);
	bool known = failures->source_key == source_key && failures->place == place;

	if (!failed_at_once) {
		if (known) {
			*failures = (struct source_failures){ 0 };
		}
		return;
	}
	if (!known) {
		*failures = (struct source_failures){ .source_key = source_key, .place = place };
	}
	failures->in_a_row++;
	if (failures->in_a_row >= FAILURES_IN_A_ROW) {
		uint32_t doublings = failures->in_a_row - FAILURES_IN_A_ROW;
		doublings = doublings < SOURCE_PAUSE_DOUBLINGS ? doublings : SOURCE_PAUSE_DOUBLINGS;
		failures->until_ms = loop_now_ms(launcher->loop) + ((uint64_t)SOURCE_PAUSE_FIRST_MS << doublings);
	}
}

bool source_is_paused(const struct launcher *launcher, uint32_t place, uint64_t source_key)
{
	const struct source_failures *failures = failures_of(launcher, place, source_key);

	return failures->source_key == source_key && failures->place == place &&
	       failures->until_ms > loop_now_ms(launcher->loop);
}
