/* nss_berth.c - libnss_berth.so.2: getservbyname(3) and its kin from the registry's published file.
 *
 * Called by glibc, in any process and any thread, when nsswitch.conf says "services: berth files".  The file stays
 * mapped between calls; each call asks whether another one stands in its place.  Without it the service is
 * unavailable, and glibc goes on to the next one. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <nss.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "nss/nss_berth.h"
#include "nss/service.h"
#include "registry/records/derive.h"
#include "registry/keep/registry_place.h"

#ifndef PUBLISHED_FILE
#define PUBLISHED_FILE REGISTRY_PUBLISHED
#endif

/* Which file was mapped. */
struct identity {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified;
};

/* Where getservent goes on. */
struct place {
	uint32_t row;
	int port; /* ENTRY_NO_PORT: the row's first one */
	int transport;
};

static struct {
	pthread_mutex_t lock;
	char path[PATH_MAX];
	struct view view;
	struct identity identity;
	struct place place;
	int cancelling; /* whether who holds the lock could be cancelled before */
} berth = { .lock = PTHREAD_MUTEX_INITIALIZER, .place = { .port = ENTRY_NO_PORT } };

static void choose_path(void)
{
	/* A program with privileges of its own does not read what its caller names. */
	const char *path = secure_getenv("BERTH_PUBLISHED");

	if (berth.path[0] == '\0') {
		(void)snprintf(berth.path, sizeof(berth.path), "%s", path != NULL ? path : PUBLISHED_FILE);
	}
}

static bool is_mapped(const struct identity *identity)
{
	return berth.view.octets != NULL && identity->device == berth.identity.device &&
	       identity->inode == berth.identity.inode && identity->size == berth.identity.size &&
	       identity->modified.tv_sec == berth.identity.modified.tv_sec &&
	       identity->modified.tv_nsec == berth.identity.modified.tv_nsec;
}

/* The file as it stands now.  0 or -errno; the lock is held. */
static int renew(void)
{
	struct stat status;
	int r;

	choose_path();
	r = stat(berth.path, &status) < 0 ? -errno : 0;
	struct identity identity = { 0 };
	if (r == 0) {
		identity = (struct identity){ status.st_dev, status.st_ino, status.st_size, status.st_mtim };
		if (is_mapped(&identity)) {
			return 0;
		}
	}
	view_unmap(&berth.view);
	r = r < 0 ? r : view_map(berth.path, &berth.view);
	berth.identity = identity;
	return r;
}

/* A thread that is cancelled while it opens the file would keep the lock for ever. */
static void lock(void)
{
	int cancelling;

	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancelling);
	(void)pthread_mutex_lock(&berth.lock);
	berth.cancelling = cancelling;
}

static void unlock(void)
{
	int cancelling = berth.cancelling;

	(void)pthread_mutex_unlock(&berth.lock);
	(void)pthread_setcancelstate(cancelling, NULL);
}

/* Takes the lock; false, and it is free again, when there is no registry. */
static bool enter(int *errnop)
{
	lock();
	int r = renew();
	if (r < 0) {
		unlock();
		*errnop = -r;
	}
	return r == 0;
}

/* Gives the lock back, and says what was found. */
static enum nss_status leave(enum nss_status status, int *errnop)
{
	unlock();
	if (status == NSS_STATUS_NOTFOUND) {
		*errnop = ENOENT;
	} else if (status == NSS_STATUS_TRYAGAIN) {
		*errnop = ERANGE;
	}
	return status;
}

static enum nss_status write_found(const struct service *service, struct servent *result, char *buffer, size_t size)
{
	return service_write(service, result, buffer, size) < 0 ? NSS_STATUS_TRYAGAIN : NSS_STATUS_SUCCESS;
}

/* Whether `protocol` can be answered for; sets 0 for none. */
static bool read_protocol(const char *protocol, int *ret_transport)
{
	*ret_transport = protocol != NULL ? service_transport_of(protocol) : 0;
	return protocol == NULL || *ret_transport != 0;
}

enum nss_status _nss_berth_getservbyname_r(const char *name, const char *protocol, struct servent *result, char *buffer,
					   size_t size, int *errnop)
{
	enum nss_status status = NSS_STATUS_NOTFOUND;
	struct service service;
	int transport;

	if (!enter(errnop)) {
		return NSS_STATUS_UNAVAIL;
	}
	if (read_protocol(protocol, &transport) && service_named(&berth.view, name, transport, &service)) {
		status = write_found(&service, result, buffer, size);
	}
	return leave(status, errnop);
}

enum nss_status _nss_berth_getservbyport_r(int port, const char *protocol, struct servent *result, char *buffer,
					   size_t size, int *errnop)
{
	enum nss_status status = NSS_STATUS_NOTFOUND;
	struct service service;
	int transport;

	if (!enter(errnop)) {
		return NSS_STATUS_UNAVAIL;
	}
	if (port >= 0 && port <= UINT16_MAX && read_protocol(protocol, &transport) &&
	    service_at_port(&berth.view, ntohs((uint16_t)port), transport, &service)) {
		status = write_found(&service, result, buffer, size);
	}
	return leave(status, errnop);
}

static enum nss_status rewind_place(void)
{
	lock();
	berth.place = (struct place){ .port = ENTRY_NO_PORT };
	unlock();
	return NSS_STATUS_SUCCESS;
}

enum nss_status _nss_berth_setservent(int stay_open)
{
	(void)stay_open;
	return rewind_place();
}

enum nss_status _nss_berth_endservent(void)
{
	return rewind_place();
}

/* The next place of a row with these transports; false when the row has no more. */
static bool step_in_row(struct place *place, const struct view_row *row, unsigned transports)
{
	if (transports == 0) {
		return false;
	}
	if (place->port == ENTRY_NO_PORT) {
		place->port = row->lo;
		place->transport = 0;
	}
	for (; place->port <= row->hi; place->port++) {
		while (++place->transport <= ENTRY_DCCP) {
			if ((transports >> place->transport & 1) != 0) {
				return true;
			}
		}
		place->transport = 0;
	}
	return false;
}

/* Goes on from `place` to the next port and transport whose first name this row gives, so that each is told of once. */
static bool step(struct place *place, struct service *ret_service)
{
	struct view_row row;

	while (view_row(&berth.view, place->row, &row)) {
		while (step_in_row(place, &row, service_transports(&row))) {
			if (service_at(&berth.view, place->port, place->transport, ret_service) &&
			    ret_service->row == place->row) {
				return true;
			}
		}
		*place = (struct place){ .row = place->row + 1, .port = ENTRY_NO_PORT };
	}
	return false;
}

enum nss_status _nss_berth_getservent_r(struct servent *result, char *buffer, size_t size, int *errnop)
{
	enum nss_status status = NSS_STATUS_NOTFOUND;
	struct service service;

	if (!enter(errnop)) {
		return NSS_STATUS_UNAVAIL;
	}
	struct place place = berth.place;
	if (step(&place, &service)) {
		status = write_found(&service, result, buffer, size);
	}
	/* With more room the same one is asked for again. */
	if (status == NSS_STATUS_SUCCESS) {
		berth.place = place;
	}
	return leave(status, errnop);
}
