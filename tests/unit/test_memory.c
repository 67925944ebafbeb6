/* test_memory.c - shared memory: what a process that holds it can do to the others, and what it
 * cannot. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/memory.h"

enum { SIZE = 100000 };

static void new_memory_is_zeroed_and_private(void **state)
{
	static const char zeros[SIZE];
	struct stat status;
	size_t size;
	void *start;
	int descriptor = memory_create("test", SIZE);

	(void)state;
	assert_true(descriptor >= 0);
	assert_true((fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(fstat(descriptor, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(status.st_blocks, 0);
	assert_int_equal(memory_map(descriptor, &size, &start), 0);
	assert_int_equal(size, SIZE);
	assert_memory_equal(start, zeros, SIZE);
	memory_unmap(start, size);
	(void)close(descriptor);
}

static void what_one_writes_the_other_reads(void **state)
{
	size_t size;
	void *start;
	const void *shown;
	int descriptor = memory_create("test", SIZE);
	int reader = memory_reopen_read_only(descriptor);

	(void)state;
	assert_true(reader >= 0);
	assert_true((fcntl(reader, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(memory_map(descriptor, &size, &start), 0);
	assert_int_equal(memory_map_read_only(reader, &size, &shown), 0);
	memcpy((char *)start + SIZE - 5, "last", 5);
	assert_string_equal((const char *)shown + SIZE - 5, "last");
	memory_unmap(start, size);
	memory_unmap(shown, size);
	(void)close(reader);
	(void)close(descriptor);
}

static void reader_cannot_write(void **state)
{
	size_t size = 7;
	void *start = NULL;
	int descriptor = memory_create("test", SIZE);
	int reader = memory_reopen_read_only(descriptor);

	(void)state;
	assert_int_equal(memory_map(reader, &size, &start), -EACCES);
	assert_int_equal(size, 7);
	assert_null(start);
	assert_int_equal(write(reader, "x", 1), -1);
	assert_int_equal(ftruncate(reader, 0), -1);
	(void)close(reader);
	(void)close(descriptor);
}

static void writer_cannot_resize(void **state)
{
	int descriptor = memory_create("test", SIZE);

	(void)state;
	assert_int_equal(ftruncate(descriptor, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(descriptor, SIZE + 1), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE), -1);
	(void)close(descriptor);
}

static void sealed_memory_stays(void **state)
{
	static char bytes[SIZE];
	size_t size;
	void *start;
	const void *shown;

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	int descriptor = memory_create_sealed("test", bytes, sizeof(bytes));
	assert_true(descriptor >= 0);
	assert_int_equal(memory_map_read_only(descriptor, &size, &shown), 0);
	assert_int_equal(size, SIZE);
	assert_memory_equal(shown, bytes, SIZE);
	assert_int_equal(memory_map(descriptor, &size, &start), -EPERM);
	assert_int_equal(pwrite(descriptor, "y", 1, 0), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ftruncate(descriptor, 0), -1);
	assert_int_equal(errno, EPERM);
	memory_unmap(shown, size);
	(void)close(descriptor);
}

static void failures(void **state)
{
	char name[300];
	size_t size;
	void *start;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(memory_create(name, SIZE), -EINVAL);
	assert_int_equal(memory_create("test", SIZE_MAX), -EINVAL);
	assert_int_equal(memory_create_sealed(name, "x", 1), -EINVAL);
	assert_int_equal(memory_reopen_read_only(-1), -EBADF);
	assert_int_equal(memory_reopen_read_only(1 << 20), -ENOENT);
	assert_int_equal(memory_map(-1, &size, &start), -EBADF);
	int empty = memory_create("test", 0);
	assert_int_equal(memory_map(empty, &size, &start), -EINVAL);
	(void)close(empty);
	memory_unmap(NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_memory_is_zeroed_and_private),
		cmocka_unit_test(what_one_writes_the_other_reads),
		cmocka_unit_test(reader_cannot_write),
		cmocka_unit_test(writer_cannot_resize),
		cmocka_unit_test(sealed_memory_stays),
		cmocka_unit_test(failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
