/* rules_transports.c - rules T1 to T6 and T9: what is asked for over which transport.  T7 is rules_numbers.c. */
#include <string.h>

#include "registry/rules/rules_words.h"

static bool asks_transport(const struct rules_check *check, int transport)
{
	return (check->transports >> transport & 1) != 0;
}

/* ---- which ---- */

static void check_named(struct rules_check *check)
{
	static const char *const sweeping[] = { "all", "any", "both", "every", "each", NULL };
	static const char *const lite[] = { "udp-lite", "udplite", NULL };
	const char *answer = rules_answer(check, "transport");

	if (answer[0] == '\0' || check->transports != 0) {
		return;
	}
	const char *words = rules_words(check, "transport");
	if (answer_says(check, words, sweeping) != NULL) {
		rules_find(check, "T2", "transport", "Name those that are used: tcp, udp, sctp, dccp.",
			   "\"%s\" leaves open which transports are meant", rules_quoted(check, answer));
	} else {
		rules_find(check, "T1", "transport",
			   answer_says(check, words, lite) != NULL ? "UDP-Lite uses the numbers of UDP: write udp."
								   : "",
			   "\"%s\" is not of tcp, udp, sctp, dccp", rules_quoted(check, answer));
	}
}

static void check_several(struct rules_check *check)
{
	static const char *const same[] = { "same",	  "identical", "not at all", "not differ",
					    "no differ*", "equal*",    "alike",	     NULL };
	const char *differs = rules_words(check, "differs");
	bool is_same = answer_is_nothing(differs) || answer_says(check, differs, same) != NULL;

	if (__builtin_popcount(check->transports) > 1 && rules_answer(check, "differs")[0] != '\0' && !is_same) {
		rules_find(check, "T3", "differs", "What differs is a service of its own, with a name of its own.",
			   "over its transports it is not said to be the same service");
	}
}

/* ---- udp ---- */

static void check_congestion(struct rules_check *check)
{
	static const char *const evasions[] = { "bypass*",     "avoid congestion*",	"avoids congestion*", "evade*",
						"circumvent*", "no congestion control", "slow start",	      NULL };
	const char *words = rules_words(check, "congestion");

	if (!asks_transport(check, ENTRY_UDP) || rules_answer(check, "congestion")[0] == '\0') {
		return;
	}
	const char *found = answer_says(check, words, evasions);
	if (answer_is_nothing(words)) {
		rules_find(check, "T4", "congestion",
			   "Say how much is sent before an answer comes, and what a loss changes.",
			   "\"%s\" does not say how traffic is limited",
			   rules_quoted(check, rules_answer(check, "congestion")));
	} else if (found != NULL) {
		rules_find(check, "T4", "congestion", "Use TCP, or limit the traffic (RFC 8085).",
			   "\"%s\": UDP is no way round congestion control", found);
	}
}

static void check_broadcast(struct rules_check *check)
{
	static const char *const phrases[] = { "broadcast*", NULL };
	const char *answer = rules_answer(check, "broadcast");

	if (strcmp(answer, "no") != 0 && answer_says(check, rules_words(check, "broadcast"), phrases) != NULL) {
		rules_find(check, "T5", "broadcast", "Ask for a multicast group, which reaches only who wants to hear.",
			   "broadcast is used");
	}
}

/* ---- sctp ---- */

struct twin {
	const struct rules_check *check;
	struct view_row row;
	bool is_found;
};

/* A row of the name over TCP or UDP at another number. */
static bool take_twin(const struct view_row *row, uint32_t index, void *context)
{
	struct twin *twin = context;
	int port = twin->check->port;

	(void)index;
	twin->is_found = (row->transport == ENTRY_TCP || row->transport == ENTRY_UDP) && row->lo != ENTRY_NO_PORT &&
			 (port < row->lo || port > row->hi);
	twin->row = *row;
	return !twin->is_found;
}

static void check_sctp(struct rules_check *check)
{
	struct twin twin = { .check = check };

	if (!asks_transport(check, ENTRY_SCTP)) {
		return;
	}
	if (answer_is_nothing(rules_words(check, "sctp-why"))) {
		rules_find(check, "T9", "sctp-why",
			   "Several streams, several addresses, messages, partial reliability: which?",
			   "it is not said which capability of SCTP would make users choose it");
	}
	if (check->context->view != NULL && check->name[0] != '\0' && check->port != ENTRY_NO_PORT) {
		view_named(check->context->view, check->name, take_twin, &twin);
	}
	if (twin.is_found) {
		rules_find(check, "T9", "port", rules_text(check, "Ask for %d.", twin.row.lo),
			   "over SCTP a service keeps its number: %s", rules_row(check, &twin.row));
	}
}

/* ---- beside what is assigned ---- */

static void check_widened(struct rules_check *check)
{
	struct rules_subject subject = rules_subject(check, "about");
	struct view_row row;

	if (check->form->kind != FORM_TRANSPORT || !rules_subject_row(check, &subject, &row)) {
		return;
	}
	bool seems_holder = rules_seems_holder(check, &row);
	rules_find(check, "T6", "about", "A person asks the holder, at the address that is known of it.",
		   seems_holder ? "the applicant gives the name of the holder, which proves nothing yet: %s"
				: "the applicant is neither assignee nor contact of %s",
		   rules_row(check, &row));
}

void rules_check_transports(struct rules_check *check)
{
	check_named(check);
	check_several(check);
	check_congestion(check);
	check_broadcast(check);
	check_sctp(check);
	check_widened(check);
}
