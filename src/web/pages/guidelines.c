/* guidelines.c - what to read before applying: one port for many functions, DCCP, descriptions. */
#include <string.h>

#include "web/pages/pages.h"

static void put_general(struct html *html)
{
	html_print(
		html,
		"<p class=\"lead\">Port numbers are few, and every open port is a door. Most services need one, "
		"and some need none.</p>\n"
		"<h2>Before asking for a number</h2>\n<ul>\n"
		"<li>A service that is found by name (DNS SRV, DNS-SD) or told where to call can use any port from "
		"49152 up: a name alone is then enough, and is given to who asks first.</li>\n"
		"<li>A protocol that runs over HTTP or TLS on the ports of these needs no other.</li>\n"
		"<li>A new version of a protocol uses the port it has; the first message says which version is "
		"spoken.</li>\n</ul>\n"
		"<h2>One port for many functions</h2>\n"
		"<p>An application or service works with one port. Where it has several functions, that port is a "
		"<dfn>rendezvous</dfn>: the client always calls it first and says in its first message which function "
		"it wants. The service then either</p>\n<ol type=\"A\">\n"
		"<li>starts a process for the function and passes the connection to it, or</li>\n"
		"<li>picks a high port, starts a process that listens there, and tells the client to call that.</li>\n"
		"</ol>\n<p><code>berthd</code> does both; its configuration names the functions.</p>\n"
		"<h2>What an examiner looks at</h2>\n"
		"<p>Enough detail to understand how the application uses the network: the messages, their kinds and "
		"operation codes, the order in which they may come, and what happens when they do not. "
		"<a href=\"/rules\">The rules</a> are the same for everybody, and every form shows what they find "
		"before it is sent.</p>\n"
		"<ul>\n<li><a href=\"/guidelines/dccp\">DCCP ports and service codes</a></li>\n"
		"<li><a href=\"/guidelines/descriptions\">Describing a protocol</a></li>\n</ul>\n");
}

static void put_dccp(struct html *html)
{
	html_print(
		html,
		"<p class=\"lead\">A DCCP connection says in its first packet which service it is for: a service code "
		"of 32 bits. Ports only tell services of one machine apart.</p>\n"
		"<ul>\n<li>Apply for a service code first; a port for DCCP needs at least one.</li>\n"
		"<li>A code is written <code>SC:fdpz</code> (one to four of letters, digits and - _ + . * / ? @, "
		"filled up with blanks), <code>SC=1717858426</code>, or <code>SC=x6664707A</code> (RFC 4340, "
		"section 8.1.2).</li>\n"
		"<li>0 and 4294967295 are never codes; those whose first octet is a question mark "
		"(1056964608 to 1073741823) are for private use and not assigned.</li>\n"
		"<li>Four octets out of blanks, - . / digits and capital letters need a specification; any other code "
		"is given to who asks first (RFC 5595, section 5).</li>\n"
		"<li>One port for each service code at most. A service that has a UDP port already uses the same "
		"number for DCCP (RFC 4340, section 19.9).</li>\n"
		"<li>Without a port of its own, a service code implies one from 49152 up (RFC 5595, section 2.7): "
		"<code>berth lookup SC:fdpz</code> tells it.</li>\n"
		"<li>More than five codes in one application are examined by an expert.</li>\n</ul>\n"
		"<p>Read <a href=\"https://www.rfc-editor.org/rfc/rfc4340\">RFC 4340</a>, section 19.9, and "
		"<a href=\"https://www.rfc-editor.org/rfc/rfc5595\">RFC 5595</a>.</p>\n");
}

/* Complete: berth check finds nothing in it. */
static const char example[] =
	"protocol exfiles {\n"
	"  title \"Example file service\";  short \"exfiles\";\n"
	"  reference \"https://example.org/exfiles.txt\";\n"
	"  transport tcp;\n"
	"  opcodes {\n"
	"    Op : u8 { read = 1, write = 2, delete = 3, restore = 4, cancel = 5, interrupt = 6, "
	"answer = 7 }\n"
	"    Status : u8 { ok = 0, cancelled = 1, nofile = 2, denied = 3, ... }\n"
	"  }\n"
	"  types {\n"
	"    client request   Request   { weak; sized u16 in 5..259 {\n"
	"      op: Op in read..restore; argument: u16; filename: text[255] to x\"00\"; } }\n"
	"    client cancel    Cancel    { sized u16 in 1 { op: Op = cancel; } }\n"
	"    server reply     Reply     { sized u16 in 4..65535 {\n"
	"      op: Op = answer; status: Status; argument: u16; payload[rest]; } }\n"
	"    server interrupt Interrupt { sized u16 in 3 { op: Op = interrupt; reason: u16; } }\n"
	"  }\n"
	"  sequences {\n"
	"    state idle start final { client Request -> waiting; client close -> end;\n"
	"                             client Cancel late -> idle; }\n"
	"    state waiting    { server Reply -> idle; client Cancel -> cancelling; after 30s -> end; }\n"
	"    state cancelling { server Reply -> idle; }\n"
	"    always           { server Interrupt -> same; }\n"
	"  }\n"
	"  functions { function files \"read, write, delete and restore files\"; }\n"
	"  broadcast no;\n"
	"}\n";

static void put_descriptions(struct html *html)
{
	html_print(
		html,
		"<p class=\"lead\">Questions 2 to 5 of the form ask for formats, types, operation codes and sequences. "
		"A description answers all four at once, and a program reads it too.</p>\n"
		"<p>What is missing, ambiguous or racing in it is found before anybody examines it: two messages that "
		"begin alike, a reply that crosses a cancel, a length that is counted twice. Attach it to the form, or "
		"check it at home with <code>berth check FILE</code>. The language is in "
		"<code>berth-language</code>(5).</p>\n"
		"<h2>A complete one</h2>\n"
		"<p>A client sends a request and waits for the server's reply, except it can send a cancel.</p>\n");
	html_print(html, "<pre>%s</pre>\n", example);
	html_print(html,
		   "<p>Each message names who sends it, its kind, and its fields in order; each state names what "
		   "may come in it and where that leads; <code>late</code> is a cancel that crossed the reply.</p>\n");
}

void page_guidelines(struct visit *visit)
{
	static const struct {
		const char *name, *title;
		void (*put)(struct html *html);
	} guidelines[] = {
		{ "", "Guidelines", put_general },
		{ "dccp", "Guidelines: DCCP", put_dccp },
		{ "descriptions", "Guidelines: describing a protocol", put_descriptions },
	};
	const char *name = visit->request->parameters[0] == NULL ? "" : visit->request->parameters[0];

	for (size_t i = 0; i < sizeof(guidelines) / sizeof(guidelines[0]); i++) {
		if (strcmp(guidelines[i].name, name) == 0) {
			page_begin(visit, &(struct page){ .title = guidelines[i].title, .section = "apply" });
			guidelines[i].put(visit_html(visit));
			page_end(visit);
			return;
		}
	}
	visit_problem(visit, 404, "Not found", "There is no guideline by this name: there are dccp and descriptions.");
}
