/* holder.c - which program holds a socket (holder.h).  Called by `berth check --listening`; never by a daemon. */
#include "os/holder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"

struct holder {
	uint32_t inode;
	char name[HOLDER_NAME_SIZE];
};

struct holders {
	struct holder *all;
	size_t count, capacity;
};

static int add(struct holders *holders, uint32_t inode, const char *name)
{
	struct holder *all = array_grow(holders->all, holders->count, &holders->capacity, sizeof(*all));

	if (all == NULL) {
		return -ENOMEM;
	}
	holders->all = all;
	struct holder *holder = &holders->all[holders->count++];
	holder->inode = inode;
	(void)snprintf(holder->name, sizeof(holder->name), "%s", name);
	return 0;
}

static void read_name(int process, char ret_name[static HOLDER_NAME_SIZE])
{
	int file = openat(process, "comm", O_RDONLY | O_CLOEXEC);
	ssize_t size = file < 0 ? -1 : read(file, ret_name, HOLDER_NAME_SIZE - 1);

	ret_name[size > 0 ? size : 0] = '\0';
	ret_name[strcspn(ret_name, "\n")] = '\0';
	if (file >= 0) {
		(void)close(file);
	}
}

static int read_descriptors(struct holders *holders, int process, DIR *folder)
{
	char name[HOLDER_NAME_SIZE];
	char target[64];
	const struct dirent *at;
	int r = 0;

	read_name(process, name);
	while (r == 0 && (at = readdir(folder)) != NULL) {
		unsigned inode;
		ssize_t size = readlinkat(dirfd(folder), at->d_name, target, sizeof(target) - 1);
		target[size > 0 ? size : 0] = '\0';
		if (sscanf(target, "socket:[%u]", &inode) == 1) {
			r = add(holders, inode, name);
		}
	}
	return r;
}

static int read_process(struct holders *holders, int proc, const char *number)
{
	int process = openat(proc, number, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int descriptors = process < 0 ? -1 : openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = descriptors < 0 ? NULL : fdopendir(descriptors);
	int r = folder == NULL ? 0 : read_descriptors(holders, process, folder);

	if (folder != NULL) {
		(void)closedir(folder);
	} else if (descriptors >= 0) {
		(void)close(descriptors);
	}
	if (process >= 0) {
		(void)close(process);
	}
	return r;
}

static int by_inode(const void *a, const void *b)
{
	const struct holder *left = a;
	const struct holder *right = b;

	return (left->inode > right->inode) - (left->inode < right->inode);
}

int holders_read(struct holders **ret_holders)
{
	struct holders *holders = calloc(1, sizeof(*holders));
	DIR *proc = holders == NULL ? NULL : opendir("/proc");
	const struct dirent *at;
	int r = holders == NULL ? -ENOMEM : proc == NULL ? -errno : 0;

	while (r == 0 && (at = readdir(proc)) != NULL) {
		if (at->d_name[0] >= '1' && at->d_name[0] <= '9') {
			r = read_process(holders, dirfd(proc), at->d_name);
		}
	}
	if (proc != NULL) {
		(void)closedir(proc);
	}
	if (r < 0) {
		(void)holders_destroy(holders);
		return r;
	}
	if (holders->count > 0) {
		qsort(holders->all, holders->count, sizeof(*holders->all), by_inode);
	}
	*ret_holders = holders;
	return 0;
}

struct holders *holders_destroy(struct holders *holders)
{
	if (holders != NULL) {
		free(holders->all);
		free(holders);
	}
	return NULL;
}

const char *holders_find(const struct holders *holders, uint32_t inode)
{
	const struct holder wanted = { .inode = inode };
	const struct holder *found =
		holders->count == 0 ? NULL
				    : bsearch(&wanted, holders->all, holders->count, sizeof(*holders->all), by_inode);

	return found == NULL ? NULL : found->name;
}
