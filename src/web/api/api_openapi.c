/* api_openapi.c - the document that describes the API, as it was built in. */
#include "web/api/api.h"
#include "web/site/assets.h"

void api_openapi(struct visit *visit)
{
	visit->response->type = "application/json";
	html_octets(visit_html(visit), asset_openapi.octets, asset_openapi.size);
}
