/* passwords.c - which passwords are refused (secrets.h): short ones, and those that are guessed first.
 *
 * There are no rules about kinds of characters (NIST SP 800-63B, 5.1.1.2).  What is guessed first is put together from
 * few pieces: words that everybody tries, the login, the registry's name, rows of the keyboard, counting, one character
 * again and again.  A password must have some characters in none of these pieces. */
#include "registry/keep/secrets.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { RUN_MIN = 3, OWN_WORD_MIN = 3 };

/* From lists of stolen passwords: what the most frequent of them are made of. */
static const char *const words[] = {
	"password", "passwort", "passw0rd", "p@ssw0rd", "pa55word", "admin",	"administrator", "root",     "welcome",
	"letmein",  "iloveyou", "monkey",   "dragon",	"sunshine", "princess", "football",	 "secret",   "master",
	"shadow",   "baseball", "superman", "batman",	"starwars", "login",	"changeme",	 "default",  "guest",
	"test",	    "user",	"hello",    "love",	"angel",    "trustno",	"whatever",	 "freedom",  "computer",
	"internet", "network",	"server",   "registry", "berth",    "port",	"staff",	 "summer",   "winter",
	"spring",   "autumn",	"january",  "monday",	"correct",  "horse",	"battery",	 "staple",   "michael",
	"jennifer", "jordan",	"charlie",  "thomas",	"qazwsx",   "1q2w3e4r", "q1w2e3r4",	 "zaq12wsx", "abc",
};
static const char *const rows[] = { "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "azertyuiop", "1234567890" };

static bool same_character(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* How much of `at` is this word, whole; 0 none. */
static size_t word_at(const char *at, const char *word)
{
	size_t length = strlen(word);

	return strncasecmp(at, word, length) == 0 ? length : 0;
}

/* aaa, 123, cba: each character is as far from the one before. */
static size_t run_at(const char *at)
{
	size_t length = 1;
	int step = at[0] != '\0' ? at[1] - at[0] : 0;

	if (step < -1 || step > 1) {
		return 0;
	}
	while (at[length] != '\0' && at[length] - at[length - 1] == step) {
		length++;
	}
	return length >= RUN_MIN ? length : 0;
}

/* The longest part of a row of the keyboard that begins here. */
static size_t row_at(const char *at)
{
	size_t longest = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *row = at[0] != '\0' ? strchr(rows[i], tolower((unsigned char)at[0])) : NULL;
		size_t length = 0;
		while (row != NULL && row[length] != '\0' && same_character(at[length], row[length])) {
			length++;
		}
		longest = length > longest ? length : longest;
	}
	return longest >= RUN_MIN ? longest : 0;
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

/* The words of a name: "Ports of Example" has three. */
static size_t name_at(const char *at, const char *name)
{
	size_t longest = 0;

	while (*name != '\0') {
		size_t length = strcspn(name, " -._@");
		if (length >= OWN_WORD_MIN && strncasecmp(at, name, length) == 0) {
			longest = larger(longest, length);
		}
		name += length + (name[length] != '\0');
	}
	return longest;
}

static size_t piece_at(const char *at, const char *login, const char *registry)
{
	size_t longest = larger(run_at(at), row_at(at));

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		longest = larger(longest, word_at(at, words[i]));
	}
	longest = larger(longest, login[0] != '\0' ? word_at(at, login) : 0);
	return larger(longest, larger(name_at(at, login), name_at(at, registry)));
}

/* Different characters that are in no piece. */
static size_t count_left(const char *password, const char *login, const char *registry)
{
	bool counted[256] = { false };
	size_t left = 0;

	for (const char *at = password; *at != '\0';) {
		size_t length = piece_at(at, login, registry);
		if (length == 0 && !counted[(unsigned char)*at]) {
			counted[(unsigned char)*at] = true;
			left++;
		}
		at += length > 0 ? length : 1;
	}
	return left;
}

int password_judge(const char *password, const char *login, const char *registry, struct complaint *ret_complaint)
{
	if (utf8_count(password, strlen(password)) < PASSWORD_MIN) {
		return complain_of(ret_complaint, -EINVAL, "A password has at least %d characters.", PASSWORD_MIN);
	}
	if (strlen(password) > PASSWORD_MAX) {
		return complain_of(ret_complaint, -EINVAL, "A password has at most %d octets.", PASSWORD_MAX);
	}
	if (count_left(password, login, registry) < PASSWORD_LEFT_MIN) {
		return complain_of(ret_complaint, -EINVAL,
				   "This password is guessed first: it is made of words that everybody tries, of the "
				   "login or of the registry's name. Four words that have nothing to do with each "
				   "other are better.");
	}
	return 0;
}
