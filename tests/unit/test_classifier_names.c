/* test_classifier_names.c - which of a protocol's functions a first message is for: by the names in it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "classified.h"
#include "client_hello.h"

static const char http_description[] =
	"protocol http {\n"
	"  opcodes { Method : text { get = \"GET\", head = \"HEAD\", post = \"POST\" }\n"
	"            Header : text nocase { host = \"Host:\", ... } }\n"
	"  types { client request Request { method: Method; \" \"; path: text[1..20000] to \" \"; \"HTTP/1.\"; "
	"sure; decimal in 0..1; eol;\n"
	"    repeat until eol { h: Header; switch h { case host: { host: text[300] to eol; } default: { text[8192] "
	"to eol; } } } } }\n"
	"}\n";

enum { CONDITIONS_MAX = 2, VALUES_MAX = 4, FUNCTIONS_MAX = 16 };

/* A condition is "selector=value,value"; NULL: none. */
struct chosen {
	const char *conditions[CONDITIONS_MAX];
	const char *message;
};

struct parsed {
	char text[CONDITIONS_MAX][256];
	const char *values[CONDITIONS_MAX][VALUES_MAX];
	struct classifier_condition conditions[CONDITIONS_MAX];
};

static size_t parse_rule(const struct chosen *rule, struct parsed *ret_parsed)
{
	size_t count = 0;

	for (; count < CONDITIONS_MAX && rule->conditions[count] != NULL; count++) {
		char *text = ret_parsed->text[count];
		struct classifier_condition *condition = &ret_parsed->conditions[count];
		(void)snprintf(text, sizeof(ret_parsed->text[count]), "%s", rule->conditions[count]);
		condition->selector = strtok(text, "=");
		condition->value_count = 0;
		condition->values = ret_parsed->values[count];
		for (char *value = strtok(NULL, ","); value != NULL; value = strtok(NULL, ",")) {
			ret_parsed->values[count][condition->value_count++] = value;
		}
	}
	return count;
}

/* The functions' numbers are their places in the list. */
static struct classified named(const char *description, const struct chosen *rules, size_t count)
{
	struct classifier_function functions[FUNCTIONS_MAX] = { { .id = 0 } };
	struct parsed parsed[FUNCTIONS_MAX];
	struct classified classified;

	memset(parsed, 0, sizeof(parsed));
	classified_read(&classified, description);
	for (uint32_t i = 0; i < count; i++) {
		functions[i] = (struct classifier_function){
			.id = i,
			.message = rules[i].message,
			.conditions = parsed[i].conditions,
			.condition_count = parse_rule(&rules[i], &parsed[i]),
		};
	}
	classified_build(&classified, functions, count);
	return classified;
}

#define NAMED(description, rules) named((description), (rules), sizeof(rules) / sizeof(*(rules)))

/* -1: the protocol, but no function. */
static void assert_function(const struct classified *classified, const void *octets, size_t size, int expected)
{
	struct outcome outcome = outcome_of(classified, octets, size);

	assert_string_not_equal(outcome.protocol, "-");
	assert_string_not_equal(outcome.protocol, "?");
	if ((int)outcome.function != expected) {
		fail_msg("function %d, expected %d: %.*s", (int)outcome.function, expected, (int)size,
			 (const char *)octets);
	}
}

static void assert_request(const struct classified *classified, const char *path, const char *host, int expected)
{
	char *request = NULL;
	int size = asprintf(&request, "GET %s HTTP/1.1\r\nAccept: */*\r\nhOST:%s\r\nX: y\r\n\r\n", path, host);

	assert_function(classified, request, (size_t)size, expected);
	free(request);
}

static void assert_hello(const struct classified *classified, const char *sni, const char *alpn, int expected)
{
	struct hello message;
	struct hello hello;

	hello_message(&message, sni, alpn, 0, 1);
	hello_cut(&message, 16384, &hello);
	assert_function(classified, hello.octets, hello.size, expected);
}

/* ---- values ---- */

static void domain_names(void **state)
{
	static const struct chosen rules[] = {
		{ .conditions = { "host=www.example.org" } },
		{ .conditions = { "host=*.example.org" } },
		{ .conditions = { "host=*.deep.example.org" } },
		{ .conditions = { "host=*.org,other.example.com" } },
		{ .conditions = { "host=EXAMPLE.net.,[2001:db8::1]" } },
	};
	struct classified classified = NAMED(http_description, rules);

	(void)state;
	assert_int_equal(classified.error, 0);
	assert_request(&classified, "/", " www.example.org", 0);
	assert_request(&classified, "/", "WWW.Example.ORG:8080 ", 0);
	assert_request(&classified, "/", "\twww.example.org.", 0);
	assert_request(&classified, "/", " www.example.org:", 0);
	assert_request(&classified, "/", " ftp.example.org", 1);
	assert_request(&classified, "/", " a.b.c.d.e.f.g.h.i.j.k.example.org", 1);
	assert_request(&classified, "/", " a.deep.example.org", 2);
	assert_request(&classified, "/", " deep.example.org", 1);
	assert_request(&classified, "/", " example.org", 3);
	assert_request(&classified, "/", " other.example.com", 3);
	assert_request(&classified, "/", " example.net", 4);
	assert_request(&classified, "/", " [2001:DB8::1]:80", 4);
	assert_request(&classified, "/", " org", -1);
	assert_request(&classified, "/", " .org", 3);
	assert_request(&classified, "/", "", -1);
	assert_request(&classified, "/", " x.example.com", -1);
	classified_finish(&classified);
}

static void paths(void **state)
{
	static const struct chosen rules[] = {
		{ .conditions = { "path=/" } },
		{ .conditions = { "path=/api/*" } },
		{ .conditions = { "path=/api/v1/*" } },
		{ .conditions = { "path=/Api/*" } },
	};
	struct classified classified = NAMED(http_description, rules);
	char deep[9000];

	(void)state;
	assert_request(&classified, "/", " x", 0);
	assert_request(&classified, "/?q=1", " x", 0);
	assert_request(&classified, "/api/", " x", 1);
	assert_request(&classified, "/api", " x", -1);
	assert_request(&classified, "/api/x?y=/api/v1/", " x", 1);
	assert_request(&classified, "/api/v1/x", " x", 2);
	assert_request(&classified, "/Api/v1/x", " x", 3);
	assert_request(&classified, "/api/a/b/c/d/e/f/g/h/i/j/k/l", " x", 1);
	for (size_t size = 800; size < sizeof(deep); size += 801) {
		memset(deep, 'a', size);
		memcpy(deep, "/api/v1/", 8);
		deep[size] = '\0';
		assert_request(&classified, deep, " x", 2);
		memcpy(deep, "/apx/v1/", 8);
		assert_request(&classified, deep, " x", -1);
	}
	classified_finish(&classified);
}

static void stars_that_mean_nothing(void **state)
{
	static const char *const bad[] = {
		"host=a.*.org", "host=*",    "host=*example.org",	 "host=*.*.org",
		"path=/a*",	"path=/*/b", "host=*.a.b.c.d.e.f.g.h.i", "path=/a/b/c/d/e/f/g/h/*"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct chosen rule = { .conditions = { bad[i] } };
		struct classified classified = named(http_description, &rule, 1);
		if (strcmp(bad[i], "host=*") != 0) { /* a name like others, though nobody has it */
			assert_int_equal(classified.error, -EINVAL);
			assert_string_equal(classified.offender, strchr(bad[i], '=') + 1);
		}
		classified_finish(&classified);
	}
}

static void unknown_selectors(void **state)
{
	static const struct chosen rule = { .conditions = { "hots=a.example.org" } };
	static const struct chosen other = { .message = "Reply" };
	struct classified classified = named(http_description, &rule, 1);

	(void)state;
	assert_int_equal(classified.error, -EINVAL);
	assert_string_equal(classified.offender, "hots");
	classified_finish(&classified);
	classified = named(http_description, &other, 1);
	assert_int_equal(classified.error, -EINVAL);
	assert_string_equal(classified.offender, "Reply");
	classified_finish(&classified);
}

/* ---- several ---- */

static void two_conditions(void **state)
{
	static const struct chosen rules[] = {
		{ .conditions = { "host=a.example.org" } },
		{ .conditions = { "host=a.example.org", "path=/api/*" } },
		{ .conditions = { "path=/api/*" } },
		{ .conditions = { NULL } },
		{ .conditions = { "host=*.example.org", "path=/api/secret/*" } },
	};
	struct classified classified = NAMED(http_description, rules);

	(void)state;
	assert_request(&classified, "/", " a.example.org", 0);
	assert_request(&classified, "/api/", " a.example.org", 1);
	assert_request(&classified, "/api/secret/x", " a.example.org", 1); /* one exact name beats any wildcards */
	assert_request(&classified, "/api/secret/x", " b.example.org", 4);
	assert_request(&classified, "/api/", " b.example.org", 2);
	assert_request(&classified, "/", " b.example.org", 3);
	classified_finish(&classified);
}

static void several_offers_and_the_order(void **state)
{
	static const struct chosen rules[] = {
		{ .conditions = { "alpn=h2" } },
		{ .conditions = { "alpn=imap,http/1.1" } },
		{ .conditions = { "sni=www.example.org", "alpn=h2" } },
		{ .conditions = { "alpn=h2,h3" } },
	};
	struct classified classified = NAMED(tls_description, rules);

	(void)state;
	assert_hello(&classified, "a.example.org", "h2", 0);
	assert_hello(&classified, "a.example.org", "h3,h2,http/1.1", 0);
	assert_hello(&classified, "a.example.org", "http/1.1,h2", 0);
	assert_hello(&classified, "a.example.org", "http/1.1", 1);
	assert_hello(&classified, "www.example.org", "http/1.1,h2", 2);
	assert_hello(&classified, "a.example.org", "h3", 3);
	assert_hello(&classified, "a.example.org", "H2", -1);
	assert_hello(&classified, NULL, "x", -1);
	assert_hello(&classified, NULL, NULL, -1);
	classified_finish(&classified);
}

static void one_message_only(void **state)
{
	static const char text[] =
		"protocol p { types { client request A { \"aaaaaa\"; n: bytes[u8]; } client request B { \"bbbbbb\"; "
		"n: bytes[u8]; } } }";
	static const struct chosen rules[] = { { .message = "B" },
					       { .conditions = { "n=x" }, .message = "A" },
					       { .message = "A" } };
	struct classified classified = NAMED(text, rules);

	(void)state;
	assert_function(&classified, "bbbbbb\x01x", 8, 0);
	assert_function(&classified, "aaaaaa\x01x", 8, 1);
	assert_function(&classified, "aaaaaa\x01y", 8, 2);
	assert_function(&classified, "aaaaaa\0", 7, 2);
	classified_finish(&classified);
}

/* What is wrong behind the names does not hide them, and what comes behind the message is not its. */
static void names_before_a_fault(void **state)
{
	static const struct chosen rules[] = { { .conditions = { "host=a.example.org" } }, { .conditions = { NULL } } };
	static const char wrong[] = "GET / HTTP/1.1\r\nHost: a.example.org\r\n:wrong\r\n\r\n";
	static const char behind[] = "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a.example.org\r\n\r\n";
	struct classified classified = NAMED(http_description, rules);
	struct outcome outcome;

	(void)state;
	assert_function(&classified, wrong, sizeof(wrong) - 1, 0);
	assert_function(&classified, behind, sizeof(behind) - 1, 1);
	outcome = outcome_of(&classified, behind, 17);
	assert_string_equal(outcome.protocol, "-"); /* names may come still */
	classified_finish(&classified);
}

/* ---- many ---- */

enum { MANY = 10000 };

static void ten_thousand_names(void **state)
{
	struct classifier_function *functions = calloc(MANY, sizeof(*functions));
	struct classifier_condition *conditions = calloc(MANY, sizeof(*conditions));
	const char **values = calloc(MANY, sizeof(*values));
	struct classified classified;

	(void)state;
	classified_read(&classified, tls_description);
	for (uint32_t i = 0; i < MANY; i++) {
		char *name = NULL;
		assert_true(asprintf(&name, i % 10 == 9 ? "*.name-%u.example" : "name-%u.example", i) > 0);
		values[i] = name;
		conditions[i] = (struct classifier_condition){ "sni", &values[i], 1 };
		functions[i] =
			(struct classifier_function){ .id = i, .conditions = &conditions[i], .condition_count = 1 };
	}
	classified_build(&classified, functions, MANY);
	assert_int_equal(classified.error, 0);
	for (uint32_t i = 0; i < MANY; i += 1 + i / 10) {
		char name[64];
		(void)snprintf(name, sizeof(name), i % 10 == 9 ? "any.name-%u.example" : "name-%u.EXAMPLE", i);
		assert_hello(&classified, name, NULL, (int)i);
	}
	assert_hello(&classified, "name-10000.example", NULL, -1);
	for (uint32_t i = 0; i < MANY; i++) {
		free((void *)(uintptr_t)values[i]);
	}
	classified_finish(&classified);
	free(functions);
	free(conditions);
	free(values);
}

/* ---- hellos ---- */

static void hellos_of_all_sizes(void **state)
{
	static const struct chosen rules[] = { { .conditions = { "sni=www.example.org", "alpn=h2" } },
					       { .conditions = { NULL } } };
	static const size_t paddings[] = { 0, 300, 1500, 1900, 16000, 30000 };
	static const size_t records[] = { 16384, 700, 100 };
	struct classified classified = NAMED(tls_description, rules);
	struct hello message;
	struct hello hello;

	(void)state;
	for (size_t p = 0; p < sizeof(paddings) / sizeof(*paddings); p++) {
		for (size_t r = 0; r < sizeof(records) / sizeof(*records); r++) {
			hello_message(&message, "www.example.org", "http/1.1,h2", paddings[p], 400);
			hello_cut(&message, records[r], &hello);
			if (hello.size < CLASSIFIER_OCTETS_MAX) {
				assert_function(&classified, hello.octets, hello.size, 0);
			}
		}
	}
	classified_finish(&classified);
}

/* A record border at every octet of the message, also within the name. */
static void hello_cut_everywhere(void **state)
{
	static const struct chosen rules[] = { { .conditions = { "sni=www.example.org", "alpn=h2" } },
					       { .conditions = { NULL } } };
	struct classified classified = NAMED(tls_description, rules);
	struct hello message;
	struct hello hello;

	(void)state;
	hello_message(&message, "www.example.org", "h2", 10, 10);
	for (size_t record = 1; record <= message.size; record++) {
		hello_cut(&message, record, &hello);
		struct outcome outcome = outcome_in_pieces(&classified, hello.octets, hello.size, NULL);
		assert_string_equal(outcome.protocol, "tls");
		assert_int_equal(outcome.function, 0);
		assert_int_equal(outcome.octets, hello.size);
	}
	classified_finish(&classified);
}

/* Nothing is decided before it is whole, whatever the pieces, and silence does not change that. */
static void hello_cut_short(void **state)
{
	static const struct chosen rules[] = { { .conditions = { "sni=www.example.org" } },
					       { .conditions = { NULL } } };
	struct classified classified = NAMED(tls_description, rules);
	struct hello message;
	struct hello hello;

	(void)state;
	hello_message(&message, "www.example.org", "h2", 500, 80);
	hello_cut(&message, 200, &hello);
	for (size_t size = 1; size < hello.size; size += size < 300 ? 1 : 7) {
		struct outcome outcome = outcome_in_pieces(&classified, hello.octets, size, NULL);
		if (strcmp(outcome.protocol, "?") != 0 && strcmp(outcome.protocol, "-") != 0) {
			fail_msg("%s after %zu of %zu octets", outcome.protocol, size, hello.size);
		}
	}
	classified_finish(&classified);
}

/* Many small extensions, octet by octet: it is looked at now and then only, and known at the end. */
static void hello_in_single_octets(void **state)
{
	static const struct chosen rules[] = { { .conditions = { "sni=www.example.org" } },
					       { .conditions = { NULL } } };
	struct classified classified = NAMED(tls_description, rules);
	struct classifier_flow flow = { .state = 0 };
	struct classifier_answer answer = { .function = 7 };
	struct hello message;
	struct hello hello;

	(void)state;
	hello_message(&message, "www.example.org", "h2", 16000, 4);
	hello_cut(&message, 16384, &hello);
	enum classifier_verdict verdict = CLASSIFIER_MORE;
	for (size_t size = 1; size <= hello.size && verdict == CLASSIFIER_MORE; size++) {
		verdict = classifier_feed(classified.classifier, &flow, hello.octets, size, &answer);
	}
	if (verdict == CLASSIFIER_MORE) {
		verdict = classifier_settle(classified.classifier, &flow, hello.octets, hello.size, &answer);
	}
	assert_int_equal(verdict, CLASSIFIER_FUNCTION);
	assert_int_equal(answer.function, 0);
	classified_finish(&classified);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(domain_names),
		cmocka_unit_test(paths),
		cmocka_unit_test(stars_that_mean_nothing),
		cmocka_unit_test(unknown_selectors),
		cmocka_unit_test(two_conditions),
		cmocka_unit_test(several_offers_and_the_order),
		cmocka_unit_test(one_message_only),
		cmocka_unit_test(names_before_a_fault),
		cmocka_unit_test(ten_thousand_names),
		cmocka_unit_test(hellos_of_all_sizes),
		cmocka_unit_test(hello_cut_everywhere),
		cmocka_unit_test(hello_cut_short),
		cmocka_unit_test(hello_in_single_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
