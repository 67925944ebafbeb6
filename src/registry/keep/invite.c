/* invite.c - the letter that lets one of the staff choose a password and an authenticator (sign_in.h).
 *
 * Called by the web's page of people.  Who made the person known is not who can sign in as them: the link stands in the
 * letter and nowhere else. */
#include "base/moment.h"
#include "registry/keep/sign_in.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/message.h"
#include "store/outbox.h"
#include "store/sessions.h"

enum { SUBJECT_MAX = 256 };

static int add_token(struct change *change, int64_t staff, char ret_token[static LINK_TOKEN_SIZE])
{
	struct store *store = change_store(change);
	char hash[LINK_TOKEN_HASH_SIZE];
	char ends[MOMENT_SIZE];

	link_token_make(ret_token);
	link_token_hash(ret_token, hash);
	int r = moment_after(change_at(change), ENROL_LIVES_S, ends);
	if (r == 0) {
		r = sessions_end_all(store, staff, "enrol");
	}
	return r < 0 ? r
		     : sessions_add(store, &(const struct session_row){
						   .hash = hash,
						   .purpose = "enrol",
						   .staff = staff,
						   .about = "",
						   .scope = "",
						   .created = change_at(change),
						   .ends = ends,
					   });
}

/* Lines are filled by hand: only the link and the login vary. */
static char *write_body(const struct sign_in_invitation *invitation, const char *token)
{
	char *body = NULL;
	int size = asprintf(&body,
			    "An administrator of the port registry \"%s\" asks you to choose a\n"
			    "password and to add an account to your authenticator. Your login is\n"
			    "\n"
			    "  %s\n"
			    "\n"
			    "Open this link within %d days; it works once:\n"
			    "\n"
			    "  %sstaff/enrol/%s\n"
			    "\n"
			    "If you had a password before, it works until you choose a new one. If you\n"
			    "did not expect this letter, tell the other administrators, and do not\n"
			    "open the link.\n",
			    invitation->registry, invitation->login, ENROL_LIVES_S / 86400, invitation->link, token);

	return size < 0 ? NULL : body;
}

static int write_message(struct change *change, const struct sign_in_invitation *invitation,
			 const struct mail_address *from, const struct mail_address *to, const char *token,
			 char ret_id[static MAIL_ID_MAX], char **ret_octets)
{
	char subject[SUBJECT_MAX];
	char *body = write_body(invitation, token);
	size_t size = 0;
	const struct mail_message message = {
		.from = *from,
		.to = *to,
		.subject = subject,
		.message_id = ret_id,
		.date = change_at(change),
		.body = body,
	};

	if (body == NULL) {
		return -ENOMEM;
	}
	(void)snprintf(subject, sizeof(subject), "[%s] Choose your password", invitation->registry);
	mail_message_id(from, ret_id);
	int r = mail_message_write(&message, ret_octets, &size);
	free(body);
	return r;
}

static int send_letter(struct change *change, const struct sign_in_invitation *invitation,
		       const struct mail_address *from, const struct mail_address *to)
{
	char token[LINK_TOKEN_SIZE];
	char id[MAIL_ID_MAX];
	char *octets = NULL;
	int r = add_token(change, invitation->staff, token);

	if (r == 0) {
		r = write_message(change, invitation, from, to, token, id, &octets);
	}
	if (r == 0) {
		r = outbox_add(change, &(const struct outbox_letter){
					       .message_id = id,
					       .recipient = to->address,
					       .template = "invitation",
					       .message = octets,
					       .secret = token,
				       });
	}
	free(octets);
	return r;
}

int sign_in_invite(struct change *change, const struct sign_in_invitation *invitation, struct complaint *ret_complaint)
{
	struct mail_address from;
	struct mail_address to;

	if (mail_address_read(invitation->email, invitation->name, &to) < 0 &&
	    mail_address_read(invitation->email, NULL, &to) < 0) {
		return complain_of(ret_complaint, -EPERM,
				   "%s has no e-mail address that a link could go to; on the registry's machine: "
				   "berth staff password %s",
				   invitation->login, invitation->login);
	}
	if (mail_address_read(invitation->staff_address, invitation->registry, &from) < 0) {
		return complain_of(ret_complaint, -EPERM, "the registry has no address for its letters");
	}
	int r = send_letter(change, invitation, &from, &to);
	return r < 0 ? complain_of(ret_complaint, r, "%s", store_complaint(change_store(change))) : 0;
}
