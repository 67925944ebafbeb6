/* control.c - the one check every message between processes of berth goes through.  Pure. */
#include "wire/control.h"

#include <errno.h>
#include <string.h>

static int name_is_canonical(const struct name *name)
{
	static const struct name none;
	struct name parsed;

	if (memcmp(name, &none, sizeof(none)) == 0) {
		return 1;
	}
	size_t size = strnlen(name->text, sizeof(name->text));
	return size <= FUNCTION_NAME_MAX && name_parse(name->text, size, &parsed) == 0 &&
	       memcmp(&parsed, name, sizeof(parsed)) == 0;
}

int control_message_check(const void *bytes, size_t size, uint64_t kinds, struct control_message *ret_message)
{
	struct control_message message;

	if (size != sizeof(message)) {
		return -EBADMSG;
	}
	memcpy(&message, bytes, sizeof(message));
	if (message.magic != CONTROL_MAGIC || message.kind >= CONTROL_KINDS || message.padding != 0 ||
	    (kinds & CONTROL_BIT(message.kind)) == 0 || !name_is_canonical(&message.name)) {
		return -EBADMSG;
	}
	*ret_message = message;
	return 0;
}
