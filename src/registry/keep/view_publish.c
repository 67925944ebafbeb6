/* view_publish.c - a view as a file that everybody may read, and whether one is what was written. */
#include "registry/view/view_build.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "os/replace.h"
#include "registry/view/view_format.h"

int view_verify(const struct view *view)
{
	const struct packed_head *head = view->octets;
	uint8_t digest[VIEW_DIGEST_SIZE];

	crypto_hash_sha256(digest, (const uint8_t *)view->octets + VIEW_DIGESTED, view->size - VIEW_DIGESTED);
	return memcmp(digest, head->digest, sizeof(digest)) == 0 ? 0 : -EBADMSG;
}

int view_publish(const char *path, const void *octets, size_t size)
{
	struct replacement *replacement;
	FILE *stream;
	int r;

	r = replace_begin(path, 0644, &replacement, &stream);
	if (r < 0) {
		return r;
	}
	errno = 0;
	if (fwrite(octets, 1, size, stream) != size) {
		r = errno != 0 ? -errno : -EIO;
		replace_abandon(replacement);
		return r;
	}
	return replace_commit(replacement);
}
