#include <errno.h>
#include <unistd.h>

#include "daemon/http/handlers.h"
#include "daemon/http/reading.h"
#include "daemon/index/table_files.h"
#include "daemon/state/cover_find.h"
#include "daemon/witnesses/feed.h"

static enum store_result read_newest(struct reading *r)
{
    struct service *s = r->exchange.service;
    struct call_reply *a = &r->exchange.reply;
    struct store_txn *t;
    uint64_t entry;
    *a = (struct call_reply){ .status = 200,
                              .type = "text/plain; charset=utf-8",
                              .cache = CACHE_CHECK };
    enum store_result result = store_begin(&t, s->store, STORE_READ);
    if (result != STORE_OK)
        return result;
    result = cover_find_entry(&entry, t, feed_quorum_size(s, NULL));
    store_end(t);
    if (result == STORE_OK && entry == NO_ENTRY)
        return STORE_ABSENT;
    buf_add_decimal(&a->body, entry);
    buf_adds(&a->body, "\n");
    return result;
}

static enum store_result answer_table_part(struct reading *r)
{
    struct call_reply *a = &r->exchange.reply;
    *a = (struct call_reply){ .status = 200,
                              .type = "application/octet-stream",
                              .cache = CACHE_FOREVER };
    int fd = table_file_open(r->exchange.service->tables, &r->root);
    if (fd < 0)
        return errno == ENOENT ? STORE_ABSENT : STORE_IO;
    int failed = table_file_read(fd, table_file_rows(fd), &r->part, &a->body);
    enum store_result result = !failed           ? STORE_OK
                               : errno == ENOENT ? STORE_ABSENT
                               : errno == ENOMEM ? STORE_MEMORY
                                                 : STORE_IO;
    close(fd);
    return result;
}

void handle_index(struct call *c)
{
    struct hash root;
    struct index_table_file part;
    struct span path = span_of(c->rest.p - strlen("index/"), c->rest.n + strlen("index/"));
    bool newest = span_is(path, INDEX_NEWEST);
    if (!newest && index_table_path_parse(&root, &part, path) != 0) {
        call_refuse(c, REASON_NOT_FOUND, "index");
        return;
    }
    struct reading *r = reading_admit(c, newest ? read_newest : answer_table_part);
    if (r == NULL)
        return;
    r->absent = "index";
    if (!newest) {
        r->root = root;
        r->part = part;
    }
    reading_start(c, r);
}
