/* registry_process.c - the process of applications opened for the verbs apply, track and review
 * (registry_process.h). */
#include "cmd/registry_process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/moment.h"
#include "cmd/berth_allowance.h"
#include "registry/words/answers_text.h"
#include "store/settings.h"
#include "store/staff.h"

static int fill(struct registry_process *process, struct store *store)
{
	process->name = setting_get(store, "name");
	process->email = setting_get(store, "email");
	process->link = setting_get(store, "link");
	if (process->name == NULL || process->email == NULL || process->link == NULL) {
		complain_about("%s", store_complaint(store));
		return EXIT_COULD_NOT;
	}
	int r = staff_by_login(store, registry_login(), &process->staff);
	if (r < 0 && r != -ENOENT) {
		complain_about("%s", store_complaint(store));
		return EXIT_COULD_NOT;
	}
	process->staff = r == 0 ? process->staff : 0;
	(void)moment_write(time(NULL), process->now);
	process->process = (struct process){
		.store = store,
		.now = process->now,
		.registry = process->name,
		.staff_address = process->email,
		.link = process->link,
	};
	return EXIT_DONE;
}

int registry_process_open(const struct request *request, struct registry_process *ret_process)
{
	struct store *store = NULL;
	int status = registry_store_open(request, STORE_WRITE, &store);

	*ret_process = (struct registry_process){ .staff = 0 };
	if (status != EXIT_DONE) {
		return status;
	}
	status = fill(ret_process, store);
	if (status == EXIT_DONE && ret_process->email[0] == '\0') {
		complain_about("where does the staff read mail? berth registry set --email ADDRESS");
		status = EXIT_COULD_NOT;
	}
	if (status == EXIT_DONE && process_prepare(&ret_process->process) < 0) {
		complain_about("the registry's table of moves is another version's: %s", store_complaint(store));
		status = EXIT_COULD_NOT;
	}
	int acts = status == EXIT_DONE ? process_tick(&ret_process->process) : 0;
	if (acts < 0) {
		complain_about("what was due could not be done: %s", store_complaint(store));
		status = EXIT_COULD_NOT;
	} else if (acts > 0) {
		(void)registry_store_publish(request, store); /* who asked for something else is told, and served */
	}
	if (status != EXIT_DONE) {
		ret_process->process.store = store;
		registry_process_close(ret_process);
	}
	return status;
}

void registry_process_close(struct registry_process *process)
{
	free(process->name);
	free(process->email);
	free(process->link);
	(void)store_close(process->process.store);
}

int registry_process_refused(const struct complaint *complaint, int error)
{
	char shown[2 * COMPLAINT_MAX];

	shown_text(complaint->sentence, shown, sizeof(shown));
	complain_about("%s", shown[0] != '\0' ? shown : strerror(-error));
	return error == -EPERM || error == -ENOENT || error == -EEXIST || error == -EINVAL ? EXIT_NO : EXIT_COULD_NOT;
}

static void tell_free(const struct process_done *done)
{
	if (done->free_count > 0) {
		(void)fputs("Free and near:", stdout);
		for (size_t i = 0; i < done->free_count; i++) {
			(void)printf(" %u", done->free_near[i]);
		}
		(void)putchar('\n');
	}
}

int registry_process_told(const struct request *request, struct registry_process *process,
			  const struct process_done *done)
{
	(void)printf("%s is %s", done->reference, done->state);
	if (done->assigned[0] != '\0') {
		(void)printf(": %s", done->assigned);
	}
	(void)putchar('\n');
	tell_free(done);
	/* The link is the applicant's; to others it goes by mail, if at all. */
	if (done->track[0] != '\0' && request->verb != &verb_review) {
		(void)printf("follow it: berth track %s\n", done->track);
	}
	return registry_store_publish(request, process->process.store);
}

int registry_process_act(const struct request *request, struct registry_process *process, const struct process_act *act)
{
	struct process_done done = { .reference = "" };
	struct complaint complaint = { "" };
	int r = process_do(&process->process, act, &done, &complaint);

	return r < 0 ? registry_process_refused(&complaint, r) : registry_process_told(request, process, &done);
}

/* ---- forms ---- */

static bool begins_with(const char *line, const char *end, const char *word)
{
	size_t size = strlen(word);

	return (size_t)(end - line) >= size && memcmp(line, word, size) == 0;
}

/* "application user": in a sentence, something else stands behind that word. */
static bool begins_block(const char *line, const char *end)
{
	static const char word[] = "application ";

	for (int kind = 0; kind < FORM_KINDS && begins_with(line, end, word); kind++) {
		if (begins_with(line + strlen(word), end, form_kind_name((enum form_kind)kind))) {
			return true;
		}
	}
	return false;
}

/* What begins a line first decides, if need be that of a quotation: the title of a form, or an application block,
 * whose answers may speak of applications too.  A title in the comments of a .berth file begins none. */
static bool is_text_form(const char *octets, size_t size, bool by_default)
{
	const char *end = octets + size;

	for (const char *line = octets; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		while (line < end && strchr("> \t", *line) != NULL && *line != '\0') {
			line++;
		}
		if (begins_block(line, end) || begins_with(line, end, "Application for ")) {
			return *line == 'A';
		}
		line = newline != NULL ? newline + 1 : end;
	}
	return by_default;
}

/* Forms come from strangers: what one does to its reader costs no more than an allowance. */
static int read_form(const char *name, const char *octets, size_t size, bool is_mail, struct form *ret_form,
		     struct complaint *complaint)
{
	size_t mark_size = form_mark_size(octets, size);
	struct allowance allowance;
	int r = allowance_begin(&allowance, name);

	octets += mark_size;
	size -= mark_size;
	if (r == 0) {
		r = is_text_form(octets, size, is_mail) ? form_read_text(octets, size, ret_form, complaint)
							: form_read_berth(name, octets, size, ret_form, complaint);
		allowance_end(&allowance);
	}
	return r;
}

static int take_form(const char *name, const char *octets, size_t size, bool is_mail, struct form *ret_form)
{
	struct complaint complaint = { "" };
	int r = read_form(name, octets, size, is_mail, ret_form, &complaint);

	if (r < 0) {
		complain_about("%s", r == -EBADMSG ? complaint.sentence : strerror(-r));
		return r == -EBADMSG ? EXIT_NO : EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

int registry_form_take(const char *body, struct form *ret_form)
{
	return take_form("the message", body, strlen(body), true, ret_form);
}

int registry_form_read(const char *path, struct form *ret_form)
{
	char *octets = NULL;
	size_t size = 0;
	int status = registry_file_read(path, &octets, &size);

	if (status == EXIT_DONE) {
		status = take_form(path, octets, size, false, ret_form);
	}
	free(octets);
	return status;
}
