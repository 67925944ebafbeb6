/* test_settings_keys.c - what people are told about keys: the printed list, the manual page, the
 * nearest word.  All must say the same as the table of keys. */
#include "config/keys.h"
#include "config/nearest.h"
#include "settings_outcome.h"

static void keys_are_printed_with_defaults(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	(void)state;
	settings_print_keys(stream);
	(void)fclose(stream);
	assert_non_null(strstr(text, "[berthd]\n\n  user = ACCOUNT\n"));
	assert_non_null(strstr(text, "\n[listen NAME]\n\n  address = ADDRESS:PORT,...\n"));
	assert_non_null(
		strstr(text, "\n  handover = spawn|worker|port|relay\n      how a call is served (required)\n"));
	assert_non_null(strstr(text, "\n  timeout = TIME|off\n      how long a process may live (default off)\n"));
	free(text);
}

/* The manual page, found beside the sources that this test was compiled from. */
static FILE *open_manual(void)
{
	char path[4096];
	const char *slash = strrchr(__FILE__, '/');

	(void)snprintf(path, sizeof(path), "%.*s../../man/berthd.conf.5.scd",
		       slash != NULL ? (int)(slash + 1 - __FILE__) : 0, __FILE__);
	return fopen(path, "r");
}

/* Which section a heading of the manual page is about. */
static bool read_manual_heading(const char *line, enum section_kind *ret_kind)
{
	static const char *const headings[SECTION_KINDS] = { "# SECTION [berthd]\n", "# SECTION [listen NAME]\n",
							     "# SECTION [function NAME]\n" };

	for (enum section_kind kind = 0; kind < SECTION_KINDS; kind++) {
		if (strcmp(line, headings[kind]) == 0) {
			*ret_kind = kind;
			return true;
		}
	}
	return false;
}

/* The line of a key names it, and says its default or that it is required. */
static const struct key *check_manual_key(enum section_kind kind, char *line)
{
	char expected[128] = "";
	char *end = strstr(line, "* =");
	const struct key *key;

	assert_non_null(end);
	*end = '\0';
	key = key_find(kind, line + 1);
	if (key == NULL) {
		fail_msg("berthd.conf(5) has \"%s\" in the section of [%s], the table has not", line + 1,
			 section_kind_word(kind));
		return NULL;
	}
	if (key->required) {
		(void)snprintf(expected, sizeof(expected), " (required)\n");
	} else if (key->initial != NULL) {
		(void)snprintf(expected, sizeof(expected), " (default %s%s)\n", *key->initial == '*' ? "\\" : "",
			       key->initial);
	}
	end++;
	if (*expected == '\0' ? strstr(end, " (") != NULL : strstr(end, expected) == NULL) {
		fail_msg("berthd.conf(5) says \"%s\" about %s, not \"%s\"", end, key->name, expected);
	}
	return key;
}

static void the_manual_page_has_all_keys_in_order(void **state)
{
	FILE *manual = open_manual();
	enum section_kind kind = SECTION_KINDS;
	char line[512];
	size_t documented[SECTION_KINDS] = { 0 };
	size_t known[SECTION_KINDS] = { 0 };

	(void)state;
	assert_non_null(manual);
	while (fgets(line, sizeof(line), manual) != NULL) {
		if (*line == '#' && !read_manual_heading(line, &kind)) {
			kind = SECTION_KINDS;
		}
		if (kind != SECTION_KINDS && *line == '*') {
			assert_non_null(check_manual_key(kind, line));
			documented[kind]++;
		}
	}
	(void)fclose(manual);
	for (enum section_kind of = 0; of < SECTION_KINDS; of++) {
		for (size_t i = 0; i < key_count; i++) {
			known[of] += keys[i].sections >> of & 1;
		}
		assert_int_equal(documented[of], known[of]);
	}
}

static void the_nearest_word_is_found(void **state)
{
	static const char *const candidates[] = { "command", "user", "idle", "queue-timeout" };
	static const struct {
		const char *word;
		const char *best;
	} samples[] = {
		{ "comand", "command" },
		{ "commmand", "command" },
		{ "ocmmand", "command" },
		{ "COMMAND", "command" },
		{ "comnamd", "command" },
		{ "usr", "user" },
		{ "idel", "idle" },
		{ "queue_time", NULL },
		{ "queue_timeout", "queue-timeout" },
		{ "queuetimout", "queue-timeout" },
		{ "x", NULL },
		{ "", NULL },
		{ "a-word-that-is-much-longer-than-any-key", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		struct nearest nearest;

		nearest_init(&nearest, samples[i].word);
		for (size_t k = 0; k < sizeof(candidates) / sizeof(candidates[0]); k++) {
			nearest_try(&nearest, candidates[k]);
		}
		if (samples[i].best == NULL) {
			assert_null(nearest.best);
		} else {
			assert_non_null(nearest.best);
			assert_string_equal(nearest.best, samples[i].best);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_printed_with_defaults),
		cmocka_unit_test(the_manual_page_has_all_keys_in_order),
		cmocka_unit_test(the_nearest_word_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
