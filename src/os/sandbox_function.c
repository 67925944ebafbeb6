/* sandbox_function.c - what the process of a function gives up.  Prepared by launchers before
 * anything is started; the two functions called ..._enter run between clone and exec and are raw
 * system calls.
 *
 * The function's own program runs under this: what is denied fails with an errno.  Only a program
 * of a foreign architecture is killed, because its calls have other numbers. */
#include "os/sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/landlock.h"
#include "os/raw_system_call.h"

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#define FOREIGN_NUMBERS 0x40000000 /* x32 counts its system calls from here */
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#define FOREIGN_NUMBERS UINT32_MAX
#elif defined(__riscv) && __riscv_xlen == 64
#define NATIVE_ARCHITECTURE AUDIT_ARCH_RISCV64
#define FOREIGN_NUMBERS UINT32_MAX
#else
#error "name the architecture's AUDIT_ARCH; it must not have socketcall(2)"
#endif

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the first argument of a system call is read as its low half"
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define IF_AT_LEAST(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, value, yes, no)
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, action)

const struct sock_fprog *sandbox_no_network(void)
{
	/* Jumps count the instructions they leave out.  io_uring makes sockets without socket(2).
	 */
	static struct sock_filter filter[] = {
		LOAD(arch),
		IF_EQUAL(NATIVE_ARCHITECTURE, 0, 8),
		LOAD(nr),
		IF_AT_LEAST(FOREIGN_NUMBERS, 7, 0),
		IF_EQUAL(SYS_io_uring_setup, 6, 0),
		IF_EQUAL(SYS_socket, 1, 0),
		IF_EQUAL(SYS_socketpair, 0, 2),
		LOAD(args[0]),
		IF_EQUAL(AF_UNIX, 0, 3),
		RETURN(SECCOMP_RET_ALLOW),
		RETURN(SECCOMP_RET_KILL_PROCESS),
		RETURN(SECCOMP_RET_ERRNO | ENOSYS),
		RETURN(SECCOMP_RET_ERRNO | EAFNOSUPPORT),
	};
	static const struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		.filter = filter,
	};

	return &program;
}

NO_SANITIZERS
int sandbox_program_enter(const struct sock_fprog *program)
{
	return (int)raw_system_call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)(uintptr_t)program, 0, 0, 0);
}

static int allow_paths(int rule_set, char *const *paths, size_t count, uint64_t rights)
{
	for (size_t i = 0; i < count; i++) {
		int r = landlock_allow(rule_set, paths[i], rights);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

int sandbox_files_create(char *const *read_only, size_t read_only_count, char *const *read_write,
			 size_t read_write_count)
{
	const uint64_t reading = LANDLOCK_FILE_EXECUTE | LANDLOCK_FILE_READ | LANDLOCK_FOLDER_READ;
	int abi = landlock_abi();
	uint64_t all = landlock_files_all(abi);
	int rule_set;
	int r;

	if (abi == 0) {
		return -EOPNOTSUPP;
	}
	rule_set = landlock_create(abi, (struct landlock_handled){ .files = all });
	if (rule_set < 0) {
		return rule_set;
	}
	r = allow_paths(rule_set, read_only, read_only_count, reading);
	if (r == 0) {
		r = allow_paths(rule_set, read_write, read_write_count, all);
	}
	if (r < 0) {
		close(rule_set);
		return r;
	}
	return rule_set;
}

NO_SANITIZERS
int sandbox_files_enter(int rule_set)
{
	return landlock_enter(rule_set);
}
