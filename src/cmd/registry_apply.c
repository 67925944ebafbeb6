/* registry_apply.c - `berth apply`: a form written to be filled in, converted, examined, sent, confirmed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/registry_process.h"
#include "mail/message.h"
#include "registry/words/process_words.h"

/* ---- --template and --convert: forms written ---- */

static int put_form(const struct request *request, const struct form *form,
		    int (*write)(const struct form *form, FILE *stream))
{
	struct registry_output output;
	int status = registry_output_open(request, &output);

	return status != EXIT_DONE ? status : registry_output_close(request, &output, write(form, output.stream));
}

static int put_as_user(const struct request *request, const struct form *form)
{
	struct form user;
	int r = form_as_user(form, &user);

	if (r < 0) {
		complain_about("%s", strerror(-r));
		return EXIT_COULD_NOT;
	}
	int status = put_form(request, &user, form_write_template);
	form_finish(&user);
	return status;
}

/* Answers go along to a form of their own kind, and through the door that the form for a system port has. */
static int put_with_answers(const struct request *request, enum form_kind kind, const struct form *form)
{
	if (form->kind == kind) {
		return put_form(request, form, form_write_template);
	}
	if (form->kind == FORM_SYSTEM && kind == FORM_USER) {
		return put_as_user(request, form);
	}
	complain_about("%s applies for the kind \"%s\"; its answers go along to that kind%s, not to \"%s\"",
		       request->word, form_kind_name(form->kind), form->kind == FORM_SYSTEM ? " and to \"user\"" : "",
		       form_kind_name(kind));
	return EXIT_NO;
}

static int print_template(const struct request *request)
{
	struct form form = { .kind = FORM_USER };
	enum form_kind kind;

	if (form_kind_of(request->template, &kind) < 0) {
		complain_about("there is no application of the kind \"%s\"; see `berth help apply`", request->template);
		return EXIT_USAGE;
	}
	if (request->word == NULL) {
		form.kind = kind;
		return put_form(request, &form, form_write_template);
	}
	int status = registry_form_read(request->word, &form);
	if (status == EXIT_DONE) {
		status = put_with_answers(request, kind, &form);
		form_finish(&form);
	}
	return status;
}

static int write_text(const struct form *form, FILE *stream)
{
	static const struct form_text_options options = { .to_fill_in = true };

	return form_write_text(form, &options, stream);
}

/* Each of the two forms of a form into the other. */
static int convert(const struct request *request, const struct form *form)
{
	return put_form(request, form, form->berth != NULL ? write_text : form_write_berth);
}

/* ---- --check ---- */

static int print_report(const struct request *request, const struct rule_report *report, const char *file)
{
	int r = request->json ? rule_report_write_json(report, file, stdout) : rule_report_write(report, file, stdout);

	if (r < 0) {
		return EXIT_COULD_NOT;
	}
	return report->counts[RULE_REFUSE] > 0 ? EXIT_NO : EXIT_DONE;
}

/* Against what was published; without that, what is assigned is left out, and the report says so. */
static int check(const struct request *request, const struct form *form)
{
	struct registry_view view = { .owned = NULL };
	struct rules_context context = { .view = NULL };
	struct rule_report report = { .count = 0 };
	bool has_view = registry_view_open(request, NULL, &view) == EXIT_DONE;

	context.view = has_view ? &view.view : NULL;
	int r = rules_examine(form, &context, &report);
	int status = r < 0 ? EXIT_COULD_NOT : print_report(request, &report, request->word);
	if (r < 0) {
		complain_about("%s", strerror(-r));
	}
	rule_report_finish(&report);
	if (has_view) {
		registry_view_close(&view);
	}
	return status;
}

/* ---- sending ---- */

/* What is asked for, or what stands and is to be changed. */
static void tell_subject(const struct form *form)
{
	static const char *const keys[] = { "short", "about", "service-code" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (form_value(form, keys[i])[0] != '\0') {
			(void)printf(" %s \"%s\"", strcmp(keys[i], "about") == 0 ? "of" : "for",
				     form_value(form, keys[i]));
			return;
		}
	}
}

static void tell_started(const struct process_started *started, const struct form *form, bool filed)
{
	(void)printf("%s %s", started->reference, words_of_kind(form_kind_name(form->kind)));
	tell_subject(form);
	if (started->was_there) {
		(void)printf(" was sent before, and is %s.\n", words_of_state(started->state));
		if (started->has_ended) {
			(void)puts("To apply again with the same form: berth apply --key WORD FILE");
		}
	} else if (filed) {
		(void)printf(" is %s%s%s.\n", words_of_state(started->state), started->assigned[0] != '\0' ? ": " : "",
			     started->assigned);
	} else {
		(void)printf(", confirmation sent to %s. Not yet with the staff.\n",
			     form_value(form, "applicant-email"));
	}
}

static int send_form(const struct request *request, struct registry_process *process, const struct form *form,
		     int64_t own_staff)
{
	struct process_started started = { .reference = "" };
	struct complaint complaint = { "" };
	struct rule_report report = { .count = 0 };
	char digest[65];

	form_digest(form, digest);
	const struct process_submission submission = {
		.form = form,
		.key = request->key != NULL ? request->key : digest,
		.own_staff = own_staff,
		.by_staff = request->filed ? process->staff : 0,
	};
	if (request->filed && process->staff == 0) {
		complain_about("--filed is for the staff; %s is not on it", registry_login());
		return EXIT_NO;
	}
	int r = process_submit(&process->process, &submission, &started, &report, &complaint);
	int status = EXIT_DONE;
	if (report.counts[RULE_REFUSE] > 0) {
		status = print_report(request, &report, request->word);
	} else if (r < 0) {
		status = registry_process_refused(&complaint, r);
	} else {
		tell_started(&started, form, request->filed);
		/* What anyone may have is assigned at once when it needs no confirmation. */
		status = request->filed ? registry_store_publish(request, process->process.store) : status;
	}
	rule_report_finish(&report);
	return status;
}

/* Whoever is on the staff and applies does so for himself, and will not decide on it. */
static int apply(const struct request *request, const struct form *form)
{
	struct registry_process process;
	int status = registry_process_open(request, &process);

	if (status == EXIT_DONE) {
		status = send_form(request, &process, form, request->filed ? 0 : process.staff);
		registry_process_close(&process);
	}
	return status;
}

/* ---- --mail: a From line proves nothing, so it waits for its confirmation like any other ---- */

static int take_mail(const struct request *request, const struct mail_received *received)
{
	struct form form = { .kind = FORM_USER };
	struct request of_message = *request;

	if (received->is_automatic) {
		complain_about("an automatic message; it is not answered and not an application");
		return EXIT_NO;
	}
	if (received->body[0] == '\0' || received->is_damaged) {
		complain_about("%s; send the form as plain text in UTF-8",
			       received->is_damaged ? "some characters of the message cannot be read"
						    : "the message has no plain text");
		return EXIT_NO;
	}
	int status = registry_form_take(received->body, &form);
	if (status != EXIT_DONE) {
		return status;
	}
	/* The message itself is the key: delivered twice, it is one application. */
	of_message.key = request->key != NULL ? request->key : received->message_id;
	status = apply(&of_message, &form);
	form_finish(&form);
	return status;
}

static int apply_by_mail(const struct request *request)
{
	struct mail_received received = { 0 };
	char *octets = NULL;
	size_t size = 0;
	int status = registry_file_read("-", &octets, &size);

	if (status != EXIT_DONE) {
		return status;
	}
	int r = mail_message_read(octets, size, &received);
	free(octets);
	if (r < 0) {
		complain_about("standard input is no e-mail: %s", strerror(-r));
		return EXIT_NO;
	}
	status = take_mail(request, &received);
	mail_received_finish(&received);
	return status;
}

/* ---- --confirm ---- */

static int confirm(const struct request *request)
{
	struct registry_process process;
	const struct process_act act = { .act = "confirm", .token = request->confirm };
	int status = registry_process_open(request, &process);

	if (status == EXIT_DONE) {
		status = registry_process_act(request, &process, &act);
		registry_process_close(&process);
	}
	return status;
}

int registry_apply_verb(const struct request *request)
{
	struct form form = { .kind = FORM_USER };

	if (request->template != NULL) {
		return print_template(request);
	}
	if (request->confirm != NULL) {
		return confirm(request);
	}
	if (request->mail) {
		return apply_by_mail(request);
	}
	if (request->word == NULL) {
		complain_about("apply takes a file; `berth apply --template user` writes one to fill in");
		return EXIT_USAGE;
	}
	int status = registry_form_read(request->word, &form);
	if (status == EXIT_DONE) {
		status = request->convert ? convert(request, &form)
			 : request->check ? check(request, &form)
					  : apply(request, &form);
		form_finish(&form);
	}
	return status;
}
