/* nss_berth.h - the functions that glibc looks up by these names in libnss_berth.so.2; its manual, "NSS Module
 * Function Internals", says how they answer.
 *
 * Names are found in any case.  The answer's name is in lower case, with the other names of that port and transport
 * as aliases; a range answers for each of its ports; own rows hide a base's.  NSS_STATUS_UNAVAIL: no published file.
 * NSS_STATUS_TRYAGAIN with ERANGE: the buffer is too small.  BERTH_PUBLISHED names another file, once for each
 * process. */
#pragma once

#include <netdb.h>
#include <nss.h>
#include <stddef.h>

enum nss_status _nss_berth_getservbyname_r(const char *name, const char *protocol, struct servent *result, char *buffer,
					   size_t size, int *errnop);
/* The port in network byte order. */
enum nss_status _nss_berth_getservbyport_r(int port, const char *protocol, struct servent *result, char *buffer,
					   size_t size, int *errnop);
/* Each port and transport once. */
enum nss_status _nss_berth_setservent(int stay_open);
enum nss_status _nss_berth_getservent_r(struct servent *result, char *buffer, size_t size, int *errnop);
enum nss_status _nss_berth_endservent(void);
