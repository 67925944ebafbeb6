/* test_outbox.c - letters are added within a change, taken by one mailer at a time, and booked once. */
#include <errno.h>
#include <sys/wait.h>

#include "store/outbox.h"
#include "store/store.h"
#include "store_case.h"

enum { LEASE_S = 600, TAKERS = 4, LETTERS = 60 };

#define NOW "2099-11-21T09:00:00Z" /* behind the event that made the registry */
#define LATER "2099-11-21T09:10:00Z"
#define MUCH_LATER "2099-11-22T09:00:00Z"

/* ---- a registry with letters ---- */

static struct store *make_store(const char *url)
{
	char complaint[STORE_COMPLAINT_MAX] = "";
	struct store *store = NULL;

	if (store_open(url, STORE_CREATE, &store, complaint) < 0) {
		fail_msg("%s", complaint);
	}
	return store;
}

static struct change *begin(struct store *store)
{
	struct change *change = NULL;

	assert_int_equal(change_begin(store, &(struct change_by){ .staff = 1, .act = "test", .at = NOW }, &change), 0);
	return change;
}

static struct outbox_letter letter_to(const char *recipient, const char *id)
{
	return (struct outbox_letter){
		.message_id = id, .recipient = recipient, .template = "test", .message = "Subject: x\r\n\r\nx\r\n"
	};
}

static void add(struct store *store, const char *recipient, const char *id, int64_t application)
{
	struct change *change = begin(store);
	struct outbox_letter letter = letter_to(recipient, id);

	letter.application = application;
	assert_int_equal(outbox_add(change, &letter), 0);
	assert_int_equal(change_commit(change, NULL), 0);
}

static void add_application(struct store *store, int id)
{
	char ref[32];
	char key[32];
	struct change *change = begin(store);

	(void)snprintf(ref, sizeof(ref), "B-2026-%04d", id);
	(void)snprintf(key, sizeof(key), "key-%d", id);
	json_t *row = json_pack("{s:i, s:s, s:s, s:i, s:i, s:i, s:s, s:s, s:s}", "id", id, "ref", ref, "kind", "user",
				"eyes", 1, "expert", 0, "own_staff", 0, "about", "", "key", key, "created", NOW);
	assert_int_equal(change_insert(change, "application", row), 0);
	json_decref(row);
	assert_int_equal(change_commit(change, NULL), 0);
}

/* Takes the next one, which has this id; "" for none. */
static int64_t take(struct store *store, const char *now, const char *id)
{
	struct outbox_letter letter;
	int r = outbox_take(store, now, LEASE_S, &letter);

	assert_int_equal(r, id[0] != '\0');
	if (r == 0) {
		return 0;
	}
	assert_string_equal(letter.message_id, id);
	int64_t number = letter.id;
	outbox_letter_finish(&letter);
	return number;
}

struct seen {
	char states[256];
};

static int note_state(const struct outbox_letter *letter, void *context)
{
	struct seen *seen = context;
	char line[64];

	(void)snprintf(line, sizeof(line), "%s=%s/%d ", letter->message_id, letter->state, letter->tries);
	(void)strncat(seen->states, line, sizeof(seen->states) - strlen(seen->states) - 1);
	return 0;
}

static void check_states(struct store *store, const char *state, const char *expected)
{
	struct seen seen = { "" };

	assert_int_equal(outbox_each(store, state, note_state, &seen), 0);
	assert_string_equal(seen.states, expected);
}

/* ---- cases ---- */

static void adds(const char *url)
{
	struct store *store = make_store(url);
	struct change *change = begin(store);
	struct outbox_letter letter = letter_to("ann@example.org", "1@x");

	assert_int_equal(outbox_add(change, &letter), 0);
	letter.message_id = "2@x";
	assert_int_equal(outbox_add(change, &letter), -EEXIST);
	letter.recipient = "bob@example.org";
	assert_int_equal(outbox_add(change, &letter), 0);
	assert_int_equal(change_commit(change, NULL), 0);
	check_states(store, NULL, "1@x=waiting/0 2@x=waiting/0 ");

	/* Nothing of a change that did not happen. */
	change = begin(store);
	letter.message_id = "3@x";
	assert_int_equal(outbox_add(change, &letter), 0);
	(void)change_abandon(change);
	check_states(store, NULL, "1@x=waiting/0 2@x=waiting/0 ");
	(void)store_close(store);
}

static void takes_in_order(const char *url)
{
	struct store *store = make_store(url);

	add_application(store, 1);
	add_application(store, 2);
	add(store, "ann@example.org", "1@x", 1);
	add(store, "ann@example.org", "2@x", 1);
	add(store, "ann@example.org", "3@x", 2);
	add(store, "bob@example.org", "4@x", 1);
	take(store, "2099-11-21T08:59:59Z", "");
	int64_t first = take(store, NOW, "1@x");
	take(store, NOW, "3@x");
	take(store, NOW, "4@x");
	take(store, NOW, "");
	/* The second to the same person on the same matter comes behind the first, whenever that goes. */
	assert_int_equal(outbox_failed(store, first, "later", MUCH_LATER), 0);
	take(store, NOW, "");
	first = take(store, MUCH_LATER, "1@x");
	assert_int_equal(outbox_sent(store, first, MUCH_LATER), 0);
	take(store, MUCH_LATER, "2@x");
	(void)store_close(store);
}

static void leases(const char *url)
{
	struct store *store = make_store(url);
	struct outbox_letter letter;

	add(store, "ann@example.org", "1@x", 0);
	int64_t id = take(store, NOW, "1@x");
	take(store, "2099-11-21T09:09:59Z", "");
	assert_int_equal(outbox_take(store, LATER, LEASE_S, &letter), 1);
	assert_int_equal(letter.tries, 2);
	assert_string_equal(letter.message, "Subject: x\r\n\r\nx\r\n");
	assert_null(letter.sent);
	outbox_letter_finish(&letter);

	/* The first mailer was slow, but it did bring the letter: whatever the second one says, it is sent. */
	assert_int_equal(outbox_sent(store, id, LATER), 0);
	assert_int_equal(outbox_failed(store, id, "no", MUCH_LATER), 0);
	assert_int_equal(outbox_sent(store, id, MUCH_LATER), 0);
	check_states(store, "sent", "1@x=sent/2 ");
	take(store, MUCH_LATER, "");
	assert_int_equal(outbox_take(store, "now", LEASE_S, &letter), -EINVAL);
	(void)store_close(store);
}

static void retries(const char *url)
{
	struct store *store = make_store(url);

	add(store, "ann@example.org", "1@x", 0);
	add(store, "bob@example.org", "2@x", 0);
	add(store, "cat@example.org", "3@x", 0);
	int64_t first = take(store, NOW, "1@x");
	assert_int_equal(outbox_failed(store, first, "550 no such user", NULL), 0);
	int64_t second = take(store, NOW, "2@x");
	assert_int_equal(outbox_failed(store, second, "451 later", MUCH_LATER), 0);
	int64_t third = take(store, NOW, "3@x");
	assert_int_equal(outbox_sent(store, third, NOW), 0);
	check_states(store, NULL, "1@x=failed/1 2@x=waiting/1 3@x=sent/1 ");
	take(store, MUCH_LATER, "2@x");
	assert_int_equal(outbox_retry(store, second, NOW), 0); /* on its way */
	assert_int_equal(outbox_failed(store, second, "451 later", MUCH_LATER), 0);
	assert_int_equal(outbox_retry(store, 0, NOW), 1);
	assert_int_equal(outbox_retry(store, second, NOW), 1);
	assert_int_equal(outbox_retry(store, third, NOW), 0);
	assert_int_equal(outbox_retry(store, 99, NOW), 0);
	check_states(store, "waiting", "1@x=waiting/0 2@x=waiting/0 ");
	take(store, NOW, "1@x");
	take(store, NOW, "2@x");
	(void)store_close(store);
}

static int refuse(const struct outbox_letter *letter, void *context)
{
	(void)letter;
	return *(int *)context;
}

static void gives_each(const char *url)
{
	struct store *store = make_store(url);
	struct change *change = begin(store);
	char address[64];
	char id[64];
	int stop = -ECANCELED;
	struct seen seen = { "" };

	for (int i = 0; i < 205; i++) {
		(void)snprintf(address, sizeof(address), "u%d@example.org", i);
		(void)snprintf(id, sizeof(id), "%d@x", i);
		struct outbox_letter letter = letter_to(address, id);
		assert_int_equal(outbox_add(change, &letter), 0);
	}
	assert_int_equal(change_commit(change, NULL), 0);
	assert_int_equal(outbox_each(store, "waiting", note_state, &seen), 0);
	assert_int_equal(strlen(seen.states), sizeof(seen.states) - 1);
	assert_int_equal(outbox_each(store, NULL, refuse, &stop), -ECANCELED);
	assert_int_equal(outbox_each(store, "sent", refuse, &stop), 0);
	(void)store_close(store);
}

/* ---- many mailers at once ---- */

/* Takes until nothing is left; one octet to `report` for each. */
static void take_all(const char *url, int report)
{
	char complaint[STORE_COMPLAINT_MAX];
	struct store *store = NULL;
	struct outbox_letter letter;
	int r = store_open(url, STORE_WRITE, &store, complaint);

	while (r == 0 || r == -EBUSY) {
		r = outbox_take(store, NOW, LEASE_S, &letter);
		if (r == 0) {
			break;
		}
		if (r == 1) {
			char number = (char)letter.id;
			r = write(report, &number, 1) == 1 ? outbox_sent(store, letter.id, NOW) : -EIO;
			outbox_letter_finish(&letter);
		}
	}
	_exit(r == 0 ? 0 : 1);
}

static void races(const char *url)
{
	struct store *store = make_store(url);
	char taken[LETTERS + 2] = "";
	bool seen[LETTERS + 1] = { false };
	char address[64];
	char id[64];
	int ends[2];

	for (int i = 0; i < LETTERS; i++) {
		(void)snprintf(address, sizeof(address), "u%d@example.org", i);
		(void)snprintf(id, sizeof(id), "%d@x", i);
		add(store, address, id, 0);
	}
	(void)store_close(store);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	for (int i = 0; i < TAKERS; i++) {
		if (fork() == 0) {
			take_all(url, ends[1]);
		}
	}
	for (int i = 0; i < TAKERS; i++) {
		int status = -1;
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	(void)close(ends[1]);
	assert_int_equal(read(ends[0], taken, sizeof(taken)), LETTERS);
	(void)close(ends[0]);
	for (int i = 0; i < LETTERS; i++) {
		assert_in_range(taken[i], 1, LETTERS);
		assert_false(seen[(int)taken[i]]);
		seen[(int)taken[i]] = true;
	}
}

/* ---- tests ---- */

static void test_adds_within_a_change(void **state)
{
	(void)state;
	store_case_each(adds);
}

static void test_takes_in_order(void **state)
{
	(void)state;
	store_case_each(takes_in_order);
}

static void test_a_lease_ends_and_sent_stays_sent(void **state)
{
	(void)state;
	store_case_each(leases);
}

static void test_failed_letters_are_tried_again(void **state)
{
	(void)state;
	store_case_each(retries);
}

static void test_gives_each_letter(void **state)
{
	(void)state;
	store_case_each(gives_each);
}

static void test_mailers_at_once_take_each_letter_once(void **state)
{
	(void)state;
	store_case_each(races);
}

/* ---- links ---- */

/* The token is found where it stands, also where a line is broken in it; a letter that has none stays as it is. */
static void run_secrets(const char *url)
{
	static const struct {
		const char *message, *sent;
	} letters[] = {
		{ "x/abcdef rest\r\n", "x/[link removed] rest\r\n" },
		{ "x/abc=\r\ndef\r\nrest=\r\n", "x/[link removed]\r\nrest=\r\n" },
		{ "abcde abcdef", "abcde [link removed]" },
		{ "abcde\r\nf", "abcde\r\nf" },
	};
	struct store *store = make_store(url);

	for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
		struct change *change = begin(store);
		struct outbox_letter letter = letter_to("ann@example.org", i == 0   ? "a"
									   : i == 1 ? "b"
									   : i == 2 ? "c"
										    : "d");
		letter.message = letters[i].message;
		letter.secret = "abcdef";
		assert_int_equal(outbox_add(change, &letter), 0);
		assert_int_equal(change_commit(change, NULL), 0);
		assert_int_equal(outbox_take(store, NOW, LEASE_S, &letter), 1);
		assert_string_equal(letter.message, letters[i].message);
		assert_int_equal(outbox_sent(store, letter.id, NOW), 0);
		outbox_letter_finish(&letter);
		struct statement *statement = NULL;
		assert_int_equal(statement_prepare(store_database(store), "SELECT message FROM outbox ORDER BY id DESC",
						   &statement),
				 0);
		assert_int_equal(statement_step(statement), 1);
		assert_string_equal(statement_text(statement, 0), letters[i].sent);
		(void)statement_free(statement);
	}
	(void)store_close(store);
}

static void test_secrets_are_taken_out(void **state)
{
	(void)state;
	store_case_each(run_secrets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets_are_taken_out),
		cmocka_unit_test(test_adds_within_a_change),
		cmocka_unit_test(test_takes_in_order),
		cmocka_unit_test(test_a_lease_ends_and_sent_stays_sent),
		cmocka_unit_test(test_failed_letters_are_tried_again),
		cmocka_unit_test(test_gives_each_letter),
		cmocka_unit_test(test_mailers_at_once_take_each_letter_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
