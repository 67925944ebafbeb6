/* secrets_hidden.c - a text without the tokens in it (secrets_hidden.h).  Called by whoever shows letters to the
 * staff. */
#include "registry/words/secrets_hidden.h"

#include <stddef.h>
#include <string.h>

enum { TOKEN_CHARACTERS = 26 };

void secrets_hide(char *text)
{
	while (*text != '\0') {
		size_t size = strspn(text, "abcdefghijklmnopqrstuvwxyz234567");
		if (size >= TOKEN_CHARACTERS) {
			memset(text, '*', size);
		}
		text += size > 0 ? size : 1;
	}
}
