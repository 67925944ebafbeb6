/* access.c - who may call.  A pure function; called by the acceptor for the listen and then for the function. */
#include "rendezvous/access.h"

bool access_allows(const struct access_rule *rules, size_t count, const struct address *address)
{
	const struct access_rule *best = NULL;
	bool any_allow = false;

	for (size_t i = 0; i < count; i++) {
		any_allow = any_allow || rules[i].allow;
		if (prefix_holds(&rules[i].prefix, address) &&
		    (best == NULL || rules[i].prefix.length > best->prefix.length ||
		     (rules[i].prefix.length == best->prefix.length && !rules[i].allow))) {
			best = &rules[i];
		}
	}
	return best != NULL ? best->allow : !any_allow;
}
