#include <jansson.h>
#include <stdlib.h>

#include "daemon/host/metrics.h"
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

static long long get_size(const struct feed_witness *w)
{
    return (long long)w->size;
}

static long long get_time(const struct feed_witness *w)
{
    return (long long)w->cosigned_wall;
}

static long long get_failures(const struct feed_witness *w)
{
    return (long long)w->failures_total;
}

static long long get_aside(const struct feed_witness *w)
{
    return w->aside == ASIDE_SAID;
}

static const struct {
    const char *name, *type, *help;
    long long (*get)(const struct feed_witness *w);
} per_witness[] = {
    { "bitacora_witness_size", "gauge", "entries in the checkpoint that it cosigned last",
      get_size },
    { "bitacora_witness_cosigned_timestamp_seconds", "gauge", "when it cosigned last", get_time },
    { "bitacora_witness_failures_total", "counter", "times that it did not cosign", get_failures },
    { "bitacora_witness_set_aside", "gauge",
      "1 while it says without proof that it has seen another history", get_aside },
};

void feed_metrics(struct feed *f, struct buf *out)
{
    pthread_mutex_lock(&f->lock);
    for (size_t m = 0; m < sizeof per_witness / sizeof *per_witness; m++) {
        metrics_head(out, per_witness[m].name, per_witness[m].type, per_witness[m].help);
        for (size_t i = 0; i < f->panel->count; i++) {
            const struct feed_witness *w = &f->panel->witness[i];
            buf_addf(out, "%s{witness=\"", per_witness[m].name);
            add_label(out, w->who->name);
            buf_addf(out, "\"} %lld\n", per_witness[m].get(w));
        }
    }
    pthread_mutex_unlock(&f->lock);
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
