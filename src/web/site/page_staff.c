/* page_staff.c - the staff's own navigation, on each of its pages: what the person's roles reach (page.h). */
#include <string.h>

#include "web/site/page.h"

static const struct {
	const char *path, *label;
	unsigned roles;
} places[] = {
	{ "/staff", "Applications", ROLE_STAFF },
	{ "/staff/statistics", "Statistics", ROLE_STAFF },
	{ "/staff/mail", "Letters", ROLE_REGISTRAR | ROLE_ADMINISTRATOR },
	{ "/staff/bands", "Bands", ROLE_REGISTRAR | ROLE_ADMINISTRATOR },
	{ "/staff/people", "People", ROLE_ADMINISTRATOR },
	{ "/staff/settings", "Settings", ROLE_ADMINISTRATOR },
	{ "/staff/audit", "Audit", ROLE_AUDITOR | ROLE_ADMINISTRATOR },
	{ "/staff/account", "Your account", ROLE_STAFF },
};

void page_staff_navigation(struct visit *visit)
{
	struct html *html = visit_html(visit);

	html_print(html, "<nav aria-label=\"Staff\">\n<ul>\n");
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if ((places[i].roles & visit->session.roles) == 0) {
			continue;
		}
		html_print(html, "<li><a href=\"%s\"", places[i].path);
		if (strcmp(visit->request->path, places[i].path) == 0) {
			html_print(html, " aria-current=\"page\"");
		}
		html_print(html, ">%s</a>\n", places[i].label);
	}
	html_print(html, "</ul>\n</nav>\n");
}
