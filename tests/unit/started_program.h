/* started_program.h - what test_spawn does when it is the program that was started: called with one
 * of the words of `acts` it says what it sees, and its exit status is 0 when that is right. */
#pragma once

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "os/spawn.h"

static void print_file(const char *path, const char *only)
{
	char line[512];
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		_exit(1);
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, only, strlen(only)) == 0) {
			printf("%s", line);
		}
	}
	(void)fclose(file);
}

static void print_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	const struct dirent *entry;

	printf("descriptors:");
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] != '.' && strtol(entry->d_name, NULL, 10) != dirfd(folder)) {
			printf(" %s", entry->d_name);
		}
	}
	(void)closedir(folder);
	printf("\n");
}

static int report(void)
{
	char directory[256];
	struct rlimit files, tasks;

	if (getcwd(directory, sizeof(directory)) == NULL || getrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    getrlimit(RLIMIT_NPROC, &tasks) < 0) {
		return 1;
	}
	print_descriptors();
	printf("own process group: %d\n", getpgrp() == getpid());
	printf("directory: %s\n", directory);
	printf("open files: %ld %ld\n", (long)files.rlim_cur, (long)files.rlim_max);
	printf("tasks: %ld %ld\n", (long)tasks.rlim_cur, (long)tasks.rlim_max);
	printf("nice: %d\n", getpriority(PRIO_PROCESS, 0));
	print_file("/proc/self/status", "Sig");
	for (char **variable = environ; *variable != NULL; variable++) {
		printf("variable: %s\n", *variable);
	}
	printf("listen pid is mine: %d\n",
	       getenv("LISTEN_PID") != NULL && strtol(getenv("LISTEN_PID"), NULL, 10) == getpid());
	return fflush(stdout) == 0 ? 0 : 1;
}

static int shout(void)
{
	return write(1, "output", 6) == 6 && write(2, "error", 5) == 5 && write(3, "third", 5) == 5 ? 0 : 1;
}

static int hello(void)
{
	return write(1, "hello", 5) == 5 ? 0 : 1;
}

static int use_null(void)
{
	char octet;

	return read(0, &octet, 1) == 0 && write(1, "x", 1) == 1 ? 0 : 1;
}

/* Descriptor 3 is the memory that holds the pid word. */
static int compare_pid_word(void)
{
	const int32_t *word = mmap(NULL, sizeof(*word), PROT_READ, MAP_SHARED, 3, 0);

	return word != MAP_FAILED && *word == getpid() ? 0 : 1;
}

static int exit_like_a_failure(void)
{
	return SPAWN_FAILED;
}

static const struct {
	const char *word;
	int (*run)(void);
} acts[] = {
	{ "report", report },
	{ "shout", shout },
	{ "hello", hello },
	{ "null", use_null },
	{ "pid-word", compare_pid_word },
	{ "127", exit_like_a_failure },
};

static int (*find_act(const char *word))(void)
{
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (strcmp(word, acts[i].word) == 0) {
			return acts[i].run;
		}
	}
	return NULL;
}
