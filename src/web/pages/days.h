/* days.h - the days a visitor can choose: those of the snapshots, and today. */
#pragma once

#include "registry/words/day.h"
#include "web/site/page.h"

enum { DAYS_MAX = 64 };

struct days {
	char items[DAYS_MAX][DAY_SIZE]; /* the newest first, each once */
	size_t count;
};

/* 0 or -errno. */
int days_read(struct site *site, struct days *ret_days);

/* A <select> with its label; "" is today's registry, which `first` names. */
void days_choice(struct visit *visit, const struct days *days, const char *name, const char *label, const char *first,
		 const char *chosen);

/* The view of a day, "" the published one; false when the visitor was told why not. */
bool days_view_of(struct visit *visit, const char *text, const struct view **ret_view);
/* The same for what the query's `name` asks for. */
bool days_view(struct visit *visit, const char *name, const struct view **ret_view);
