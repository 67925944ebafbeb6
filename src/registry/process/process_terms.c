/* process_terms.c - which band an application is in, and so who decides on it (process_private.h).  Called when it is
 * admitted, and when a number is chosen. */
#include "registry/process/process_private.h"

#include <errno.h>
#include <string.h>

#include "registry/records/derive.h"
#include "registry/lookup/lookup.h"
#include "store/bands.h"

struct search {
	int port;	  /* -1: of this kind */
	const char *kind; /* "user", "system" */
	bool found;
	struct process_terms terms;
};

static int look(const struct band *band, void *context)
{
	struct search *search = context;
	bool is = search->port >= 0 ? search->port >= band->lo && search->port <= band->hi
				    : strcmp(band->kind, search->kind) == 0;

	if (!is || search->found || strcmp(band->decides, "none") == 0) {
		return 0;
	}
	search->found = true;
	search->terms = (struct process_terms){
		.lo = band->lo,
		.hi = band->hi,
		.eyes = band->eyes,
		.expert = band->expert,
		.by_anyone = strcmp(band->decides, "anyone") == 0,
		.over = strcmp(band->over, "warn") == 0,
	};
	return 0;
}

static int of_band(struct store *store, int port, const char *kind, struct process_terms *ret_terms)
{
	struct search search = { .port = port, .kind = kind };
	int r = band_each(store, look, &search);

	if (r < 0) {
		return r;
	}
	*ret_terms = search.terms;
	return search.found ? 0 : -ENOENT;
}

static int port_of_about(const struct form *form)
{
	struct question question;
	char complaint[128];

	if (question_read(form_value(form, "about"), &question, complaint, sizeof(complaint)) < 0 ||
	    question.kind != QUESTION_PORTS) {
		return -1;
	}
	return question.lo;
}

/* Where any number will do: a user band, or in a registry of private bands alone the lowest of these. */
static int of_any(struct store *store, struct process_terms *ret_terms)
{
	int r = of_band(store, -1, "user", ret_terms);

	return r == -ENOENT ? of_band(store, -1, "private", ret_terms) : r;
}

int process_terms(struct store *store, const struct form *form, struct process_terms *ret_terms)
{
	struct process_terms terms = { .eyes = 1 };
	int port = process_port(form);
	int r = 0;

	switch (form->kind) {
	case FORM_SYSTEM:
		r = of_band(store, port, "system", &terms);
		terms.eyes = 2; /* whatever the band says */
		break;
	case FORM_USER:
	case FORM_RELOCATION:
		r = port >= 0 ? of_band(store, port, NULL, &terms) : of_any(store, &terms);
		terms.by_anyone = terms.by_anyone && form->kind == FORM_USER; /* never automatic: IESG statement */
		break;
	case FORM_TRANSPORT:
		port = port_of_about(form);
		r = port >= 0 ? of_band(store, port, NULL, &terms) : 0;
		terms.by_anyone = false;
		break;
	case FORM_NAME:
	case FORM_SERVICE_CODE:
		terms.by_anyone = true;
		break;
	case FORM_REVOCATION:
		terms.eyes = 2;
		break;
	case FORM_MODIFICATION:
	case FORM_RELEASE:
	case FORM_RENEWAL:
	case FORM_KINDS:
		break;
	}
	if (r == 0) {
		*ret_terms = terms;
	}
	return r;
}
