/* analyzer.h - tells the static analyzer that a failed call leaves a positive errno.
 *
 * Put in front of every file by ./dev lint, and empty for every compiler.  Without it the analyzer
 * believes that `return -errno` may return 0, and finds outputs used that were never written. */
#pragma once

#ifdef __clang_analyzer__
#include <errno.h>

static inline int *analyzer_errno(void)
{
	int *value = __errno_location();

	/* Constants, because the analyzer cannot negate what it knows only a range of. */
	switch (*value) {
	case EINTR:
		*value = EINTR;
		break;
	case EAGAIN:
		*value = EAGAIN;
		break;
	default:
		*value = EIO;
	}
	return value;
}
#undef errno
#define errno (*analyzer_errno())
#endif
