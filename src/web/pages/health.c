/* health.c - GET /health and /metrics: for programs that watch over this one.  Neither tells a stranger anything. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/address.h"
#include "store/settings.h"
#include "web/http/server.h"
#include "web/pages/pages.h"
#include "web/site/limit.h"

void page_health(struct visit *visit)
{
	char *name = setting_get(visit->site->store, "name");

	visit->response->type = "text/plain; charset=utf-8";
	visit->response->status = name != NULL ? 200 : 503;
	html_print(visit_html(visit), "%s\n", name != NULL ? "ok" : "the store does not answer");
	free(name);
}

/* A proxy on the same machine calls from there too: but it says for whom. */
static bool is_from_here(const struct web_request *request)
{
	static const char *const proxied[] = { "x-forwarded-for", "forwarded", "via", "x-real-ip" };
	struct prefix prefix;

	for (size_t i = 0; i < sizeof(proxied) / sizeof(proxied[0]); i++) {
		if (web_value(&request->headers, proxied[i])[0] != '\0') {
			return false;
		}
	}
	return strcmp(request->source, "unix") == 0 || strcmp(request->source, "::1") == 0 ||
	       (prefix_parse(request->source, &prefix) == 0 && address_is_ipv4(&prefix.address) &&
		prefix.address.bytes[12] == 127);
}

static void put(struct html *html, const char *name, const char *type, const char *help)
{
	html_print(html, "# TYPE berth_registryd_%s %s\n# HELP berth_registryd_%s %s\n", name, type, name, help);
}

static void put_counter(struct html *html, const char *name, const char *help, uint64_t value)
{
	put(html, name, "counter", help);
	html_print(html, "berth_registryd_%s_total %llu\n", name, (unsigned long long)value);
}

static void put_server(struct html *html, const struct server_counters *counters)
{
	put(html, "connections", "gauge", "Connections that are open.");
	html_print(html, "berth_registryd_connections %u\n", counters->connections);
	put_counter(html, "requests", "Requests that came.", counters->requests);
	put(html, "refused", "counter", "Answers that were refusals or failures, by their status' first digit.");
	for (unsigned i = 4; i <= 5; i++) {
		html_print(html, "berth_registryd_refused_total{status=\"%uxx\"} %llu\n", i,
			   (unsigned long long)counters->refused_by_status[i]);
	}
	put_counter(html, "timed_out", "Connections that were too slow.", counters->timed_out);
	put_counter(html, "bodies_refused", "Bodies for which there was no room.", counters->bodies_refused);
	put_counter(html, "connections_refused", "Connections of a source that had too many.",
		    counters->connections_refused);
	put_counter(html, "failed", "Answers that could not be made.", counters->failed);
}

static void put_limits(struct html *html, const struct limits *limits)
{
	put(html, "limit_refused", "counter", "Requests that came too often, by the limit's name.");
	for (int kind = 0; kind < LIMIT_KINDS; kind++) {
		html_print(html, "berth_registryd_limit_refused_total{limit=\"%s\"} %llu\n",
			   limit_name((enum limit_kind)kind),
			   (unsigned long long)limit_counters(limits, (enum limit_kind)kind)->refused);
	}
}

void page_metrics(struct visit *visit)
{
	struct html *html = visit_html(visit);

	if (!is_from_here(visit->request) || visit->site->counters == NULL) {
		visit_problem(visit, 404, "Not found", "There is no page at this address.");
		return;
	}
	visit->response->type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
	put_server(html, visit->site->counters);
	put_limits(html, visit->site->limits);
	html_print(html, "# EOF\n");
}
