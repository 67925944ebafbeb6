/* tiny.c - the smallest service a super-server can start: no C library, raw system calls, so that
 * the figures show the price of starting a process and not the price of a C library's start.
 *
 *	tiny read	read the first message from descriptor 0, reply on descriptor 1
 *	tiny reply	reply on descriptor 1: the super-server has taken the first message
 *	tiny listen	accept one connection on descriptor 3, reply there
 *	tiny serve	accept connections on descriptor 3 for ever, reply to each
 *
 * Started by the servers under measurement.  Never looks at what it reads. */
#include "reply.h"

#include <stdbool.h>

#ifndef __x86_64__
#error "tiny.c knows the system calls of x86-64 only"
#endif

enum {
	SYSTEM_CALL_READ = 0,
	SYSTEM_CALL_WRITE = 1,
	SYSTEM_CALL_CLOSE = 3,
	SYSTEM_CALL_ACCEPT4 = 288,
	SYSTEM_CALL_EXIT = 60,
	LISTENER = 3,
};

/* The kernel enters here with argc and argv on the stack. */
__asm__(".globl _start\n"
	"_start:\n"
	"	movq %rsp, %rdi\n"
	"	andq $-16, %rsp\n"
	"	call begin\n");

_Noreturn void begin(const long *stack);

static long system_call(long number, long first, const void *second, long third)
{
	long result;
	register long fourth __asm__("r10") = 0;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(first), "S"(second), "d"(third), "r"(fourth)
			 : "rcx", "r11", "memory");
	return result;
}

static void reply(long descriptor)
{
	system_call(SYSTEM_CALL_WRITE, descriptor, BENCH_REPLY, BENCH_REPLY_LENGTH);
}

/* Returns false once the listener fails, which is when the port is taken back. */
static bool accept_and_reply(void)
{
	long descriptor = system_call(SYSTEM_CALL_ACCEPT4, LISTENER, 0, 0);

	if (descriptor < 0) {
		return false;
	}
	reply(descriptor);
	system_call(SYSTEM_CALL_CLOSE, descriptor, 0, 0);
	return true;
}

_Noreturn void begin(const long *stack)
{
	const char *mode = stack[0] > 1 ? (const char *)stack[2] : "reply";
	char message[512];

	if (mode[0] == 'l') {
		accept_and_reply();
	} else if (mode[0] == 's') {
		while (accept_and_reply()) {
		}
	} else {
		if (mode[2] == 'a') { /* "read", not "reply" */
			system_call(SYSTEM_CALL_READ, 0, message, sizeof(message));
		}
		reply(1);
	}
	for (;;) {
		system_call(SYSTEM_CALL_EXIT, 0, 0, 0);
	}
}
