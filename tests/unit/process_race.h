/* process_race.h - reviewers who act at once: programs of some processes each, any of which may be killed.
 *
 * A program is the test itself started anew, so that two of them share nothing but the database.  Its processes live
 * from task to task, each with a connection of its own, at which some reviewers take turns.  Whoever is killed is
 * replaced by a process that begins its part of the task again, as people do who do not know how far they came; so does
 * who loses the connection. */
#pragma once

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "os/clock.h"
#include "process_case.h"

enum { RACE_REVIEWERS = 64, RACE_APPLICATIONS = 8, RACE_FIRST_REVIEWER = LEA + 1, RACE_PATIENCE_MS = 120 * 1000 };

/* Somebody was killed or cut off, and everybody was answered in the end. */
struct race_tally {
	int won, taken, told; /* assigned; the number is gone; somebody else has acted */
	int killed, repeated;
	bool failed;
};

struct race_task {
	int port;
	bool proposes; /* they decide as well as assign */
	int kills;     /* in each program */
	char refs[RACE_APPLICATIONS][32];
};

/* ---- one reviewer ---- */

static inline int race_open(struct process_case *of, const char *url)
{
	char complaint[STORE_COMPLAINT_MAX];

	if (of->store != NULL) {
		return 0;
	}
	case_about(of);
	int r = store_open(url, STORE_WRITE, &of->store, complaint);
	of->process.store = of->store;
	return r < 0 ? complain_of(&of->complaint, r, "%s", complaint) : 0;
}

/* Whether to act again: nobody can say whether it happened, or it could not happen now. */
static inline bool race_is_passing(int r)
{
	return r == -ECONNRESET || r == -EHOSTUNREACH || r == -EBUSY;
}

static inline int race_act_once(struct process_case *of, const char *url, const struct process_act *act)
{
	int r = race_open(of, url);

	return r < 0 ? r : process_do(&of->process, act, &of->done, &of->complaint);
}

static inline int race_act(struct process_case *of, const char *url, const struct process_act *act,
			   struct race_tally *tally)
{
	uint64_t deadline_ms = clock_now_ms() + RACE_PATIENCE_MS;
	int r = race_act_once(of, url, act);

	while (race_is_passing(r) && clock_now_ms() < deadline_ms) {
		(void)usleep(20 * 1000);
		tally->repeated++;
		r = race_act_once(of, url, act);
	}
	return r;
}

/* A no that says that somebody else was there before. */
static inline bool race_is_told(int r, const char *sentence)
{
	return r == -EEXIST || (r == -EPERM && (strstr(sentence, "in which state nobody can") != NULL ||
						strstr(sentence, " it: berth review show") != NULL));
}

static inline void race_fail(const struct process_case *of, const struct process_act *act, int r,
			     struct race_tally *tally)
{
	(void)fprintf(stderr, "%s %s by %d: %s (%s)\n", act->act, act->reference, (int)act->staff,
		      of->complaint.sentence, strerror(-r));
	tally->failed = true;
}

static inline void race_propose(struct process_case *of, const char *url, const struct process_act *assign,
				struct race_tally *tally)
{
	struct process_act act = *assign;

	act.act = "propose-assign";
	act.text = "Agreed.";
	int r = race_act(of, url, &act, tally);
	if (r < 0 && !race_is_told(r, of->complaint.sentence)) {
		race_fail(of, &act, r, tally);
	}
}

static inline void race_assign(struct process_case *of, const char *url, const struct process_act *act, int port,
			       struct race_tally *tally)
{
	const struct process_done *done = &of->done;
	int r = race_act(of, url, act, tally);
	bool has_won = r == 0 && strcmp(done->state, "assigned") == 0;
	bool is_taken =
		r == 0 && strcmp(done->state, "validating") == 0 && done->free_count > 0 && done->free_near[0] != port;
	bool is_told = r < 0 && race_is_told(r, of->complaint.sentence);

	tally->won += has_won;
	tally->taken += is_taken;
	tally->told += is_told;
	if (!has_won && !is_taken && !is_told) {
		race_fail(of, act, r, tally);
	}
}

/* ---- one process ---- */

struct race_team {
	const char *url;
	int first, processes, each; /* whose number, of this many processes, with so many reviewers each */
	struct race_member {
		pid_t pid;
		int socket;
		bool acts;
	} members[RACE_REVIEWERS];
	unsigned latest_us; /* as long as the last task took: in that time somebody is killed */
};

static inline struct race_tally race_do(struct process_case *of, const struct race_team *team, int index,
					const struct race_task *task)
{
	struct race_tally tally = { .won = 0 };
	int begin = (int)randombytes_uniform((uint32_t)team->each);

	for (int i = 0; i < team->each; i++) {
		int reviewer = team->first + index * team->each + (begin + i) % team->each;
		const struct process_act act = {
			.reference = task->refs[reviewer % RACE_APPLICATIONS],
			.act = "assign",
			.staff = RACE_FIRST_REVIEWER + reviewer,
		};
		if (task->proposes) {
			race_propose(of, team->url, &act, &tally);
		}
		race_assign(of, team->url, &act, task->port, &tally);
	}
	return tally;
}

static inline void race_live(const struct race_team *team, int index, int socket)
{
	static struct process_case of;
	struct race_task task;

	while (recv(socket, &task, sizeof(task), 0) == sizeof(task)) {
		struct race_tally tally = race_do(&of, team, index, &task);
		(void)send(socket, &tally, sizeof(tally), MSG_NOSIGNAL);
	}
	_exit(0);
}

/* Ends with who started it. */
static inline void race_bind(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent) {
		_exit(1);
	}
}

static inline bool race_start(struct race_team *team, int index)
{
	struct race_member *member = &team->members[index];
	pid_t parent = getpid();
	int sockets[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0 || (member->pid = fork()) < 0) {
		return false;
	}
	if (member->pid == 0) {
		race_bind(parent);
		(void)close(sockets[0]);
		race_live(team, index, sockets[1]);
	}
	(void)close(sockets[1]);
	member->socket = sockets[0];
	return true;
}

static inline void race_stop(struct race_member *member)
{
	(void)kill(member->pid, SIGKILL);
	(void)waitpid(member->pid, NULL, 0);
	(void)close(member->socket);
}

/* ---- one program ---- */

static inline bool race_give(struct race_member *member, const struct race_task *task)
{
	member->acts = send(member->socket, task, sizeof(*task), MSG_NOSIGNAL) == sizeof(*task);
	return member->acts;
}

/* One of those who act, in the middle of it. */
static inline bool race_kill(struct race_team *team, const struct race_task *task)
{
	int acting[RACE_REVIEWERS];
	uint32_t count = 0;

	for (int i = 0; i < team->processes; i++) {
		if (team->members[i].acts) {
			acting[count++] = i;
		}
	}
	if (count == 0) {
		return false;
	}
	int index = acting[randombytes_uniform(count)];
	race_stop(&team->members[index]);
	return race_start(team, index) && race_give(&team->members[index], task);
}

static inline void race_add(struct race_tally *sum, const struct race_tally *tally)
{
	sum->won += tally->won;
	sum->taken += tally->taken;
	sum->told += tally->told;
	sum->killed += tally->killed;
	sum->repeated += tally->repeated;
	sum->failed = sum->failed || tally->failed;
}

/* How many are done; waits for one at most so long. */
static inline int race_gather(struct race_team *team, int wait_ms, struct race_tally *sum)
{
	struct pollfd polled[RACE_REVIEWERS];
	int done = 0;

	for (int i = 0; i < team->processes; i++) {
		polled[i] = (struct pollfd){ team->members[i].acts ? team->members[i].socket : -1, POLLIN, 0 };
	}
	if (poll(polled, (nfds_t)team->processes, wait_ms) <= 0) {
		return 0;
	}
	for (int i = 0; i < team->processes; i++) {
		struct race_tally tally = { .failed = true };
		if (polled[i].revents != 0) {
			(void)recv(polled[i].fd, &tally, sizeof(tally), 0);
			race_add(sum, &tally);
			team->members[i].acts = false;
			done++;
		}
	}
	return done;
}

static inline struct race_tally race_run(struct race_team *team, const struct race_task *task)
{
	struct race_tally sum = { .failed = false };
	uint64_t begin_ms = clock_now_ms();
	int done = 0;

	for (int i = 0; i < team->processes; i++) {
		sum.failed = !race_give(&team->members[i], task) || sum.failed;
	}
	while (!sum.failed && done < team->processes && clock_now_ms() < begin_ms + 2 * RACE_PATIENCE_MS) {
		bool kills = sum.killed < task->kills;
		if (kills) {
			(void)usleep(randombytes_uniform(1 + team->latest_us / (unsigned)task->kills));
		}
		done += race_gather(team, kills ? 0 : 1000, &sum);
		sum.killed += kills && done < team->processes && race_kill(team, task);
	}
	sum.failed = sum.failed || done < team->processes;
	team->latest_us = (unsigned)(clock_now_ms() - begin_ms) * 1000;
	return sum;
}

/* What the program does: --reviewers URL FIRST PROCESSES EACH, with a socket at 0 from which tasks come. */
static inline int race_program(char *const arguments[static 4])
{
	static struct race_team team;
	struct race_task task;
	bool good = true;

	team.url = arguments[0];
	team.first = atoi(arguments[1]);
	team.processes = atoi(arguments[2]);
	team.each = atoi(arguments[3]);
	for (int i = 0; good && i < team.processes; i++) {
		good = race_start(&team, i);
	}
	while (good && recv(0, &task, sizeof(task), 0) == sizeof(task)) {
		struct race_tally sum = race_run(&team, &task);
		good = send(0, &sum, sizeof(sum), MSG_NOSIGNAL) == sizeof(sum);
	}
	for (int i = 0; good && i < team.processes; i++) {
		race_stop(&team.members[i]);
	}
	return good ? 0 : 1;
}

struct race_started {
	pid_t pid;
	int socket;
};

static inline struct race_started race_start_program(const char *url, int first, int processes, int each)
{
	char numbers[3][12];
	int sockets[2];
	pid_t parent = getpid();

	(void)snprintf(numbers[0], sizeof(numbers[0]), "%d", first);
	(void)snprintf(numbers[1], sizeof(numbers[1]), "%d", processes);
	(void)snprintf(numbers[2], sizeof(numbers[2]), "%d", each);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		race_bind(parent);
		if (dup2(sockets[1], 0) == 0) {
			(void)execl("/proc/self/exe", "reviewers", "--reviewers", url, numbers[0], numbers[1],
				    numbers[2], NULL);
		}
		_exit(1);
	}
	(void)close(sockets[1]);
	return (struct race_started){ pid, sockets[0] };
}

static inline void race_end_program(struct race_started *program)
{
	int status = 0;

	(void)close(program->socket);
	assert_int_equal(waitpid(program->pid, &status, 0), program->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
