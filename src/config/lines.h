/* lines.h - from the text of one file to headings and settings. */
#pragma once

#include "config/document.h"

enum {
	CONFIG_LINE_MAX = 65536,	    /* octets, without what ends the line */
	CONFIG_FILE_MAX = 64 * 1024 * 1024, /* octets */
};

/* Reads the file's text into the document.  `file` is borrowed as long as the document and the
 * settings live. Returns 0 (complaints included) or -ENOMEM. */
int lines_read(struct document *document, const char *file, const char *text, size_t size);
