/* lookup.h - a question about the registry, read and answered.
 *
 * A question: a name, "http/tcp", "5254", "5254/tcp", "6000-6010", "_wot._tcp", "SC:fdpz" (DCCP service code in the
 * three forms of RFC 4340, 8.1.2).  Answers are aligned for people, tab-separated for scripts, or JSON. */
#pragma once

#include <stdio.h>

#include "registry/lookup/select.h"

enum question_kind { QUESTION_NAME, QUESTION_PORTS, QUESTION_DNS_SD, QUESTION_SERVICE_CODE };

struct question {
	enum question_kind kind;
	char name[256]; /* in lower case */
	int lo, hi;
	int transport; /* 0 any */
	uint32_t service_code;
};

/* 0, or -EINVAL with a sentence saying what would be right. */
int question_read(const char *text, struct question *ret_question, char *complaint, size_t size);

/* ANSWER_TABS: six columns without a header: port and transport ("5254/tcp", "6000-6063/tcp", "-/tcp" for a name
 * without a number; a star for any transport), name, status, since, holder, description; line ends, tabs,
 * backslashes and control characters in them as \n, \t, \\ and \x1b.  ANSWER_JSON: an array of objects that always
 * have port and port_end (numbers, or null), transport, name, status, since, holder, contact, description, source,
 * reference, notes, service_code and unauthorized (texts). */
enum answer_form { ANSWER_ALIGNED, ANSWER_TABS, ANSWER_JSON };

/* Rows found are collected, then written at once, so that columns align. */
struct answers;
int answers_create(const struct view *view, struct answers **ret_answers);
struct answers *answers_destroy(struct answers *answers);

/* Adds the rows that answer it.  Returns how many were assigned or reserved (0: "not there"), or -ENOMEM.  For a
 * port without a row of its own, what covers it (an unassigned range, or nothing) is added as one line. */
int answers_ask(struct answers *answers, const struct question *question);
/* For a question without an answer: what to say of a name or service code that nobody has, 'there is no "htp"; near:
 * http, ftp, ntp'.  False for ports, of which the answers speak themselves. */
bool answers_nearest(const struct answers *answers, const struct question *question, char *ret_sentence, size_t size);
/* The same, as names: those nearest to what was asked for, the nearest first, in the view.  Returns how many. */
enum { ANSWERS_NEAR_MAX = 3 };
size_t answers_near(const struct answers *answers, const struct question *question,
		    const char *ret_names[static ANSWERS_NEAR_MAX]);
/* Full text: every word somewhere in name, description, assignee, contact, notes or reference, in any case. */
int answers_search(struct answers *answers, const struct selection *selection, const char *const *words, size_t count);
/* The same for the words of a text; -E2BIG when there are more of them. */
enum { SEARCH_WORDS_MAX = 16 };
int answers_search_text(struct answers *answers, const struct selection *selection, const char *text);
/* How many there are, and each for who writes them in a form of his own.  Of numbers that nobody has, ret_row has what
 * covers them, with lo, hi and transport as they were asked for, and ret_free the words for it ("unassigned (no row
 * has it)"); else ret_free is "". */
size_t answers_count(const struct answers *answers);
void answers_at(const struct answers *answers, size_t index, struct view_row *ret_row, char *ret_free, size_t size);
/* At a terminal a line is cut at its width, elsewhere never.  0, -ENOMEM or -EIO. */
int answers_write(const struct answers *answers, enum answer_form form, FILE *stream);

/* The next `count` numbers of a band (its name, or "20000-20100"; NULL: where numbers are given on request,
 * 1024-49151 when the view has no bands) that no row but Unassigned covers in this transport (0: in tcp and in udp),
 * from `from` up; fewer when there are fewer.  Never 0, 1023, 1024 and 49151, nor what a band that decides nothing
 * has.  Writes them to ret_ports; returns how many, or -ENOENT: no such band. */
int next_free(const struct view *view, const char *band, int transport, int from, size_t count, uint16_t *ret_ports);
