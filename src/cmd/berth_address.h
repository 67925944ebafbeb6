/* berth_address.h - what to say when --at cannot be reached.  Shared by the verbs that are clients. */
#pragma once

/* Complains about a rendezvous port at `address`; `r` is a negative errno of berth_call and of connection.h.
 * Returns EXIT_USAGE when that is no address, else EXIT_COULD_NOT. */
int complain_about_address(const char *address, int r);
