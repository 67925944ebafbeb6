/* test_settings.c - what is read from a configuration, and from which files. */
#include <sys/stat.h>
#include <unistd.h>

#include "settings_outcome.h"

/* ---- what is accepted ---- */

static void berthd_and_listen_have_defaults(void **state)
{
	struct outcome outcome = accept_text(LISTEN);
	const struct settings *settings = outcome.settings;
	const struct listen_settings *listen = &settings->listens[0];

	(void)state;
	assert_null(settings->user);
	assert_int_equal(settings->acceptors, 0);
	assert_int_equal(settings->launchers, 1);
	assert_null(settings->run_dir);
	assert_int_equal(settings->log, SETTING_LOG_JOURNAL);
	assert_int_equal(settings->listen_count, 1);
	assert_int_equal(settings->function_count, 0);
	assert_string_equal(listen->name, "a");
	assert_string_equal(listen->place.file, "t.conf");
	assert_int_equal(listen->place.line, 1);
	assert_int_equal(listen->addresses.count, 1);
	assert_true(listen->all_functions);
	assert_null(listen->silent);
	assert_int_equal(listen->first_message_ms, 5000);
	assert_int_equal(listen->calls_max, 10000);
	assert_int_equal(listen->calls_per_source, 100);
	assert_int_equal(listen->rate_per_second, 200);
	assert_int_equal(listen->rate_burst, 400);
	assert_int_equal(listen->backlog, 4096);
	assert_false(listen->defer_accept);
	assert_int_equal(listen->socket_mode, 0666);
	assert_int_equal(listen->access.count, 0);
	finish(&outcome);
}

static void functions_have_defaults(void **state)
{
	struct outcome outcome = accept_text(LISTEN PORT);
	const struct function_settings *function = &outcome.settings->functions[0];

	(void)state;
	assert_string_equal(function->name.text, "f");
	assert_int_equal(function->place.line, 3);
	assert_string_equal(function->directory, "/");
	assert_null(function->user);
	assert_null(function->group);
	assert_int_equal(function->as, SETTING_AS_STDIO);
	assert_int_equal(function->greet, SETTING_GREET_BERTH);
	assert_int_equal(function->processes_max, 256);
	assert_int_equal(function->processes_per_source, 32);
	assert_int_equal(function->open_files, 1024);
	assert_int_equal(function->memory, 0);
	assert_int_equal(function->tasks, 0);
	assert_int_equal(function->nice, 0);
	assert_int_equal(function->timeout_ms, 0);
	assert_false(function->no_network);
	assert_int_equal(function->read_only.count, 0);
	assert_int_equal(function->read_write.count, 0);
	assert_int_equal(function->queue_max, 1024);
	assert_int_equal(function->queue_timeout_ms, 5000);
	assert_int_equal(function->workers, 1);
	assert_null(function->attach_group);
	assert_int_equal(function->port_first, 61000);
	assert_int_equal(function->port_last, 65535);
	assert_int_equal(function->bind, SETTING_BIND_BERTH);
	assert_int_equal(function->share, SETTING_SHARE_CALL);
	assert_int_equal(function->admit, SETTING_ADMIT_CALLER);
	assert_int_equal(function->idle_ms, 60000);
	assert_int_equal(function->wait_ms, 30000);
	assert_int_equal(function->quarantine_ms, 60000);
	assert_int_equal(function->ports_per_source, 16);
	finish(&outcome);
}

static void berthd_keys_are_read(void **state)
{
	struct outcome outcome = accept_text("[berthd]\nuser = _berth\nacceptors = 16\nlaunchers = 8\n"
					     "run-dir = /run/berth\nlog = stderr-json\nregistry =\n" LISTEN);
	const struct settings *settings = outcome.settings;

	(void)state;
	assert_string_equal(settings->user, "_berth");
	assert_int_equal(settings->acceptors, 16);
	assert_int_equal(settings->launchers, 8);
	assert_string_equal(settings->run_dir, "/run/berth");
	assert_int_equal(settings->log, SETTING_LOG_STDERR_JSON);
	finish(&outcome);
}

static void listen_keys_are_read(void **state)
{
	struct outcome outcome =
		accept_text("[listen Public]\naddress = [::]:1,0.0.0.0:01 , unix:/run/b, [::ffff:192.0.2.1]:65535\n"
			    "dialects = line\nfunctions = F\nsilent = F\nfirst-message = 500ms\ncalls-max = 7\n"
			    "calls-per-source = off\nrate-per-source = 10/s\nproxy-protocol = off\nbacklog = 1\n"
			    "deny = 10.0.0.0/8, ::/0\nallow = 10.1.0.0/16\nsocket-mode = 660\n" SPAWN);
	const struct listen_settings *listen = &outcome.settings->listens[0];

	(void)state;
	assert_string_equal(listen->name, "public");
	assert_int_equal(listen->addresses.count, 4);
	assert_string_equal(listen->addresses.items[0], "[::]:1");
	assert_string_equal(listen->addresses.items[1], "0.0.0.0:1");
	assert_string_equal(listen->addresses.items[2], "unix:/run/b");
	assert_string_equal(listen->addresses.items[3], "192.0.2.1:65535");
	assert_false(listen->all_functions);
	assert_int_equal(listen->functions.count, 1);
	assert_string_equal(listen->functions.items[0], "f");
	assert_string_equal(listen->silent, "f");
	assert_int_equal(listen->first_message_ms, 500);
	assert_int_equal(listen->calls_max, 7);
	assert_int_equal(listen->calls_per_source, 0);
	assert_int_equal(listen->rate_per_second, 10);
	assert_int_equal(listen->rate_burst, 20);
	assert_int_equal(listen->backlog, 1);
	assert_int_equal(listen->socket_mode, 0660);
	assert_int_equal(listen->access.count, 3);
	for (size_t i = 0; i < listen->access.count; i++) {
		assert_int_equal(listen->access.items[i].allow, listen->access.items[i].prefix.length == 112);
	}
	finish(&outcome);
}

static void spawn_keys_are_read(void **state)
{
	struct outcome outcome = accept_text(
		LISTEN SPAWN
		"directory = \"/srv/my files\"\nuser = git\ngroup = 1000\nas = listen-fd\ngreet = function\n"
		"environment = A=1 \"B=2 3\" C='' _d4=x=y\nprocesses-max = 4096\nprocesses-per-source = off\n"
		"open-files = off\nmemory = 512M\ntasks = 64\nnice = -20\ntimeout = 2h\nno-network = yes\n"
		"read-only = /, '/a b'\nread-write = /c\nqueue-max = 8\nqueue-timeout = 1m\n");
	const struct function_settings *function = &outcome.settings->functions[0];

	(void)state;
	assert_string_equal(function->directory, "/srv/my files");
	assert_string_equal(function->user, "git");
	assert_string_equal(function->group, "1000");
	assert_int_equal(function->as, SETTING_AS_LISTEN_FD);
	assert_int_equal(function->greet, SETTING_GREET_FUNCTION);
	assert_int_equal(function->environment.count, 4);
	assert_string_equal(function->environment.items[1], "B=2 3");
	assert_string_equal(function->environment.items[2], "C=");
	assert_int_equal(function->processes_max, 4096);
	assert_int_equal(function->processes_per_source, 0);
	assert_int_equal(function->open_files, 0);
	assert_true(function->memory == UINT64_C(512) << 20);
	assert_int_equal(function->tasks, 64);
	assert_int_equal(function->nice, -20);
	assert_int_equal(function->timeout_ms, 7200000);
	assert_true(function->no_network);
	assert_int_equal(function->read_only.count, 2);
	assert_string_equal(function->read_only.items[1], "/a b");
	assert_string_equal(function->read_write.items[0], "/c");
	assert_int_equal(function->queue_max, 8);
	assert_int_equal(function->queue_timeout_ms, 60000);
	finish(&outcome);
}

static void worker_and_port_keys_are_read(void **state)
{
	struct outcome outcome = accept_text(
		LISTEN "[function w]\nhandover = worker\nworkers = 0\nattach-group = staff\n"
		       "[function k]\nhandover = port\ncommand = /bin/k --port={port} {key}\nbind = self\nshare = key\n"
		       "ports = 1024-1024\nidle = 1s\nwait = 2s\nquarantine = 0s\nports-per-source = 3\n"
		       "[function a]\nhandover = port\ncommand = /bin/a\nshare = all\nadmit = 10.0.0.0/8, ::1\n");
	const struct function_settings *functions = outcome.settings->functions;

	(void)state;
	assert_int_equal(functions[0].handover, SETTING_WORKER);
	assert_int_equal(functions[0].workers, 0);
	assert_int_equal(functions[0].command.count, 0);
	assert_string_equal(functions[0].attach_group, "staff");
	assert_int_equal(functions[1].bind, SETTING_BIND_SELF);
	assert_int_equal(functions[1].share, SETTING_SHARE_KEY);
	assert_int_equal(functions[1].admit, SETTING_ADMIT_ANY);
	assert_string_equal(functions[1].command.items[1], "--port={port}");
	assert_int_equal(functions[1].port_first, 1024);
	assert_int_equal(functions[1].port_last, 1024);
	assert_int_equal(functions[1].idle_ms, 1000);
	assert_int_equal(functions[1].wait_ms, 2000);
	assert_int_equal(functions[1].quarantine_ms, 0);
	assert_int_equal(functions[1].ports_per_source, 3);
	assert_int_equal(functions[2].admit, SETTING_ADMIT_PREFIXES);
	assert_int_equal(functions[2].admit_prefix_count, 2);
	assert_int_equal(functions[2].admit_prefixes[0].length, 104);
	finish(&outcome);
}

/* Wherever [berthd] stands, and a function's own word is the last. */
static void berthd_sets_defaults_of_functions(void **state)
{
	struct outcome outcome =
		accept_text(LISTEN PORT "queue-max = 9\n"
					"[function g]\nhandover = port\ncommand = /bin/g\n"
					"[berthd]\nqueue-max = 99\nqueue-timeout = 9s\nports = 2000-3000\n"
					"quarantine = 0s\nports-per-source = 5\n");
	const struct function_settings *functions = outcome.settings->functions;

	(void)state;
	assert_int_equal(functions[0].queue_max, 9);
	assert_int_equal(functions[1].queue_max, 99);
	assert_int_equal(functions[1].queue_timeout_ms, 9000);
	assert_int_equal(functions[1].port_first, 2000);
	assert_int_equal(functions[1].port_last, 3000);
	assert_int_equal(functions[1].quarantine_ms, 0);
	assert_int_equal(functions[1].ports_per_source, 5);
	finish(&outcome);
}

static const struct {
	const char *value;
	const char *words[6];
} commands[] = {
	{ "/bin/f", { "/bin/f" } },
	{ "/bin/f a  b\tc", { "/bin/f", "a", "b", "c" } },
	{ "/bin/f 'a b' \"c d\"", { "/bin/f", "a b", "c d" } },
	{ "/bin/f a'b c'd\"e f\"", { "/bin/f", "ab cde f" } },
	{ "/bin/f '' \"\" x", { "/bin/f", "", "", "x" } },
	{ "/bin/f a\\ b \\' \\\" \\\\", { "/bin/f", "a b", "'", "\"", "\\" } },
	{ "/bin/f 'a\\b' \"a\\b\" \"\\\"\\\\\"", { "/bin/f", "a\\b", "a\\b", "\"\\" } },
	{ "/bin/f a#b c;d 'x # y' \"x ; y\"", { "/bin/f", "a#b", "c;d", "x # y", "x ; y" } },
	{ "/bin/f \\# a # comment", { "/bin/f", "#", "a" } },
	{ "/bin/f a ; comment 'with a quote", { "/bin/f", "a" } },
	{ "/bin/f a=b [x] {y} $z *", { "/bin/f", "a=b", "[x]", "{y}", "$z", "*" } },
	{ "/bin/f caf\xc3\xa9", { "/bin/f", "caf\xc3\xa9" } },
};

static void commands_are_split_like_a_shell_does(void **state)
{
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		(void)snprintf(text, sizeof(text), "%s[function f]\nhandover = spawn\ncommand = %s\n", LISTEN,
			       commands[i].value);
		struct outcome outcome = accept_text(text);
		const struct words *words = &outcome.settings->functions[0].command;

		for (size_t k = 0; k < words->count; k++) {
			assert_string_equal(words->items[k], commands[i].words[k]);
		}
		assert_true(words->count == 6 || commands[i].words[words->count] == NULL);
		finish(&outcome);
	}
}

static void lines_may_be_written_in_many_ways(void **state)
{
	static const char text[] = "\xef\xbb\xbf# a byte order mark, and don't mind the quote\r\n"
				   "\t [ listen \t a ]  ; comment\r\n"
				   "\taddress=127.0.0.1:1\t# comment\r\n"
				   "; comment\r\n"
				   "  backlog : 7  ;comment\r\n"
				   "\r\n"
				   "[berthd]";
	struct outcome outcome = accept_text(text);

	(void)state;
	assert_int_equal(outcome.settings->listens[0].backlog, 7);
	assert_int_equal(outcome.settings->listens[0].place.line, 2);
	finish(&outcome);
}

static void thousands_of_functions_are_read(void **state)
{
	enum { FUNCTIONS = 10000, NAMED = 5000 };
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	(void)fputs(LISTEN "functions = f0", stream);
	for (int i = 1; i < NAMED; i++) {
		(void)fprintf(stream, ", f%d", i);
	}
	for (int i = 0; i < FUNCTIONS; i++) {
		(void)fprintf(stream, "\n[function f%d]\nhandover = spawn\ncommand = /bin/f %d\n", i, i);
	}
	(void)fclose(stream);
	struct outcome outcome = accept_text(text);
	assert_int_equal(outcome.settings->function_count, FUNCTIONS);
	assert_int_equal(outcome.settings->listens[0].functions.count, NAMED);
	assert_string_equal(outcome.settings->functions[FUNCTIONS - 1].command.items[1], "9999");
	finish(&outcome);
	free(text);
}

/* ---- files ---- */

static char folder[32];

static int make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/test-settings-XXXXXX");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static const char *path_of(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int remove_folder(void **state)
{
	static const char *const names[] = { "berthd.conf",	    "functions.d/b.conf", "functions.d/a.conf",
					     "functions.d/.c.conf", "functions.d/d.txt",  "functions.d/.conf" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)unlink(path_of(names[i]));
	}
	(void)rmdir(path_of("functions.d/e.conf"));
	(void)rmdir(path_of("functions.d"));
	return rmdir(folder);
}

static void write_file(const char *name, const char *text)
{
	FILE *stream = fopen(path_of(name), "w");

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

static struct outcome load(const char *name)
{
	struct outcome outcome = { 0 };
	size_t written = 0;
	struct complaints complaints = { .stream = open_memstream(&outcome.complaints, &written) };

	assert_non_null(complaints.stream);
	outcome.result = settings_load(path_of(name), &complaints, &outcome.settings);
	outcome.count = complaints.count;
	(void)fclose(complaints.stream);
	return outcome;
}

static void files_are_read_in_the_order_of_their_names(void **state)
{
	struct outcome outcome;

	(void)state;
	write_file("berthd.conf", LISTEN);
	outcome = load("berthd.conf");
	assert_int_equal(outcome.result, 0);
	finish(&outcome);
	assert_int_equal(mkdir(path_of("functions.d"), 0700), 0);
	write_file("functions.d/b.conf", "[function b]\nhandover = spawn\ncommand = /b");
	write_file("functions.d/a.conf", "\n[function a]\nhandover = spawn\ncommand = /a");
	write_file("functions.d/.c.conf", "not read");
	write_file("functions.d/.conf", "not read");
	write_file("functions.d/d.txt", "not read");
	outcome = load("berthd.conf");
	assert_string_equal(outcome.complaints, "");
	assert_int_equal(outcome.result, 0);
	assert_int_equal(outcome.settings->function_count, 2);
	assert_string_equal(outcome.settings->functions[0].name.text, "a");
	assert_string_equal(outcome.settings->functions[0].place.file, path_of("functions.d/a.conf"));
	assert_int_equal(outcome.settings->functions[0].place.line, 2);
	assert_string_equal(outcome.settings->functions[1].name.text, "b");
	finish(&outcome);
}

static void complaints_name_the_file(void **state)
{
	struct outcome outcome;

	(void)state;
	write_file("berthd.conf", LISTEN SPAWN "nice = 1");
	assert_int_equal(mkdir(path_of("functions.d"), 0700), 0);
	/* A section ends with its file. */
	write_file("functions.d/a.conf", "nice = 2\n" SPAWN);
	assert_int_equal(mkdir(path_of("functions.d/e.conf"), 0700), 0);
	outcome = load("berthd.conf");
	assert_int_equal(outcome.result, -EINVAL);
	assert_int_equal(outcome.count, 3);
	assert_non_null(strstr(outcome.complaints, "functions.d/a.conf:1: \"nice\" stands before any section"));
	assert_non_null(strstr(outcome.complaints, "functions.d/e.conf: cannot be read: Is a directory\n"));
	assert_non_null(strstr(outcome.complaints, "functions.d/a.conf:2: [function f] stands twice, first in "));
	assert_non_null(strstr(outcome.complaints, "berthd.conf:3; keep one of them\n"));
	finish(&outcome);
}

static void files_that_cannot_be_read_are_complained_about(void **state)
{
	struct outcome outcome = load("nothing.conf");

	(void)state;
	assert_int_equal(outcome.result, -EINVAL);
	assert_int_equal(outcome.count, 1);
	assert_non_null(strstr(outcome.complaints, "nothing.conf: cannot be read: No such file or directory\n"));
	finish(&outcome);
	write_file("berthd.conf", LISTEN);
	write_file("functions.d", "a file");
	outcome = load("berthd.conf");
	assert_int_equal(outcome.result, -EINVAL);
	assert_non_null(strstr(outcome.complaints, "functions.d: cannot be read: Not a directory\n"));
	finish(&outcome);
	(void)unlink(path_of("functions.d"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(berthd_and_listen_have_defaults),
		cmocka_unit_test(functions_have_defaults),
		cmocka_unit_test(berthd_keys_are_read),
		cmocka_unit_test(listen_keys_are_read),
		cmocka_unit_test(spawn_keys_are_read),
		cmocka_unit_test(worker_and_port_keys_are_read),
		cmocka_unit_test(berthd_sets_defaults_of_functions),
		cmocka_unit_test(commands_are_split_like_a_shell_does),
		cmocka_unit_test(lines_may_be_written_in_many_ways),
		cmocka_unit_test(thousands_of_functions_are_read),
		cmocka_unit_test_setup_teardown(files_are_read_in_the_order_of_their_names, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(complaints_name_the_file, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(files_that_cannot_be_read_are_complained_about, make_folder,
						remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
