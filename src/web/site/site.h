/* site.h - what all pages share: the registry's store, its published view, its words about itself, the clock.
 *
 * One for a process, made by cmd/berth_registryd.c.  Everything that changes a registry goes through
 * registry/process and registry/keep; pages show it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "registry/process/process.h"
#include "registry/view/view.h"
#include "store/store.h"

struct site_settings {
	const char *registry;  /* URL of the store */
	const char *published; /* the published view's path */
	const char *url;       /* how people reach the site: "https://ports.example.org", without a slash behind */
	bool is_secure;	       /* https, or a browser takes it for that (localhost): cookies are Secure */
	const char *now;       /* tests turn the clock with it; NULL: the machine's */
};

/* What the registry says of itself on every page: `berth registry set`. */
struct site_words {
	char *name;	/* "Ports of Example" */
	char *motto;	/* or "" */
	char *licence;	/* or "" */
	char *comments; /* "send comments to": an address; the staff's when not set */
	char *edition;	/* day of the forms' edition, "page updated" */
	char *notice;	/* assignment is no endorsement ... */
	char *email;	/* of the staff */
};

struct sessions;
struct verification;
struct site {
	struct site_settings settings;
	struct store *store;
	struct site_words words;
	struct view view;		   /* the published one; size 0: nothing is published yet */
	char now[32];			   /* UTC, of this request */
	char link[512];			   /* settings.url with a slash, for letters */
	struct process process;		   /* ready for process_*() */
	struct sessions *sessions;	   /* session.h */
	struct verification *verification; /* verification.h; NULL: none was asked for */
	struct limits *limits;		   /* limit.h; the program's */
	struct kept *kept;		   /* routes/kept.h; the program's */
	/* Of the server that serves this, for GET /metrics; NULL: none. */
	const struct server_counters *counters;
	struct site_private *hidden; /* what site*.c keep */
};

/* 0, or -errno with a sentence. */
int site_open(const struct site_settings *settings, struct site **ret_site, struct complaint *ret_complaint);
struct site *site_close(struct site *site);

/* Before each request: the clock, and the published view when its file was replaced. */
void site_refresh(struct site *site);

/* The view is published and read again.  0 or -errno. */
int site_publish(struct site *site);

/* process_do; and when it assigned or released something, the view is published, which the log tells when it fails:
 * the act stands. */
int site_do(struct site *site, const struct process_act *act, struct process_done *ret_done,
	    struct complaint *ret_complaint);

/* The view of a day ("" or today's: the published one), kept for the next who asks.  0; -ENOENT no snapshot speaks of
 * it. */
int site_view_of(struct site *site, const char *day, const struct view **ret_view);
