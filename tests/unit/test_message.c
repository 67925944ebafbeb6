/* test_message.c - letters are written as RFC 5322 wants them whatever the texts are, and read again as what they
 * were.
 *
 * What is written is held against rules of its own here: lines, headers and encodings are taken apart once more,
 * without the reader's code. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mail/delivery.h"
#include "mail/message.h"

enum { SUBMISSIONS = 100000, PIECES_MAX = 12, TEXT_MAX = 2000, HEADERS = 12 };

static struct mail_address address_of(const char *address, const char *name)
{
	struct mail_address read;

	if (mail_address_read(address, name, &read) < 0) {
		fail_msg("%s is no address", address);
	}
	return read;
}

static struct mail_message sample(const char *subject, const char *body)
{
	return (struct mail_message){
		.from = address_of("ports@example.net", "Example registry"),
		.to = address_of("ann@example.org", "Ann"),
		.subject = subject,
		.message_id = "0123456789abcdef@example.net",
		.date = "2026-11-21T09:05:07Z",
		.body = body,
	};
}

static char *written(const struct mail_message *message)
{
	char *octets = NULL;
	size_t size = 0;

	assert_int_equal(mail_message_write(message, &octets, &size), 0);
	assert_int_equal(strlen(octets), size);
	return octets;
}

static struct mail_received read_text(const char *octets)
{
	struct mail_received received;

	assert_int_equal(mail_message_read(octets, strlen(octets), &received), 0);
	return received;
}

/* ---- addresses ---- */

static void test_takes_addresses(void **state)
{
	static const char *const good[] = { "a@b",
					    "ann@example.org",
					    "ann.o'neil+ports@mail.example.org",
					    "x@xn--bcher-kva.example",
					    "1@1.example",
					    "#!$%&'*+/=?^_`{|}~-@example.org" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct mail_address read = address_of(good[i], NULL);
		assert_string_equal(read.address, good[i]);
		assert_string_equal(read.name, "");
	}
}

static void test_refuses_what_is_no_address(void **state)
{
	static const char *const bad[] = {
		"",
		"@",
		"a",
		"a@",
		"@b",
		"a b@c",
		"a@b c",
		"a@@b",
		"a@b@c d",
		"a@b\r\nBcc: c@d",
		"a@b\n",
		"a\r@b",
		"a@b>",
		"<a@b>",
		"\"a b\"@c",
		"a@[127.0.0.1]",
		".a@b",
		"a.@b",
		"a..b@c",
		"a@.b",
		"a@b.",
		"a@b..c",
		"a@-b",
		"a@b-",
		"a@b-.c",
		"a@b.-c",
		"-OQueueDirectory=/tmp@example.org",
		"a@b_c",
		"a,b@c",
		"a@b,c@d",
		"\xc3\xa4@example.org",
		"a@b\xc3\xa4",
		"a;b@c",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b", /* 65 */
		"a@bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" /* 64 */
	};
	static const char *const bad_names[] = { "a\nb", "a\rb", "\t", "\x7f", "\xff", "\xc2\x85", "\xe2\x80\xae" };
	char long_name[MAIL_NAME_MAX + 2];
	struct mail_address read;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(mail_address_read(bad[i], NULL, &read), -EINVAL);
	}
	for (size_t i = 0; i < sizeof(bad_names) / sizeof(bad_names[0]); i++) {
		assert_int_equal(mail_address_read("a@b", bad_names[i], &read), -EINVAL);
	}
	memset(long_name, 'a', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_int_equal(mail_address_read("a@b", long_name, &read), -EINVAL);
}

static void test_message_ids_differ(void **state)
{
	struct mail_address from = address_of("ports@example.net", NULL);
	char domain[MAIL_ADDRESS_MAX + 1] = "a@";
	char one[MAIL_ID_MAX];
	char other[MAIL_ID_MAX];

	(void)state;
	mail_message_id(&from, one);
	mail_message_id(&from, other);
	assert_string_not_equal(one, other);
	assert_string_equal(strchr(one, '@'), "@example.net");
	for (size_t i = 0; i < 40; i++) {
		(void)strncat(domain, "abcde.", sizeof(domain) - strlen(domain) - 1);
	}
	(void)strncat(domain, "example", sizeof(domain) - strlen(domain) - 1);
	from = address_of(domain, NULL);
	mail_message_id(&from, one);
	assert_in_range(strlen(one), 40, MAIL_ID_MAX - 1);
	assert_string_equal(strstr(one, "example"), "example");
}

/* ---- written ---- */

static void test_writes_a_letter(void **state)
{
	struct mail_message message = sample("[B-2026-0017] Assigned: exfiles 20017/tcp", "Hello,\n\nit is yours.\n");

	(void)state;
	message.in_reply_to = "thread@example.net";
	char *octets = written(&message);
	assert_string_equal(octets, "From: Example registry <ports@example.net>\r\n"
				    "To: Ann <ann@example.org>\r\n"
				    "Subject: [B-2026-0017] Assigned: exfiles 20017/tcp\r\n"
				    "Date: Sat, 21 Nov 2026 09:05:07 +0000\r\n"
				    "Message-ID: <0123456789abcdef@example.net>\r\n"
				    "In-Reply-To: <thread@example.net>\r\n"
				    "References: <thread@example.net>\r\n"
				    "Auto-Submitted: auto-generated\r\n"
				    "MIME-Version: 1.0\r\n"
				    "Content-Type: text/plain; charset=utf-8\r\n"
				    "Content-Transfer-Encoding: 7bit\r\n"
				    "\r\n"
				    "Hello,\r\n\r\nit is yours.\r\n");
	free(octets);
}

static void test_encodes_what_headers_cannot_hold(void **state)
{
	struct mail_message message = sample("=?utf-8?q?x?= \xc3\xa4\r\nBcc: x@y", "x");

	(void)state;
	message.to = address_of("ann@example.org", "\xc3\x85nn \"the\" O'Neil, Ph.D. <x@y>");
	message.from = address_of("ports@example.net", "Ports, \"Example\"");
	char *octets = written(&message);
	assert_non_null(strstr(octets, "From: \"Ports, \\\"Example\\\"\" <ports@example.net>\r\n"));
	assert_non_null(strstr(octets, "To: =?UTF-8?Q?=C3=85nn_=22the=22_O=27Neil=2C_Ph=2ED=2E_=3Cx=40y=3E?=\r\n"
				       " <ann@example.org>\r\n"));
	assert_non_null(strstr(octets, "Subject: =?UTF-8?Q?=3D=3Futf-8=3Fq=3Fx=3F=3D_=C3=A4_Bcc=3A_x=40y?=\r\n"));
	struct mail_received received = read_text(octets);
	assert_string_equal(received.subject, "=?utf-8?q?x?= \xc3\xa4 Bcc: x@y");
	assert_string_equal(received.from, "ports@example.net");
	mail_received_finish(&received);
	free(octets);
}

static void test_folds_and_cuts_the_subject(void **state)
{
	char subject[401];

	(void)state;
	for (size_t i = 0; i < sizeof(subject); i++) {
		subject[i] = i % 10 == 9 ? ' ' : 'a';
	}
	subject[sizeof(subject) - 1] = '\0';
	struct mail_message message = sample(subject, "x");
	char *octets = written(&message);
	struct mail_received received = read_text(octets);
	assert_int_equal(strlen(received.subject), MAIL_SUBJECT_MAX);
	assert_memory_equal(received.subject, subject, MAIL_SUBJECT_MAX - 3);
	assert_string_equal(received.subject + MAIL_SUBJECT_MAX - 3, "...");
	mail_received_finish(&received);
	free(octets);
}

static void test_no_line_begins_with_a_dot(void **state)
{
	struct mail_message message = sample("x", ".\n..\n.x\r\n.\r\nMAIL FROM:<x@y>\r\n.\n=2E\n \nend ");

	(void)state;
	char *octets = written(&message);
	assert_non_null(strstr(octets,
			       "quoted-printable\r\n\r\n=2E\r\n=2E.\r\n=2Ex\r\n=2E\r\nMAIL FROM:<x@y>\r\n=2E\r\n"
			       "=3D2E\r\n=20\r\nend=20\r\n"));
	assert_null(strstr(octets, "\n."));
	struct mail_received received = read_text(octets);
	assert_string_equal(received.body, ".\n..\n.x\n.\nMAIL FROM:<x@y>\n.\n=2E\n \nend \n");
	mail_received_finish(&received);
	free(octets);
}

static void test_refuses_what_is_not_made_by_its_readers(void **state)
{
	char *octets = NULL;
	size_t size = 0;
	struct mail_message message = sample("x", "x");

	(void)state;
	(void)snprintf(message.to.address, sizeof(message.to.address), "a@b\r\nBcc: c@d");
	assert_int_equal(mail_message_write(&message, &octets, &size), -EINVAL);
	message = sample("x", "x");
	(void)snprintf(message.to.name, sizeof(message.to.name), "a\r\nBcc: c@d");
	assert_int_equal(mail_message_write(&message, &octets, &size), -EINVAL);
	message = sample("x", "x");
	message.message_id = "a@b>\r\nBcc: c@d";
	assert_int_equal(mail_message_write(&message, &octets, &size), -EINVAL);
	message = sample("x", "x");
	message.in_reply_to = "a b@c";
	assert_int_equal(mail_message_write(&message, &octets, &size), -EINVAL);
	message = sample("x", "x");
	message.date = "2026-11-21";
	assert_int_equal(mail_message_write(&message, &octets, &size), -EINVAL);
	assert_null(octets);
}

/* ---- any submission at all ---- */

static uint64_t seed = 20261121;

static unsigned draw(unsigned below)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
	return (unsigned)(seed >> 33) % below;
}

/* What those write who want more than one letter, or another one. */
static const char *const pieces[] = {
	"\r\n.\r\n",
	"\n.\n",
	"\r.\r",
	"\n.\r\n",
	"\r\n.\n",
	".",
	"..",
	"\r\n",
	"\n",
	"\r",
	"\n\n",
	"\r\n\r\n",
	"Bcc: eve@example.com",
	"\r\nBcc: eve@example.com\r\n",
	"\nTo: eve@example.com",
	"MAIL FROM:<eve@example.com>",
	"RCPT TO:<eve@example.com>",
	"DATA",
	"QUIT",
	"%0d%0aBcc:x",
	"=0D=0ABcc: x",
	"=?UTF-8?Q?=0D=0ABcc:_x?=",
	"=?utf-8?B?DQpCY2M6IHg=?=",
	"=",
	"=2E",
	"=\n",
	" ",
	"\t",
	"  ",
	" \n",
	"\x01",
	"\x1b[2J",
	"\x7f",
	"\xc2\x85",
	"\xe2\x80\xa8",
	"\xe2\x80\xae",
	"\xe5\x98\x8a",
	"\xe5\x98\x8d",
	"\xff",
	"\xc0\xae",
	"\xed\xa0\x80",
	"\xf0\x9f\x98\x80",
	"\xc3\xa4\xc3\xb6\xc3\xbc",
	"Content-Type: text/html",
	"--boundary",
	"From ",
	"<>",
	"<eve@example.com>",
	"\"",
	"\\",
	",",
	";",
	":",
	"(comment)",
	"hello",
	"port 5254",
	("a line that is rather long and goes on for more than the columns that a letter "
	 "should have, and then some more of it"),
	("wordswithoutanyblankbetweenthemwordswithoutanyblankbetweenthem"
	 "wordswithoutanyblankbetweenthemwordswithoutanyblank"),
};

static void draw_text(char text[static TEXT_MAX], unsigned pieces_max)
{
	unsigned count = draw(pieces_max);
	size_t used = 0;

	for (unsigned i = 0; i < count; i++) {
		const char *piece = pieces[draw(sizeof(pieces) / sizeof(pieces[0]))];
		size_t size = strlen(piece);
		if (used + size < TEXT_MAX) {
			memcpy(text + used, piece, size);
			used += size;
		}
	}
	text[used] = '\0';
}

static const char *const header_names[HEADERS] = {
	"From",
	"To",
	"Subject",
	"Date",
	"Message-ID",
	"In-Reply-To",
	"References",
	"Auto-Submitted",
	"MIME-Version",
	"Content-Type",
	"Content-Transfer-Encoding",
	"",
};

/* One header; returns what is behind it.  Every line of it is printable ASCII and not too long. */
static const char *check_header(const char *at, const char *name)
{
	size_t size = strlen(name);

	assert_memory_equal(at, name, size);
	assert_int_equal(at[size], ':');
	for (;;) {
		const char *end = strstr(at, "\r\n");
		assert_non_null(end);
		assert_in_range(end - at, 1, 160);
		for (; at < end; at++) {
			assert_in_range(*at, 0x20, 0x7e);
		}
		at += 2;
		if (*at != ' ') {
			return at;
		}
		assert_int_not_equal(at[1], ' ');
	}
}

static void check_body(const char *at)
{
	while (*at != '\0') {
		const char *end = strchr(at, '\n');
		assert_non_null(end);
		assert_int_equal(end[-1], '\r');
		assert_in_range(end - at, 1, 79);
		assert_int_not_equal(*at, '.');
		for (; at < end - 1; at++) {
			assert_true(*at == '\t' || (*at >= 0x20 && *at <= 0x7e));
		}
		at = end + 1;
	}
}

/* The header set is the template's, and there is one body behind it. */
static void check_octets(const char *octets)
{
	for (size_t i = 0; header_names[i][0] != '\0'; i++) {
		octets = check_header(octets, header_names[i]);
	}
	assert_memory_equal(octets, "\r\n", 2);
	check_body(octets + 2);
}

static bool is_clean(const char *text)
{
	struct mail_address read;

	return strlen(text) <= MAIL_NAME_MAX && mail_address_read("a@b", text, &read) == 0;
}

/* The same text with LF line ends, as far as the first character that no letter may hold. */
static void check_same(const char *given, const char *got)
{
	for (; *given != '\0'; given++, got++) {
		given += given[0] == '\r' && given[1] == '\n';
		if (*got == '?' && *given != '?') {
			return;
		}
		assert_int_equal(*got, *given == '\r' ? '\n' : *given);
	}
	assert_true(strcmp(got, "\n") == 0 || *got == '\0');
}

static void test_any_submission_is_one_letter(void **state)
{
	static char subject[TEXT_MAX];
	static char name[TEXT_MAX];
	static char body[TEXT_MAX];

	(void)state;
	for (unsigned i = 0; i < SUBMISSIONS; i++) {
		draw_text(subject, 6);
		draw_text(name, 4);
		draw_text(body, PIECES_MAX);
		struct mail_message message = sample(subject, body);
		message.in_reply_to = "thread@example.net";
		message.to = address_of("ann@example.org", is_clean(name) ? name : NULL);
		char *octets = written(&message);
		check_octets(octets);
		assert_non_null(strstr(octets, is_clean(name) && name[0] != '\0' ? "<ann@example.org>\r\nSubject:"
										 : "To: ann@example.org\r\nSubject:"));
		struct mail_received received = read_text(octets);
		assert_string_equal(received.from, "ports@example.net");
		assert_string_equal(received.message_id, message.message_id);
		assert_string_equal(received.in_reply_to, message.in_reply_to);
		assert_true(received.is_automatic);
		check_same(body, received.body);
		if (is_clean(subject) && strstr(subject, "...") == NULL) {
			assert_string_equal(received.subject, subject);
		}
		mail_received_finish(&received);
		free(octets);
	}
}

/* ---- read ---- */

static const struct {
	const char *octets;
	const char *from, *subject, *body;
	bool is_automatic;
} readings[] = {
	{ "From: Ann <ann@example.org>\nSubject: Re: [B-2026-0017]\n Questions\n\nyes\nno\n", "ann@example.org",
	  "Re: [B-2026-0017] Questions", "yes\nno\n", false },
	{ "From: \"a <x@y>\" (c <d@e>) <ann@example.org>\r\n\r\nx", "ann@example.org", "", "x", false },
	{ "from:ann@example.org (Ann)\r\nSUBJECT: =?iso-8859-1?q?gr=FC=DFe?= =?UTF-8?B?IMOk?= x\r\n\r\n\r\nx",
	  "ann@example.org",
	  "gr\xc3\xbc\xc3\x9f"
	  "e \xc3\xa4 x",
	  "\nx", false },
	{ "From: a@b\nContent-Type: text/plain; charset=\"ISO-8859-1\"\nContent-Transfer-Encoding: Quoted-Printable\n\n"
	  "f=FCr=  \nmich=3D=2\n",
	  "a@b", "", "f\xc3\xbcrmich==2\n", false },
	{ "From: a@b\nContent-Transfer-Encoding: base64\n\nZ3LDvMOf\nZQo=\n", "a@b", "",
	  "gr\xc3\xbc\xc3\x9f"
	  "e\n",
	  false },
	{ "From: a@b\nContent-Type: text/plain; charset=cp1252\n\n\x80\n", "a@b", "", "\xe2\x82\xac\n", false },
	{ "From: a@b\nContent-Type: text/plain; charset=latin-9\n\n\xa4\n", "a@b", "", "\xe2\x82\xac\n", false },
	/* What cannot be read is told: also two octets that could be UTF-8. */
	{ "From: a@b\nContent-Type: text/plain; charset=koi8-r\n\na \xc4\x80\n", "a@b", "", "a ??\n", false },
	{ "From: a@b\n\nna\xefve\n", "a@b", "", "na?ve\n", false },
	{ "From: a@b\n\n\xd7\xa9\xe2\x80\x8f.\n", "a@b", "", "\xd7\xa9\xe2\x80\x8f.\n", false },
	{ "From ann@example.org Mon Jan  5 12:00:00 2026\nFrom: a@b\n\nx", "a@b", "", "x", false },
	{ "From: a@b\nContent-Type: multipart/mixed; boundary=\"o;o\"\n\npreamble\n"
	  "--o;o\nContent-Type: multipart/alternative;\n"
	  " boundary=i\n\n--i\nContent-Type: text/html\n\n<p>no</p>\n"
	  "--i\nContent-Type: text/plain; charset=utf-8\n\nyes\n--i--\n"
	  "--o;o\n\nlater\n--o;o--\n",
	  "a@b", "", "yes", false },
	{ "From: a@b\nContent-Type: text/html\n\n<p>no</p>\n", "a@b", "", "", false },
	{ "From: a@b\nContent-Type: multipart/mixed\n\n--\n\nno boundary\n", "a@b", "", "", false },
	{ "From: a@b\nAuto-Submitted: auto-replied\n\naway", "a@b", "", "away", true },
	{ "From: a@b\nAuto-Submitted: no\n\nhere", "a@b", "", "here", false },
	{ "From: a@b\nPrecedence: bulk\n\nx", "a@b", "", "x", true },
	{ "From: a@b\nList-Id: <l.example>\n\nx", "a@b", "", "x", true },
	{ "Return-Path: <>\nFrom: a@b\n\nx", "a@b", "", "x", true },
	{ "From: MAILER-DAEMON@example.org\n\nx", "MAILER-DAEMON@example.org", "", "x", true },
	{ "From: a@b\nContent-Type: multipart/report; boundary=x\n\n--x\n\nundelivered\n--x--\n", "a@b", "",
	  "undelivered", true },
	{ "Subject: nobody\n\nx", "", "nobody", "x", true },
	{ "From: <-x@y>\n\n\x01\xff\r\rx", "", "", "??\n\nx", true },
};

static void test_reads_what_comes_in(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(readings) / sizeof(readings[0]); i++) {
		struct mail_received received = read_text(readings[i].octets);
		assert_string_equal(received.from, readings[i].from);
		assert_string_equal(received.subject, readings[i].subject);
		assert_string_equal(received.body, readings[i].body);
		assert_int_equal(received.is_automatic, readings[i].is_automatic);
		assert_int_equal(received.is_damaged, strchr(readings[i].body, '?') != NULL);
		mail_received_finish(&received);
	}
}

static void test_reads_the_thread(void **state)
{
	static const char *const octets[] = {
		"From: a@b\nMessage-ID: <new@a>\nIn-Reply-To: <old@b>\n\nx",
		"From: a@b\nMessage-ID:\n <new@a>\nIn-Reply-To: your letter\nReferences: <first@b>\n <old@b>\n\nx",
		"From: a@b\nMessage-Id: <new@a> (x)\nIn-Reply-To: <old@b> <other@c>\n\nx",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(octets) / sizeof(octets[0]); i++) {
		struct mail_received received = read_text(octets[i]);
		assert_string_equal(received.message_id, "new@a");
		assert_string_equal(received.in_reply_to, "old@b");
		mail_received_finish(&received);
	}
	struct mail_received received = read_text("From: a@b\nMessage-ID: <a b@c>\n\nx");
	assert_string_equal(received.message_id, "");
	assert_string_equal(received.in_reply_to, "");
	mail_received_finish(&received);
}

static void test_what_is_no_letter_is_refused(void **state)
{
	struct mail_received received;

	(void)state;
	assert_int_equal(mail_message_read("", 0, &received), -EBADMSG);
	assert_int_equal(mail_message_read("hello", 5, &received), -EBADMSG);
	assert_int_equal(mail_message_read("\n\nhello", 7, &received), -EBADMSG);
	assert_int_equal(mail_message_read("From a@b\n\nhello", 15, &received), -EBADMSG);
}

/* ---- when a letter goes again ---- */

static void test_tries_last_five_days(void **state)
{
	(void)state;
	for (int64_t id = 1; id <= 1000; id++) {
		long waited_s = 0;
		int tries = 1;
		for (long pause_s; (pause_s = mail_retry_after_s(id, tries)) >= 0; tries++) {
			assert_true(tries == 1 ? pause_s >= 1800 && pause_s < 2400
					       : pause_s >= 7200 && pause_s < 10800);
			assert_int_equal(mail_retry_after_s(id, tries), pause_s);
			waited_s += pause_s;
		}
		assert_in_range(waited_s, 5 * 86400, 5 * 86400 + 10800);
		assert_in_range(tries, 42, 62);
	}
	assert_int_not_equal(mail_retry_after_s(1, 2), mail_retry_after_s(2, 2));
	assert_int_equal(mail_retry_after_s(1, 1000000), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_takes_addresses),
		cmocka_unit_test(test_refuses_what_is_no_address),
		cmocka_unit_test(test_message_ids_differ),
		cmocka_unit_test(test_writes_a_letter),
		cmocka_unit_test(test_encodes_what_headers_cannot_hold),
		cmocka_unit_test(test_folds_and_cuts_the_subject),
		cmocka_unit_test(test_no_line_begins_with_a_dot),
		cmocka_unit_test(test_refuses_what_is_not_made_by_its_readers),
		cmocka_unit_test(test_any_submission_is_one_letter),
		cmocka_unit_test(test_reads_what_comes_in),
		cmocka_unit_test(test_reads_the_thread),
		cmocka_unit_test(test_what_is_no_letter_is_refused),
		cmocka_unit_test(test_tries_last_five_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
