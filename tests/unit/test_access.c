/* test_access.c - who may call, held against an oracle that knows only what the manual says.
 *
 * The oracle compares bit by bit and asks for each length, the longest first.  Rules and callers come through text and
 * socket addresses, as they do in berth. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rendezvous/access.h"

enum { CASES = 10000, RULES_MAX = 12, BITS = 128, IPV4_BITS = 32 };

enum form { FORM_IPV4, FORM_IPV6, FORM_MAPPED, FORMS };

/* What a person has in mind: bits of one family. */
struct wanted {
	unsigned length;
	bool is_ipv4;
	bool allow;
	bool bits[BITS];
};

static uint32_t next_random(void)
{
	static uint64_t state = 88172645463325252;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static unsigned bits_of(const struct wanted *wanted)
{
	return wanted->is_ipv4 ? IPV4_BITS : BITS;
}

/* Few different bits, so that prefixes hold each other and the callers. */
static struct wanted random_wanted(bool is_ipv4)
{
	struct wanted wanted = { .is_ipv4 = is_ipv4, .allow = next_random() % 2 == 0 };

	for (unsigned bit = 0; bit < bits_of(&wanted); bit++) {
		wanted.bits[bit] = next_random() % 16 == 0;
	}
	wanted.bits[2] = !is_ipv4; /* not ::/96, nor what is mapped */
	wanted.length = next_random() % (bits_of(&wanted) + 1);
	if (next_random() % 3 == 0) {
		wanted.length = next_random() % 4;
	}
	return wanted;
}

static void to_bytes(const struct wanted *wanted, uint8_t bytes[16])
{
	memset(bytes, 0, 16);
	for (unsigned bit = 0; bit < bits_of(wanted); bit++) {
		bytes[bit / 8] |= (uint8_t)(wanted->bits[bit] ? 0x80U >> bit % 8 : 0);
	}
}

static void to_rule(struct wanted *wanted, enum form form, struct access_rule *ret_rule)
{
	uint8_t bytes[16];
	char host[INET6_ADDRSTRLEN];
	char text[ADDRESS_TEXT_MAX];

	for (unsigned bit = wanted->length; bit < bits_of(wanted); bit++) {
		wanted->bits[bit] = false;
	}
	to_bytes(wanted, bytes);
	assert_non_null(inet_ntop(wanted->is_ipv4 ? AF_INET : AF_INET6, bytes, host, sizeof(host)));
	(void)snprintf(text, sizeof(text), "%s%s/%u", form == FORM_MAPPED ? "::ffff:" : "", host,
		       wanted->length + (form == FORM_MAPPED ? 96 : 0));
	assert_int_equal(prefix_parse(text, &ret_rule->prefix), 0);
	ret_rule->allow = wanted->allow;
}

static void to_address(const struct wanted *wanted, enum form form, struct address *ret_address)
{
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in ipv4 = { .sin_family = AF_INET };
	struct sockaddr_in6 ipv6 = { .sin6_family = AF_INET6 };
	uint8_t bytes[16];

	to_bytes(wanted, bytes);
	if (form == FORM_IPV4) {
		memcpy(&ipv4.sin_addr, bytes, 4);
		memcpy(&storage, &ipv4, sizeof(ipv4));
	} else {
		memcpy(&ipv6.sin6_addr, bytes, 16);
		if (form == FORM_MAPPED) {
			memset(&ipv6.sin6_addr, 0, 16);
			memset(ipv6.sin6_addr.s6_addr + 10, 0xff, 2);
			memcpy(ipv6.sin6_addr.s6_addr + 12, bytes, 4);
		}
		memcpy(&storage, &ipv6, sizeof(ipv6));
	}
	assert_int_equal(address_from_socket(&storage, ret_address, NULL), 0);
}

static bool holds(const struct wanted *rule, const struct wanted *caller)
{
	for (unsigned bit = 0; bit < rule->length; bit++) {
		if (rule->bits[bit] != caller->bits[bit]) {
			return false;
		}
	}
	return rule->is_ipv4 == caller->is_ipv4;
}

static bool oracle(const struct wanted *rules, size_t count, const struct wanted *caller)
{
	bool any_allow = false;

	for (int length = BITS; length >= 0; length--) {
		bool allowed = false;
		bool denied = false;
		for (size_t i = 0; i < count; i++) {
			any_allow = any_allow || rules[i].allow;
			if ((int)rules[i].length == length && holds(&rules[i], caller)) {
				allowed = allowed || rules[i].allow;
				denied = denied || !rules[i].allow;
			}
		}
		if (allowed || denied) {
			return !denied;
		}
	}
	return !any_allow;
}

static enum form random_form(void)
{
	return (enum form)(next_random() % FORMS);
}

static void any_rules_and_callers(void **state)
{
	size_t allowed = 0;

	(void)state;
	for (int i = 0; i < CASES; i++) {
		struct wanted wanted[RULES_MAX];
		struct access_rule rules[RULES_MAX];
		struct address address;
		size_t count = next_random() % (RULES_MAX + 1);
		for (size_t k = 0; k < count; k++) {
			enum form form = random_form();
			wanted[k] = random_wanted(form != FORM_IPV6);
			to_rule(&wanted[k], form, &rules[k]);
		}
		enum form form = random_form();
		struct wanted caller = random_wanted(form != FORM_IPV6);
		if (count > 0 && next_random() % 2 == 0) { /* somebody in the middle of a rule */
			const struct wanted *rule = &wanted[next_random() % count];
			form = !rule->is_ipv4 ? FORM_IPV6 : next_random() % 2 == 0 ? FORM_IPV4 : FORM_MAPPED;
			memcpy(caller.bits, rule->bits, rule->length);
			caller.is_ipv4 = rule->is_ipv4;
		}
		to_address(&caller, form, &address);
		bool expected = oracle(wanted, count, &caller);
		assert_int_equal(access_allows(rules, count, &address), expected);
		allowed += expected;
	}
	assert_in_range(allowed, CASES / 4, CASES * 3 / 4); /* both answers were asked for */
}

struct said {
	const char *prefix;
	bool allow;
};

static void expect(const struct said *said, size_t count, const char *caller, bool allowed)
{
	struct access_rule rules[RULES_MAX];
	struct prefix address;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(prefix_parse(said[i].prefix, &rules[i].prefix), 0);
		rules[i].allow = said[i].allow;
	}
	assert_int_equal(prefix_parse(caller, &address), 0);
	assert_int_equal(access_allows(rules, count, &address.address), allowed);
}

static void without_a_match(void **state)
{
	static const struct said deny[] = { { "192.0.2.0/24", false } };
	static const struct said allow[] = { { "192.0.2.0/24", true } };
	static const struct said both[] = { { "192.0.2.0/24", true }, { "198.51.100.0/24", false } };

	(void)state;
	expect(NULL, 0, "203.0.113.1", true);
	expect(deny, 1, "203.0.113.1", true);
	expect(allow, 1, "203.0.113.1", false);
	expect(both, 2, "203.0.113.1", false);
	expect(both, 2, "2001:db8::1", false);
}

static void most_specific_wins(void **state)
{
	static const struct said rules[] = {
		{ "0.0.0.0/0", false },	    { "192.0.2.0/24", true }, { "192.0.2.128/25", false },
		{ "192.0.2.200/32", true }, { "::/0", true },	      { "2001:db8::/32", false },
	};

	(void)state;
	expect(rules, 6, "203.0.113.1", false);
	expect(rules, 6, "192.0.2.1", true);
	expect(rules, 6, "192.0.2.129", false);
	expect(rules, 6, "192.0.2.200", true);
	expect(rules, 6, "::ffff:192.0.2.200", true);
	expect(rules, 6, "::ffff:203.0.113.1", false); /* not by ::/0 */
	expect(rules, 6, "2001:db9::1", true);
	expect(rules, 6, "2001:db8::1", false);
	expect(rules, 6, "::1", true);
}

/* Settings refuse the same prefix twice; should it come all the same, the door stays shut. */
static void deny_wins_a_tie(void **state)
{
	static const struct said rules[] = { { "::1", true }, { "::1", false }, { "::1", true } };

	(void)state;
	expect(rules, 1, "::1", true);
	expect(rules, 2, "::1", false);
	expect(rules, 3, "::1", false);
	expect(rules + 1, 2, "::1", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_rules_and_callers),
		cmocka_unit_test(without_a_match),
		cmocka_unit_test(most_specific_wins),
		cmocka_unit_test(deny_wins_a_tie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
