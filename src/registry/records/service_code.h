/* service_code.h - DCCP service codes: RFC 4340, 8.1.2 and 19.8; RFC 5595.  Pure. */
#pragma once

#include <stdint.h>

enum service_code_kind {
	SERVICE_CODE_RESERVED,	    /* 0: never given to anyone */
	SERVICE_CODE_INVALID,	    /* 4294967295: never sent */
	SERVICE_CODE_PRIVATE,	    /* the first octet is "?": never given to anyone by a registry */
	SERVICE_CODE_SPECIFICATION, /* blanks, digits, upper case and "-./" only: a specification is required */
	SERVICE_CODE_OPEN,	    /* first come, first served */
};

enum { SERVICE_CODE_TEXT_SIZE = 5 };

/* Reads "SC:fdpz" (1 to 4 of letters, digits and "-_+.*?@/", filled up with blanks), "SC=1717858426" or "SC=x6664707A".
 * 0; -EINVAL for another form; -ERANGE for a number above 4294967295. */
int service_code_read(const char *text, uint32_t *ret_code);

enum service_code_kind service_code_kind(uint32_t code);

/* Its four octets without the blanks at the end, as "SC:" would have them.  0, or -EINVAL when it has no such form. */
int service_code_text(uint32_t code, char ret_text[static SERVICE_CODE_TEXT_SIZE]);

/* The port where it may be listened for when nothing else says one, from 49152 to 65534: RFC 5595, 2.7. */
uint16_t service_code_port(uint32_t code);
