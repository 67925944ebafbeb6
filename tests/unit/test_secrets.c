/* test_secrets.c - one-time codes by the vectors of RFC 6238, hashes of passwords, and which passwords are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <liboath/oath.h>

#include "registry/keep/secrets.h"

/* "12345678901234567890" */
static const char rfc_secret[] = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/* RFC 6238, appendix B, SHA-1: the last six of the eight digits. */
static const struct {
	int64_t time;
	const char *code;
	int64_t step;
} vectors[] = {
	{ 59, "287082", 0x1 },
	{ 1111111109, "081804", 0x23523EC },
	{ 1111111111, "050471", 0x23523ED },
	{ 1234567890, "005924", 0x273EF07 },
	{ 2000000000, "279037", 0x3F940AA },
	{ 20000000000, "353130", 0x27BC86AA },
};

static void test_codes_of_rfc_6238(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		assert_int_equal(totp_step_of(rfc_secret, vectors[i].code, vectors[i].time), vectors[i].step);
	}
}

static void test_a_step_around(void **state)
{
	(void)state;
	/* The code of step 0x23523EC, from the step before it to the step behind it. */
	assert_int_equal(totp_step_of(rfc_secret, "081804", 1111111109 - 30), 0x23523EC);
	assert_int_equal(totp_step_of(rfc_secret, "081804", 1111111109 + 30), 0x23523EC);
	assert_int_equal(totp_step_of(rfc_secret, "081804", 1111111109 - 60), 0);
	assert_int_equal(totp_step_of(rfc_secret, "081804", 1111111109 + 60), 0);
}

static void test_how_codes_are_typed(void **state)
{
	static const char *const wrong[] = { "",
					     "08180",
					     "0818044",
					     "08180a",
					     "-81804",
					     "081804\n",
					     "+81804",
					     " ",
					     "081 805",
					     "0x1234",
					     ("\xef\xbc\x90"
					      "81804") };

	(void)state;
	assert_int_equal(totp_step_of(rfc_secret, "081 804", 1111111109), 0x23523EC);
	assert_int_equal(totp_step_of(rfc_secret, " 081804 ", 1111111109), 0x23523EC);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(totp_step_of(rfc_secret, wrong[i], 1111111109), 0);
	}
	assert_int_equal(totp_step_of("", "081804", 1111111109), 0);
	assert_int_equal(totp_step_of("not base32!", "081804", 1111111109), 0);
	assert_int_equal(totp_step_of(rfc_secret, "755224", 0), 0); /* step 0 is nobody's: 0 says no */
}

/* Who has no second factor has no code, also not the one of a key of zeros. */
static void test_no_secret_has_no_code(void **state)
{
	static const char zeros[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
	static const char key[20] = { 0 };
	char code[8];

	(void)state;
	assert_int_equal(oath_init(), OATH_OK);
	assert_int_equal(oath_totp_generate(key, sizeof(key), 1111111109, 30, 0, 6, code), OATH_OK);
	assert_int_equal(totp_step_of(zeros, code, 1111111109), 0x23523EC);
	assert_int_equal(totp_step_of("", code, 1111111109), 0);
}

static void test_secrets_are_new_and_whole(void **state)
{
	char one[TOTP_SECRET_SIZE];
	char other[TOTP_SECRET_SIZE];
	char link[TOTP_LINK_SIZE];

	(void)state;
	totp_secret_make(one);
	totp_secret_make(other);
	assert_string_not_equal(one, other);
	assert_true(totp_secret_is_whole(one));
	assert_false(totp_secret_is_whole(""));
	assert_false(totp_secret_is_whole("GEZDGNBVGY3TQOJQ"));
	assert_false(totp_secret_is_whole("gezdgnbvgy3tqojqgezdgnbvgy3tqojq"));
	assert_false(totp_secret_is_whole("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1"));
	totp_link(rfc_secret, "ada+x@example.org", "Ports & \"Co\"", link);
	assert_string_equal(link, "otpauth://totp/Ports%20%26%20%22Co%22:ada%2Bx%40example.org?secret="
				  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ports%20%26%20%22Co%22");
}

static void test_links_have_128_bits(void **state)
{
	char one[LINK_TOKEN_SIZE];
	char other[LINK_TOKEN_SIZE];
	char hash[LINK_TOKEN_HASH_SIZE];

	(void)state;
	link_token_make(one);
	link_token_make(other);
	assert_string_not_equal(one, other);
	assert_int_equal(strlen(one), 26);
	assert_int_equal(strspn(one, "abcdefghijklmnopqrstuvwxyz234567"), 26);
	link_token_hash("abc", hash);
	assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* ---- passwords ---- */

static void test_hashes(void **state)
{
	char hash[PASSWORD_HASH_SIZE];
	char again[PASSWORD_HASH_SIZE];

	(void)state;
	assert_int_equal(password_hash("plum kettle orbit", hash), 0);
	assert_int_equal(password_hash("plum kettle orbit", again), 0);
	assert_memory_equal(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31);
	assert_string_not_equal(hash, again);
	assert_true(password_fits(hash, "plum kettle orbit"));
	assert_false(password_fits(hash, "plum kettle orbi"));
	assert_false(password_fits(hash, "plum kettle orbit "));
	assert_false(password_fits(hash, ""));
	assert_false(password_fits("", ""));
	assert_false(password_fits("", "plum kettle orbit"));
	assert_false(password_fits("$argon2id$nonsense", "plum kettle orbit"));
	assert_false(password_fits("plum kettle orbit", "plum kettle orbit"));
}

static int judged(const char *password)
{
	struct complaint complaint = { "" };
	int r = password_judge(password, "grace.hopper", "Ports of Example", &complaint);

	assert_int_equal(complaint.sentence[0] != '\0', r < 0);
	assert_null(password[0] != '\0' ? strstr(complaint.sentence, password) : NULL);
	return r;
}

static void test_passwords_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"elevenchars",
		"zw\xc3\xb6lf ist1",
		"password1234",
		"PASSWORDPASSWORD",
		"administrator",
		"grace.hopper1",
		"GraceHopper99",
		"hopperhopperhopper",
		"examplePorts2026",
		"aaaaaaaaaaaaaaaaaaaaaaaa",
		"abababababab",
		"abcdefghijklmnop",
		"zyxwvutsrqponm",
		"qwertyuiop[]12",
		"1q2w3e4r1q2w3e4r",
		"correct horse battery staple",
		"correcthorsebatterystaple",
		"letmeinletmein!!",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (judged(wrong[i]) != -EINVAL) {
			fail_msg("\"%s\" is taken", wrong[i]);
		}
	}
}

static void test_passwords_taken(void **state)
{
	static const char *const right[] = {
		"plum kettle orbit",
		"zw\xc3\xb6lf Zeichen",
		"x9$kQ!m2vP7r",
		"my password is my dog Rex",
		"   spaces   x y z",
		"grace likes turtles",
		("\xe5\xaf\x86\xe7\xa2\xbc\xe5\xaf\x86\xe7\xa2\xbc\xe5\xaf\x86\xe7\xa2\xbc\xe5\xaf\x86\xe7"
		 "\xa2\xbc\xe5\xaf\x86\xe7\xa2\xbc\xe5\xaf\x86\xe7\xa2\xbc"),
	};
	char longest[PASSWORD_MAX + 2];

	(void)state;
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		if (judged(right[i]) != 0) {
			fail_msg("\"%s\" is refused", right[i]);
		}
	}
	for (size_t i = 0; i < sizeof(longest); i++) {
		longest[i] = "plum kettle orbit "[i % 18];
	}
	longest[PASSWORD_MAX] = '\0';
	assert_int_equal(judged(longest), 0);
	longest[PASSWORD_MAX] = 'x';
	longest[PASSWORD_MAX + 1] = '\0';
	assert_int_equal(judged(longest), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes_of_rfc_6238),
		cmocka_unit_test(test_a_step_around),
		cmocka_unit_test(test_how_codes_are_typed),
		cmocka_unit_test(test_no_secret_has_no_code),
		cmocka_unit_test(test_secrets_are_new_and_whole),
		cmocka_unit_test(test_links_have_128_bits),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_passwords_refused),
		cmocka_unit_test(test_passwords_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
