/* bounded.h - work on texts of strangers, done by a process of its own that has no files, little time and memory.
 *
 * A text that exhausts the parser, or breaks it, ends that process and nothing else. */
#pragma once

#include <stdio.h>

/* A sanitizer makes everything some ten times slower, which is not the fault of who wrote the text. */
#if defined(__SANITIZE_ADDRESS__)
enum { BOUNDED_CPU_S = 20 };
#else
enum { BOUNDED_CPU_S = 2 };
#endif
enum { BOUNDED_WAIT_S = 5 * BOUNDED_CPU_S, BOUNDED_MEMORY_MAX = 256 << 20, BOUNDED_OUTPUT_MAX = 1 << 20 };

/* Writes what it found to the stream, in the other process, which has a copy of all that the caller has.  It cannot ask
 * the kernel for random octets out of files: whatever needs a seed has it before.  0 or -errno. */
typedef int bounded_work(FILE *stream, const void *context);

/* 0 with what was written, from malloc and ended by NUL; -ETIMEDOUT: it took more than it may have, or broke; -errno
 * when there could be no process. */
int bounded_run(bounded_work *work, const void *context, char **ret_text);
