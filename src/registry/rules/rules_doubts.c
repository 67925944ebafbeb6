/* rules_doubts.c - rules J6 to J8: what a person should ask, found by words in the answers.
 *
 * One table: where which words stand, what they make one ask.  A question is a warning and never refuses. */
#include <string.h>

#include "registry/rules/rules_words.h"

enum { KEYS_MAX = 8 };

struct doubt {
	const char *id;
	const char *keys[KEYS_MAX];
	const char *const *phrases;
	const char *question;
	const char *const *answers; /* phrases beside which one need not ask; or NULL */
};

#define PHRASES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct doubt doubts[] = {
	{ "J6",
	  { "functions", "sequences", "why-not-dynamic", "development", "other", "description", "notes", NULL },
	  PHRASES("localhost", "local host", "127.0.0.1", "[::1]", "loopback", "intra-host", "same host",
		  "same machine", "same computer", "local machine", "user's machine", "own machine", "own computer"),
	  "is it called within one host alone? Then a dynamic port or a unix socket does",
	  NULL },
	{ "J6",
	  { "why-not-dynamic", NULL },
	  PHRASES("default port", "convenien*", "easier", "easy", "remember", "memorable", "configuration",
		  "hard coded", "hardcoded", "nicer", "in the url", "type a port", "type the port"),
	  "could clients not learn a dynamic port, by configuration, SRV records, mDNS or a port mapper?",
	  NULL },
	{ "J6",
	  { "why-not-dynamic", "why-not-user", "other", "differs", NULL },
	  PHRASES("performance", "faster", "low latency", "throughput", "quality of service", "higher priority"),
	  "is it a variant of another service for its performance?",
	  NULL },
	{ "J6",
	  { "why-not-dynamic", "why-not-user", "other", NULL },
	  PHRASES("more instances", "several instances", "multiple instances", "second instance", "second copy",
		  "per user", "per tenant"),
	  "is it a replica of another service?",
	  NULL },
	{ "J6",
	  { "why-not-dynamic", "why-not-user", "other", "title", NULL },
	  PHRASES("new version", "newer version", "next version", "old version", "older version", "successor*"),
	  "is it a version of a service that has a port?",
	  NULL },
	{ "J6",
	  { "development", NULL },
	  PHRASES("prototype*", "proof of concept", "alpha", "idea", "planned", "not yet", "early", "experiment*",
		  "no implementation*", "to be written"),
	  "is it useful by itself already, beyond its authors?",
	  PHRASES("companies", "organisations", "organizations", "users", "sites", "installations", "production",
		  "in use") },
	{ "J7",
	  { "security", "why-not-dynamic", "other", "functions", NULL },
	  PHRASES("unencrypted", "insecure", "plain variant", "tls variant", "secure variant", "encrypted variant",
		  "secure version", "plain version", "port for tls", "port for ssl", "tls port", "over tls is on"),
	  "is it the twin of a secure service? One port should serve both",
	  NULL },
	{ "J7",
	  { "why-not-dynamic", "why-not-user", "other", "notes", "security", NULL },
	  PHRASES("precedent*", "others also", "other services also", "other services have", "other protocols have",
		  "like other", "as other services", "as other protocols", "just like"),
	  "precedent is inadequate justification",
	  NULL },
	{ "J8",
	  { "why-not-dynamic", "why-not-user", "development", "other", "notes", "functions", "why-reserved", NULL },
	  PHRASES("already use*", "already using", "already deployed", "already listen*", "already run*",
		  "has been using", "have been using", "de facto", "de-facto", "in use on", "in use since",
		  "widely deployed", "installed base", "existing installation*", "existing deployment*",
		  "existing users"),
	  "is it in use on this number? That gives no right to it",
	  NULL },
};

static void check_doubt(struct rules_check *check, const struct doubt *doubt)
{
	for (size_t i = 0; i < KEYS_MAX && doubt->keys[i] != NULL; i++) {
		const char *words = rules_words(check, doubt->keys[i]);
		const char *found = answer_says(check, words, doubt->phrases);
		bool is_answered = doubt->answers != NULL && answer_says(check, words, doubt->answers) != NULL;
		if (found != NULL && !is_answered) {
			rules_find(check, doubt->id, doubt->keys[i], "", "it says \"%s\": %s", found, doubt->question);
			return;
		}
	}
}

/* ---- existing services ---- */

const char *rules_says_http(struct rules_check *check, const char **ret_key)
{
	static const char *const keys[] = { "formats",	 "types", "opcodes",	"sequences",
					    "functions", "title", "description" };
	static const char *const phrases[] = { "http*",	  "websocket*", "rest api", "restful",
					       "graphql", "web server", NULL };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const char *found = answer_says(check, rules_words(check, keys[i]), phrases);
		if (found != NULL) {
			*ret_key = keys[i];
			return found;
		}
	}
	return NULL;
}

static void check_http(struct rules_check *check)
{
	const char *key;
	const char *found = rules_says_http(check, &key);

	if (found != NULL) {
		rules_find(
			check, "J6", key,
			"http (80) and https (443) serve any path; with them, a dynamic port stands in the URL.",
			"it says \"%s\": can an unmodified client of http interact with it? Then that service suffices",
			found);
	}
}

/* ---- security ---- */

static void check_security(struct rules_check *check)
{
	static const char *const means[] = { "tls*",	  "dtls*",     "ssl",	       "ssh*",	    "ipsec",
					     "ike*",	  "quic",      "encrypt*",     "authenti*", "sign*",
					     "noise",	  "kerberos",  "sasl*",	       "gssapi",    "hmac*",
					     "aes*",	  "key*",      "certificate*", "oscore",    "cose",
					     "wireguard", "password*", "cryptograph*", "mac",	    "scram*",
					     "psk",	  NULL };
	const char *words = rules_words(check, "security");
	bool says_none = answer_is_nothing(words) || answer_says(check, words, means) == NULL;

	if (rules_wants_port(check) && check->form->kind != FORM_TRANSPORT && says_none) {
		rules_find(check, "J7", "security", "Say who may call, and how what is said is protected.",
			   "it is not said how the service is secured");
	}
}

/* ---- in use ---- */

/* Its own number in an answer is what a user of it would write. */
static void check_number_in_use(struct rules_check *check)
{
	static const char *const keys[] = { "development", "why-not-dynamic", "why-not-user",	 "other",
					    "notes",	   "functions",	      "unauthorized-use" };
	const char *const number[] = { rules_text(check, "%d", check->port), NULL };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && check->port != ENTRY_NO_PORT; i++) {
		if (answer_says(check, rules_words(check, keys[i]), number) != NULL) {
			rules_find(check, "J8", keys[i], "",
				   "it speaks of %d: is it in use on this number? That gives no right to it",
				   check->port);
			return;
		}
	}
}

void rules_check_doubts(struct rules_check *check)
{
	if (!rules_is_new(check)) {
		return;
	}
	for (size_t i = 0; i < sizeof(doubts) / sizeof(doubts[0]); i++) {
		check_doubt(check, &doubts[i]);
	}
	check_http(check);
	check_security(check);
	if (!rules_has_found(check, "J8")) {
		check_number_in_use(check);
	}
}
