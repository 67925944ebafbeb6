/* test_form_text.c - the plain-text form: what it looks like, what survives mail programs, and that whatever is said
 * comes back as it was. */
#include <stdbool.h>

#include "form_case.h"

enum { TEXT_MAX = 1 << 18, COLUMNS_MAX = 72 };

/* ---- what it looks like ---- */

static void assert_columns(const char *text)
{
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		size_t columns = 0;
		for (const char *at = line; *at != '\n'; at++) {
			columns += ((unsigned char)*at & 0xC0) != 0x80;
		}
		if (columns > COLUMNS_MAX) {
			fail_msg("%.*s", (int)strcspn(line, "\n"), line);
		}
	}
}

static void the_form_looks_like_its_ancestor(void **state)
{
	struct form form = accept_berth("application system { applicant \"Ada Example\" \"ada@example.org\"; transport "
					"tcp, dccp; broadcast \"Multicast, to find it.\"; short \"example-port\"; }");
	struct form_text_options options = { .reference = "B-2026-0017" };
	char *text = text_of(&form, &options);
	const char *at = text;

	(void)state;
	assert_columns(text);
	assert_ptr_equal(strstr(text, "Application for System (Well-Known) Port Number\n=========="), text);
	assert_non_null(strstr(text, "\n\nReference: B-2026-0017\n\n"));
	assert_non_null(strstr(text, "for the registry's internal use only."));
	assert_non_null(strstr(text, "\n\nYour Name: Ada Example\nYour E-mail: ada@example.org\n\n"));
	for (unsigned number = 1; number <= 10; number++) {
		char begin[8];
		(void)snprintf(begin, sizeof(begin), "\n%2u. ", number);
		at = strstr(at, begin);
		assert_non_null(at);
	}
	assert_non_null(strstr(text, "\n    [x] tcp (6)  [ ] udp (17)  [ ] sctp (132)  [x] dccp (33)\n"));
	assert_non_null(
		strstr(text, "\n    [x] Yes  [ ] No\n\n    If yes, how and what for?\n\n    Multicast, to find it.\n"));
	assert_non_null(strstr(text,
			       "\n 4. What message op codes are used?\n    [The operation codes in the protocol. For "
			       "example, read, write,\n    delete, restore.]\n"));
	assert_null(strstr(text, "Is anycast used?")); /* neither needed nor answered */
	assert_null(strstr(text, "proprietary  ["));
	free(text);
	form_finish(&form);
}

static void all_kinds_can_be_filled_in(void **state)
{
	struct form_text_options options = { .to_fill_in = true };

	(void)state;
	for (int kind = 0; kind < FORM_KINDS; kind++) {
		struct form form = { .kind = (enum form_kind)kind };
		char *text = text_of(&form, &options);
		assert_columns(text);
		struct form again = accept_form_text(text);
		assert_same_form(&form, &again);
		free(text);
		form_finish(&again);
	}
}

static void the_public_sees_the_entry_alone(void **state)
{
	struct form_text_options options = { .for_public = true };

	(void)state;
	for (int kind = 0; kind < FORM_KINDS; kind++) {
		struct form form = { .kind = (enum form_kind)kind };
		for (int i = 0; form_fields[i].key != NULL; i++) {
			char canary[64];
			(void)snprintf(canary, sizeof(canary), "canary-%s", form_fields[i].key);
			assert_int_equal(form_set(&form, form_fields[i].key, canary), 0);
		}
		char *text = text_of(&form, &options);
		for (int i = 0; form_fields[i].key != NULL; i++) {
			const struct form_field *field = &form_fields[i];
			enum form_visibility visibility =
				kind == FORM_SYSTEM ? field->visibility_system : field->visibility;
			char canary[80];
			(void)snprintf(canary, sizeof(canary), "canary-%s\n", field->key);
			assert_int_equal(strstr(text, canary) != NULL, visibility == FORM_PUBLIC);
		}
		free(text);
		form_finish(&form);
	}
}

/* ---- what a person and a mail program make of it ---- */

#define TITLE "Application for User (Registered) Port Number\n"

static const struct {
	const char *text, *key, *value;
} mailed[] = {
	{ TITLE "Your Name: Ada\n", "applicant", "Ada" },
	{ TITLE "  * Your Name:\n\n   Ada  Example  \n", "applicant", "Ada  Example" },
	{ TITLE "\xE2\x80\xA2 Your E-mail: <ada@example.org>\r\n", "applicant-email", "<ada@example.org>" },
	{ "Hello,\r\nhere it is.\r\n\r\n> " TITLE
	  "> \r\n> 6. What functions are performed by this protocol?\r\n>\r\nFiles "
	  "are read.\r\n\r\n> 7. Is either",
	  "functions", "Files are read.\n\n7. Is either" },
	{ TITLE "6. What functions are performed by this protocol? Files are read.\n", "functions", "Files are read." },
	{ TITLE "6. What functions are performed by this protocol? Files\n   are\n     read.\n", "functions",
	  "Files\nare\n  read." },
	{ TITLE "6. What functions are performed by this protocol?\tf\n", "functions", "f" },
	{ TITLE "6. What functions are performed by this protocol?\n\tf\n\t\tg\n", "functions", "f\n\tg" },
	{ TITLE "7. Is either broadcast or multicast used?\n\n\tno\n", "broadcast", "no" },
	/* Broken into lines elsewhere, also where the hint is. */
	{ ">> " TITLE
	  ">> 2. What message\n>> formats are used? [The sequence\n>> of fields in a message. For example,\n"
	  "length, opcode, argument,\n>> filename, null.]\n> an octet\n",
	  "formats", "an octet" },
	{ TITLE "2. What message formats are used?\n[What I like.]\n", "formats", "[What I like.]" },
	/* No empty lines; no numbers. */
	{ TITLE "What message formats are used?\nf\nWhat message types are used?\nt\n", "formats", "f" },
	{ TITLE "What message formats are used?\nf\nWhat message types are used?\nt\n", "types", "t" },
	{ TITLE "2) what MESSAGE types are used?   t\n", "types", "t" },
	/* Boxes. */
	{ TITLE
	  "1. What is the protocol-number between the user machine and the server machine?\n[ ] tcp (6) [ X ] udp (17) "
	  "[]sctp (132)\n [x] dccp\n",
	  "transport", "udp dccp" },
	{ TITLE "7. Is either broadcast or multicast used?\n[ ] Yes [v] No\n", "broadcast", "no" },
	{ TITLE "7. Is either broadcast or multicast used?\n[ \xE2\x9C\x93 ] Yes [ ] No\n", "broadcast", "yes" },
	{ TITLE "1. What is the protocol-\nnumber between the user machine and the server machine?\n\nTCP and UDP\n",
	  "transport", "tcp udp" },
	{ TITLE "1. What is the protocol-number between the user machine and the server "
		"machine?\n\n[x] tcp (6) [ ] udp (17)\n"
		"and QUIC\n",
	  "transport", "tcp and QUIC" },
	{ TITLE "7. Is either broadcast or multicast used?\n[ ] Yes [x] No\nIf yes, how and what for?\n", "broadcast",
	  "no" },
	{ TITLE "7. Is either broadcast or multicast used?\n[ ] Yes [x] No\nIf yes, how and what for? n/a\n",
	  "broadcast", "no" },
	{ TITLE "7. Is either broadcast or multicast used? No.\nIf yes, how and what for?\n", "broadcast", "no" },
	{ TITLE "7. Is either broadcast or multicast used? If yes, how and what for?\nMulticast.\n", "broadcast",
	  "Multicast." },
	{ TITLE
	  "7. Is either broadcast or multicast used?\n[x] Yes\n[ ] No\nto find it\nIf yes, how\nand what for?\nby "
	  "group\n",
	  "broadcast", "to find it\nby group" },
	{ TITLE "7. Is either broadcast or multicast used?\n[x] Yes [ ] No\nIf yes, how and what for?\n", "broadcast",
	  "yes" },
	{ TITLE "Over UDP: is the user port number used solely for discovery of hosts?\n[ ] Yes [X] No\n",
	  "discovery-only", "no" },
	{ TITLE "What kind of document is the documentation: rfc, draft, document, proprietary?\n[ ] rfc [*] draft\n",
	  "specification", "draft" },
	/* Lines stay lines, but for those with the mark. */
	{ TITLE "6. What functions are performed by this protocol?\n\n  a b\n    c\n\n  d\n", "functions",
	  "a b\n  c\n\nd" },
	{ TITLE "6. What functions are performed by this protocol?\n\n  | a b\n    c\n  |\n  |  d\n  | e\\\n  \\f\n",
	  "functions", "a b c\n\n d\nef" },
	{ TITLE "6. What functions are performed by this protocol?\n +---+\n |a|b|\n +---+\n", "functions",
	  "+---+\n|a|b|\n+---+" },
	/* Signatures, and what was quoted below. */
	{ TITLE "6. What functions are performed by this protocol?\nf\n-- \nAda\nhttps://example.org\n", "functions",
	  "f" },
	{ TITLE
	  "6. What functions are performed by this protocol?\nf\nEnd of the form.\nOn Tuesday you wrote:\n> " TITLE
	  "> 6. What functions are performed by this protocol?\n>\n> End of the form.\n",
	  "functions", "f" },
	{ TITLE "Further questions: notes\n------------------------\n\nAssignment Notes:\nn\n", "notes", "n" },
};

static void what_was_mailed_is_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mailed) / sizeof(mailed[0]); i++) {
		struct form form = accept_form_text(mailed[i].text);
		if (strcmp(form_value(&form, mailed[i].key), mailed[i].value) != 0) {
			fail_msg("%s\nread: \"%s\"\nnot:  \"%s\"", mailed[i].text, form_value(&form, mailed[i].key),
				 mailed[i].value);
		}
		form_finish(&form);
	}
}

static const struct {
	const char *text, *sentence;
} refused[] = {
	{ "", "no line says which form this is" },
	{ "Hello", "begins with a title like \"Application for User (Registered) Port Number\"" },
	{ TITLE "Hello", "no question of the form" },
	{ TITLE "Your Name: Ada\nYour Name: Bo\n", "line 3: Your Name: answered in line 2 already, and differently" },
	{ TITLE "Your Name: \x1B[2J\n", "the form:2: a control character" },
	{ TITLE "7. Is either broadcast or multicast used?\n[x] Yes [x] No\n",
	  "line 3: Broadcast or multicast: both Yes and No" },
	{ TITLE "7. Is either broadcast or multicast used?\n[ ] Yes [x] No\nMulticast.\n", "No is ticked, and yet" },
	{ TITLE "7. Is either broadcast or multicast used?\n[x] Yes\n[-] No\n",
	  "line 4: Broadcast or multicast: \"[-] No\" begins with a box that is neither empty nor ticked" },
	{ TITLE "Further questions: notes\nHello\nAssignment Notes:\nn\n", "line 3: \"Hello\" answers no question" },
	{ TITLE "Further questions: notes\nHello\tyou\nAssignment Notes:\nn\n", "line 3: \"Hello you\" answers" },
};

static void what_cannot_be_understood_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		struct form form;
		struct complaint complaint = { "" };
		assert_int_equal(form_read_text(refused[i].text, strlen(refused[i].text), &form, &complaint), -EBADMSG);
		if (strstr(complaint.sentence, refused[i].sentence) == NULL) {
			fail_msg("%s\nsaid: %s\nnot:  %s", refused[i].text, complaint.sentence, refused[i].sentence);
		}
	}
}

/* ---- whatever is said comes back ---- */

static uint64_t draw(uint64_t *random, uint64_t below)
{
	uint64_t mixed = *random += UINT64_C(0x9E3779B97F4A7C15);

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
	return (mixed ^ mixed >> 31) % below;
}

/* What a text is made of: words, and whatever the form itself is made of. */
static void put_piece(uint64_t *random, char *text, size_t room)
{
	static const char *const pieces[] = {
		"a",
		"word ",
		" ",
		"\n",
		"\n\n",
		"   ",
		"\t",
		"naïve ",
		"| ",
		"|",
		"> ",
		"--",
		"-- ",
		"[x] ",
		"[ ] No",
		"[",
		"]",
		"\\",
		"\\\\\n",
		"2. ",
		"10.",
		"* ",
		"Yes",
		"no",
		"tcp (6)",
		"\"",
		"\"\"\"",
		"describe",
		"=====\n",
		"From ",
		"If yes, how and what for?",
		"End of the form.",
		"Further questions: notes\n------------------------\n",
		"0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
	};
	size_t count = sizeof(pieces) / sizeof(pieces[0]);
	uint64_t chosen = draw(random, count + 6);
	char words[256];
	const char *piece = words;

	if (chosen < count) {
		piece = pieces[chosen];
	} else if (chosen == count) {
		piece = TITLE;
	} else {
		int field = (int)draw(random, 47);
		form_question(&form_fields[field], (enum form_kind)draw(random, FORM_KINDS), words, sizeof(words));
		if (chosen > count + 3) {
			words[draw(random, strlen(words)) + 1] = '\0';
		} else if (chosen == count + 3) {
			piece = form_fields[field].hint;
		}
	}
	size_t used = strlen(text);
	(void)snprintf(text + used, room - used, "%s", piece);
}

static void fill(struct form *form, uint64_t *random)
{
	char text[2048];

	form->kind = (enum form_kind)draw(random, FORM_KINDS);
	for (int i = 0; form_fields[i].key != NULL; i++) {
		uint64_t count = draw(random, 4) == 0 ? draw(random, 40) : draw(random, 6);
		text[0] = '\0';
		for (uint64_t piece = 0; piece < count; piece++) {
			put_piece(random, text, sizeof(text) - 4);
		}
		(void)form_set(form, form_fields[i].key, text); /* lines refuse some */
	}
}

static void forms_come_back_as_they_were(void **state)
{
	enum { FORMS = 400 };
	uint64_t random = 7;

	(void)state;
	for (int i = 0; i < FORMS; i++) {
		struct form form = { .kind = FORM_USER };
		struct form_text_options options = { .to_fill_in = i % 2 == 0 };
		fill(&form, &random);
		char *text = text_of(&form, &options);
		struct form again = accept_form_text(text);
		assert_same_form(&form, &again);
		form_finish(&again);
		free(text);
		text = berth_of(&form);
		again = accept_berth(text);
		assert_same_form(&form, &again);
		form_finish(&again);
		free(text);
		form_finish(&form);
	}
}

/* As a mail program quotes: "> " before each line, CRLF, blanks behind. */
static char *quoted(const char *text, bool with_mark)
{
	char *copy = calloc(1, TEXT_MAX);
	char *to = copy;

	assert_non_null(copy);
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		int size = (int)strcspn(line, "\n");
		to += snprintf(to, TEXT_MAX - (size_t)(to - copy), "%s%.*s%s\r\n",
			       !with_mark ? ""
			       : size > 0 ? "> "
					  : ">",
			       size, line, size % 3 == 0 ? "  " : "");
	}
	return copy;
}

static void mail_programs_change_nothing(void **state)
{
	enum { FORMS = 100 };
	uint64_t random = 11;

	(void)state;
	for (int i = 0; i < FORMS; i++) {
		struct form form = { .kind = FORM_USER };
		fill(&form, &random);
		char *text = text_of(&form, NULL);
		char *mail = quoted(text, i % 4 != 0);
		char *again = quoted(mail, true);
		struct form once = accept_form_text(mail);
		struct form twice = accept_form_text(again);
		assert_same_form(&form, &once);
		assert_same_form(&form, &twice);
		form_finish(&once);
		form_finish(&twice);
		form_finish(&form);
		free(text);
		free(mail);
		free(again);
	}
}

/* Breaks each paragraph into lines of other widths, as reply windows do: answers keep their words. */
static char *rewrapped(const char *text, size_t columns)
{
	char *copy = calloc(1, TEXT_MAX);
	char *to = copy;
	size_t used = 0;

	assert_non_null(copy);
	for (const char *word = text; *word != '\0';) {
		size_t blanks = strspn(word, " ");
		size_t size = strcspn(word + blanks, " \n");
		if (used > 0 && used + blanks + size > columns) {
			to = stpcpy(to, "\n");
			used = 0;
		} else {
			to = stpncpy(to, word, blanks);
			used += blanks;
		}
		to = stpncpy(to, word + blanks, size);
		used += size;
		word += blanks + size;
		if (*word == '\n') {
			to = stpcpy(to, "\n");
			used = 0;
			word++;
		}
	}
	return copy;
}

static void rewrapped_forms_keep_their_words(void **state)
{
	static const char long_line[] =
		"A long line of an answer that a page sent, which must be broken into "
		"several lines of the form, each of "
		"them short enough for mail, and which a mail program then breaks once more, wherever it likes.";

	(void)state;
	for (size_t columns = 30; columns < 90; columns += 7) {
		struct form form = { .kind = FORM_SYSTEM };
		assert_int_equal(form_set(&form, "functions", long_line), 0);
		assert_int_equal(form_set(&form, "transport", "tcp sctp"), 0);
		assert_int_equal(form_set(&form, "broadcast", long_line), 0);
		assert_int_equal(form_set(&form, "applicant", "Ada Example"), 0);
		struct form_text_options options = { .to_fill_in = true };
		char *text = text_of(&form, &options);
		char *mail = rewrapped(text, columns);
		struct form again = accept_form_text(mail);
		assert_same_form(&form, &again);
		form_finish(&again);
		form_finish(&form);
		free(text);
		free(mail);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_looks_like_its_ancestor),  cmocka_unit_test(all_kinds_can_be_filled_in),
		cmocka_unit_test(the_public_sees_the_entry_alone),   cmocka_unit_test(what_was_mailed_is_read),
		cmocka_unit_test(what_cannot_be_understood_is_said), cmocka_unit_test(forms_come_back_as_they_were),
		cmocka_unit_test(mail_programs_change_nothing),	     cmocka_unit_test(rewrapped_forms_keep_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
