/* head.h - a request's head, judged octet by octet before anything parses it.
 *
 * Two programs that disagree on where a request ends can be played against each other; so whatever RFC 9112 leaves to
 * taste, or to mercy, is refused here: lines that do not end in CRLF, folded lines, two lengths, a length beside an
 * encoding, no Host or two, targets in absolute form.  Pure. */
#pragma once

#include <stddef.h>

enum {
	HEAD_MAX = 16 * 1024,	/* octets, the empty line included; more: 431 */
	HEAD_TARGET_MAX = 4096, /* more: 414 */
	HEAD_LINES_MAX = 100,	/* headers; more: 431 */
};

enum { HEAD_MORE = 0, HEAD_WHOLE = 200 };

/* HEAD_MORE: what is there is right and not the whole; HEAD_WHOLE: a head that can be served, with its size; else the
 * status it is refused with.  One verdict however the octets are cut: what was refused stays so. */
unsigned head_judge(const char *octets, size_t size, size_t *ret_size);
