/* account.h - the page of one's own account, drawn: account_show.c for account.c. */
#pragma once

#include "web/staff/problem.h"

/* What one has: roles, sessions, tokens of the API. */
void account_put_overview(struct visit *visit);
/* The form for one change: "password", "authenticator", "token", "end" (of what field or query `of` names). */
void account_put_change(struct visit *visit, const char *change, const struct problem *problem);
/* A new token, shown once. */
void account_put_token(struct visit *visit, const char *token, const char *ends);
