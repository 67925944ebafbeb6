/* landlock.c - Landlock by system call; glibc has no functions for it.  Called by os/sandbox*.c
 * only, and landlock_enter also between clone and exec. */
#include "os/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/raw_system_call.h"

enum { CREATE_VERSION = 1 << 0, RULE_PATH_BENEATH = 1, RULE_PORT = 2 };

/* The kernel's struct landlock_path_beneath_attr. */
struct path_rule {
	uint64_t rights;
	int32_t parent;
} __attribute__((packed));

/* The kernel's struct landlock_net_port_attr. */
struct port_rule {
	uint64_t rights;
	uint64_t port;
};

int landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_VERSION);

	return abi < 0 ? 0 : (int)abi;
}

uint64_t landlock_files_all(int abi)
{
	/* How many rights to files each ABI knows; they are numbered without a gap. */
	static const unsigned char known[] = { 0, 13, 14, 15, 15, 16 };
	size_t last = sizeof(known) - 1;

	return (UINT64_C(1) << known[(size_t)abi < last ? (size_t)abi : last]) - 1;
}

int landlock_create(int abi, struct landlock_handled handled)
{
	long rule_set;

	handled.files &= landlock_files_all(abi);
	if (abi < LANDLOCK_ABI_NETWORK) {
		handled.network = 0;
	}
	if (abi < LANDLOCK_ABI_SCOPES) {
		handled.scopes = 0;
	}
	/* Older kernels take the longer struct as long as what they do not know is zero. */
	rule_set = syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
	return rule_set < 0 ? -errno : (int)rule_set;
}

int landlock_allow(int rule_set, const char *path, uint64_t rights)
{
	const uint64_t for_files = LANDLOCK_FILE_EXECUTE | LANDLOCK_FILE_WRITE | LANDLOCK_FILE_READ |
				   LANDLOCK_FILE_TRUNCATE | LANDLOCK_DEVICE_CONTROL;
	struct path_rule rule = { .rights = rights };
	struct stat status;
	int r = 0;

	rule.parent = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent < 0) {
		return -errno;
	}
	if (fstat(rule.parent, &status) < 0) {
		r = -errno;
		goto close_parent;
	}
	if (!S_ISDIR(status.st_mode)) {
		rule.rights &= for_files;
	}
	if (syscall(SYS_landlock_add_rule, rule_set, RULE_PATH_BENEATH, &rule, 0) < 0) {
		r = -errno;
	}
close_parent:
	close(rule.parent);
	return r;
}

int landlock_allow_port(int rule_set, uint16_t port, uint64_t rights)
{
	const struct port_rule rule = { .rights = rights, .port = port };

	return syscall(SYS_landlock_add_rule, rule_set, RULE_PORT, &rule, 0) < 0 ? -errno : 0;
}

NO_SANITIZERS
int landlock_enter(int rule_set)
{
	return (int)raw_system_call(SYS_landlock_restrict_self, rule_set, 0, 0, 0, 0, 0);
}
