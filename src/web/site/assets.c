/* assets.c - finds what is built into the program (assets.h).  Called by the asset's page and who writes the policy. */
#include "web/site/assets.h"

#include <string.h>

const char *asset_style_digest(void)
{
	return asset_style.digest;
}

const struct asset *asset_find(const char *name)
{
	if (strcmp(asset_script.name, name) == 0) {
		return &asset_script;
	}
	return strcmp(asset_icon.name, name) == 0 ? &asset_icon : NULL;
}
