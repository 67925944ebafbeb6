/* test_service_code.c - DCCP service codes: every form, every limit, and the vectors where they are at hand. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "registry/records/service_code.h"
#include "view_samples.h"

static void expect_code(const char *text, uint32_t expected)
{
	uint32_t code = 0;

	assert_int_equal(service_code_read(text, &code), 0);
	assert_int_equal(code, expected);
}

static void test_forms(void **state)
{
	(void)state;
	expect_code("SC:fdpz", 1717858426);
	expect_code("SC=1717858426", 1717858426);
	expect_code("SC=x6664707A", 1717858426);
	expect_code("SC=X6664707a", 1717858426);
	expect_code("SC:a", 0x61202020);
	expect_code("SC:-_+.", 0x2d5f2b2e);
	expect_code("SC:*/?@", 0x2a2f3f40);
	expect_code("SC=0", 0);
	expect_code("SC=00000000000017", 17);
	expect_code("SC=x0", 0);
	expect_code("SC=4294967295", UINT32_MAX);
	expect_code("SC=xFFFFFFFF", UINT32_MAX);
}

static void test_other_forms(void **state)
{
	static const char *const wrong[] = { "",	 "SC",	    "SC:",    "SC:toolong", "SC:a b",
					     "SC:a!",	 "SC=",	    "SC=x",   "SC=-1",	    "SC=+1",
					     "SC= 1",	 "SC=1 ",   "SC=12a", "SC=xg",	    "SC=x 1",
					     "SC:f\xfc", "sc:fdpz", "fdpz",   "1717858426" };
	uint32_t code = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(service_code_read(wrong[i], &code), -EINVAL);
	}
	assert_int_equal(service_code_read("SC=4294967296", &code), -ERANGE);
	assert_int_equal(service_code_read("SC=17178548426", &code), -ERANGE);
	assert_int_equal(service_code_read("SC=x100000000", &code), -ERANGE);
	assert_int_equal(service_code_read("SC=99999999999999999999999999999999999999", &code), -ERANGE);
	assert_int_equal(code, 7);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_int_equal(service_code_kind(0), SERVICE_CODE_RESERVED);
	assert_int_equal(service_code_kind(UINT32_MAX), SERVICE_CODE_INVALID);
	assert_int_equal(service_code_kind(UINT32_MAX - 1), SERVICE_CODE_OPEN);
	assert_int_equal(service_code_kind(1056964607), SERVICE_CODE_OPEN);
	assert_int_equal(service_code_kind(1056964608), SERVICE_CODE_PRIVATE);
	assert_int_equal(service_code_kind(1073741823), SERVICE_CODE_PRIVATE);
	assert_int_equal(service_code_kind(1073741824), SERVICE_CODE_OPEN);
	assert_int_equal(service_code_kind(0x44495343), SERVICE_CODE_SPECIFICATION);
	assert_int_equal(service_code_kind(0x41202020), SERVICE_CODE_SPECIFICATION);
	assert_int_equal(service_code_kind(0x41202c20), SERVICE_CODE_OPEN);
	assert_int_equal(service_code_kind(0x2d39415a), SERVICE_CODE_SPECIFICATION);
	assert_int_equal(service_code_kind(0x2d394160), SERVICE_CODE_OPEN);
}

static void test_texts(void **state)
{
	char text[SERVICE_CODE_TEXT_SIZE] = "old";

	(void)state;
	assert_int_equal(service_code_text(0, text), -EINVAL);
	assert_int_equal(service_code_text(UINT32_MAX, text), -EINVAL);
	assert_int_equal(service_code_text(0x20202020, text), -EINVAL);
	assert_int_equal(service_code_text(0x61206120, text), -EINVAL);
	assert_int_equal(service_code_text(0x61620063, text), -EINVAL);
	assert_string_equal(text, "old");
	assert_int_equal(service_code_text(0x61202020, text), 0);
	assert_string_equal(text, "a");
	assert_int_equal(service_code_text(1717858426, text), 0);
	assert_string_equal(text, "fdpz");
}

static void test_ports(void **state)
{
	(void)state;
	assert_int_equal(service_code_port(1717858426), 64634);
	assert_int_equal(service_code_port(0), 0xc000);
	assert_true(service_code_port(0x7f3f1fff) != UINT16_MAX);
	for (uint32_t code = 1; code < UINT32_MAX - 65537; code += 65537) {
		assert_in_range(service_code_port(code), 0xc000, 0xfffe);
	}
}

static const char *kind_word(enum service_code_kind kind)
{
	switch (kind) {
	case SERVICE_CODE_RESERVED:
		return "reserved";
	case SERVICE_CODE_INVALID:
		return "invalid";
	case SERVICE_CODE_PRIVATE:
		return "private";
	case SERVICE_CODE_SPECIFICATION:
	case SERVICE_CODE_OPEN:
		break;
	}
	return "ok";
}

/* text, decimal, verdict, policy: tab-separated. */
static void expect_vector(char *line)
{
	char *next = line;
	char *text = strsep(&next, "\t");
	char *decimal = strsep(&next, "\t");
	char *verdict = strsep(&next, "\t");
	char *policy = strsep(&next, "\t");
	uint32_t code;

	assert_non_null(policy);
	if (strncmp(text, "hash ", 5) == 0) {
		char phrase[16];
		(void)snprintf(phrase, sizeof(phrase), "SC:%s", text + 5);
		assert_int_equal(service_code_read(phrase, &code), 0);
		assert_int_equal(service_code_port(code), strtoul(decimal, NULL, 10));
	} else if (strncmp(verdict, "syntax error", 12) == 0) {
		assert_int_equal(service_code_read(text, &code), -EINVAL);
	} else {
		expect_code(text, (uint32_t)strtoul(decimal, NULL, 10));
		code = (uint32_t)strtoul(decimal, NULL, 10);
		assert_memory_equal(verdict, kind_word(service_code_kind(code)),
				    strlen(kind_word(service_code_kind(code))));
		bool is_specified = strncmp(policy, "Specification", 13) == 0;
		assert_int_equal(service_code_kind(code) == SERVICE_CODE_SPECIFICATION, is_specified);
	}
}

static void test_vectors(void **state)
{
	size_t size;
	size_t count = 0;
	char *octets = data_octets("vectors", "dccp-service-code-vectors.tsv", &size);
	char *next = octets;

	(void)state;
	if (octets == NULL) {
		skip();
	}
	for (char *line; (line = strsep(&next, "\n")) != NULL;) {
		if (line[0] != '#' && line[0] != '\0') {
			expect_vector(line);
			count++;
		}
	}
	assert_true(count > 10);
	free(octets);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms), cmocka_unit_test(test_other_forms), cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_texts), cmocka_unit_test(test_ports),	  cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
