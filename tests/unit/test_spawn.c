/* test_spawn.c - what a started process finds, what a failed start says, and what neither leaves
 * behind.
 *
 * The started program is mostly this one: see started_program.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/sandbox.h"
#include "os/spawn.h"
#include "started_program.h"

enum { PLACES = 4, OUTPUT_MAX = 16384, STARTS = 1000, FAILED_STARTS = 9000 };

static const char self[] = "/proc/self/exe";

struct fixture {
	struct spawn_pool *pool;
	char *arguments[4];
	struct spawn_program program;
	struct spawn_request request;
	int ours; /* the other end of the child's 0 and 1 */
	int theirs;
	int log;
	char folder[32];
	char file[64]; /* in the folder, made by some tests */
};

static void set_act(struct fixture *fixture, const char *word)
{
	static char name[] = "program";

	fixture->arguments[0] = name;
	fixture->arguments[1] = strdup(word);
	fixture->arguments[2] = NULL;
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	int ends[2];

	if (fixture == NULL || spawn_pool_create(PLACES, &fixture->pool) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		return -1;
	}
	fixture->ours = ends[0];
	fixture->theirs = ends[1];
	fixture->log = open("/dev/null", O_WRONLY | O_CLOEXEC);
	strncpy(fixture->folder, "/tmp/test_spawn_XXXXXX", sizeof(fixture->folder) - 1);
	if (mkdtemp(fixture->folder) == NULL) {
		return -1;
	}
	(void)snprintf(fixture->file, sizeof(fixture->file), "%s/file", fixture->folder);
	fixture->program = (struct spawn_program){
		.path = self, .arguments = fixture->arguments, .directory = "/", .file_rules = -1
	};
	fixture->request = (struct spawn_request){
		.program = &fixture->program,
		.input_output = fixture->theirs,
		.error = fixture->log,
		.third = -1,

	};
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	fixture->pool = spawn_pool_destroy(fixture->pool);
	(void)close(fixture->ours);
	if (fixture->theirs >= 0) {
		(void)close(fixture->theirs);
	}
	(void)close(fixture->log);
	(void)unlink(fixture->file);
	(void)rmdir(fixture->folder);
	free(fixture->arguments[1]);
	free(fixture);
	return 0;
}

static pid_t start(struct fixture *fixture)
{
	_Atomic int32_t pid = 0;

	assert_int_equal(spawn(fixture->pool, &fixture->request, &pid), 0);
	assert_true(pid > 0);
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* All that the child wrote; our copy of its end is closed, as a launcher does. */
static char *read_all(struct fixture *fixture)
{
	static char output[OUTPUT_MAX];
	size_t used = 0;
	ssize_t got;

	(void)close(fixture->theirs);
	fixture->theirs = -1;
	while ((got = read(fixture->ours, output + used, sizeof(output) - 1 - used)) > 0) {
		used += (size_t)got;
	}
	output[used] = '\0';
	return output;
}

static void assert_says(const char *output, const char *text)
{
	if (strstr(output, text) == NULL) {
		print_error("not said: %s\nin:\n%s\n", text, output);
	}
	assert_non_null(strstr(output, text));
}

static void make_file(struct fixture *fixture, const char *content, mode_t mode)
{
	int file = open(fixture->file, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	assert_true(file >= 0);
	assert_int_equal(write(file, content, strlen(content)), strlen(content));
	(void)close(file);
	fixture->program.path = fixture->file;
}

static void child_finds_only_what_was_asked_for(void **state)
{
	char as_ours[32];
	static const char *const environment[] = { "PROTO=TCP", "EMPTY=", "TCPREMOTEIP=::1" };
	struct fixture *fixture = *state;

	set_act(fixture, "report");
	fixture->request.environment = environment;
	fixture->request.environment_count = 3;
	pid_t pid = start(fixture);
	const char *output = read_all(fixture);
	assert_int_equal(wait_for(pid), 0);
	assert_int_equal(spawn_failure(fixture->pool, pid), 0);
	assert_says(output, "descriptors: 0 1 2\n");
	assert_says(output, "own process group: 1\n");
	assert_says(output, "directory: /\n");
	(void)snprintf(as_ours, sizeof(as_ours), "nice: %d\n", getpriority(PRIO_PROCESS, 0));
	assert_says(output, as_ours);
	assert_says(output, "SigPnd:\t0000000000000000\n");
	assert_says(output, "SigBlk:\t0000000000000000\n");
	assert_says(output, "SigIgn:\t0000000000000000\n");
	assert_says(output, "variable: PROTO=TCP\nvariable: EMPTY=\nvariable: TCPREMOTEIP=::1\n"
			    "listen pid is mine: 0\n");
	assert_null(strstr(output, "variable: LISTEN_PID"));
}

static void child_has_what_the_program_says(void **state)
{
	struct fixture *fixture = *state;

	set_act(fixture, "report");
	fixture->program.directory = fixture->folder;
	fixture->program.open_files = 37;
	fixture->program.tasks = 38;
	fixture->program.nice = 3;
	fixture->request.third = fixture->log;
	fixture->request.listen_pid = true;
	pid_t pid = start(fixture);
	const char *output = read_all(fixture);
	assert_int_equal(wait_for(pid), 0);
	assert_says(output, "descriptors: 0 1 2 3\n");
	assert_says(output, fixture->folder);
	assert_says(output, "open files: 37 37\n");
	assert_says(output, "tasks: 38 38\n");
	assert_says(output, "nice: 3\n");
	assert_says(output, "listen pid is mine: 1\n");
}

/* Another program, because a sanitized one needs all the memory there is. */
static void memory_is_limited(void **state)
{
	struct fixture *fixture = *state;

	set_act(fixture, "/proc/self/limits");
	fixture->program.path = "/bin/cat";
	fixture->program.memory = 512 << 20;
	pid_t pid = start(fixture);
	assert_says(read_all(fixture), "Max address space         536870912            536870912");
	assert_int_equal(wait_for(pid), 0);
}

static void arguments_of_a_request_come_first(void **state)
{
	static char word[] = "echo", text[] = "61000";
	char *const arguments[] = { word, text, NULL };
	struct fixture *fixture = *state;

	set_act(fixture, "60999");
	fixture->program.path = "/bin/echo";
	fixture->request.arguments = arguments;
	pid_t pid = start(fixture);
	assert_string_equal(read_all(fixture), "61000\n");
	assert_int_equal(wait_for(pid), 0);
}

static void without_a_connection_there_is_the_null_device(void **state)
{
	struct fixture *fixture = *state;

	set_act(fixture, "null");
	fixture->request.input_output = -1;
	assert_int_equal(wait_for(start(fixture)), 0);
}

/* In a process of its own, whose descriptors 0 to 3 are those that become 3, 2, 0 and 1. */
static void start_with_low_descriptors(struct fixture *fixture, int output, int error, int third)
{
	int null = fcntl(fixture->log, F_DUPFD_CLOEXEC, 10);

	output = fcntl(output, F_DUPFD_CLOEXEC, 10);
	error = fcntl(error, F_DUPFD_CLOEXEC, 10);
	third = fcntl(third, F_DUPFD_CLOEXEC, 10);
	fixture->request.third = dup3(third, 0, O_CLOEXEC);
	fixture->request.error = dup3(error, 1, O_CLOEXEC);
	fixture->request.input_output = dup3(output, 2, O_CLOEXEC);
	fixture->request.caller = dup3(output, 3, O_CLOEXEC);
	fixture->request.greeting = "+";
	(void)null;
	_Atomic int32_t pid;
	int status = 1;
	if (spawn(fixture->pool, &fixture->request, &pid) == 0) {
		(void)waitpid(pid, &status, 0);
	}
	_exit(WEXITSTATUS(status));
}

static void descriptors_may_overlap(void **state)
{
	struct fixture *fixture = *state;
	int error[2], third[2];
	char text[16] = "";

	set_act(fixture, "shout");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, error), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, third), 0);
	pid_t pid = fork();
	if (pid == 0) {
		start_with_low_descriptors(fixture, fixture->theirs, error[1], third[1]);
	}
	assert_int_equal(wait_for(pid), 0);
	assert_string_equal(read_all(fixture), "+output");
	assert_int_equal(read(error[0], text, sizeof(text)), 5);
	assert_memory_equal(text, "error", 5);
	assert_int_equal(read(third[0], text, sizeof(text)), 5);
	assert_memory_equal(text, "third", 5);
	for (int i = 0; i < 2; i++) {
		(void)close(error[i]);
		(void)close(third[i]);
	}
}

static void greeting_comes_first(void **state)
{
	struct fixture *fixture = *state;

	set_act(fixture, "hello");
	fixture->request.greeting = "+\r\n";
	fixture->request.caller = fixture->theirs;
	pid_t pid = start(fixture);
	assert_string_equal(read_all(fixture), "+\r\nhello");
	assert_int_equal(wait_for(pid), 0);
}

static void nobody_to_greet_is_a_failure(void **state)
{
	struct fixture *fixture = *state;

	set_act(fixture, "hello");
	fixture->request.greeting = "+\r\n";
	fixture->request.caller = fixture->theirs;
	assert_int_equal(shutdown(fixture->ours, SHUT_RDWR), 0);
	pid_t pid = start(fixture);
	assert_int_equal(wait_for(pid), SPAWN_FAILED);
	assert_int_equal(spawn_failure(fixture->pool, pid), EPIPE);
}

static void pid_is_written_before_the_child_runs(void **state)
{
	struct fixture *fixture = *state;
	int memory = memfd_create("pid word", MFD_CLOEXEC);

	set_act(fixture, "pid-word");
	assert_int_equal(ftruncate(memory, sizeof(int32_t)), 0);
	_Atomic int32_t *word = mmap(NULL, sizeof(*word), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	assert_ptr_not_equal(word, MAP_FAILED);
	fixture->request.third = memory;
	assert_int_equal(spawn(fixture->pool, &fixture->request, word), 0);
	assert_int_equal(wait_for(*word), 0);
	(void)close(memory);
}

static void assert_fails_with(struct fixture *fixture, int reason)
{
	pid_t pid = start(fixture);

	assert_int_equal(wait_for(pid), SPAWN_FAILED);
	assert_int_equal(spawn_failure(fixture->pool, pid), reason);
}

static void failure_has_a_reason(void **state)
{
	struct fixture *fixture = *state;

	set_act(fixture, "x");
	fixture->program.path = fixture->file;
	assert_fails_with(fixture, ENOENT);
	make_file(fixture, "no program", 0600);
	assert_fails_with(fixture, EACCES);
	assert_int_equal(chmod(fixture->file, 0700), 0);
	assert_fails_with(fixture, ENOEXEC);
	fixture->program.path = self;
	fixture->program.directory = "/nowhere";
	assert_fails_with(fixture, ENOENT);
	fixture->program.directory = "/";
	fixture->request.error = 1000;
	assert_fails_with(fixture, EBADF);
}

static void reason_is_kept_until_the_place_is_used_again(void **state)
{
	struct fixture *fixture = *state;

	set_act(fixture, "127");
	fixture->program.path = fixture->file;
	pid_t failed = start(fixture);
	assert_int_equal(wait_for(failed), SPAWN_FAILED);
	fixture->program.path = self;
	for (int i = 1; i < PLACES; i++) {
		pid_t pid = start(fixture);
		assert_int_equal(wait_for(pid), SPAWN_FAILED);
		assert_int_equal(spawn_failure(fixture->pool, pid), 0);
		assert_int_equal(spawn_failure(fixture->pool, failed), ENOENT);
	}
	assert_int_equal(wait_for(start(fixture)), SPAWN_FAILED);
	assert_int_equal(spawn_failure(fixture->pool, failed), 0);
}

static void too_much_environment_is_refused(void **state)
{
	static char long_variable[ENVIRONMENT_BYTES + FIRST_MESSAGE_MAX + 1];
	const char *environment[ENVIRONMENT_MAX + 1];
	struct fixture *fixture = *state;
	_Atomic int32_t pid = 0;

	set_act(fixture, "report");
	for (size_t i = 0; i <= ENVIRONMENT_MAX; i++) {
		environment[i] = "A=1";
	}
	fixture->request.environment = environment;
	fixture->request.environment_count = ENVIRONMENT_MAX + 1;
	assert_int_equal(spawn(fixture->pool, &fixture->request, &pid), -E2BIG);
	memset(long_variable, 'A', sizeof(long_variable) - 1);
	environment[0] = long_variable;
	fixture->request.environment_count = 1;
	assert_int_equal(spawn(fixture->pool, &fixture->request, &pid), -E2BIG);
	assert_int_equal(pid, 0);
	environment[0] = "A=1";
	fixture->request.environment_count = ENVIRONMENT_MAX;
	fixture->request.listen_pid = true;
	pid_t started = start(fixture);
	assert_says(read_all(fixture), "listen pid is mine: 1\n");
	assert_int_equal(wait_for(started), 0);
}

static void sandbox_is_entered(void **state)
{
	struct fixture *fixture = *state;
	char usr[] = "/usr", lib[] = "/lib", lib64[] = "/lib64", bin[] = "/bin", dev[] = "/dev";
	char *const paths[] = { usr, lib, bin, dev, lib64 };
	int rules = sandbox_files_create(paths, access(lib64, F_OK) == 0 ? 5 : 4, NULL, 0);

	if (rules == -EOPNOTSUPP) {
		skip();
	}
	assert_true(rules >= 0);
	set_act(fixture, "/etc/passwd");
	fixture->program.path = "/bin/cat";
	fixture->program.file_rules = rules;
	fixture->program.filter = sandbox_no_network();
	assert_int_equal(wait_for(start(fixture)), 1);
	free(fixture->arguments[1]);
	set_act(fixture, "/dev/null");
	assert_int_equal(wait_for(start(fixture)), 0);
	(void)close(rules);
}

#if !defined(BERTH_SPAWN_VFORK) /* with it, the parent itself would wait */

/* A lease on the program keeps its exec waiting: nothing else can hold a child there. */
static int hold_exec(struct fixture *fixture)
{
	make_file(fixture, "no program", 0700);
	int file = open(fixture->file, O_RDONLY | O_CLOEXEC);
	assert_int_equal(fcntl(file, F_SETLEASE, F_WRLCK), 0);
	return file;
}

static void full_pool_says_so(void **state)
{
	struct fixture *fixture = *state;
	_Atomic int32_t pids[PLACES];
	_Atomic int32_t pid = 0;

	set_act(fixture, "x");
	assert_true(spawn_pool_idle(fixture->pool));
	int file = hold_exec(fixture);
	for (int i = 0; i < PLACES; i++) {
		assert_int_equal(spawn(fixture->pool, &fixture->request, &pids[i]), 0);
	}
	assert_int_equal(spawn(fixture->pool, &fixture->request, &pid), -EAGAIN);
	assert_int_equal(pid, 0);
	assert_false(spawn_pool_idle(fixture->pool));
	assert_int_equal(spawn_failure(fixture->pool, pids[0]), 0);
	(void)close(file);
	for (int i = 0; i < PLACES; i++) {
		assert_int_equal(wait_for(pids[i]), SPAWN_FAILED);
		assert_int_equal(spawn_failure(fixture->pool, pids[i]), ENOEXEC);
	}
	assert_true(spawn_pool_idle(fixture->pool));
	assert_int_equal(wait_for(start(fixture)), SPAWN_FAILED);
}

#endif

static int count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL) {
		count++;
	}
	(void)closedir(folder);
	return count;
}

static void start_often(struct fixture *fixture, int times, int status)
{
	int running = 0;
	int got;

	while (times > 0 || running > 0) {
		_Atomic int32_t pid;
		int r = times > 0 ? spawn(fixture->pool, &fixture->request, &pid) : -EAGAIN;

		if (r == 0) {
			times--;
			running++;
		} else {
			assert_int_equal(r, -EAGAIN);
		}
		while (running > 0 && waitpid(-1, &got, r == 0 ? WNOHANG : 0) > 0) {
			assert_int_equal(WEXITSTATUS(got), status);
			running--;
			r = 0;
		}
	}
}

static void nothing_leaks(void **state)
{
	struct fixture *fixture = *state;
	int before = count_descriptors();

	set_act(fixture, "x");
	fixture->program.path = "/bin/true";
	start_often(fixture, STARTS, 0);
	fixture->program.path = "/nowhere";
	start_often(fixture, FAILED_STARTS, SPAWN_FAILED);
	assert_int_equal(count_descriptors(), before);
	assert_true(spawn_pool_idle(fixture->pool));
}

static int run_all(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(child_finds_only_what_was_asked_for),
		TEST(child_has_what_the_program_says),
		TEST(memory_is_limited),
		TEST(arguments_of_a_request_come_first),
		TEST(without_a_connection_there_is_the_null_device),
		TEST(descriptors_may_overlap),
		TEST(greeting_comes_first),
		TEST(nobody_to_greet_is_a_failure),
		TEST(pid_is_written_before_the_child_runs),
		TEST(failure_has_a_reason),
		TEST(reason_is_kept_until_the_place_is_used_again),
		TEST(too_much_environment_is_refused),
		TEST(sandbox_is_entered),
#if !defined(BERTH_SPAWN_VFORK)
		TEST(full_pool_says_so),
#endif
		TEST(nothing_leaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the header asks of a caller: nothing ignored, everything blocked, at home in "/". */
static int become_a_launcher(void)
{
	sigset_t all;

	for (int number = 1; number < NSIG; number++) {
		(void)signal(number, SIG_DFL);
	}
	(void)sigfillset(&all);
	return sigprocmask(SIG_BLOCK, &all, NULL) < 0 || chdir("/") < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0;
}

int main(int count, char **arguments)
{
	int (*act)(void) = count > 1 ? find_act(arguments[1]) : NULL;

	if (act != NULL) {
		return act();
	}
	return become_a_launcher() != 0 ? 1 : run_all();
}
