/* berth_listening.c - `berth check --listening`: what waits for callers on this machine, held against the registry. */
#include "cmd/berth_listening.h"

#include <errno.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cmd/registry.h"
#include "os/holder.h"
#include "os/listening.h"
#include "registry/words/answers_text.h"
#include "registry/records/derive.h"
#include "registry/lookup/judge.h"

static const struct {
	int protocol;
	int transport;
} protocols[] = {
	{ IPPROTO_TCP, ENTRY_TCP },
	{ IPPROTO_UDP, ENTRY_UDP },
	{ IPPROTO_SCTP, ENTRY_SCTP },
	{ IPPROTO_DCCP, ENTRY_DCCP },
};

struct found {
	struct listening_socket socket;
	int transport;
};

struct survey {
	const struct request *request;
	const struct view *view;
	const struct holders *holders;
	int transport;
	struct found *all;
	size_t count, capacity;
	json_t *array;
	size_t faults;
};

/* ---- gathering ---- */

static int keep(const struct listening_socket *socket, void *context)
{
	struct survey *survey = context;

	struct found *all = array_grow(survey->all, survey->count, &survey->capacity, sizeof(*all));

	if (all == NULL) {
		return -ENOMEM;
	}
	survey->all = all;
	survey->all[survey->count++] = (struct found){ *socket, survey->transport };
	return 0;
}

static int gather(struct survey *survey)
{
	struct listening *listening = NULL;
	int r = listening_create(&listening);

	for (size_t i = 0; r == 0 && i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		survey->transport = protocols[i].transport;
		r = listening_each(listening, protocols[i].protocol, keep, survey);
	}
	(void)listening_destroy(listening);
	return r;
}

static int by_port(const void *a, const void *b)
{
	const struct found *left = a;
	const struct found *right = b;
	int order = left->socket.port - right->socket.port;

	order = order != 0 ? order : left->transport - right->transport;
	return order != 0 ? order : memcmp(&left->socket.address, &right->socket.address, sizeof(struct address));
}

/* ---- telling ---- */

/* A datagram socket above the registry's numbers is mostly a client's. */
static bool is_fault(const struct found *found, enum judgement judgement)
{
	return judgement == JUDGED_UNREGISTERED || (judgement == JUDGED_DYNAMIC && found->transport != ENTRY_UDP);
}

static void tell(struct survey *survey, const struct found *found)
{
	char names[JUDGED_NAMES_SIZE];
	char address[ADDRESS_TEXT_MAX];
	char shown[64];
	const char *program = holders_find(survey->holders, found->socket.inode);
	enum judgement judgement = judge(survey->view, found->socket.port, found->transport, program, names);

	address_text(&found->socket.address, address);
	survey->faults += is_fault(found, judgement);
	if (survey->array != NULL) {
		(void)json_array_append_new(survey->array,
					    json_pack("{s:i, s:s, s:s, s:s?, s:i, s:s, s:s}", "port",
						      (int)found->socket.port, "transport",
						      entry_transport_name(found->transport), "address", address,
						      "program", program, "user", (int)found->socket.user, "judgement",
						      judgement_name(judgement), "names", names));
		return;
	}
	if (survey->request->quiet) {
		return;
	}
	shown_text(program == NULL ? "-" : program, shown, sizeof(shown));
	(void)printf("%5u/%-4s  %-15s  %-15s  %-13s  %s\n", found->socket.port, entry_transport_name(found->transport),
		     shown, address, judgement_name(judgement), names);
}

static void tell_all(struct survey *survey)
{
	if (survey->count > 0) {
		qsort(survey->all, survey->count, sizeof(*survey->all), by_port);
	}
	if (survey->array == NULL && !survey->request->quiet) {
		(void)puts("PORT        PROGRAM          ADDRESS          JUDGEMENT      REGISTERED AS");
	}
	for (size_t i = 0; i < survey->count; i++) {
		tell(survey, &survey->all[i]);
	}
	if (survey->array != NULL) {
		(void)json_dumpf(survey->array, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		(void)putchar('\n');
	}
}

static int run(struct survey *survey)
{
	struct holders *holders = NULL;
	int r = holders_read(&holders);

	if (r == 0) {
		survey->holders = holders;
		r = gather(survey);
	}
	if (r == 0) {
		tell_all(survey);
	} else {
		complain_about("sockets of this machine: %s", strerror(-r));
	}
	(void)holders_destroy(holders);
	free(survey->all);
	return r < 0 ? EXIT_COULD_NOT : survey->faults > 0 ? EXIT_NO : EXIT_DONE;
}

int check_listening(const struct request *request)
{
	struct registry_view view;
	struct survey survey = { .request = request, .array = request->json ? json_array() : NULL };
	int status = registry_view_open(request, NULL, &view);

	if (status == EXIT_DONE) {
		survey.view = &view.view;
		status = run(&survey);
		if (!request->quiet && !request->json) {
			(void)fflush(stdout);
			registry_notice_to_people(&view.view);
		}
		registry_view_close(&view);
	}
	json_decref(survey.array);
	return status;
}
