/* attach.c - a worker that berthd did not start asks for its queue.
 *
 * berth_worker_attach of <berth.h>.  The connection on which the queue came is left open on purpose
 * and never used again: the kernel closes it when this process ends, and that is how berthd knows.
 */
#include <berth.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/connection.h"
#include "client/deadline.h"
#include "os/handover.h"

/* berthd answers at once, or is not well. */
enum { ATTACH_TIMEOUT_MS = 5000 };

/* What comes with the queue, without a NUL. */
static const char sign[] = { 'B', 'W', 'Q', '1' };

static int receive_queue(int connection, uint64_t deadline_ns)
{
	char bytes[sizeof(sign)];
	int queue = -1;
	int r = deadline_wait_on(deadline_ns, connection, POLLIN);

	if (r == 0) {
		r = handover_receive(connection, bytes, sizeof(bytes), &queue);
		if (r == 0 || r == -ECONNRESET) {
			return -EACCES;
		}
	}
	if (r < 0) {
		return r;
	}
	if ((size_t)r == sizeof(sign) && memcmp(bytes, sign, sizeof(sign)) == 0 && queue >= 0) {
		return queue;
	}
	if (queue >= 0) {
		(void)close(queue);
	}
	return -EBADMSG;
}

int berth_worker_attach(const char *path)
{
	uint64_t deadline_ns = deadline_after(ATTACH_TIMEOUT_MS);
	int connection = connection_open_path(path, SOCK_SEQPACKET, deadline_ns);

	if (connection < 0) {
		return connection;
	}
	int queue = receive_queue(connection, deadline_ns);
	if (queue < 0) {
		(void)close(connection);
	}
	return queue;
}
