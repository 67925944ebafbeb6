/* log_line.h - one event as one line: key=value, control bytes escaped.  No system calls.
 *
 * Whatever a client, a function or a file name holds, a line stays one line and its fields stay its
 * fields: a value with a space, a quote, a backslash or a control byte is quoted and escaped. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

enum { LOG_LINE_MIN = 128, LOG_LINE_MAX = 1024 };

enum log_format { LOG_TEXT, LOG_TEXT_WITH_PRIORITY, LOG_JSON };
enum log_level { LOG_LEVEL_ERROR = 3, LOG_LEVEL_WARNING = 4, LOG_LEVEL_INFO = 6, LOG_LEVEL_DEBUG = 7 };

/* Builds the line, its newline included, from `event` and pairs of keys and values (const char *)
 * that end in a NULL.  Keys and events are words of berth's own; an empty process is left out.  A
 * line too long is cut, and says so with cut=yes.  Returns its size, which is less than that of the
 * buffer (at least LOG_LINE_MIN).
 *
 * Every octet of a line is printable ASCII.  Text escapes octets as \xHH.  JSON is one object of
 * strings; what is not UTF-8 is taken for Latin-1, so that nothing is lost.  `time_ms` is Unix
 * time, and left out of LOG_TEXT_WITH_PRIORITY, because the journal has its own. */
size_t log_line_build(char *buffer, size_t size, enum log_format format, enum log_level level, uint64_t time_ms,
		      const char *process, const char *event, va_list pairs);
