/* visit.c - what pages and calls share when they answer (visit.h). */
#include "web/site/visit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "os/log.h"
#include "registry/records/derive.h"
#include "web/site/page.h"

const struct role_name role_names[] = {
	{ ROLE_REGISTRAR, "registrar" },	 { ROLE_EXPERT, "expert" },   { ROLE_BOARD, "board" },
	{ ROLE_ADMINISTRATOR, "administrator" }, { ROLE_AUDITOR, "auditor" }, { .name = NULL },
};

const char *visit_query(const struct visit *visit, const char *name)
{
	return web_value(&visit->request->query, name);
}

const char *visit_field(const struct visit *visit, const char *name)
{
	return web_value(&visit->request->form, name);
}

struct html *visit_html(struct visit *visit)
{
	return &visit->response->body;
}

static void answer_json(struct visit *visit, unsigned status, const char *type, json_t *json)
{
	char *text = json == NULL ? NULL : json_dumps(json, JSON_INDENT(2));

	visit->response->status = status;
	visit->response->type = type;
	visit->response->failed = visit->response->failed || text == NULL;
	if (text != NULL) {
		html_octets(visit_html(visit), text, strlen(text));
		html_octets(visit_html(visit), "\n", 1);
	}
	free(text);
	json_decref(json);
}

void visit_json(struct visit *visit, unsigned status, json_t *json)
{
	answer_json(visit, status, "application/json", json);
}

/* Also of a path that nothing stands at. */
static bool is_api(const struct visit *visit)
{
	return visit->route != NULL ? (visit->route->flags & ROUTE_API) != 0
				    : strncmp(visit->request->path, "/api/", strlen("/api/")) == 0;
}

void visit_problem(struct visit *visit, unsigned status, const char *title, const char *sentence)
{
	html_finish(visit_html(visit)); /* whatever was begun */
	if (is_api(visit)) {
		answer_json(visit, status, "application/problem+json",
			    json_pack("{s:s, s:s, s:i, s:s}", "type", "about:blank", "title", title, "status",
				      (int)status, "detail", sentence));
		return;
	}
	visit->response->status = status;
	page_begin(visit, &(struct page){ .title = title, .section = "", .is_private = true });
	html_print(visit_html(visit), "<p>%s</p>\n", sentence);
	page_end(visit);
}

/* What people are told of an error of ours: the rest is for the log. */
static void answer_failure(struct visit *visit, int error, const struct complaint *complaint)
{
	log_event(LOG_LEVEL_ERROR, "act-failed", "page", visit->route->pattern, "error", strerror(-error), "because",
		  complaint->sentence[0] != '\0' ? complaint->sentence : store_complaint(visit->site->store), NULL);
	if (error == -EBUSY || error == -EAGAIN || error == -ECONNRESET || error == -ETIMEDOUT) {
		response_header(visit->response, "Retry-After", "5");
		visit_problem(visit, 503, "Busy",
			      "The registry's store is busy or being restarted. Nothing was changed that is not "
			      "shown; send it again in a few seconds.");
		return;
	}
	visit_problem(visit, 500, "This did not work",
		      "Something went wrong on our side. Nothing was changed; the people who run this registry "
		      "find the reason in their log.");
}

void visit_refused(struct visit *visit, int error, const struct complaint *complaint)
{
	static const struct {
		int error;
		unsigned status;
		const char *title;
	} answers[] = {
		{ -EPERM, 403, "This is not possible" },
		{ -ENOENT, 404, "Not found" },
		{ -EEXIST, 409, "Somebody acted at the same time" },
		{ -EINVAL, 400, "This cannot be read" },
		{ -EILSEQ, 400, "This cannot be read" },
		{ -E2BIG, 413, "Too long" },
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if (answers[i].error == error) {
			visit_problem(visit, answers[i].status, answers[i].title,
				      complaint->sentence[0] != '\0' ? complaint->sentence
								     : "There is nothing here by this name.");
			return;
		}
	}
	answer_failure(visit, error, complaint);
}

const struct view *visit_view(struct visit *visit)
{
	if (visit->site->view.size == 0) {
		visit_problem(visit, 503, "Nothing is published yet", "This registry has not published its rows yet.");
		return NULL;
	}
	return &visit->site->view;
}

bool visit_transport(struct visit *visit, int *ret_transport)
{
	const char *text = visit_query(visit, "transport");
	int transport = entry_transport(text);
	struct complaint complaint = { "" };

	if (transport == ENTRY_TRANSPORT_OTHER) {
		(void)complain_of(&complaint, -EINVAL, "\"%s\" is no transport: tcp, udp, sctp, dccp.", text);
		visit_refused(visit, -EINVAL, &complaint);
		return false;
	}
	*ret_transport = transport;
	return true;
}

void visit_go(struct visit *visit, const char *path)
{
	html_finish(visit_html(visit));
	response_redirect(visit->response, path);
}
