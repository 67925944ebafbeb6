/* apply.h - the applicant's side: forms, examination as one types, check-your-answers, confirmation, tracking. */
#pragma once

#include "web/site/page.h"

page_handler apply_start;     /* GET /apply : which form, free numbers and names first */
page_handler apply_free;      /* GET /apply/free?name=&band=&transport= */
page_handler apply_form;      /* GET /apply/{} : user, system, relocation, name, service-code, modification ... */
page_handler apply_post;      /* POST /apply/{} : check, attach, back, submit, as-user: which button it was */
page_handler apply_report;    /* POST /apply/{}/report : the examiner's report alone, for the script */
page_handler apply_sent;      /* GET /apply/sent/{} : "we have written to you" with the reference */
page_handler apply_confirm;   /* GET /confirm/{} : a button; POST does it */
page_handler apply_confirmed; /* POST /confirm/{} */
page_handler track_show;      /* GET /track/{} */
page_handler track_post;      /* POST /track/{} : answer, edit, withdraw, reopen, copy, appeal: which button it was */
page_handler consent_show;    /* GET /consent/{} */
page_handler consent_post;    /* POST /consent/{} */
page_handler page_calls;      /* GET /calls : revocations that are open for comments */
page_handler comment_form;    /* GET /calls/{} ; POST sends a comment */
page_handler comment_post;
page_handler appeal_form; /* GET /appeal ; POST sends one against an assignment */
page_handler appeal_post;
page_handler remark_sent; /* GET /remark-sent : what was written waits for its link */
