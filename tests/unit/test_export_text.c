/* test_export_text.c - what rows must not be able to do to an export, and what its readers cannot take. */
#include "export_view.h"

#include <jansson.h>

static const char *const evil[] = {
	"one\ntelnet 23/tcp",
	"one\r\ntelnet 23/tcp",
	"one\rtelnet 23/tcp",
	"# telnet 23/tcp",
	"]]></description><port protocol=\"tcp\" port=\"23\"/><description>",
	"--><port protocol=\"tcp\" port=\"23\"/><!--",
	"\" }; flush ruleset; add rule inet berth x accept; #",
	"a=1\n[ssh]\nports=23/tcp",
	"%(ports)s ${x} $(reboot) `reboot`; ' \\",
	"\033]0;owned\a\033[2J \x7f \xc2\x9b"
	"2J",
	"\xe2\x80\xae"
	"drawkcab \xe2\x81\xa6 \xe2\x80\xa8 next",
	"no UTF-8 \xff\xfe \xc0\x80 \xed\xa0\x80",
	"\xef\xbf\xbe\xef\xbf\xbf",
};

static void check_characters(const char *format, const char *text)
{
	for (const unsigned char *octet = (const unsigned char *)text; *octet != '\0'; octet++) {
		bool is_control = (*octet < 0x20 && *octet != '\n' && *octet != '\t') || *octet == 0x7f ||
				  (octet[0] == 0xc2 && octet[1] >= 0x80 && octet[1] < 0xa0) ||
				  (octet[0] == 0xe2 && octet[1] == 0x80 && octet[2] >= 0xa8 && octet[2] <= 0xae);
		if (is_control) {
			fail_msg("%s: octet %02x in \"%s\"", format, *octet, text);
		}
	}
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (text = strstr(text, part); text != NULL; text = strstr(text + 1, part)) {
		count++;
	}
	return count;
}

/* An evil description makes no line more than a good one, in any format people's programs read by lines. */
static void test_evil_descriptions(void **state)
{
	static const char *const formats[] = { "services", "nmap", "nftables", "ufw", "dns-sd", "firewalld" };
	struct sample rows[] = { { "good", "22", "tcp", "good", "TXT keys: good", false },
				 { NULL, NULL, NULL, NULL, NULL, false } };

	(void)state;
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		rows[0].description = "good";
		rows[0].notes = "TXT keys: good";
		char *good = exported_samples(formats[f], rows);
		for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
			char notes[200];
			snprintf(notes, sizeof(notes), "TXT keys: %s", evil[i]);
			rows[0].description = evil[i];
			rows[0].notes = notes;
			char *text = exported_samples(formats[f], rows);
			check_characters(formats[f], text);
			assert_int_equal(count_of(text, "\n"), count_of(good, "\n"));
			assert_true(strcmp(formats[f], "firewalld") != 0 || count_of(text, "<port") == 1);
			free(text);
		}
		free(good);
	}
}

static void test_evil_names(void **state)
{
	static const char *const formats[] = { "services", "nmap", "nftables", "ufw", "dns-sd", "reserved-ports" };
	struct sample rows[] = { { "good", "22", "tcp", "x", NULL, false }, { NULL, NULL, NULL, NULL, NULL, false } };

	(void)state;
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
			rows[0].name = evil[i];
			char *text = exported_samples(formats[f], rows);
			check_characters(formats[f], text);
			assert_null(strstr(text, "flush ruleset"));
			assert_null(strstr(text, "telnet 23/tcp"));
			assert_null(strstr(text, "\nports=23"));
			free(text);
		}
	}
}

/* nmap reads lines of 1,023 octets; ufw values of 1,024 characters. */
static void test_long_texts(void **state)
{
	static const char *const formats[] = { "services", "nmap", "ufw", "dns-sd" };
	static char description[10 * 1024 + 1], name[10 * 1024 + 1];
	const struct sample rows[] = { { "long", "22", "tcp", description, NULL, false },
				       { name, "23", "tcp", "x", NULL, false },
				       { NULL, NULL, NULL, NULL, NULL, false } };

	(void)state;
	memset(description, 'd', sizeof(description) - 1);
	memset(name, 'n', sizeof(name) - 1);
	for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
		char *text = exported_samples(formats[f], rows);
		for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
			assert_in_range(strcspn(line, "\n"), 0, 600);
		}
		assert_non_null(strstr(text, "dddd...\n"));
		free(text);
	}
}

/* ---- limits of readers ---- */

static void test_reserved_ports_of_one_page(void **state)
{
	enum { ROWS = 1000, NUMBER_SIZE = 6 };
	static struct sample rows[ROWS + 1];
	static char numbers[ROWS][NUMBER_SIZE];
	char *text;

	(void)state;
	for (unsigned i = 0; i < ROWS; i++) {
		snprintf(numbers[i], NUMBER_SIZE, "%u", 30000U + 2 * (uint16_t)i);
		rows[i] = (struct sample){ "s", numbers[i], "tcp", "", "", false };
	}
	text = exported_samples("reserved-ports", rows);
	assert_memory_equal(text, "# Left out, because the kernel takes 4094 octets: 30000-", 56);
	text[strlen(text) - 1] = '\0';
	const char *value = strchr(strchr(text, '\n'), '=') + 2;
	assert_in_range(strlen(value), 4000, 4094);
	assert_string_equal(value + strlen(value) - 6, ",31998");
	free(text);
}

static void test_ufw_of_many_ports(void **state)
{
	enum { ROWS = 250, NUMBER_SIZE = 6 };
	static struct sample rows[ROWS + 1];
	static char numbers[ROWS][NUMBER_SIZE];
	size_t profiles = 0;
	char *text;

	(void)state;
	for (unsigned i = 0; i < ROWS; i++) {
		snprintf(numbers[i], NUMBER_SIZE, "%u", 30000U + 2 * (uint16_t)i);
		rows[i] = (struct sample){ "many", numbers[i], "tcp", "", "", false };
	}
	rows[0].port = "0";
	rows[1].port = "0-2";
	text = exported_samples("ufw", rows);
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		profiles += *line == '[';
		assert_in_range(strcspn(line, "\n"), 0, 6 + 1024);
	}
	assert_int_equal(count_of(text, "/tcp"), ROWS - 1);
	assert_int_equal(profiles, 3);
	assert_non_null(strstr(text, "\n[berth-many.3]\n"));
	assert_non_null(strstr(text, "\nports=1:2/tcp|30004/tcp"));
	free(text);
}

static void test_texts_in_json_come_back(void **state)
{
	struct sample rows[] = { { "a", "22", "tcp", NULL, NULL, false }, { NULL, NULL, NULL, NULL, NULL, false } };

	(void)state;
	for (size_t i = 0; i < sizeof(evil) / sizeof(evil[0]); i++) {
		struct view view;
		rows[0].description = evil[i];
		view = view_of_samples("2026-02-25", rows);
		const struct export_request request = { .view = &view };
		bool is_text = strstr(evil[i], "no UTF-8") == NULL;
		char *text = exported("json", &request, is_text ? 0 : -ENOMEM);
		check_characters("json", text);
		if (is_text) {
			json_t *whole = json_loads(text, 0, NULL);
			json_t *entry = json_array_get(json_object_get(whole, "entries"), 0);
			assert_string_equal(json_string_value(json_object_get(entry, "description")), evil[i]);
			json_decref(whole);
		}
		free(text);
		view_free(&view);
	}
}

static void test_ranges_without_end(void **state)
{
	enum { ROWS = 40 };
	struct sample rows[ROWS + 1] = { 0 };
	struct view view;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		rows[i] = (struct sample){ "all", "0-65535", "", "", "", false };
	}
	view = view_of_samples("2026-02-25", rows);
	const struct export_request request = { .view = &view };
	free(exported("services", &request, -EFBIG));
	free(exported("reserved-ports", &request, 0));
	view_free(&view);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_evil_descriptions),  cmocka_unit_test(test_evil_names),
		cmocka_unit_test(test_long_texts),	   cmocka_unit_test(test_reserved_ports_of_one_page),
		cmocka_unit_test(test_ufw_of_many_ports),  cmocka_unit_test(test_texts_in_json_come_back),
		cmocka_unit_test(test_ranges_without_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
