/* assets.h - the style sheet, the script, the icon and the API's description, built into the program.
 *
 * The style sheet stands in each page, so that nothing blocks its first paint; the policy names it by its digest.  The
 * script is loaded behind, and only makes better what works without it.  tools/embed makes these constants out of
 * src/web/assets. */
#pragma once

#include <stddef.h>

struct asset {
	const char *octets;
	size_t size;
	const char *type;
	const char *name;   /* "berth.HASH.js": its content never changes under this name */
	const char *digest; /* "sha256-...", for the policy */
};

extern const struct asset asset_style, asset_script, asset_icon;
extern const struct asset asset_openapi; /* the API's own description */

/* What stands at /asset/NAME; NULL: nothing. */
const struct asset *asset_find(const char *name);
