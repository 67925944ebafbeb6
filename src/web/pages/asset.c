/* asset.c - the script and the icon, under names that change with what they hold; and what robots may read. */
#include "web/pages/pages.h"

#include "web/site/assets.h"

void page_asset(struct visit *visit)
{
	const struct asset *asset = asset_find(visit->request->parameters[0]);

	if (asset == NULL) {
		visit_problem(visit, 404, "No such file",
			      "The page that asked for it is older than this site; load it again.");
		return;
	}
	visit->response->type = asset->type;
	response_header(visit->response, "Cache-Control", "public, max-age=31536000, immutable");
	html_octets(visit_html(visit), asset->octets, asset->size);
}

void page_robots(struct visit *visit)
{
	/* What concerns one person is not read, nor what is made anew for each question. */
	static const char lines[] = "User-agent: *\n"
				    "Disallow: /api/\n"
				    "Disallow: /apply\n"
				    "Disallow: /confirm/\n"
				    "Disallow: /consent/\n"
				    "Disallow: /download/\n"
				    "Disallow: /search\n"
				    "Disallow: /staff\n"
				    "Disallow: /track/\n";

	visit->response->type = "text/plain; charset=utf-8";
	html_octets(visit_html(visit), lines, sizeof(lines) - 1);
}
