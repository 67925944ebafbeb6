/* memory.c - memory shared between processes of berth, as anonymous files (memfd).
 *
 * Called by the supervisor for tables that others write, and by acceptors and launchers that map
 * them. The size of every file is sealed: a process that may write must not be able to shorten the
 * file under the others, which would then die of SIGBUS. */
#include "os/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { SIZE_SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

static int write_all(int descriptor, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t written = write(descriptor, bytes, size);
		if (written < 0 && errno != EINTR) {
			return -errno;
		}
		if (written > 0) {
			bytes += written;
			size -= (size_t)written;
		}
	}
	return 0;
}

/* Makes the file, with these bytes when there are any, and seals it. */
static int create(const char *name, const void *bytes, size_t size, int seals)
{
	int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r;

	if (descriptor < 0) {
		return -errno;
	}
	/* Otherwise another user could reopen a read-only descriptor for writing. */
	if (fchmod(descriptor, 0600) < 0 || ftruncate(descriptor, (off_t)size) < 0) {
		r = -errno;
		goto close_descriptor;
	}
	r = bytes != NULL ? write_all(descriptor, bytes, size) : 0;
	if (r < 0) {
		goto close_descriptor;
	}
	if (fcntl(descriptor, F_ADD_SEALS, seals) < 0) {
		r = -errno;
		goto close_descriptor;
	}
	return descriptor;
close_descriptor:
	(void)close(descriptor);
	return r;
}

int memory_create(const char *name, size_t size)
{
	return create(name, NULL, size, SIZE_SEALS);
}

int memory_create_sealed(const char *name, const void *bytes, size_t size)
{
	return create(name, bytes, size, SIZE_SEALS | F_SEAL_WRITE);
}

int memory_reopen_read_only(int descriptor)
{
	char buffer[32];
	struct text path;

	if (descriptor < 0) {
		return -EBADF;
	}
	text_init(&path, buffer, sizeof(buffer));
	text_put(&path, "/proc/self/fd/");
	text_put_unsigned(&path, (uint64_t)descriptor);
	int reopened = open(path.start, O_RDONLY | O_CLOEXEC);
	return reopened < 0 ? -errno : reopened;
}

static int map(int descriptor, int protection, size_t *ret_size, void **ret_start)
{
	off_t end = lseek(descriptor, 0, SEEK_END);

	if (end < 0) {
		return -errno;
	}
	void *start = mmap(NULL, (size_t)end, protection, MAP_SHARED, descriptor, 0);
	if (start == MAP_FAILED) {
		return -errno;
	}
	*ret_size = (size_t)end;
	*ret_start = start;
	return 0;
}

int memory_map(int descriptor, size_t *ret_size, void **ret_start)
{
	return map(descriptor, PROT_READ | PROT_WRITE, ret_size, ret_start);
}

int memory_map_read_only(int descriptor, size_t *ret_size, const void **ret_start)
{
	void *start = NULL;
	int r = map(descriptor, PROT_READ, ret_size, &start);

	if (r == 0) {
		*ret_start = start;
	}
	return r;
}

void memory_unmap(const void *start, size_t size)
{
	if (start != NULL) {
		(void)munmap((void *)(uintptr_t)start, size);
	}
}
