/* sandbox_rules.h - the system calls that a sandbox allows, as tables.  For sandbox*.c alone, with libseccomp. */
#pragma once

#include <seccomp.h>
#include <stddef.h>
#include <stdint.h>

/* A system call that is allowed when (argument & mask) == value.  Of an int the kernel looks at the low half of the
 * register only. */
struct sandbox_rule {
	int call;
	unsigned argument;
	uint64_t mask;
	uint64_t value;
};

/* 0 or -errno. */
int sandbox_allow_calls(scmp_filter_ctx filter, const int *calls, size_t count);
int sandbox_allow_rules(scmp_filter_ctx filter, const struct sandbox_rule *rules, size_t count);
/* So that a failed assertion still ends as an abort that a core dump explains. */
int sandbox_allow_abort(scmp_filter_ctx filter);

/* What Landlock of this version leaves open: bits of sandbox_parts. */
unsigned sandbox_missing(int landlock_abi);
