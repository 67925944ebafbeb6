/* test_plan.c - from the text of a configuration to the plan that every process reads: what is found by name, by id and
 * by place, what stays the same over reloads, and what only this machine can refuse. */
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/memory.h"
#include "rendezvous/plan_build.h"
#include "settings_outcome.h"

enum { MANY = 10000, TEXT_ROOM = 2 << 20, ADDED = 77 };

static const struct abilities nothing = { 0 };
static const struct abilities everything = { .change_user = true, .filter_ports = true };

/* One berthd: its register lives over all its plans. */
static struct function_register *function_register;

static int make_register(void **state)
{
	(void)state;
	return function_register_create(&function_register);
}

static int free_register(void **state)
{
	(void)state;
	function_register = function_register_destroy(function_register);
	return 0;
}

static int build(const char *text, struct abilities abilities, uint64_t generation, char **ret_complaints)
{
	struct outcome outcome = accept_text(text);
	size_t size = 0;
	char *words = NULL;
	struct complaints complaints = { .stream = open_memstream(&words, &size) };

	assert_non_null(complaints.stream);
	int r = plan_build(outcome.settings, abilities, function_register, generation, &complaints);
	(void)fclose(complaints.stream);
	assert_int_equal(r == -EINVAL, complaints.count > 0);
	finish(&outcome); /* the plan holds nothing of the settings */
	*ret_complaints = words;
	return r;
}

static const struct plan *make_plan(const char *text, struct abilities abilities, uint64_t generation)
{
	const struct plan *plan = NULL;
	char *complaints;
	int descriptor = build(text, abilities, generation, &complaints);

	assert_string_equal(complaints, "");
	assert_true(descriptor >= 0);
	assert_true((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(plan_map(descriptor, &plan), 0);
	assert_int_equal(plan->generation, generation);
	(void)close(descriptor);
	free(complaints);
	return plan;
}

static void refuse_plan(const char *text, struct abilities abilities, const char *expected)
{
	char *complaints;

	assert_int_equal(build(text, abilities, 1, &complaints), -EINVAL);
	assert_string_equal(complaints, expected);
	free(complaints);
}

static struct name named(const char *text)
{
	struct name name;

	assert_int_equal(name_parse(text, strlen(text), &name), 0);
	return name;
}

static const struct plan_function *find(const struct plan *plan, uint32_t listen, const char *text)
{
	const struct name name = named(text);

	return plan_find(plan, plan_listen(plan, listen), &name);
}

/* A text that grows, for configurations that no test should spell out. */
struct script {
	char *text;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void say(struct script *script, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(script->text + script->used, TEXT_ROOM - script->used, format, arguments);
	va_end(arguments);
	assert_in_range(size, 0, TEXT_ROOM - script->used - 1);
	script->used += (size_t)size;
}

/* Functions f0, f1 and so on, without every ADDED-th when some are left out, from the first or from the last. */
static char *many_functions(bool reversed, bool some_left_out)
{
	struct script script = { .text = malloc(TEXT_ROOM) };

	assert_non_null(script.text);
	say(&script, LISTEN "functions = *\n[listen few]\naddress = 127.0.0.1:2\nfunctions = f9, F10, f1\n");
	for (int i = 0; i < MANY; i++) {
		int number = reversed ? MANY - 1 - i : i;
		if (some_left_out && number % ADDED == 0) {
			continue;
		}
		say(&script, "[function f%d]\nhandover = spawn\ncommand = /bin/f %d\n", number, number);
		if (number % 10 == 3) {
			say(&script, "deny = 192.0.2.%d\nenvironment = N=%d\n", number % 256, number);
		}
	}
	return script.text;
}

static void expect_help_order(const struct plan *plan, const struct plan_listen *listen)
{
	const uint32_t *order = plan_items(plan, listen->functions);

	for (uint32_t i = 1; i < listen->functions.count; i++) {
		assert_true(strcmp(plan_function(plan, order[i - 1])->name.text,
				   plan_function(plan, order[i])->name.text) < 0);
	}
}

static void expect_function(const struct plan *plan, int number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "f%d", number);
	const struct plan_function *function = find(plan, 0, text);
	assert_non_null(function);
	assert_string_equal(function->name.text, text);
	assert_ptr_equal(plan_find_id(plan, function->id), function);
	assert_ptr_equal(plan_in_place(plan, function_place(function->id)), function);
	assert_null(plan_find_id(plan, function->id + FUNCTIONS_MAX));
	assert_int_equal(function->command.count, 2);
	assert_string_equal(plan_word(plan, function->command, 0), "/bin/f");
	assert_string_equal(plan_word(plan, function->command, 1), text + 1);
	assert_int_equal(function->access.count, number % 10 == 3);
	assert_int_equal(function->environment.count, number % 10 == 3);
	if (number % 10 == 3) {
		const struct access_rule *rule = plan_items(plan, function->access);
		assert_false(rule->allow);
		assert_int_equal(rule->prefix.address.bytes[15], number % 256);
		assert_string_equal(plan_word(plan, function->environment, 0) + 2, text + 1);
	}
}

static void ten_thousand_functions(void **state)
{
	char *text = many_functions(false, false);
	const struct plan *plan = make_plan(text, everything, 1);
	char absent[32];

	(void)state;
	assert_int_equal(plan->functions.count, MANY);
	assert_int_equal(plan->accounts.count, 1);
	assert_int_equal(plan->queues.count, 1);
	assert_int_equal(plan_listen(plan, 0)->functions.count, MANY);
	expect_help_order(plan, plan_listen(plan, 0));
	for (int i = 0; i < MANY; i++) {
		expect_function(plan, i);
		(void)snprintf(absent, sizeof(absent), "g%d", i);
		assert_null(find(plan, 0, absent));
	}
	for (uint32_t place = MANY; place <= FUNCTIONS_MAX; place++) {
		assert_null(plan_in_place(plan, place));
	}
	assert_null(plan_in_place(plan, PLAN_NONE));
	assert_null(plan_find_id(plan, 0));
	plan_unmap(plan);
	free(text);
}

/* A listen offers what it names and nothing else; names are in order however they were written. */
static void a_listen_with_a_few(void **state)
{
	char *text = many_functions(true, false);
	const struct plan *plan = make_plan(text, everything, 1);
	const struct plan_listen *few = plan_listen(plan, 1);
	const uint32_t *order = plan_items(plan, few->functions);

	(void)state;
	assert_string_equal(few->name, "few");
	assert_int_equal(few->functions.count, 3);
	assert_string_equal(plan_function(plan, order[0])->name.text, "f1");
	assert_non_null(find(plan, 1, "f1"));
	assert_non_null(find(plan, 1, "F9"));
	assert_ptr_equal(find(plan, 1, "f10"), find(plan, 0, "f10"));
	assert_null(find(plan, 1, "f2"));
	assert_non_null(find(plan, 0, "f2"));
	plan_unmap(plan);
	free(text);
}

/* Reloads in which functions are turned around, go and come back. */
static void ids_over_reloads(void **state)
{
	char *all = many_functions(false, false);
	char *some = many_functions(true, true);
	const struct plan *plans[] = { NULL, make_plan(all, everything, 1), make_plan(some, everything, 2),
				       make_plan(some, everything, 3), make_plan(all, everything, 4) };

	(void)state;
	for (uint32_t i = 0; i < MANY; i++) {
		const struct plan_function *first = plan_function(plans[1], i);
		const struct plan_function *last = plan_find(plans[4], plan_listen(plans[4], 0), &first->name);
		bool was_away = i % ADDED == 0;
		assert_non_null(last);
		assert_int_equal(plan_find_id(plans[2], first->id) == NULL, was_away);
		assert_int_equal(plan_find_id(plans[3], first->id) == NULL, was_away);
		assert_int_equal(last->id != first->id, was_away);
		assert_int_equal(function_place(last->id), function_place(first->id));
	}
	for (int i = 1; i <= 4; i++) {
		plan_unmap(plans[i]);
	}
	free(all);
	free(some);
}

static void sockets_and_listens(void **state)
{
	const struct plan *plan = make_plan("[berthd]\nacceptors = 3\nlaunchers = 2\nlog = stderr-json\n"
					    "[listen web]\naddress = [::1]:9, unix:/run/x\nsocket-mode = 0600\n"
					    "silent = f\nfirst-message = 7s\ncalls-max = 11\ncalls-per-source = 12\n"
					    "rate-per-source = 13/s burst 14\nbacklog = 15\nallow = ::1, 192.0.2.0/24\n"
					    "[listen late]\naddress = 127.0.0.1:9\ndefer-accept = yes\n" SPAWN,
					    nothing, 5);
	const struct plan_listen *web = plan_listen(plan, 0);

	(void)state;
	assert_int_equal(plan->acceptors, 3);
	assert_int_equal(plan->launchers, 2);
	assert_int_equal(plan->port_functions, 0);
	assert_int_equal(plan->sockets.count, 3);
	assert_string_equal(plan_text(plan, plan_socket(plan, 0)->text_at), "[::1]:9");
	assert_string_equal(plan_text(plan, plan_socket(plan, 1)->text_at), "unix:/run/x");
	assert_int_equal(plan_socket(plan, 0)->is_unix, 0);
	assert_int_equal(plan_socket(plan, 1)->is_unix, 1);
	assert_int_equal(plan_socket(plan, 1)->mode, 0600);
	assert_int_equal(plan_socket(plan, 2)->listen, 1);
	assert_int_equal(web->silent, 0);
	assert_int_equal(web->first_message_ms, 7000);
	assert_int_equal(web->calls_max, 11);
	assert_int_equal(web->calls_per_source, 12);
	assert_int_equal(web->rate_per_second, 13);
	assert_int_equal(web->rate_burst, 14);
	assert_int_equal(web->backlog, 15);
	assert_int_equal(web->access.count, 2);
	assert_int_equal(plan_listen(plan, 1)->silent, PLAN_NONE);
	assert_int_equal(plan_listen(plan, 1)->defer_accept, 1);
	plan_unmap(plan);
}

static void no_functions(void **state)
{
	const struct plan *plan = make_plan(LISTEN, nothing, 1);

	(void)state;
	assert_int_equal(plan->functions.count, 0);
	assert_int_equal(plan_listen(plan, 0)->functions.count, 0);
	assert_null(find(plan, 0, "f"));
	assert_null(plan_in_place(plan, 0));
	assert_null(plan_find_id(plan, 0));
	plan_unmap(plan);
}

/* Who runs as the same user and group shares launchers and their queue; workers have a queue of their own. */
static void accounts_and_queues(void **state)
{
	const struct plan *plan = make_plan(
		LISTEN "[function a]\nhandover = spawn\ncommand = /a\nuser = root\nqueue-max = 100\n"
		       "[function b]\nhandover = worker\ncommand = /b\nuser = root\nqueue-max = 300\nworkers = 2\n"
		       "[function c]\nhandover = port\ncommand = /c\nuser = root\nqueue-max = 200\nadmit = any\n"
		       "[function d]\nhandover = spawn\ncommand = /d\nuser = root\ngroup = nogroup\n"
		       "[function e]\nhandover = worker\nuser = nobody\nworkers = 0\nattach-group = nogroup\n"
		       "[function f]\nhandover = spawn\ncommand = /f\n",
		everything, 1);
	const struct plan_function *a = find(plan, 0, "a");
	const struct plan_function *b = find(plan, 0, "b");
	const struct plan_function *e = find(plan, 0, "e");
	const struct plan_account *root = plan_account(plan, a->account);

	(void)state;
	assert_int_equal(plan->accounts.count, 3);
	assert_string_equal(root->name, "root");
	assert_int_equal(root->identity.user, 0);
	assert_int_equal(root->worker_functions, 1);
	assert_int_equal(root->port_functions, 1);
	assert_int_equal(plan->port_functions, 1);
	assert_int_equal(b->account, a->account);
	assert_int_equal(a->queue, root->queue);
	assert_int_equal(find(plan, 0, "c")->queue, root->queue);
	assert_int_equal(plan_queue(plan, root->queue)->calls_max, 200); /* as the greatest wants it */
	assert_int_equal(plan_queue(plan, root->queue)->function, PLAN_NONE);
	assert_int_equal(plan_queue(plan, root->queue)->owner, 0);
	assert_int_equal(plan_queue(plan, b->queue)->calls_max, 300);
	assert_int_equal(plan_queue(plan, b->queue)->owner, b->id);
	assert_ptr_equal(plan_function(plan, plan_queue(plan, b->queue)->function), b);
	assert_string_equal(plan_account(plan, find(plan, 0, "d")->account)->name, "root:nogroup");
	assert_int_equal(plan_account(plan, find(plan, 0, "d")->account)->identity.group, getgrnam("nogroup")->gr_gid);
	assert_int_equal(plan_account(plan, e->account)->worker_functions, 0);
	assert_int_equal(e->attach, 1);
	assert_int_equal(e->attach_group, getgrnam("nogroup")->gr_gid);
	assert_int_equal(b->attach, 0);
	/* Nobody said: the one user who may do nothing. */
	assert_int_equal(find(plan, 0, "f")->account, e->account);
	assert_int_equal(plan_account(plan, e->account)->identity.user, getpwnam("nobody")->pw_uid);
	plan_unmap(plan);
}

static void port_functions(void **state)
{
	const struct plan *plan = make_plan(LISTEN PORT "ports = 2000-2010\nbind = berth\nshare = call\n"
							"admit = 192.0.2.0/24, ::1\nidle = 3s\nwait = 4s\n"
							"quarantine = 5s\nports-per-source = 6\n",
					    everything, 1);
	const struct plan_function *function = plan_function(plan, 0);
	const struct prefix *prefixes = plan_items(plan, function->admit_prefixes);

	(void)state;
	assert_int_equal(function->handover, SETTING_PORT);
	assert_int_equal(function->port_first, 2000);
	assert_int_equal(function->port_last, 2010);
	assert_int_equal(function->admit, SETTING_ADMIT_PREFIXES);
	assert_int_equal(function->admit_prefixes.count, 2);
	assert_int_equal(prefixes[0].length + prefixes[1].length, 120 + 128);
	assert_int_equal(function->idle_ms, 3000);
	assert_int_equal(function->wait_ms, 4000);
	assert_int_equal(function->quarantine_ms, 5000);
	assert_int_equal(function->ports_per_source, 6);
	plan_unmap(plan);
}

/* Everything can be read as what it is, wherever it was put. */
static void everything_is_aligned(void **state)
{
	char *text = many_functions(false, true);
	const struct plan *plan = make_plan(text, nothing, 1);
	const struct plan_array arrays[] = { plan->sockets,  plan->listens, plan->functions,
					     plan->accounts, plan->queues,  plan->places };

	(void)state;
	for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
		assert_int_equal(arrays[i].at % 8, 0);
		assert_in_range(arrays[i].at, sizeof(*plan), plan->size);
	}
	plan_unmap(plan);
	free(text);
}

static void what_this_machine_refuses(void **state)
{
	(void)state;
	refuse_plan(LISTEN SPAWN "user = no-such-user\n", everything,
		    "t.conf:3: [function f] there is no user \"no-such-user\" on this machine\n");
	refuse_plan(LISTEN SPAWN "user = nobody\ngroup = no-such-group\n", everything,
		    "t.conf:3: [function f] there is no group \"no-such-group\" on this machine\n");
	refuse_plan(LISTEN WORKER "attach-group = no-such-group\n", everything,
		    "t.conf:3: [function f] there is no group \"no-such-group\" on this machine\n");
	refuse_plan(LISTEN SPAWN "user = games\n", nothing,
		    "t.conf:3: [function f] user = games: only root can become another user; start berthd as root or "
		    "leave user and group out\n");
	refuse_plan(LISTEN PORT, nothing,
		    "t.conf:3: [function f] admit: this kernel lets only CAP_NET_ADMIN put a filter on a port, and "
		    "berthd has it not; start it as root or say admit = any\n");
	plan_unmap(make_plan(LISTEN PORT "admit = any\n", nothing, 1));
	plan_unmap(make_plan(LISTEN PORT, everything, 1));
}

/* All that is wrong at once; an account that is not there is said once. */
static void all_complaints_together(void **state)
{
	(void)state;
	refuse_plan(LISTEN "[function a]\nhandover = spawn\ncommand = /a\nuser = no-such-user\n"
			   "[function b]\nhandover = port\ncommand = /b\n"
			   "[function c]\nhandover = spawn\ncommand = /c\nuser = no-such-user\n"
			   "[function d]\nhandover = worker\ncommand = /d\nattach-group = no-such-group\n",
		    nothing,
		    "t.conf:3: [function a] there is no user \"no-such-user\" on this machine\n"
		    "t.conf:7: [function b] admit: this kernel lets only CAP_NET_ADMIN put a filter on a port, and "
		    "berthd has it not; start it as root or say admit = any\n"
		    "t.conf:14: [function d] there is no group \"no-such-group\" on this machine\n");
}

static void a_refused_plan_changes_no_id(void **state)
{
	const struct plan *before = make_plan(LISTEN SPAWN, everything, 1);

	(void)state;
	for (int i = 0; i < 3; i++) {
		char *complaints;
		assert_int_equal(build(LISTEN "[function g]\nhandover = spawn\ncommand = /g\nuser = no-such-user\n",
				       everything, 2, &complaints),
				 -EINVAL);
		free(complaints);
	}
	const struct plan *after = make_plan(LISTEN SPAWN, everything, 2);
	assert_int_equal(plan_function(before, 0)->id, plan_function(after, 0)->id);
	plan_unmap(before);
	plan_unmap(after);
}

static void what_is_no_plan(void **state)
{
	struct plan plan = { .magic = PLAN_MAGIC, .size = sizeof(plan) };
	const struct plan *mapped = NULL;

	(void)state;
	int good = memory_create_sealed("test", &plan, sizeof(plan));
	int too_short = memory_create_sealed("test", &plan, sizeof(plan) - 1);
	plan.size++;
	int too_long = memory_create_sealed("test", &plan, sizeof(plan));
	plan.size--;
	plan.magic++;
	int other = memory_create_sealed("test", &plan, sizeof(plan));
	assert_int_equal(plan_map(too_short, &mapped), -EBADMSG);
	assert_int_equal(plan_map(too_long, &mapped), -EBADMSG);
	assert_int_equal(plan_map(other, &mapped), -EBADMSG);
	assert_int_equal(plan_map(-1, &mapped), -EBADF);
	assert_null(mapped);
	assert_int_equal(plan_map(good, &mapped), 0);
	assert_null(plan_unmap(mapped));
	assert_null(plan_unmap(NULL));
	(void)close(good);
	(void)close(too_short);
	(void)close(too_long);
	(void)close(other);
}

static void nobody_can_change_a_plan(void **state)
{
	char *complaints;
	int descriptor = build(LISTEN SPAWN, nothing, 1, &complaints);

	(void)state;
	assert_true(descriptor >= 0);
	assert_int_equal(pwrite(descriptor, "x", 1, 0), -1);
	assert_int_equal(ftruncate(descriptor, 0), -1);
	assert_ptr_equal(mmap(NULL, 1, PROT_WRITE, MAP_SHARED, descriptor, 0), MAP_FAILED);
	(void)close(descriptor);
	free(complaints);
}

#define WITH_REGISTER(test) cmocka_unit_test_setup_teardown(test, make_register, free_register)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_REGISTER(ten_thousand_functions),
		WITH_REGISTER(a_listen_with_a_few),
		WITH_REGISTER(ids_over_reloads),
		WITH_REGISTER(sockets_and_listens),
		WITH_REGISTER(no_functions),
		WITH_REGISTER(accounts_and_queues),
		WITH_REGISTER(port_functions),
		WITH_REGISTER(everything_is_aligned),
		WITH_REGISTER(what_this_machine_refuses),
		WITH_REGISTER(all_complaints_together),
		WITH_REGISTER(a_refused_plan_changes_no_id),
		cmocka_unit_test(what_is_no_plan),
		WITH_REGISTER(nobody_can_change_a_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
