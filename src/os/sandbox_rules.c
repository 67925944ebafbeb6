/* sandbox_rules.c - tables of system calls put into a filter (sandbox_rules.h).  Called by sandbox.c and
 * sandbox_registryd.c. */
#include "os/sandbox_rules.h"

#include <unistd.h>

#include "os/landlock.h"
#include "os/sandbox.h"

int sandbox_allow_calls(scmp_filter_ctx filter, const int *calls, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	}
	return r;
}

int sandbox_allow_rules(scmp_filter_ctx filter, const struct sandbox_rule *rules, size_t count)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++) {
		const struct sandbox_rule *rule = &rules[i];
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, rule->call, 1,
				     SCMP_CMP64(rule->argument, SCMP_CMP_MASKED_EQ, rule->mask, rule->value));
	}
	return r;
}

int sandbox_allow_abort(scmp_filter_ctx filter)
{
	const struct sandbox_rule rule = { SCMP_SYS(tgkill), 0, UINT32_MAX, (uint64_t)getpid() };

	return sandbox_allow_rules(filter, &rule, 1);
}

unsigned sandbox_missing(int landlock_abi)
{
	return (landlock_abi == 0 ? SANDBOX_NO_LANDLOCK : 0U) |
	       (landlock_abi < LANDLOCK_ABI_NETWORK ? SANDBOX_NO_LANDLOCK_NETWORK : 0U);
}
