/* test_settings_refused.c - configurations that are refused, with the very words that say why. */
#include "settings_outcome.h"

/* Each stands behind LISTEN, so the first line is line 3. */
static const struct {
	const char *text;
	const char *complaints;
} refusals[] = {
	/* lines and sections */
	{ "nonsense\n[x", "t.conf:3: this is neither \"key = value\" nor a heading like [berthd]\n"
			  "t.conf:4: this is no heading; [berthd], [listen NAME] and [function NAME] are\n" },
	{ "[berthd] x", "t.conf:3: this is no heading; [berthd], [listen NAME] and [function NAME] are\n" },
	{ "[be]rthd]", "t.conf:3: this is no heading; [berthd], [listen NAME] and [function NAME] are\n" },
	{ "[function a123456789a123456789a123456789a123456789a123456789]",
	  "t.conf:3: this is no heading; [berthd], [listen NAME] and [function NAME] are\n" },
	{ "[functoin git]\nskipped = yes\n", "t.conf:3: unknown section [functoin git]; did you mean \"function\"?\n" },
	{ "[relay]", "t.conf:3: unknown section [relay]; there are [berthd], [listen NAME] and [function NAME]\n" },
	{ "[]", "t.conf:3: unknown section []; there are [berthd], [listen NAME] and [function NAME]\n" },
	{ "[berthd x]", "t.conf:3: [berthd x]: this section has no name; write [berthd]\n" },
	{ "[listen]", "t.conf:3: [listen] needs a name: [listen NAME]\n" },
	{ "[function a--b]",
	  "t.conf:3: [function a--b]: a name has 1 to 15 letters, digits and single \"-\" between them, and at least "
	  "one letter\n" },
	{ "[function HELP]",
	  "t.conf:3: [function HELP]: this name is taken, clients say HELP to list the functions; choose another\n" },
	{ "[listen A]\naddress = 127.0.0.1:2",
	  "t.conf:3: [listen a] stands twice, first in t.conf:1; keep one of them\n" },
	{ "[berthd]\n[berthd]", "t.conf:4: [berthd] stands twice, first in t.conf:3; keep one of them\n" },
	{ SPAWN SPAWN, "t.conf:6: [function f] stands twice, first in t.conf:3; keep one of them\n" },
	{ "silent = f # it's\nbacklog = 'x",
	  "t.conf:4: a quote is opened and not closed; close it in the same line, or put \\ before it\n"
	  "t.conf:3: silent: there is no [function f]\n" },
	{ "backlog = \\",
	  "t.conf:3: a quote is opened and not closed; close it in the same line, or put \\ before it\n" },
	{ "backlog = \x1b[2J", "t.conf:3: the line holds a control character; only text and tabs may stand here\n" },
	/* keys */
	{ SPAWN "comand = /bin/g", "t.conf:6: unknown key \"comand\" in [function f]; did you mean \"command\"?\n" },
	{ SPAWN "COMMAND = /bin/g", "t.conf:6: unknown key \"COMMAND\" in [function f]; did you mean \"command\"?\n" },
	{ "xyzzy = 1", "t.conf:3: unknown key \"xyzzy\" in [listen a]; berthd.conf(5) has the list\n" },
	{ "= 1", "t.conf:3: unknown key \"\" in [listen a]; berthd.conf(5) has the list\n" },
	{ "queue-max = 9",
	  "t.conf:3: \"queue-max\" has no meaning in [listen a]; it belongs in [berthd] or [function]\n" },
	{ SPAWN "silent = f", "t.conf:6: \"silent\" has no meaning in [function f]; it belongs in [listen]\n" },
	{ "address = [::]:1", "t.conf:3: \"address\" is set twice in [listen a], first in line 2; keep one of them\n" },
	{ "backlog =", "t.conf:3: \"backlog\" has no value; leave the line out for the default (4096)\n" },
	{ "allow = ", "t.conf:3: \"allow\" has no value; leave the line out for the default (none)\n" },
	{ "[listen b]", "t.conf:3: [listen b] needs \"address = ADDRESS:PORT,...\"\n" },
	{ "[function f]", "t.conf:3: [function f] needs \"handover = spawn|worker|port|relay\"\n" },
	{ "[function f]\nhandover = spawn", "t.conf:3: [function f] needs \"command = PATH WORD...\"\n" },
	/* numbers */
	{ "backlog = 0", "t.conf:3: backlog = 0: must be a number from 1 to 65535\n" },
	{ "backlog = 65536", "t.conf:3: backlog = 65536: must be a number from 1 to 65535\n" },
	{ "backlog = 99999999999999999999",
	  "t.conf:3: backlog = 99999999999999999999: must be a number from 1 to 65535\n" },
	{ "backlog = -1", "t.conf:3: backlog = -1: must be a number from 1 to 65535\n" },
	{ "backlog = 1 2", "t.conf:3: backlog = 1 2: must be a number from 1 to 65535\n" },
	{ "backlog = off", "t.conf:3: backlog = off: must be a number from 1 to 65535\n" },
	{ "calls-per-source = of", "t.conf:3: calls-per-source = of: must be a number from 1 to 1000000, or off\n" },
	{ "[berthd]\nacceptors = 17", "t.conf:4: acceptors = 17: must be a number from 1 to 16, or auto\n" },
	{ SPAWN "nice = 20", "t.conf:6: nice = 20: must be a number from -20 to 19\n" },
	{ SPAWN "nice = --1", "t.conf:6: nice = --1: must be a number from -20 to 19\n" },
	{ "socket-mode = 0888",
	  "t.conf:3: socket-mode = 0888: must be a mode of three octal digits, like 0660 or 666\n" },
	{ "socket-mode = 7777",
	  "t.conf:3: socket-mode = 7777: must be a mode of three octal digits, like 0660 or 666\n" },
	/* times and sizes */
	{ "first-message = 5",
	  "t.conf:3: first-message = 5: a time needs a unit: ms, s, m or h, like 500ms, 5s, 10m or 2h\n" },
	{ "first-message = 0s",
	  "t.conf:3: first-message = 0s: must be a time like 500ms, 5s, 10m or 2h, from 1ms to 168h\n" },
	{ "first-message = 169h",
	  "t.conf:3: first-message = 169h: must be a time like 500ms, 5s, 10m or 2h, from 1ms to 168h\n" },
	{ "first-message = 99999999999999999999s",
	  "t.conf:3: first-message = 99999999999999999999s: must be a time like 500ms, 5s, 10m or 2h, from 1ms to "
	  "168h\n" },
	{ "first-message = 5 s",
	  "t.conf:3: first-message = 5 s: must be a time like 500ms, 5s, 10m or 2h, from 1ms to 168h\n" },
	{ "first-message = s",
	  "t.conf:3: first-message = s: must be a time like 500ms, 5s, 10m or 2h, from 1ms to 168h\n" },
	{ SPAWN "timeout = never",
	  "t.conf:6: timeout = never: must be a time like 500ms, 5s, 10m or 2h, from 1ms to 168h, or off\n" },
	{ SPAWN "memory = 512",
	  "t.conf:6: memory = 512: must be a size like 65536K, 512M or 2G, from 1M to 16384G, or off\n" },
	{ SPAWN "memory = 17179869184G",
	  "t.conf:6: memory = 17179869184G: must be a size like 65536K, 512M or 2G, from 1M to 16384G, or off\n" },
	/* choices */
	{ "[berthd]\nlog = sterr",
	  "t.conf:4: log = sterr: must be journal, stderr or stderr-json; did you mean \"stderr\"?\n" },
	{ "defer-accept = true", "t.conf:3: defer-accept = true: must be yes or no\n" },
	{ "dialects = line, portmap", "t.conf:3: dialects = line, portmap: must be line or detect\n" },
	{ "proxy-protocol = optional",
	  "t.conf:3: proxy-protocol = optional: must be off, or required-from and the proxies' addresses or prefixes, "
	  "like required-from 192.0.2.7, 2001:db8::/32\n" },
	{ "proxy-protocol = required-from proxy.example",
	  "t.conf:3: proxy-protocol = proxy.example: \"proxy.example\" must be a numeric address or prefix "
	  "whose bits behind the length are zero, like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32\n" },
	{ "[berthd]\nregistry = mysql:/x",
	  "t.conf:4: registry = mysql:/x: must be sqlite:/FILE, postgresql://... or a path that starts with /\n" },
	{ "[function f]\nhandover = relay",
	  "t.conf:3: [function f] needs \"target = HOST:PORT\" or \"target = unix:PATH\"\n" },
	{ "[function f]\nhandover = relay\ntarget = ::1:25",
	  "t.conf:5: target = ::1:25: must be a host and a port, like 127.0.0.1:22 or mail.example:25, or "
	  "unix:/path\n" },
	{ "[function f]\nhandover = relay\ntarget = [::1]:25\ncommand = /bin/cat",
	  "t.conf:6: \"command\" has no meaning with handover = relay; leave it out, it is for handover = spawn or "
	  "worker or port\n" },
	{ "[function f]\nhandover = relay\ntarget = unix:/run/x\nworkers = 0",
	  "t.conf:6: workers = 0 leaves no relay to take calls; set 1 or more\n" },
	{ SPAWN "target = localhost:25",
	  "t.conf:6: \"target\" has no meaning with handover = spawn; leave it out, it is for handover = relay\n" },
	{ "[function f]\nhandover = spwan",
	  "t.conf:4: handover = spwan: must be spawn, worker, port or relay; did you mean \"spawn\"?\n" },
	/* addresses and prefixes */
	{ "[listen b]\naddress = localhost:1, [::]:0",
	  "t.conf:4: address = localhost:1, [::]:0: \"localhost:1\" must be a numeric address with a port, like "
	  "0.0.0.0:1 or [::]:1, or unix:/path\n"
	  "t.conf:4: address = localhost:1, [::]:0: \"[::]:0\" must be a numeric address with a port, like 0.0.0.0:1 "
	  "or [::]:1, or unix:/path\n" },
	{ "[listen b]\naddress = :::1",
	  "t.conf:4: address = :::1: \":::1\" must be a numeric address with a port, like 0.0.0.0:1 or [::]:1, or "
	  "unix:/path\n" },
	{ "[listen b]\naddress = [127.0.0.1]:1",
	  "t.conf:4: address = [127.0.0.1]:1: \"[127.0.0.1]:1\" must be a numeric address with a port, like "
	  "0.0.0.0:1 or [::]:1, or unix:/path\n" },
	{ "[listen b]\naddress = [::1:1",
	  "t.conf:4: address = [::1:1: \"[::1:1\" must be a numeric address with a port, like 0.0.0.0:1 or [::]:1, "
	  "or unix:/path\n" },
	{ "[listen b]\naddress = 0.0.0.0/0:1",
	  "t.conf:4: address = 0.0.0.0/0:1: \"0.0.0.0/0:1\" must be a numeric address with a port, like 0.0.0.0:1 or "
	  "[::]:1, or unix:/path\n" },
	{ "[listen b]\naddress = unix:b",
	  "t.conf:4: address = unix:b: \"unix:b\" needs a path that starts with /, like unix:/run/berth/call\n" },
	{ "[listen b]\naddress = [::ffff:127.0.0.1]:1",
	  "t.conf:3: [listen b] address 127.0.0.1:1 stands twice, first in [listen a] (t.conf:1); keep one of them\n" },
	{ "[listen b]\naddress = [::1]:2, [0::1]:2",
	  "t.conf:3: [listen b] address [::1]:2 stands twice, first in [listen b] (t.conf:3); keep one of them\n" },
	{ "allow = 10.0.0.1/8",
	  "t.conf:3: allow = 10.0.0.1/8: \"10.0.0.1/8\" must be a numeric address or prefix whose bits behind the "
	  "length are zero, like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32\n" },
	{ "allow = ::1, 10.0.0.0/8\ndeny = 10.0.0.0/8",
	  "t.conf:1: [listen a] 10.0.0.0/8 stands twice in allow and deny; keep one of them\n" },
	{ "rate-per-source = 200",
	  "t.conf:3: rate-per-source = 200: must be like 200/s or 200/s burst 400 (the burst not below the rate), or "
	  "off\n" },
	{ "rate-per-source = 9/s burst 8",
	  "t.conf:3: rate-per-source = 9/s burst 8: must be like 200/s or 200/s burst 400 (the burst not below the "
	  "rate), or off\n" },
	{ PORT "ports = 1023-2000",
	  "t.conf:6: ports = 1023-2000: must be FIRST-LAST, not below 1024 and not above 65535, like 61000-65535\n" },
	{ PORT "ports = 3000-2000",
	  "t.conf:6: ports = 3000-2000: must be FIRST-LAST, not below 1024 and not above 65535, like 61000-65535\n" },
	{ PORT "ports = 3000",
	  "t.conf:6: ports = 3000: must be FIRST-LAST, not below 1024 and not above 65535, like 61000-65535\n" },
	/* lists and words */
	{ SPAWN "read-only = /a /b",
	  "t.conf:6: read-only = /a /b: write a comma between the entries, or quotes around one with spaces\n" },
	{ SPAWN "read-only = /a,,/b",
	  "t.conf:6: read-only = /a,,/b: an entry is empty; take the needless comma out\n" },
	{ SPAWN "read-only = /a,", "t.conf:6: read-only = /a,: an entry is empty; take the needless comma out\n" },
	{ SPAWN "read-only = , /a", "t.conf:6: read-only = , /a: an entry is empty; take the needless comma out\n" },
	{ SPAWN "read-only = a, /b, c", "t.conf:6: read-only = a, /b, c: \"a\" is no path that starts with /\n"
					"t.conf:6: read-only = a, /b, c: \"c\" is no path that starts with /\n" },
	{ SPAWN "directory = srv", "t.conf:6: directory = srv: must be a path that starts with /\n" },
	{ SPAWN "directory = /a b",
	  "t.conf:6: directory = /a b: must be one path; put quotes around one with spaces\n" },
	{ SPAWN "user = a b", "t.conf:6: user = a b: must be one name of /etc/passwd or /etc/group, or a number\n" },
	{ SPAWN "environment = A=1 2=x =y z",
	  "t.conf:6: environment = A=1 2=x =y z: \"2=x\" is no variable; write NAME=value, and quotes around one "
	  "with spaces\n"
	  "t.conf:6: environment = A=1 2=x =y z: \"=y\" is no variable; write NAME=value, and quotes around one with "
	  "spaces\n"
	  "t.conf:6: environment = A=1 2=x =y z: \"z\" is no variable; write NAME=value, and quotes around one with "
	  "spaces\n" },
	{ SPAWN "environment = AB=1 A=2 AB=3", "t.conf:6: environment = AB=1 A=2 AB=3: AB is set twice; keep one\n" },
	{ "[function f]\nhandover = spawn\ncommand = git daemon",
	  "t.conf:5: command = git daemon: must start with the whole path of the program, like /usr/bin/git\n" },
	{ "functions = f, a_b, F\n" SPAWN,
	  "t.conf:3: functions = f, a_b, F: \"a_b\" is no name of a function; write names, or * for all\n" },
	{ "functions = f, F\n" SPAWN, "t.conf:3: functions = f, F: \"f\" stands twice; keep one\n" },
	{ "functions = f, *\n" SPAWN,
	  "t.conf:3: functions = f, *: \"*\" is no name of a function; write names, or * for all\n" },
	/* between keys */
	{ "functions = git, gti\nsilent = gitt\n[function git]\nhandover = spawn\ncommand = /g",
	  "t.conf:3: functions: there is no [function gti]; did you mean \"git\"?\n"
	  "t.conf:4: silent: there is no [function gitt]; did you mean \"git\"?\n" },
	{ "silent = f\ndefer-accept = yes\n" SPAWN,
	  "t.conf:4: defer-accept = yes waits for the client's first octet, so \"silent\" would never be called; "
	  "leave one of them out\n" },
	{ SPAWN "idle = 5s\nworkers = 1",
	  "t.conf:6: \"idle\" has no meaning with handover = spawn; leave it out, it is for handover = port\n"
	  "t.conf:7: \"workers\" has no meaning with handover = spawn; leave it out, it is for handover = worker or "
	  "relay\n" },
	{ WORKER "timeout = 5s",
	  "t.conf:6: \"timeout\" has no meaning with handover = worker; leave it out, it is for handover = spawn or "
	  "port\n" },
	{ "[function f]\nhandover = worker\nworkers = 0",
	  "t.conf:5: workers = 0 leaves nobody to take calls; set attach-group for workers that others start\n" },
	{ "[function f]\nhandover = spawn\ncommand = /bin/f {port}",
	  "t.conf:5: command: {port} is known only with handover = port\n" },
	{ "[function f]\nhandover = worker\ncommand = /bin/f -k{key}",
	  "t.conf:5: command: {key} is known only with handover = port\n" },
	{ "[function f]\nhandover = port\ncommand = /bin/f {key}",
	  "t.conf:5: command: {key} is known only with share = key\n" },
	{ "[function f]\nhandover = port\nshare = key\ncommand = /bin/{key}",
	  "t.conf:6: command: {port} and {key} may stand in arguments, not in the program's path\n" },
	{ "[function f]\nhandover = port\ncommand = /bin/f {port}",
	  "t.conf:5: command: {port} is for bind = self; with bind = berth the program gets the open port as "
	  "descriptor 3\n" },
	{ PORT "bind = self",
	  "t.conf:5: command: with bind = self the program must be told its port; write {port} where it expects it\n" },
	{ PORT "share = all\nadmit = caller",
	  "t.conf:7: admit = caller needs share = call and bind = berth; write admit = any here\n" },
	{ "[function f]\nhandover = port\ncommand = /bin/f {port}\nbind = self\nadmit = ::1",
	  "t.conf:7: admit: berthd can put a filter only on a port that it opens itself; with bind = self write "
	  "admit = any\n" },
	{ PORT "admit = callers",
	  "t.conf:6: admit = callers: \"callers\" must be caller, any, or a numeric address or prefix whose bits "
	  "behind the length are zero, like 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32\n" },
};

static void complaints_say_where_what_and_what_would_be_right(void **state)
{
	char text[512];

	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		assert_in_range(snprintf(text, sizeof(text), "%s%s", LISTEN, refusals[i].text), 1, sizeof(text) - 1);
		refuse_text(text, refusals[i].complaints);
	}
}

static void a_file_must_begin_with_a_section(void **state)
{
	(void)state;
	refuse_text("user = x\ngroup = y\n" LISTEN,
		    "t.conf:1: \"user\" stands before any section; write a heading like [berthd] above it\n");
	refuse_text("", "there is no [listen NAME] section, so nobody could call; write one with an address\n");
	refuse_text("[listne a]\n", "t.conf:1: unknown section [listne a]; did you mean \"listen\"?\n");
}

static void octets_that_are_no_text_are_refused(void **state)
{
	static const char nul[] = LISTEN "backlog = 1\0 2\n";
	static const char carriage_return[] = LISTEN "backlog = 1\r2\n";

	(void)state;
	refuse_bytes(nul, sizeof(nul) - 1,
		     "t.conf:3: the line holds a control character; only text and tabs may stand here\n");
	refuse_text(carriage_return,
		    "t.conf:3: the line holds a control character; only text and tabs may stand here\n");
}

/* A line of exactly `size` octets behind LISTEN. */
static char *text_with_long_line(const char *start, char filling, size_t size)
{
	char *text = malloc(strlen(LISTEN) + size + 1);

	assert_non_null(text);
	memcpy(text, LISTEN, strlen(LISTEN));
	memset(text + strlen(LISTEN), filling, size);
	memcpy(text + strlen(LISTEN), start, strlen(start));
	text[strlen(LISTEN) + size] = '\0';
	return text;
}

static void long_lines_are_read_whole_or_refused(void **state)
{
	char *text = text_with_long_line("#", 'x', 65536);
	struct outcome outcome = accept_text(text);

	(void)state;
	finish(&outcome);
	free(text);
	text = text_with_long_line("#", 'x', 65537);
	refuse_text(text, "t.conf:3: the line is longer than 65536 octets\n");
	free(text);
	text = text_with_long_line("[berthd]", ']', 60000);
	refuse_text(text, "t.conf:3: this is no heading; [berthd], [listen NAME] and [function NAME] are\n");
	free(text);
	text = text_with_long_line("user", 'r', 65536);
	refuse_text(text, "t.conf:3: this is neither \"key = value\" nor a heading like [berthd]\n");
	free(text);
	text = text_with_long_line("backlog = ", '7', 65536);
	refuse_text(text,
		    "t.conf:3: backlog = 777777777777777777777777777777777777777777777777777777777777...: must be a "
		    "number from 1 to 65535\n");
	free(text);
}

static void too_many_words_are_refused(void **state)
{
	char text[512] = LISTEN "[function f]\nhandover = spawn\ncommand = /f";

	(void)state;
	for (size_t i = 1; i < 64; i++) {
		strncat(text, " x", sizeof(text) - strlen(text) - 1);
	}
	struct outcome outcome = accept_text(text);
	assert_int_equal(outcome.settings->functions[0].command.count, 64);
	finish(&outcome);
	strncat(text, " x", sizeof(text) - strlen(text) - 1);
	outcome = parse_bytes(text, strlen(text));
	assert_non_null(strstr(outcome.complaints, "has 65 words; at most 64\n"));
	finish(&outcome);
}

static void too_many_addresses_are_refused(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	(void)fputs("[listen a]\naddress = 0.0.0.0:1", stream);
	for (int port = 2; port <= 65; port++) {
		(void)fprintf(stream, ", 0.0.0.0:%d", port);
	}
	(void)fclose(stream);
	refuse_text(text, "there are 65 listening addresses; at most 64\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complaints_say_where_what_and_what_would_be_right),
		cmocka_unit_test(a_file_must_begin_with_a_section),
		cmocka_unit_test(octets_that_are_no_text_are_refused),
		cmocka_unit_test(long_lines_are_read_whole_or_refused),
		cmocka_unit_test(too_many_words_are_refused),
		cmocka_unit_test(too_many_addresses_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
