/* assets.c - finds what is built into the program (assets.h).  Called by the asset's page. */
#include "web/site/assets.h"

#include <string.h>

const struct asset *asset_find(const char *name)
{
	if (strcmp(asset_script.name, name) == 0) {
		return &asset_script;
	}
	return strcmp(asset_icon.name, name) == 0 ? &asset_icon : NULL;
}
