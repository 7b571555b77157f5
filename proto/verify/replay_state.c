#include "proto/verify/replay_state.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"

void replay_state_free(struct replay_state *s)
{
    accepted_free(&s->accepted);
    json_decref(s->judge);
    json_decref(s->index);
    s->judge = s->index = NULL;
}

/* ---- writing --------------------------------------------------------------------------------- */

static json_t *index_json(uint64_t index)
{
    return index == NO_ENTRY ? json_null() : json_integer((json_int_t)index);
}

static json_t *base64_json(const void *p, size_t n)
{
    struct buf b = { 0 };
    buf_add_base64(&b, p, n);
    json_t *v = b.failed ? NULL : json_stringn((const char *)b.p, b.n);
    buf_free(&b);
    return v;
}

/* Adds v, whose reference it takes. Returns false, also for v NULL, when out of memory. */
static bool append(json_t *list, json_t *v)
{
    return json_array_append_new(list, v) == 0;
}

static json_t *edge_json(const struct edge *e)
{
    json_t *list = json_array();
    bool all = list != NULL;
    for (int level = 0; all && level < TILE_LEVELS; level++)
        all = append(list, base64_json(e->tile[level], edge_width(e, level) * HASH_BYTES));
    if (all)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *findings_json(const struct findings *f)
{
    json_t *list = json_array();
    bool all = list != NULL;
    for (size_t i = 0; all && i < f->kept; i++) {
        const struct finding *x = &f->list[i];
        all = append(list, json_pack("{s:s,s:s,s:i,s:o,s:o}", "reason", reason_name(x->why.reason),
                                     "subject", x->why.subject, "verdict", (int)x->verdict, "entry",
                                     index_json(x->entry), "related", index_json(x->related)));
    }
    if (all)
        return list;
    json_decref(list);
    return NULL;
}

/* The third line, for free(); NULL when out of memory. */
static char *line_of(const struct replay_known *k)
{
    struct buf vkey = { 0 };
    struct span note = buf_span(&k->accepted->note);
    vkey_format(&vkey, k->log);
    json_t *v =
        json_pack("{s:s,s:b,s:s%,s:o,s:o,s:o,s:I}", "log", buf_str(&vkey), "structure",
                  k->structure, "checkpoint", (const char *)note.p, note.n, "edge",
                  edge_json(k->edge), "judge", judge_export(k->judge), "findings",
                  findings_json(k->findings), "findings_total", (json_int_t)k->findings->total);
    bool all =
        v != NULL && !vkey.failed &&
        (k->index == NULL || json_object_set_new(v, "index", index_replay_export(k->index)) == 0);
    char *text = all ? json_dumps(v, JSON_COMPACT) : NULL;
    json_decref(v);
    buf_free(&vkey);
    return text;
}

void replay_state_format(struct buf *out, const struct replay_known *known)
{
    struct hash sum;
    char *text = line_of(known);
    if (text == NULL) {
        out->failed = true;
        return;
    }
    hash_bytes(&sum, span_str(text));
    buf_adds(out, STATE_FORMAT "\n");
    buf_add_base64(out, sum.b, HASH_BYTES);
    buf_addf(out, "\n%s\n", text);
    free(text);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int read_edge(struct edge *e, const json_t *list, uint64_t size)
{
    e->frontier.size = size; /* so that edge_width() speaks of it */
    for (int level = 0; level < TILE_LEVELS; level++) {
        const json_t *v = json_array_get(list, (size_t)level);
        size_t n = edge_width(e, level) * (size_t)HASH_BYTES;
        if (!json_is_string(v) ||
            base64_decode_exact((uint8_t *)e->tile[level], n,
                                span_of(json_string_value(v), json_string_length(v))) != 0)
            return -1;
    }
    edge_from_tiles(e, size);
    return 0;
}

/* Null is none. Returns 0 or -1: not the index of an entry below that size. */
static int read_index(uint64_t *out, const json_t *v, uint64_t size)
{
    *out = json_is_integer(v) ? (uint64_t)json_integer_value(v) : NO_ENTRY;
    return json_is_null(v) || (json_is_integer(v) && *out < size) ? 0 : -1;
}

static int read_finding(struct finding *out, json_t *v, uint64_t size)
{
    const char *reason, *subject;
    int verdict, r = 0;
    json_t *entry, *related;
    if (json_unpack(v, "{s:s,s:s,s:i,s:o,s:o}", "reason", &reason, "subject", &subject, "verdict",
                    &verdict, "entry", &entry, "related", &related) != 0)
        return -1;
    while (r < REASON_COUNT && strcmp(reason, reason_name((enum reason)r)) != 0)
        r++;
    if (r == REASON_COUNT || (verdict != VERDICT_BAD && verdict != VERDICT_UNDECIDED))
        return -1;
    refuse(&out->why, (enum reason)r, subject);
    out->verdict = (enum verdict)verdict;
    return read_index(&out->entry, entry, size) != 0 ||
                   read_index(&out->related, related, NO_ENTRY) != 0
               ? -1
               : 0;
}

static int read_findings(struct findings *f, const json_t *list, uint64_t total, uint64_t size)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct finding x;
        if (read_finding(&x, json_array_get(list, i), size) != 0)
            return -1;
        findings_add(f, &x);
    }
    if (total < f->total)
        return -1;
    f->total = total;
    return 0;
}

/* A log may have several keys, in any order; it was the policy's first when the state was
 * written. */
static bool is_key_of_log(const struct log_keys *keys, const char *vkey)
{
    struct vkey key;
    const char *cause;
    bool found = false, good = vkey_parse_again(&key, span_str(vkey), &cause) == 0;
    for (size_t i = 0; good && i < keys->n && !found; i++)
        found = vkey_eq(&key, keys->key[i]);
    return found;
}

/* The JSON of a state whose sum is right, or NULL. */
static json_t *load(struct span bytes)
{
    struct scan s = scan_of(bytes);
    struct hash sum, want;
    struct span first = scan_line(&s), sum_text = scan_line(&s), text = scan_line(&s);
    if (!scan_done(&s) || !span_is(first, STATE_FORMAT) ||
        base64_decode_exact(want.b, HASH_BYTES, sum_text) != 0)
        return NULL;
    hash_bytes(&sum, text);
    return hash_eq(&sum, &want) ? json_loadb((const char *)text.p, text.n, 0, NULL) : NULL;
}

struct members {
    const char *vkey, *note;
    size_t note_length;
    int structure;
    json_t *edge, *judge, *findings, *index;
    json_int_t total;
};

/* What must be of one size with the checkpoint that was opened. */
static enum replay_state_fault take_tree(struct replay_state *out, const struct members *m,
                                         struct findings *f)
{
    struct hash root;
    uint64_t size = out->accepted.cp.checkpoint.size;
    const json_t *next = json_object_get(m->judge, "next");
    if (read_edge(&out->edge, m->edge, size) != 0 || !json_is_integer(next) ||
        (uint64_t)json_integer_value(next) != size || m->total < 0 ||
        read_findings(f, m->findings, (uint64_t)m->total, size) != 0)
        return REPLAY_STATE_FORM;
    if (f->memory) /* a finding that is not listed would be found no more */
        return REPLAY_STATE_MEMORY;
    edge_root(&out->edge, &root);
    if (!hash_eq(&root, &out->accepted.cp.checkpoint.root))
        return REPLAY_STATE_DAMAGED;
    out->judge = json_incref(m->judge);
    out->index = json_incref(m->index);
    return REPLAY_STATE_GOOD;
}

static enum replay_state_fault take(struct replay_state *out, json_t *v,
                                    const struct policy *policy, const struct log_keys *keys,
                                    bool structure, struct findings *f)
{
    struct members m;
    struct refusal why;
    m.index = NULL;
    if (json_unpack(v, "{s:s,s:b,s:s%,s:o,s:o,s:o,s:I,s?o}", "log", &m.vkey, "structure",
                    &m.structure, "checkpoint", &m.note, &m.note_length, "edge", &m.edge, "judge",
                    &m.judge, "findings", &m.findings, "findings_total", &m.total, "index",
                    &m.index) != 0)
        return REPLAY_STATE_FORM;
    if (!is_key_of_log(keys, m.vkey))
        return REPLAY_STATE_LOG;
    if (m.structure != structure)
        return m.structure ? REPLAY_STATE_STRUCTURE : REPLAY_STATE_RECORDS;
    buf_add(&out->accepted.note, m.note, m.note_length);
    if (out->accepted.note.failed)
        return REPLAY_STATE_MEMORY;
    if (policy_open(&out->accepted.cp, policy, buf_span(&out->accepted.note), &why) != 0)
        return why.reason == REASON_MEMORY ? REPLAY_STATE_MEMORY : REPLAY_STATE_POLICY;
    return take_tree(out, &m, f);
}

enum replay_state_fault replay_state_parse(struct replay_state *out, struct span bytes,
                                           const struct policy *policy, const struct log_keys *keys,
                                           bool structure, struct findings *f)
{
    *out = (struct replay_state){ .judge = NULL };
    json_t *v = load(bytes);
    if (v == NULL)
        return REPLAY_STATE_SUM;
    enum replay_state_fault fault = take(out, v, policy, keys, structure, f);
    json_decref(v);
    return fault;
}
