/* test_process_lost.c - a server of PostgreSQL that goes away at any moment of an act: who acts is told that the
 * connection is lost and nothing else, and the act has happened once or not at all (process.h, database.h).
 *
 * send(2) as libpq calls it is replaced below.  The one that is chosen finds the server gone, in each way that servers
 * go: without a word, or behind a farewell that can still be read. */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <poll.h>

#include "process_case.h"
#include "store_case.h"

/* What a server says at last: nothing, what an administrator's end has it say, and what an immediate one has. */
static const struct farewell {
	const char *octets;
	size_t size;
} farewells[] = {
	{ "", 0 },
	{ "E\0\0\0\x26SFATAL\0VFATAL\0C57P01\0Mterminated\0", 39 },
	{ "N\0\0\0\x2aSWARNING\0VWARNING\0C57P02\0Mterminated\0", 43 },
};

enum { FAREWELLS = sizeof(farewells) / sizeof(farewells[0]), ANSWER_MS = 2000, FIRST_PORT = 2000 };

static struct {
	int left;	  /* until the message that is cut off; 0: none is */
	bool is_answered; /* the server gets it, and its answer is lost */
	const struct farewell *farewell;
} cut;

static ssize_t really_send(int socket, const void *octets, size_t size, int flags)
{
	return syscall(SYS_sendto, socket, octets, size, flags, NULL, 0);
}

/* In the place of the server comes one that has said its last word. */
static void end_server(int socket)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(really_send(ends[1], cut.farewell->octets, cut.farewell->size, MSG_NOSIGNAL),
			 cut.farewell->size);
	(void)close(ends[1]);
	assert_int_equal(dup3(ends[0], socket, O_CLOEXEC), socket);
	(void)close(ends[0]);
	(void)fcntl(socket, F_SETFL, O_NONBLOCK);
}

ssize_t send(int socket, const void *octets, size_t size, int flags)
{
	struct pollfd answer = { socket, POLLIN, 0 };
	ssize_t sent = 0;

	if (cut.left == 0 || --cut.left > 0) {
		return really_send(socket, octets, size, flags);
	}
	if (cut.is_answered) {
		sent = really_send(socket, octets, size, flags);
		assert_true(poll(&answer, 1, ANSWER_MS) >= 0);
	}
	end_server(socket);
	return cut.is_answered ? sent : really_send(socket, octets, size, flags);
}

/* ---- acts ---- */

/* What is done, and how often it was done already. */
struct attempt {
	int (*act)(struct process_case *of, int number);
	const char *count; /* SQL */
};

static int open_and_act(struct process_case *of, const char *url, const struct attempt *attempt, int number)
{
	char complaint[STORE_COMPLAINT_MAX] = "";

	case_about(of);
	int r = store_open(url, STORE_WRITE, &of->store, complaint);
	if (r < 0) {
		return complain_of(&of->complaint, r, "%s", complaint);
	}
	of->process.store = of->store;
	return attempt->act(of, number);
}

static int submit(struct process_case *of, int number)
{
	char name[16];
	char port[8];

	(void)snprintf(name, sizeof(name), "lost%d", number);
	(void)snprintf(port, sizeof(port), "%d", FIRST_PORT + number);
	struct form form = case_form(FORM_USER, name, port, "tcp");
	int r = case_submit_as(of, &form, name, 0, 0);
	form_finish(&form);
	return r;
}

/* Those before were assigned; this one is made ready by a connection that lasts. */
static int assign(struct process_case *of, int number)
{
	(void)snprintf(of->ref, sizeof(of->ref), "B-2030-%04d", number + 1);
	return process_do(&of->process, BY(of, RAE, "assign"), &of->done, &of->complaint);
}

static void make_ready(struct process_case *of, int number)
{
	assert_int_equal(submit(of, number), 0);
	case_confirm(of, "validating");
	case_approve(of);
}

/* False when it was over before. */
static bool cut_at(const char *url, const struct attempt *attempt, int number, int message)
{
	static struct process_case of;

	cut.left = message;
	int r = open_and_act(&of, url, attempt, number);
	bool was_cut = cut.left == 0;
	cut.left = 0;
	if (r != 0 && r != -ECONNRESET && r != -EHOSTUNREACH) {
		fail_msg("message %d, %s, farewell %d: %s (%s)", message, cut.is_answered ? "answered" : "lost",
			 (int)(cut.farewell - farewells), of.complaint.sentence, strerror(-r));
	}
	case_close(&of);
	return was_cut;
}

static void run_cuts(const char *url, const struct attempt *attempt)
{
	static struct process_case of;
	bool assigns = attempt->act == assign;
	int number = 0;
	bool goes_on = true;

	case_open(&of, url);
	for (int message = 1; goes_on; message++) {
		if (assigns && case_ask(&of, "SELECT count(*) FROM application") == number) {
			make_ready(&of, number);
		}
		goes_on = cut_at(url, attempt, number, message);
		int64_t done = case_ask(&of, attempt->count);
		assert_in_range(done, number, number + 1);
		number = (int)done;
	}
	assert_true(number > 0);
	case_audit(&of);
	case_close(&of);
}

static void run_submissions(const char *url)
{
	static const struct attempt submission = { submit, "SELECT count(*) FROM application" };

	run_cuts(url, &submission);
}

static void run_assignments(const char *url)
{
	static const struct attempt assignment = { assign, "SELECT count(*) FROM claim WHERE kind = 'assigned'" };

	run_cuts(url, &assignment);
}

static void run_in_each_way(void (*run)(const char *url))
{
	const char *server = getenv("BERTH_TEST_POSTGRES");

	if (server == NULL) {
		skip();
	}
	for (int i = 0; i < FAREWELLS; i++) {
		cut.farewell = &farewells[i];
		store_case_postgres(server, run);
	}
	cut.is_answered = true;
	store_case_postgres(server, run);
	cut.is_answered = false;
}

static void test_a_submission_is_lost_or_made(void **state)
{
	(void)state;
	run_in_each_way(run_submissions);
}

static void test_an_assignment_is_lost_or_made(void **state)
{
	(void)state;
	run_in_each_way(run_assignments);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_submission_is_lost_or_made),
		cmocka_unit_test(test_an_assignment_is_lost_or_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
