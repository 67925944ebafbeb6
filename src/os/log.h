/* log.h - where events go: descriptor 2, a line each, at most LOG_LINES_PER_SECOND of a kind and
 * then a count.
 *
 * The only global state of a process.  Called by rendezvous/ and cmd/; libraries return errors. */
#pragma once

#include "base/log_line.h"
#include "base/text.h"

/* Call once at the start; `process` ("acceptor 1") is copied.  Nothing logged before is lost: it is
 * text on 2. */
void log_open(enum log_format format, const char *process);

/* log_event(LOG_LEVEL_WARNING, "spawn-failed", "function", name, "error", strerror(e), NULL)
 *
 * `event` is kept and must live as long as the process.  A line that cannot be written at once is
 * lost: whoever reads descriptor 2 must not be able to stop the process.  errno stays as it is. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* Says what was held back, once a second has passed; called from a timer. */
void log_flush(void);

/* A number as a value of log_event; lives to the end of the statement's block. */
#define LOG_NUMBER(number) log_number((char[24]){ 0 }, 24, (uint64_t)(number))
const char *log_number(char *buffer, size_t size, uint64_t number);
