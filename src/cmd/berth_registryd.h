/* berth_registryd.h - what the program berth-registryd is told, and its run. */
#pragma once

#include "web/http/server.h"
#include "web/site/limit.h"
#include "web/site/site.h"

struct registryd {
	struct site_settings site;
	const char *address;	   /* where it listens when nobody passed a socket */
	const char *trusted_proxy; /* or NULL */
	struct server_limits limits;
	struct limit_rate rates[LIMIT_KINDS];
};

/* Gives up what it does not need to serve.  0 or -errno. */
int registryd_give_up(const struct registryd *registryd);

/* Opens the registry and ends.  0 or -errno; the reason is on standard error. */
int registryd_check(const struct registryd *registryd);
/* Serves until a signal ends it.  0 or -errno; the reason is in the log. */
int registryd_run(const struct registryd *registryd);
