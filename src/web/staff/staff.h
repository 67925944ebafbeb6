/* staff.h - the staff's side.  (The people themselves are store/staff.h.) */
#pragma once

#include "web/site/page.h"

page_handler staff_sign_in;	 /* GET /staff/sign-in?to= */
page_handler staff_sign_in_post; /* POST */
page_handler staff_sign_out;	 /* POST /staff/sign-out */
page_handler staff_enrol;	 /* GET /staff/enrol/{} : the link of an invitation */
page_handler staff_enrol_post;	 /* POST /staff/enrol/{} */
page_handler staff_queue;	 /* GET /staff */
page_handler staff_dossier;	 /* GET /staff/application/{} */
page_handler staff_act;		 /* POST /staff/application/{}/{} : the act's word of process.h */
page_handler staff_statistics;	 /* GET /staff/statistics */
page_handler staff_mail;	 /* GET /staff/mail ; POST /staff/mail : retry */
page_handler staff_mail_post;
page_handler staff_audit;      /* GET /staff/audit ; POST verifies */
page_handler staff_audit_post; /* POST /staff/audit */
page_handler staff_people;     /* GET /staff/people : administrators */
page_handler staff_people_post;
page_handler staff_bands; /* GET /staff/bands */
page_handler staff_bands_post;
page_handler staff_settings; /* GET /staff/settings : the registry's words */
page_handler staff_settings_post;
page_handler staff_account; /* GET /staff/account : password, second factor, sessions, API tokens of one's own */
page_handler staff_account_post;
