#include <jansson.h>
#include <stdlib.h>

#include "daemon/witnesses/feed_state.h"

void feed_set_aside(struct feed *f, struct buf *out)
{
    char name[128];
    json_t *names = json_array();
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->panel->count; i++) {
        if (f->panel->witness[i].aside != ASIDE_SAID)
            continue;
        printable_copy(name, sizeof name, span_str(f->panel->witness[i].who->name));
        json_array_append_new(names, json_string(name));
    }
    pthread_mutex_unlock(&f->lock);
    char *text = names == NULL ? NULL : json_dumps(names, JSON_COMPACT);
    json_decref(names);
    if (text == NULL)
        out->failed = true;
    else
        buf_adds(out, text);
    free(text);
}

/* A policy's name for a witness may hold a quotation mark or a backslash. */
static void add_label(struct buf *out, const char *name)
{
    for (const char *p = name; *p != 0; p++) {
        if (*p == '"' || *p == '\\')
            buf_adds(out, "\\");
        if (*p == '\n')
            buf_adds(out, "\\n");
        else
            buf_add(out, p, 1);
    }
}

void feed_metrics(struct feed *f, struct buf *out)
{
    struct buf name = { 0 };
    buf_adds(out, "# TYPE bitacora_witness_size gauge\n# TYPE "
                  "bitacora_witness_cosigned_timestamp_seconds gauge\n# TYPE "
                  "bitacora_witness_failures_total counter\n# TYPE "
                  "bitacora_witness_set_aside gauge\n");
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->panel->count; i++) {
        const struct feed_witness *w = &f->panel->witness[i];
        buf_clear(&name);
        add_label(&name, w->who->name);
        buf_addf(out, "bitacora_witness_size{witness=\"%s\"} %llu\n", buf_str(&name),
                 (unsigned long long)w->size);
        buf_addf(out, "bitacora_witness_cosigned_timestamp_seconds{witness=\"%s\"} %lld\n",
                 buf_str(&name), (long long)w->cosigned_wall);
        buf_addf(out, "bitacora_witness_failures_total{witness=\"%s\"} %llu\n", buf_str(&name),
                 (unsigned long long)w->failures_total);
        buf_addf(out, "bitacora_witness_set_aside{witness=\"%s\"} %d\n", buf_str(&name),
                 w->aside == ASIDE_SAID);
    }
    pthread_mutex_unlock(&f->lock);
    buf_free(&name);
}

uint64_t feed_quorum_size(struct service *service, struct buf *out)
{
    char note[OWN_CHECKPOINT_MAX];
    struct hash root;
    uint64_t size;
    struct feed *feed = service->feed;
    if (feed != NULL)
        return feed_witnessed(feed, out);
    size_t n = newest_get(&service->newest, &size, &root, note);
    if (out != NULL)
        buf_add(out, note, n);
    return size;
}
