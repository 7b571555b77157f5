#include <errno.h>

#include "daemon/http/handlers.h"
#include "daemon/http/query.h"
#include "daemon/http/reading.h"
#include "proto/base/scan.h"

#define SHOWN_MOST (1024 * 1024) /* bytes of one answer */

static enum store_result read_rows(struct reading *r)
{
    struct call_reply *a = &r->exchange.reply;
    *a = (struct call_reply){ .status = 200,
                              .type = "text/plain; charset=utf-8",
                              .cache = CACHE_PRIVATE };
    if (row_file_show(r->exchange.service->rows, r->index, r->place, SHOWN_MOST, &a->body) == 0)
        return STORE_OK;
    return errno == ENOENT ? STORE_ABSENT : errno == ENOMEM ? STORE_MEMORY : STORE_IO;
}

/* The rows of an entry, from a place on: nothing, or ?at=BYTES. */
static int read_place(uint64_t *place, const char *text)
{
    static const char *const names[] = { "at", NULL };
    struct evkeyvalq query;
    *place = 0;
    if (query_parse(&query, text, names) != 0)
        return -1;
    const char *at = evhttp_find_header(&query, "at");
    int failed = at == NULL ? 0 : decimal_parse(place, span_str(at));
    evhttp_clear_headers(&query);
    return failed;
}

void handle_access(struct call *c)
{
    uint64_t entry, place;
    if (decimal_parse(&entry, c->rest) != 0) {
        call_refuse(c, REASON_NOT_FOUND, "/v1/access/ENTRY");
        return;
    }
    if (read_place(&place, c->query) != 0) {
        call_refuse(c, REASON_REQUEST_FORM, "?at=BYTES");
        return;
    }
    struct reading *r = reading_admit(c, read_rows);
    if (r == NULL)
        return;
    r->may = role_may_read_access;
    r->absent = "/v1/access";
    r->index = entry;
    r->place = place;
    reading_start(c, r);
}
