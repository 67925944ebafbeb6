/* pages.h - the public pages that only read.  A file each. */
#pragma once

#include "web/site/page.h"

page_handler page_home;	   /* GET / */
page_handler page_search;  /* GET /search?q=&transport=&status=&from= */
page_handler page_port;	   /* GET /port/{} : "5254", "5254/tcp" is /port/5254?transport=tcp; with neighbours, history */
page_handler page_service; /* GET /service/{} */
page_handler page_organisation; /* GET /organisation?name= */
page_handler page_map;		/* GET /map?transport=&day=&since=&from=&to= : the picture, or a part of it */
page_handler page_map_picture;	/* GET /map.svg, the same questions */
page_handler page_statistics;	/* GET /statistics : as IANA publishes them */
page_handler page_downloads;	/* GET /downloads */
page_handler page_download;   /* GET /download/{} : a format of export.h; source, band, status, transport as queries */
page_handler page_changes;    /* GET /changes?from=&to= : what changed between two days */
page_handler page_rules;      /* GET /rules : the rules, and each by its id as an anchor */
page_handler page_guidelines; /* GET /guidelines, /guidelines/dccp, /guidelines/descriptions : {} or "" */
page_handler page_audit_head; /* GET /audit : the chain's head, for who wants to keep it */
page_handler page_asset;      /* GET /asset/{} */
page_handler page_health;     /* GET /health : whether it serves, for a proxy or a watchdog */
page_handler page_metrics;    /* GET /metrics : its counters, only from the same machine */
page_handler page_robots;     /* GET /robots.txt */
