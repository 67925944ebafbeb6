/* berth_contest.c - loads, compiles and classifies protocols beside each other. */
#include "cmd/berth_contest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- which of them ---- */

/* A TRANSPORT_, or -1 after saying that there is none of this name. */
static int transport_of(const char *name)
{
	static const struct {
		const char *name;
		int transport;
	} transports[] = {
		{ "tcp", TRANSPORT_TCP },
		{ "udp", TRANSPORT_UDP },
		{ "sctp", TRANSPORT_SCTP },
		{ "dccp", TRANSPORT_DCCP },
	};

	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		if (name == NULL || strcmp(transports[i].name, name) == 0) {
			return transports[i].transport;
		}
	}
	complain_about("--transport takes tcp, udp, sctp or dccp, not \"%s\"", name);
	return -1;
}

/* ---- programs ---- */

static int compile(struct contest *contest, struct description *description, const struct protocol *protocol)
{
	struct contestant *list = reallocarray(contest->list, contest->count + 1, sizeof(*list));

	if (list == NULL) {
		return -ENOMEM;
	}
	contest->list = list;
	list[contest->count] = (struct contestant){ .protocol = protocol };
	int r = program_compile(protocol, &description->report, &list[contest->count].program);
	contest->count += r == 0;
	return r;
}

static int compile_all(struct contest *contest, unsigned transport)
{
	int status = EXIT_DONE;

	for (size_t i = 0; i < contest->descriptions.count; i++) {
		struct description *description = &contest->descriptions.list[i];
		int r = 0;
		for (const struct protocol *at = description->tree->protocols; at != NULL && r == 0; at = at->next) {
			r = (at->transports & transport) != 0 ? compile(contest, description, at) : 0;
		}
		if (r == -EINVAL) {
			report_print(&description->report, stderr);
			status = EXIT_NO;
		} else if (r < 0) {
			complain_about("%s: %s", description->name, strerror(-r));
			return EXIT_COULD_NOT;
		}
	}
	return status;
}

int contest_load(const struct request *request, struct contest *ret_contest)
{
	struct contest contest = { .list = NULL };
	int transport = transport_of(request->transport);

	if (transport < 0) {
		return EXIT_USAGE;
	}
	int status = descriptions_load(request, &contest.descriptions);
	if (status != EXIT_DONE) {
		return status;
	}
	status = descriptions_demand_good(&contest.descriptions);
	status = status != EXIT_DONE ? status : compile_all(&contest, (unsigned)transport);
	if (status != EXIT_DONE) {
		contest_finish(&contest);
		return status;
	}
	*ret_contest = contest;
	return EXIT_DONE;
}

/* ---- the classifier ---- */

static int build(struct contest *contest, struct classifier_protocol *protocols, struct classifier_function *functions)
{
	struct classifier_costs costs;
	struct text offender;
	char room[NAME_OCTETS_MAX + 1];

	for (uint32_t i = 0; i < contest->count; i++) {
		protocols[i] = (struct classifier_protocol){ .program = contest->list[i].program };
		functions[i] = (struct classifier_function){ .id = i, .protocol = i };
	}
	text_init(&offender, room, sizeof(room));
	return classifier_build(protocols, contest->count, functions, contest->count, &offender, &costs,
				&contest->classifier);
}

int contest_classify(struct contest *contest)
{
	struct classifier_protocol *protocols = calloc(contest->count + 1, sizeof(*protocols));
	struct classifier_function *functions = calloc(contest->count + 1, sizeof(*functions));
	int r = protocols == NULL || functions == NULL ? -ENOMEM : build(contest, protocols, functions);

	free(protocols);
	free(functions);
	if (r < 0) {
		complain_about("these descriptions make no table together: %s",
			       r == -E2BIG ? "it would be too large" : strerror(-r));
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

void contest_finish(struct contest *contest)
{
	for (size_t i = 0; i < contest->count; i++) {
		free(contest->list[i].program);
	}
	free(contest->list);
	free(contest->classifier);
	descriptions_finish(&contest->descriptions);
	*contest = (struct contest){ .list = NULL };
}
