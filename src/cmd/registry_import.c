/* registry_import.c - `berth import` and `berth release`: rows in, numbers back. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/registry_store.h"
#include "registry/words/day.h"
#include "registry/records/derive.h"
#include "registry/compare/diff.h"
#include "registry/lookup/lookup.h"
#include "registry/keep/registry.h"

/* ---- what is said afterwards ---- */

/* 14500 as "14,500". */
static const char *grouped(size_t number, char buffer[static 32])
{
	char digits[32];
	int length = snprintf(digits, sizeof(digits), "%zu", number);
	int at = 0;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0) {
			buffer[at++] = ',';
		}
		buffer[at++] = digits[i];
	}
	buffer[at] = '\0';
	return buffer;
}

static void tell_conflicts(struct store *store)
{
	void *octets = NULL;
	size_t size = 0;
	struct view view;
	struct conflict *conflicts = NULL;
	size_t count = 0;

	if (registry_view(store, NULL, &octets, &size) == 0 && view_of(octets, size, &view) == 0 &&
	    diff_conflicts(&view, &conflicts, &count) == 0 && count > 0) {
		(void)printf("%zu own assignment%s %s also in a base: berth diff --conflicts\n", count,
			     count == 1 ? "" : "s", count == 1 ? "is" : "are");
	}
	free(conflicts);
	free(octets);
}

static void tell(const struct import_report *report, const struct rows *rows, bool dry_run)
{
	char all[32], new_rows[32], gone[32], same[32];

	(void)printf("%s rows, %s new, %s gone, %s as before; %s\n", grouped(report->rows, all),
		     grouped(report->new_rows, new_rows), grouped(report->gone_rows, gone),
		     grouped(report->same_rows, same),
		     strcmp(rows->format, "iana-xml") == 0 ? "written back and read again: the same rows and people"
							   : "written back identically");
	if (dry_run) {
		(void)puts("a dry run: nothing was kept");
	} else {
		(void)printf("snapshot %lld\n", (long long)report->snapshot);
	}
}

/* ---- a base ---- */

/* The option, what the file says, what its name says. */
static int day_of(const struct request *request, const struct rows *rows, char ret_day[static DAY_SIZE])
{
	const char *slash = strrchr(request->word, '/');

	if (request->dated != NULL && !day_read(request->dated, false, ret_day)) {
		complain_about("--dated takes a day like 2026-02-25, not \"%s\"", request->dated);
		return EXIT_USAGE;
	}
	if (request->dated != NULL || (rows->dated != NULL && day_read(rows->dated, true, ret_day)) ||
	    day_find(slash == NULL ? request->word : slash + 1, ret_day)) {
		return EXIT_DONE;
	}
	complain_about("%s does not say its day; say it with --dated YYYY-MM-DD", request->word);
	return EXIT_USAGE;
}

static int import_base(const struct request *request, struct store *store, int64_t staff, const char *octets,
		       size_t size, struct rows *rows)
{
	struct import_report report = { 0 };
	struct complaint complaint = { "" };
	char day[DAY_SIZE];
	int status = day_of(request, rows, day);

	if (status != EXIT_DONE) {
		return status;
	}
	int r = registry_import(store, staff, request->as == NULL ? "iana" : request->as, day, octets, size, rows,
				request->dry_run, &report, &complaint);
	if (r < 0) {
		complain_about("%s: %s", request->word, complaint.sentence);
		return r == -EEXIST || r == -EBADMSG ? EXIT_NO : EXIT_COULD_NOT;
	}
	if (!request->dry_run) {
		status = registry_store_publish(request, store);
	}
	if (!request->quiet) {
		tell(&report, rows, request->dry_run);
		tell_conflicts(store);
	}
	return status;
}

static int take_base(const struct request *request, struct store *store, int64_t staff, const char *octets, size_t size)
{
	struct rows rows = { 0 };
	int status = registry_rows_read(request->word, octets, size, &rows);

	if (status == EXIT_DONE) {
		status = import_base(request, store, staff, octets, size, &rows);
		rows_finish(&rows);
	}
	return status;
}

/* ---- an own list ---- */

static void tell_findings(const struct request *request, const struct own_list *list)
{
	for (size_t i = 0; i < list->finding_count; i++) {
		const struct own_list_finding *finding = &list->findings[i];
		(void)fprintf(stderr, "%s:%zu: %s %s\n", request->word, finding->line,
			      finding->refuses ? "refuse" : "warn  ", finding->sentence);
	}
}

static bool is_refused(const struct own_list *list)
{
	for (size_t i = 0; i < list->finding_count; i++) {
		if (list->findings[i].refuses) {
			return true;
		}
	}
	return false;
}

static void tell_own(const struct request *request, const struct own_report *report)
{
	(void)printf("%zu rows: %zu assigned, %zu edited, %zu as they were%s\n", report->rows, report->added,
		     report->edited, report->same, request->dry_run ? "; a dry run: nothing was kept" : "");
}

static int import_own(const struct request *request, struct store *store, int64_t staff, struct own_list *list)
{
	struct own_report report = { 0 };
	struct complaint complaint = { "" };
	char day[DAY_SIZE];

	day_today(day);
	if (request->dated != NULL && !day_read(request->dated, false, day)) {
		complain_about("--dated takes a day like 2026-02-25, not \"%s\"", request->dated);
		return EXIT_USAGE;
	}
	/* What the list itself gets wrong is said together with what the registry refuses. */
	bool broken = is_refused(list);
	int r = registry_import_own(store, staff, list, day, request->dry_run || broken, &report, &complaint);
	tell_findings(request, list);
	if (r < 0) {
		complain_about("%s: %s", request->word, complaint.sentence);
		return EXIT_COULD_NOT;
	}
	if (broken || report.refused > 0) {
		complain_about("%s: nothing was taken", request->word);
		return EXIT_NO;
	}
	if (!request->quiet) {
		tell_own(request, &report);
	}
	return request->dry_run ? EXIT_DONE : registry_store_publish(request, store);
}

static int take_own(const struct request *request, struct store *store, int64_t staff, const char *octets, size_t size)
{
	struct own_list list = { 0 };
	struct complaint complaint;
	int r = own_list_read(octets, size, request->transport, &list, &complaint);

	if (r < 0) {
		complain_about("%s: %s", request->word, r == -EBADMSG ? complaint.sentence : strerror(-r));
		return r == -EBADMSG ? EXIT_NO : EXIT_COULD_NOT;
	}
	int status = import_own(request, store, staff, &list);
	own_list_finish(&list);
	return status;
}

int registry_import_verb(const struct request *request)
{
	struct store *store = NULL;
	int64_t staff = 0;
	char *octets = NULL;
	size_t size = 0;
	int status = registry_file_read(request->word, &octets, &size);

	if (status == EXIT_DONE) {
		status = registry_store_change(request, "registrar", NULL, &store, &staff);
	}
	if (status == EXIT_DONE) {
		bool own = request->as != NULL && strcmp(request->as, "own") == 0;
		status = own ? take_own(request, store, staff, octets, size)
			     : take_base(request, store, staff, octets, size);
		(void)store_close(store);
	}
	free(octets);
	return status;
}

/* ---- release ---- */

static int release(const struct request *request, const struct question *question)
{
	struct store *store = NULL;
	int64_t staff = 0;
	char day[DAY_SIZE];
	int status = registry_store_change(request, "registrar", NULL, &store, &staff);

	if (status != EXIT_DONE) {
		return status;
	}
	day_today(day);
	int r = registry_release(store, staff, question->lo, question->hi, question->transport, request->why, day);
	if (r == -ENOENT) {
		complain_about("no own row has exactly %s; see: berth search --own \"\"", request->word);
		status = EXIT_NO;
	} else if (r < 0) {
		complain_about("%s: %s", request->word, store_complaint(store));
		status = EXIT_COULD_NOT;
	} else {
		status = registry_store_publish(request, store);
	}
	(void)store_close(store);
	return status;
}

int registry_release_verb(const struct request *request)
{
	struct question question;
	char complaint[256];

	if (question_read(request->word, &question, complaint, sizeof(complaint)) < 0 ||
	    question.kind != QUESTION_PORTS || question.transport == 0) {
		complain_about("release takes a number with its transport, like 20017/tcp, not \"%s\"", request->word);
		return EXIT_USAGE;
	}
	if (request->why == NULL) {
		complain_about("release takes a reason: --why TEXT");
		return EXIT_USAGE;
	}
	return release(request, &question);
}
