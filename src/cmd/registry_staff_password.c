/* registry_staff_password.c - `berth staff password`: what somebody signs in with at the web site.
 *
 * The first administrator has no other way, and who lost an authenticator none without somebody who may write the
 * store. */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/registry_store.h"
#include "registry/keep/sign_in.h"
#include "store/settings.h"
#include "store/staff.h"

enum { LINE_MAX_OCTETS = PASSWORD_MAX + 2, INTERRUPT = 3 };

/* ---- read ---- */

/* One line without its end.  False: there is none, or it is too long. */
static bool read_line(char ret_line[static LINE_MAX_OCTETS])
{
	if (fgets(ret_line, LINE_MAX_OCTETS, stdin) == NULL) {
		return false;
	}
	size_t size = strcspn(ret_line, "\r\n");
	bool is_whole = ret_line[size] != '\0' || feof(stdin);
	ret_line[size] = '\0';
	return is_whole;
}

/* Without echo; signals wait as well, so that the terminal cannot stay silent behind us. */
static bool read_silently(const char *prompt, char ret_line[static LINE_MAX_OCTETS])
{
	struct termios before;
	struct termios silent;

	if (tcgetattr(STDIN_FILENO, &before) < 0) {
		return false;
	}
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	(void)fputs(prompt, stderr);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	bool is_read = read_line(ret_line);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	(void)fputc('\n', stderr);
	return is_read && strchr(ret_line, INTERRUPT) == NULL;
}

static int read_twice(char ret_password[static LINE_MAX_OCTETS])
{
	char again[LINE_MAX_OCTETS] = "";
	int status = EXIT_DONE;

	if (!read_silently("New password: ", ret_password) || !read_silently("Once more: ", again)) {
		complain_about("no password was read; nothing was changed");
		status = EXIT_COULD_NOT;
	} else if (strcmp(ret_password, again) != 0) {
		complain_about("these are two different passwords; nothing was changed");
		status = EXIT_NO;
	}
	sodium_memzero(again, sizeof(again));
	return status;
}

static int read_password(char ret_password[static LINE_MAX_OCTETS])
{
	if (isatty(STDIN_FILENO)) {
		return read_twice(ret_password);
	}
	if (!read_line(ret_password)) {
		complain_about("standard input has no line with a password of at most %d octets", PASSWORD_MAX);
		return EXIT_COULD_NOT;
	}
	return EXIT_DONE;
}

/* ---- write ---- */

static void print_secret(const char *login, const char *secret, const char *registry)
{
	char link[TOTP_LINK_SIZE];

	totp_link(secret, login, registry, link);
	(void)printf("%s signs in with this password and the codes of an authenticator. Add this to it now; it is "
		     "not shown again.\n"
		     "secret %s\n"
		     "link   %s\n",
		     login, secret, link);
}

static int renew(struct store *store, int64_t by_staff, const char *login, const char *registry)
{
	char password[LINE_MAX_OCTETS] = "";
	char secret[TOTP_SECRET_SIZE];
	struct complaint complaint = { "" };
	struct sign_in_new new_one = {
		.by_staff = by_staff,
		.login = login,
		.password = password,
		.totp_secret = secret,
		.registry = registry,
	};

	if (staff_by_login(store, login, &new_one.staff) < 0) {
		complain_about("%s", store_complaint(store));
		return EXIT_NO;
	}
	int status = read_password(password);
	if (status == EXIT_DONE) {
		totp_secret_make(secret);
		int r = sign_in_renew(store, &new_one, &complaint);
		if (r == 0) {
			print_secret(login, secret, registry);
		} else {
			complain_about("%s", complaint.sentence[0] != '\0' ? complaint.sentence : strerror(-r));
			status = r == -EINVAL ? EXIT_NO : EXIT_COULD_NOT;
		}
	}
	sodium_memzero(password, sizeof(password));
	sodium_memzero(secret, sizeof(secret));
	return status;
}

int registry_staff_password(const struct request *request, const char *login)
{
	struct store *store = NULL;
	int64_t staff = 0;
	int status = registry_store_change(request, "administrator", NULL, &store, &staff);

	if (status != EXIT_DONE) {
		return status;
	}
	char *registry = setting_get(store, "name");
	if (registry == NULL) {
		complain_about("%s", store_complaint(store));
		status = EXIT_COULD_NOT;
	} else {
		status = renew(store, staff, login, registry);
	}
	free(registry);
	(void)store_close(store);
	return status;
}
