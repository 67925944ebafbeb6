/* api.h - the same in JSON: read for everybody, apply and review with tokens.  /api/v1/openapi.json describes it. */
#pragma once

#include "web/site/visit.h"

page_handler api_openapi;   /* GET /api/v1/openapi.json */
page_handler api_registry;  /* GET /api/v1/registry : name, day, counts, notice */
page_handler api_port;	    /* GET /api/v1/ports/{}?transport= */
page_handler api_service;   /* GET /api/v1/services/{} */
page_handler api_search;    /* GET /api/v1/search?q= */
page_handler api_next;	    /* GET /api/v1/next?band=&transport=&count= */
page_handler api_history;   /* GET /api/v1/history/{} */
page_handler api_changes;   /* GET /api/v1/changes?from=&to= */
page_handler api_rules;	    /* GET /api/v1/rules */
page_handler api_examine;   /* POST /api/v1/examine : a form or .berth; its report */
page_handler api_apply;	    /* POST /api/v1/applications */
page_handler api_confirm;   /* POST /api/v1/confirm/{} */
page_handler api_consent;   /* POST /api/v1/consent/{} */
page_handler api_track;	    /* GET /api/v1/track/{} */
page_handler api_track_act; /* POST /api/v1/track/{}/{} */
page_handler api_queue;	    /* GET /api/v1/applications : staff */
page_handler api_dossier;   /* GET /api/v1/applications/{} : staff */
page_handler api_review;    /* POST /api/v1/applications/{}/{} : staff */
page_handler api_audit;	    /* GET /api/v1/audit : the chain's head */
