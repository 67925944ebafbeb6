/* session_refused.c - refusals told (session.h): who asked for what is not theirs, in the log and in the chain.
 *
 * The chain grows by a bounded number of such events an hour, so that nobody can fill it. */
#include <stdio.h>
#include <string.h>

#include "os/log.h"
#include "web/site/session_private.h"

static bool is_within_limit(struct visit *visit)
{
	struct refusals *refusals = &visit->site->sessions->refusals;
	bool is_staff = visit->session.staff != 0;
	unsigned *count = is_staff ? &refusals->staff : &refusals->strangers;

	if (strncmp(refusals->hour, visit->site->now, HOUR_SIZE - 1) != 0) {
		*refusals = (struct refusals){ .hour = "" };
		(void)snprintf(refusals->hour, sizeof(refusals->hour), "%.*s", HOUR_SIZE - 1, visit->site->now);
	}
	return ++*count <= (is_staff ? REFUSED_STAFF_MAX : REFUSED_EVENTS_MAX);
}

/* A failure leaves the line in the log alone. */
static void write_event(struct visit *visit, const char *subject, const char *why)
{
	const struct change_by by = {
		.staff = visit->session.staff,
		.act = "refused",
		.subject = subject,
		.why = why,
		.at = visit->site->now,
	};
	struct change *change = NULL;

	if (change_begin(visit->site->store, &by, &change) < 0 || change_commit(change, NULL) < 0) {
		log_event(LOG_LEVEL_ERROR, "refusal-not-written", "because", store_complaint(visit->site->store), NULL);
	}
}

void session_refused(struct visit *visit, const char *subject, const char *why)
{
	log_event(LOG_LEVEL_WARNING, "refused", "login", visit->session.login, "source", visit->request->source,
		  "subject", subject, "why", why, NULL);
	if (is_within_limit(visit)) {
		write_event(visit, subject, why);
	}
}
