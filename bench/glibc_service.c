/* glibc_service.c - the same service as tiny.c, but an ordinary program with the C library: what
 * most functions are.  `glibc_service read` reads the first message before it replies.  Started by
 * the servers under measurement; never looks at what it reads. */
#include "reply.h"

#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char message[512];

	if (argc > 1 && strcmp(argv[1], "read") == 0 && read(STDIN_FILENO, message, sizeof(message)) < 0) {
		return 1;
	}
	return write(STDOUT_FILENO, BENCH_REPLY, BENCH_REPLY_LENGTH) != BENCH_REPLY_LENGTH;
}
