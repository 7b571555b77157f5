/* What anybody may read of a witness: its checkpoints, its key, how it is. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "client/witness/witness.h"
#include "proto/base/scan.h"

static const int statuses[WITNESS_STATUSES] = { 200, 400, 403, 404, 405, 409, 413, 422, 500, 503 };

void witness_count(struct witness *w, bool add_checkpoint, int status)
{
    size_t i = 0;
    while (i < WITNESS_STATUSES && statuses[i] != status)
        i++;
    w->answered[add_checkpoint][i]++;
}

static void good(struct witness_answer *a, const char *type)
{
    a->status = 200;
    a->type = type;
}

/* ⟨origin hash⟩/checkpoint: the last note that was cosigned, with the log's signature and ours. */
static bool read_checkpoint(struct witness *w, struct span path, struct witness_answer *a)
{
    for (size_t i = 0; i < w->state.logs; i++) {
        const struct witness_log *log = &w->state.log[i];
        size_t n = strlen(log->name);
        if (!span_starts(path, log->name) ||
            !span_is(span_of(path.p + n, path.n - n), "/checkpoint"))
            continue;
        if (log->note.n == 0)
            return false;
        if (log->unsynced) { /* its cosignature is not given before it is on the disk */
            witness_refuse(a, 503, TR("the checkpoint could not be stored", "no se pudo guardar"));
            return true;
        }
        good(a, "text/plain; charset=utf-8");
        buf_add_span(&a->body, buf_span(&log->note));
        return true;
    }
    return false;
}

/* The worst of its logs; of each, what the log did outweighs what somebody may have shown. */
static const char *state_of(const struct witness *w)
{
    const char *state = "ok";
    for (size_t i = 0; i < w->state.logs; i++) {
        if (w->state.log[i].forks > 0)
            return "fork";
        if (w->state.log[i].smaller > 0)
            state = "smaller_shown";
    }
    return state;
}

static void read_health(const struct witness *w, struct witness_answer *a)
{
    json_t *v = json_pack("{s:s,s:s,s:I}", "state", w->failing ? "failing" : state_of(w), "name",
                          w->key->vkey.name, "logs", (json_int_t)w->state.logs);
    char *text = v == NULL ? NULL : json_dumps(v, JSON_COMPACT);
    a->status = w->failing ? 503 : 200;
    a->type = "application/json";
    a->body.failed = a->body.failed || text == NULL;
    if (text != NULL)
        buf_addf(&a->body, "%s\n", text);
    free(text);
    json_decref(v);
}

/* ---- metrics ------------------------------------------------------------------------------- */

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* A key's name may hold a quotation mark or a backslash. */
static void label(struct buf *out, const char *name, const char *origin)
{
    buf_addf(out, "%s{origin=\"", name);
    for (const char *p = origin; *p != 0; p++) {
        if (*p == '"' || *p == '\\')
            buf_adds(out, "\\");
        buf_add(out, p, 1);
    }
    buf_adds(out, "\"} ");
}

static uint64_t size_of(const struct witness_log *log)
{
    return log->size;
}

static uint64_t seconds_of(const struct witness_log *log)
{
    return log->seconds;
}

static uint64_t forks_of(const struct witness_log *log)
{
    return log->forks;
}

static uint64_t smaller_of(const struct witness_log *log)
{
    return log->smaller;
}

static uint64_t doubts_of(const struct witness_log *log)
{
    return log->doubts;
}

static void read_metrics(const struct witness *w, struct witness_answer *a)
{
    static const struct {
        const char *name, *help;
        uint64_t (*of)(const struct witness_log *log);
    } gauges[] = {
        { "bitacora_witness_size", "tree size that was cosigned last", size_of },
        { "bitacora_witness_cosigned_seconds", "when, POSIX time; 0: never", seconds_of },
        { "bitacora_witness_forks", "files of evidence that the log forked", forks_of },
        { "bitacora_witness_smaller_size", "tree size shown since, below that; 0: none",
          smaller_of },
        { "bitacora_witness_doubts", "checkpoints kept whose proof did not verify", doubts_of },
    };
    struct buf *out = &a->body;
    for (size_t g = 0; g < sizeof gauges / sizeof *gauges; g++) {
        head(out, gauges[g].name, "gauge", gauges[g].help);
        for (size_t i = 0; i < w->state.logs; i++) {
            label(out, gauges[g].name, w->state.log[i].origin);
            buf_addf(out, "%" PRIu64 "\n", gauges[g].of(&w->state.log[i]));
        }
    }
    head(out, "bitacora_witness_answers_total", "counter", "HTTP answers, by call and status");
    for (size_t call = 0; call < 2; call++)
        for (size_t i = 0; i <= WITNESS_STATUSES; i++) {
            buf_addf(out, "bitacora_witness_answers_total{call=\"%s\",status=\"",
                     call == 1 ? "add-checkpoint" : "other");
            if (i < WITNESS_STATUSES)
                buf_add_decimal(out, (uint64_t)statuses[i]);
            else
                buf_adds(out, "other");
            buf_addf(out, "\"} %" PRIu64 "\n", w->answered[call][i]);
        }
    good(a, "text/plain; version=0.0.4; charset=utf-8");
}

void witness_read(struct witness *w, struct span path, struct witness_answer *a)
{
    if (span_is(path, "vkey")) {
        vkey_format(&a->body, &w->key->vkey);
        buf_adds(&a->body, "\n");
        good(a, "text/plain; charset=utf-8");
    } else if (span_is(path, "healthz")) {
        read_health(w, a);
    } else if (span_is(path, "metrics")) {
        read_metrics(w, a);
    } else if (!read_checkpoint(w, path, a)) {
        witness_refuse(a, 404,
                       TR("there is nothing at this address", "no hay nada en esta dirección"));
    }
}
