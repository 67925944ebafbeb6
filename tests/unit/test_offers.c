/* What the dossier offers to whom: each case is an application as the dossier has it, and a person. */
#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registry/words/secrets_hidden.h"
#include "web/site/visit.h"
#include "registry/words/process_words.h"
#include "web/staff/due.h"
#include "web/staff/offers.h"

static const char now[] = "2030-03-01T12:00:00Z";

enum { ME = 7, OTHER = 8 };

#define APPLICATION(kind, state, eyes, expert)                                                      \
	"\"kind\": \"" kind "\", \"state\": \"" state "\", \"eyes\": " eyes ", \"expert\": " expert \
	", \"material\": 1, \"own_staff\": 0"
#define VOTE(staff, role, round, bench, verdict)                                                 \
	"{\"staff\": " staff ", \"role\": \"" role "\", \"round\": " round ", \"bench\": " bench \
	", \"material\": 1, \"event\": 9, \"verdict\": \"" verdict "\"}"
#define HEARD(verdict)                                                                          \
	", \"votes\": [" VOTE("8", "board", "2", "2",                                           \
			      verdict) "], \"decisions\": "                                     \
				       "[{\"round\": 1, \"verdict\": \"refuse\"}], \"steps\": " \
				       "[{\"n\": 5, \"act\": \"hear\", \"to_state\": \"board\"}]"
#define EXPERT(staff) "{\"staff\": " staff ", \"due\": \"2030-03-10T00:00:00Z\", \"recused\": null}"

static const struct {
	const char *name;
	const char *dossier; /* without its braces */
	unsigned roles;
	const char *offers; /* acts that can be done, then behind a bar those that cannot, each with a word of why */
} cases[] = {
	{ "a new one, for a registrar", APPLICATION("user", "validating", "1", "1"), ROLE_REGISTRAR,
	  "take ask to-expert name-expert to-board need-consent | propose-assign:recommend refuse:heard" },
	{ "one for which an expert is named, back with the registrar",
	  APPLICATION("user", "validating", "1", "1") ", \"examiners\": [" EXPERT("8") "]", ROLE_REGISTRAR,
	  "take ask to-expert name-expert to-board need-consent | propose-assign:named refuse:named" },
	{ "without an expert", APPLICATION("user", "validating", "1", "0"), ROLE_REGISTRAR,
	  "take ask to-board need-consent propose-assign refuse |" },
	{ "one that rules refuse",
	  APPLICATION("user", "validating", "1", "0") ", \"report\": [{\"id\": \"P5\", \"level\": \"refuse\"}]",
	  ROLE_REGISTRAR, "take ask to-board need-consent refuse | propose-assign:Rules" },
	{ "a system port", APPLICATION("system", "validating", "2", "0"), ROLE_REGISTRAR,
	  "take ask to-board need-consent refuse | propose-assign:two" },
	{ "one's own",
	  "\"kind\": \"user\", \"state\": \"validating\", \"eyes\": 1, \"expert\": 0, \"material\": 1, "
	  "\"own_staff\": 7",
	  ROLE_REGISTRAR | ROLE_BOARD, "|" },
	{ "for an expert who is not named", APPLICATION("user", "expert-review", "1", "1"), ROLE_EXPERT, "|" },
	{ "for one who is", APPLICATION("user", "expert-review", "1", "1") ", \"examiners\": [" EXPERT("7") "]",
	  ROLE_EXPERT, "ask recommend recuse |" },
	{ "for one who stepped aside",
	  APPLICATION("user", "expert-review", "1",
		      "1") ", \"examiners\": [{\"staff\": 7, \"due\": \"2030-03-10T00:00:00Z\", \"recused\": 5}]",
	  ROLE_EXPERT, "|" },
	{ "for one who took it without being its expert",
	  APPLICATION("user", "expert-review", "1",
		      "1") ", \"examiners\": [{\"staff\": 7, \"due\": null, \"recused\": null}]",
	  ROLE_EXPERT, "|" },
	{ "recommended by another",
	  APPLICATION("user", "validating", "1", "1") ", \"votes\": [" VOTE("8", "expert", "0", "0", "assign") "]",
	  ROLE_REGISTRAR, "take ask to-expert name-expert to-board need-consent propose-assign refuse |" },
	{ "recommended by oneself",
	  APPLICATION("user", "validating", "1", "1") ", \"votes\": [" VOTE("7", "expert", "0", "0", "assign") "]",
	  ROLE_REGISTRAR,
	  "take ask to-expert name-expert to-board need-consent | propose-assign:recommended refuse:recommended" },
	{ "recommended to refuse",
	  APPLICATION("user", "validating", "1", "1") ", \"votes\": [" VOTE("8", "expert", "0", "0", "refuse") "]",
	  ROLE_REGISTRAR, "take ask to-expert name-expert to-board need-consent refuse | propose-assign:refuse" },
	{ "before the board, nobody voted", APPLICATION("system", "board", "2", "0"), ROLE_BOARD, "ask vote |" },
	{ "before the board, another voted to assign",
	  APPLICATION("system", "board", "2", "0") ", \"votes\": [" VOTE("8", "board", "1", "1", "assign") "]",
	  ROLE_BOARD, "ask propose-assign vote |" },
	{ "before the board, another voted to refuse",
	  APPLICATION("system", "board", "2", "0") ", \"votes\": [" VOTE("8", "board", "1", "1", "refuse") "]",
	  ROLE_BOARD, "ask vote refuse |" },
	{ "before the board, and the vote is mine",
	  APPLICATION("system", "board", "2", "0") ", \"votes\": [" VOTE("7", "board", "1", "1", "assign") "]",
	  ROLE_BOARD, "ask | vote:second" },
	{ "votes on an earlier version count no more",
	  "\"kind\": \"system\", \"state\": \"board\", \"eyes\": 2, \"expert\": 0, \"material\": 2, \"own_staff\": 0, "
	  "\"votes\": [" VOTE("8", "board", "1", "1", "assign") "]",
	  ROLE_BOARD, "ask vote |" },
	{ "for a registrar while the board has it", APPLICATION("system", "board", "2", "0"), ROLE_REGISTRAR,
	  "take |" },
	{ "decided", APPLICATION("user", "approved", "1", "0"), ROLE_REGISTRAR, "assign hold-back |" },
	{ "decided, for the board", APPLICATION("user", "approved", "1", "0"), ROLE_BOARD, "|" },
	{ "a revocation is carried out by the board", APPLICATION("revocation", "approved", "2", "0"), ROLE_BOARD,
	  "assign |" },
	{ "and not by a registrar", APPLICATION("revocation", "approved", "2", "0"), ROLE_REGISTRAR, "hold-back |" },
	{ "a revocation to be called", APPLICATION("revocation", "validating", "2", "0"), ROLE_BOARD, "call |" },
	{ "a call that runs", APPLICATION("revocation", "call", "2", "0") ", \"due\": \"2030-03-20T00:00:00Z\"",
	  ROLE_BOARD, "comment | close:open" },
	{ "a call that is over", APPLICATION("revocation", "call", "2", "0") ", \"due\": \"2030-02-20T00:00:00Z\"",
	  ROLE_BOARD, "comment close |" },
	{ "an appeal", APPLICATION("system", "appeal", "2", "0"), ROLE_BOARD, "hear |" },
	{ "an appeal against my decision",
	  APPLICATION("system", "appeal", "2", "0") ", \"votes\": [" VOTE(
		  "7", "board", "1", "1", "refuse") "], \"decisions\": [{\"round\": 1, \"verdict\": \"refuse\"}]",
	  ROLE_BOARD, "| hear:earlier" },
	{ "an appeal being heard, another voted to annul", APPLICATION("system", "board", "2", "0") HEARD("annul"),
	  ROLE_BOARD, "vote annul |" },
	{ "an appeal being heard, another voted to uphold", APPLICATION("system", "board", "2", "0") HEARD("refuse"),
	  ROLE_BOARD, "vote uphold |" },
	{ "for an auditor", APPLICATION("user", "validating", "1", "0"), ROLE_AUDITOR | ROLE_ADMINISTRATOR, "|" },
	{ "assigned", APPLICATION("user", "assigned", "1", "0"), ROLE_REGISTRAR, "appeal |" },
	{ "refused", APPLICATION("user", "refused", "1", "0"), ROLE_REGISTRAR | ROLE_BOARD, "|" },
};

static bool has_word(const char *words, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = words; (at = strstr(at, word)) != NULL; at += size) {
		bool begins = at == words || at[-1] == ' ';
		if (begins && (at[size] == ' ' || at[size] == '\0' || at[size] == ':')) {
			return true;
		}
	}
	return false;
}

static size_t count_words(const char *words)
{
	size_t count = 0;

	for (; *words != '\0'; words++) {
		count += *words != ' ' && *words != '|' && (words[1] == ' ' || words[1] == '\0');
	}
	return count;
}

/* The word behind an act's colon stands in the sentence that says why not. */
static void check_why(const char *name, const char *expected, const struct offer *offer)
{
	char begun[64];
	char word[64] = "";

	(void)snprintf(begun, sizeof(begun), " %s:", offer->form->act);
	const char *at = strstr(expected, begun);
	if (at == NULL) {
		fail_msg("%s: %s is not possible: %s", name, offer->form->act, offer->why_not);
		return;
	}
	(void)sscanf(at + strlen(begun), "%63s", word);
	if (strstr(offer->why_not, word) == NULL) {
		fail_msg("%s: %s: \"%s\" does not say \"%s\"", name, offer->form->act, offer->why_not, word);
	}
}

static void check_case(size_t i)
{
	struct offer offers[OFFERS_MAX];
	struct offer_facts facts;
	char text[2048];
	char possible[256];

	(void)snprintf(text, sizeof(text), "{%s}", cases[i].dossier);
	json_t *dossier = json_loads(text, 0, NULL);
	assert_non_null(dossier);
	(void)snprintf(possible, sizeof(possible), "%.*s", (int)strcspn(cases[i].offers, "|"), cases[i].offers);
	offer_facts_read(dossier, ME, cases[i].roles, now, &facts);
	size_t count = offers_make(&facts, offers);
	for (size_t k = 0; k < count; k++) {
		if (offers[k].why_not != NULL) {
			check_why(cases[i].name, cases[i].offers, &offers[k]);
		} else if (!has_word(possible, offers[k].form->act)) {
			fail_msg("%s: %s is offered", cases[i].name, offers[k].form->act);
		}
	}
	if (count != count_words(cases[i].offers)) {
		fail_msg("%s: %zu offers, not %s", cases[i].name, count, cases[i].offers);
	}
	json_decref(dossier);
}

static void test_offers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_case(i);
	}
}

/* Every act of the staff in the table of moves has a form. */
static void test_each_act_has_a_form(void **state)
{
	const unsigned staff = ACTOR_REGISTRAR | ACTOR_EXPERT | ACTOR_BOARD | ACTOR_ANYONE;

	(void)state;
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		bool by_staff = (move->actors & staff) != 0 && strcmp(move->act, "file") != 0;
		if (by_staff && offer_form_find(move->act) == NULL) {
			fail_msg("%s has no form", move->act);
		}
	}
	assert_null(offer_form_find("withdraw"));
}

static bool waits(const char *row, unsigned roles)
{
	json_t *object = json_loads(row, 0, NULL);
	bool is = offers_waits(object, ME, roles);

	json_decref(object);
	return is;
}

static void test_what_waits_for_whom(void **state)
{
	(void)state;
	assert_true(waits("{\"state\": \"validating\", \"own_staff\": 0}", ROLE_REGISTRAR));
	assert_false(waits("{\"state\": \"validating\", \"own_staff\": 7}", ROLE_REGISTRAR));
	assert_false(waits("{\"state\": \"validating\", \"own_staff\": 0}", ROLE_BOARD | ROLE_EXPERT));
	assert_true(waits("{\"state\": \"expert-review\", \"experts\": [8, 7]}", ROLE_EXPERT));
	assert_false(waits("{\"state\": \"expert-review\", \"experts\": [8]}", ROLE_EXPERT | ROLE_REGISTRAR));
	assert_true(waits("{\"state\": \"expert-review\", \"experts\": []}", ROLE_REGISTRAR));
	assert_true(waits("{\"state\": \"board\", \"voted\": [8]}", ROLE_BOARD));
	assert_false(waits("{\"state\": \"board\", \"voted\": [8, 7]}", ROLE_BOARD));
	assert_true(waits("{\"state\": \"appeal\", \"heard\": [8]}", ROLE_BOARD));
	assert_false(waits("{\"state\": \"appeal\", \"heard\": [7]}", ROLE_BOARD));
	assert_true(waits("{\"state\": \"approved\", \"kind\": \"user\"}", ROLE_REGISTRAR));
	assert_false(waits("{\"state\": \"approved\", \"kind\": \"revocation\"}", ROLE_REGISTRAR));
	assert_true(waits("{\"state\": \"approved\", \"kind\": \"revocation\"}", ROLE_BOARD));
	assert_false(waits("{\"state\": \"with-applicant\"}", ROLE_STAFF));
}

/* ---- days ---- */

static void check_due(const char *due, const char *expected)
{
	struct html html = { 0 };

	due_put(&html, due, now);
	html_octets(&html, "", 1);
	assert_string_equal(html.octets, expected);
	html_finish(&html);
}

static void test_due(void **state)
{
	struct due_clocks clocks;
	json_t *steps =
		json_loads("[{\"from_state\": \"unconfirmed\", \"act\": \"confirm\", \"to_state\": \"validating\", "
			   "\"at\": \"2030-02-01T12:00:00Z\"}, {\"from_state\": \"validating\", \"act\": \"ask\", "
			   "\"to_state\": \"with-applicant\", \"at\": \"2030-02-03T12:00:00Z\"}]",
			   0, NULL);

	(void)state;
	check_due("", "-");
	check_due("2030-03-15T12:00:00Z", "2030-03-15, in 14 days");
	check_due("2030-03-02T13:00:00Z", "2030-03-02, in 1 day");
	check_due("2030-03-01T13:00:00Z", "2030-03-01, in 1 hour");
	check_due("2030-02-26T12:00:00Z", "<strong>overdue</strong> by 3 days, since 2030-02-26");
	due_clocks_read(steps, now, &clocks);
	assert_int_equal(clocks.own_s, 2 * 86400);
	assert_int_equal(clocks.applicant_s, 26 * 86400);
	assert_int_equal(clocks.other_s, 0);
	json_decref(steps);
}

/* ---- words ---- */

static void test_words(void **state)
{
	(void)state;
	for (const struct process_move *move = process_moves; move->from != NULL; move++) {
		assert_true(strchr(words_of_state(move->to), '-') == NULL || strcmp(move->to, "de-assigned") == 0);
		if (strcmp(words_of_act(move->act), move->act) == 0) {
			fail_msg("%s has no words", move->act);
		}
	}
	assert_string_equal(words_of_state("other"), "other");
	assert_string_equal(words_of_kind("user"), "user port");
}

static void test_tokens_are_hidden(void **state)
{
	char text[] = "see https://ports.example/track/abcdefghijklmnopqrstuvwxyz, or abcdefghijklmnopqrstuvwxy.";

	(void)state;
	secrets_hide(text);
	assert_string_equal(
		text, "see https://ports.example/track/**************************, or abcdefghijklmnopqrstuvwxy.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_each_act_has_a_form),
		cmocka_unit_test(test_what_waits_for_whom),
		cmocka_unit_test(test_due),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_tokens_are_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
