/* The handlers that the table of routes names, one for each route. Each answers, refuses or defers
 * its call (call.h). Event loop. */
#ifndef DAEMON_HTTP_HANDLERS_H
#define DAEMON_HTTP_HANDLERS_H

#include "daemon/http/call.h"

/* http_submit.c: POST /v1/records */
void handle_records(struct call *c);

/* http_read.c: GET and POST /checkpoint, GET /tile/…, /v1/receipts/INDEX */
void handle_checkpoint(struct call *c);
void handle_tile(struct call *c);
void handle_receipt(struct call *c);

/* http_find.c: GET /v1/find */
void handle_find(struct call *c);

/* http_index.c: GET /index/… */
void handle_index(struct call *c);

/* http_answer.c: GET /v1/answer */
void handle_answer(struct call *c);

/* http_access.c: GET /v1/access/ENTRY */
void handle_access(struct call *c);

/* http_blobs.c: GET and PUT /v1/blobs/SHA256 */
void handle_blob(struct call *c);

/* http_ops.c: GET /, /policy, /healthz, /readyz, /metrics */
void handle_page(struct call *c);
void handle_policy(struct call *c);
void handle_health(struct call *c);
void handle_ready(struct call *c);
void handle_metrics(struct call *c);

#endif
