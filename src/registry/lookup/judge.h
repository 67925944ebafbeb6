/* judge.h - what listens somewhere, held against the registry.  Pure. */
#pragma once

#include "registry/view/view.h"

enum judgement {
	JUDGED_REGISTERED,
	JUDGED_OTHER_NAME,   /* registered, but none of the names looks like the program */
	JUDGED_UNREGISTERED, /* nobody has the number */
	JUDGED_DYNAMIC,	     /* 49152 and above, where nothing is assigned */
};

enum { JUDGED_NAMES_SIZE = 128 };

/* `program` may be NULL: not known.  ret_names: the registered names of that number, with commas; "" when there
 * are none. */
enum judgement judge(const struct view *view, int port, int transport, const char *program,
		     char ret_names[static JUDGED_NAMES_SIZE]);

const char *judgement_name(enum judgement judgement); /* "registered", "other name", "unregistered", "dynamic range" */
