/* berth_address.c - what to say when --at cannot be reached. */
#include "cmd/berth_address.h"

#include <errno.h>
#include <string.h>

#include "cmd/verb.h"

int complain_about_address(const char *address, int r)
{
	switch (-r) {
	case EINVAL:
		complain_about("\"%s\" is no address: it looks like host:port, [v6]:port or unix:/path", address);
		return EXIT_USAGE;
	case ENOENT:
		complain_about("%s: there is no such host or path", address);
		break;
	case ECONNREFUSED:
		complain_about("%s: nobody listens there", address);
		break;
	case ETIMEDOUT:
		complain_about("%s: no answer in time", address);
		break;
	case EPROTO:
		complain_about("%s answers, but not as a rendezvous port does", address);
		break;
	default:
		complain_about("%s: %s", address, strerror(-r));
		break;
	}
	return EXIT_COULD_NOT;
}
