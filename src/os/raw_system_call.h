/* raw_system_call.h - the kernel called without libc: nothing but registers is written.
 *
 * Used between clone(CLONE_VM) and exec, where parent and child run at the same time in one memory
 * and share one errno.  Where this file has no instruction for an architecture, libc's syscall()
 * serves, and RAW_SYSTEM_CALLS_SHARE_ERRNO says that the parent must be held until exec. */
#pragma once

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* For code that runs in the child: sanitizers keep books that belong to the parent. */
#define NO_SANITIZERS __attribute__((no_sanitize("address", "undefined")))

#if defined(__x86_64__)

#define RAW_SYSTEM_CALLS_SHARE_ERRNO 0

/* The result, or a negative errno.  Pointers are cast to long by the caller. */
NO_SANITIZERS
static inline long raw_system_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long fourth __asm__("r10") = d;
	register long fifth __asm__("r8") = e;
	register long sixth __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

#define RAW_SYSTEM_CALLS_SHARE_ERRNO 0

NO_SANITIZERS
static inline long raw_system_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long which __asm__("x8") = number;
	register long first __asm__("x0") = a;
	register long second __asm__("x1") = b;
	register long third __asm__("x2") = c;
	register long fourth __asm__("x3") = d;
	register long fifth __asm__("x4") = e;
	register long sixth __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(first)
			 : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
			 : "memory");
	return first;
}

#else

#define RAW_SYSTEM_CALLS_SHARE_ERRNO 1

static inline long raw_system_call(long number, long a, long b, long c, long d, long e, long f)
{
	long result = syscall(number, a, b, c, d, e, f);

	return result < 0 ? -errno : result;
}

#endif
