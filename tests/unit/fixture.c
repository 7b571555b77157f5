#include "tests/unit/fixture.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "tests/unit/own_folder.h"

size_t every(void)
{
    const char *text = getenv("EVERY");
    long n = text == NULL ? 1 : atol(text);
    assert_in_range(n, 1, 1000);
    return (size_t)n;
}

#define FENCED_MAX ((size_t)64 * 1024)

struct span fenced(struct span bytes)
{
    static uint8_t *ring[4];
    static unsigned next;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t **place = &ring[next++ % COUNT(ring)];
    assert_in_range(bytes.n, 0, FENCED_MAX);
    if (*place == NULL) {
        *place = mmap(NULL, FENCED_MAX + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                      -1, 0);
        assert_true(*place != MAP_FAILED);
        assert_int_equal(mprotect(*place + FENCED_MAX, page, PROT_NONE), 0);
    }
    uint8_t *at = *place + FENCED_MAX - bytes.n;
    if (bytes.n > 0)
        memcpy(at, bytes.p, bytes.n);
    return span_of(at, bytes.n);
}

/* ---- strings that last a while ------------------------------------------------------------- */

const char *text_of(const char *format, ...)
{
    static char ring[512][8 * 1024];
    static unsigned next;
    char *out = ring[next++ % COUNT(ring)];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out, sizeof ring[0], format, args);
    va_end(args);
    assert_in_range(n, 0, sizeof ring[0] - 1);
    return out;
}

const struct value *value_of(const json_t *object)
{
    static struct value *ring[4];
    static unsigned next;
    struct value **out = &ring[next++ % COUNT(ring)];
    struct refusal why;
    char *text = json_dumps(object, JSON_COMPACT);
    value_free(*out);
    *out = json_strict(span_str(text), &why);
    free(text);
    return *out;
}

static const char *base64_text(const struct hash *h)
{
    struct buf b = { 0 };
    buf_add_base64(&b, h->b, HASH_BYTES);
    const char *text = text_of("%s", buf_str(&b));
    buf_free(&b);
    return text;
}

const char *log_ref(const struct log *l, uint64_t index)
{
    return text_of("{\"entry\":%llu,\"hash\":\"%s\"}", (unsigned long long)index,
                   base64_text(&l->leaf[index]));
}

const char *vkey_text(const struct log *l, enum who who)
{
    struct buf b = { 0 };
    vkey_format(&b, &l->who[who].key.vkey);
    const char *text = text_of("%s", buf_str(&b));
    buf_free(&b);
    return text;
}

static const char *when_text(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    when_format(text, ms);
    return text_of("%s", text);
}

/* ---- logs ---------------------------------------------------------------------------------- */

#define FIRST_TIME INT64_C(1795276800000) /* 2026-11-21T16:00:00.000Z */

static const char *const names[WHO_COUNT] = {
    [THE_LOG] = ORIGIN,
    [REGISTRAR] = "registro.example.mx/r.uno",
    [REGISTRAR2] = "registro.example.mx/r.dos",
    [JUDGE] = "pjf.example.mx/juez.control",
    [REQUESTER] = "fgr.example.mx/a.lopez",
    [HOLDER] = "telco.example.mx/legal",
    [OVERSIGHT] = "vigilancia.example.mx/uno",
    [AUDITOR] = "ong.example.mx/auditora",
    [STRANGER] = "nadie.example.mx/x",
    [STRANGER2] = "nadie.example.mx/y",
};

void log_keys(struct log *l)
{
    *l = (struct log){ .now = FIRST_TIME };
    for (int i = 0; i < WHO_COUNT; i++) {
        struct hash seed;
        hash_bytes(&seed, span_str(names[i]));
        skey_from_seed(&l->who[i].key, span_str(names[i]), KEY_NOTE, seed.b);
    }
}

void log_free(struct log *l)
{
    for (size_t i = 0; i < l->n; i++)
        buf_free(&l->entry[i]);
    free(l->entry);
    free(l->leaf);
    *l = (struct log){ 0 };
}

uint64_t log_add_bytes(struct log *l, struct span bytes)
{
    if (l->n == l->cap) {
        l->cap = l->cap == 0 ? 64 : l->cap * 2;
        l->entry = realloc(l->entry, l->cap * sizeof *l->entry);
        l->leaf = realloc(l->leaf, l->cap * sizeof *l->leaf);
        assert_true(l->entry != NULL && l->leaf != NULL);
    }
    l->entry[l->n] = (struct buf){ 0 };
    buf_add_span(&l->entry[l->n], bytes);
    assert_false(l->entry[l->n].failed);
    hash_leaf(&l->leaf[l->n], bytes);
    l->now += 1000;
    return l->n++;
}

uint64_t log_add_entry(struct log *l, const struct entry *e)
{
    struct buf b = { 0 };
    entry_format(&b, e);
    uint64_t index = log_add_bytes(l, buf_span(&b));
    buf_free(&b);
    return index;
}

uint64_t log_add_note(struct log *l, struct span note)
{
    struct entry e = { .index = l->n, .accepted = l->now, .note = note };
    if (l->n > 0)
        e.link = l->leaf[l->n - 1];
    return log_add_entry(l, &e);
}

void log_note(struct buf *out, struct log *l, const struct draft *d)
{
    const struct signer *s = &l->who[d->who];
    const char *at = when_text(d->at != 0 ? d->at : l->now);
    const char *members = d->members != NULL ? d->members : log_members(l, d->kind);
    struct buf json = { 0 };
    if (d->kind == KIND_GENESIS) {
        buf_addf(&json, "{\"at\":\"%s\",%s}", at, members);
    } else {
        const char *id = d->id != NULL ? d->id : text_of("00000000-0000-7000-8000-%012u", ++l->ids);
        const char *under = d->under != NULL ? d->under : log_ref(l, s->entry);
        buf_addf(&json, "{\"id\":\"%s\",\"at\":\"%s\",\"under\":%s,%s}", id, at, under, members);
    }
    record_sign(out, d->kind, buf_str(&json), &s->key);
    assert_false(out->failed);
    buf_free(&json);
}

uint64_t log_add(struct log *l, struct draft d)
{
    struct buf note = { 0 };
    log_note(&note, l, &d);
    uint64_t index = log_add_note(l, buf_span(&note));
    buf_free(&note);
    return index;
}

uint64_t log_enroll(struct log *l, enum who who, const char *role, const char *more)
{
    const char *members = text_of("\"vkey\":\"%s\",\"role\":\"%s\",\"authority\":\"mx.%s\","
                                  "\"level\":\"federal\",\"name\":\"%s\"%s",
                                  vkey_text(l, who), role, role, names[who], more);
    return l->who[who].entry = log_add(l, BY(REGISTRAR, KIND_ENROLL, .members = members));
}

#define HASH_TEXT "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""
#define TIME_TEXT "\"2026-11-21T15:00:00.000Z\""
#define WINDOW_TEXT "{\"from\":" TIME_TEXT ",\"until\":\"2026-12-21T15:00:00.000Z\"}"

/* Of what follows a request. NULL: it is of another kind. */
static const char *members_after_request(struct log *l, enum kind kind)
{
    switch (kind) {
    case KIND_JUDICIAL_NOTICE:
        return text_of("\"request\":%s,\"fulfilled_at\":" TIME_TEXT ",\"notified_at\":" TIME_TEXT,
                       log_ref(l, l->request));
    case KIND_TRANSFER:
        return text_of(
            "\"requests\":[%s],\"recipient\":{\"country\":\"US\",\"authority\":\"us.x\"}",
            log_ref(l, l->request));
    case KIND_PRODUCT:
        return text_of("\"requests\":[%s],\"class\":\"other\"", log_ref(l, l->request));
    case KIND_CLOSING:
        return text_of("\"warrant\":%s,\"executed\":" WINDOW_TEXT, log_ref(l, l->warrant));
    case KIND_DESTRUCTION:
        return "\"order\":" HASH_TEXT;
    case KIND_NOTICE:
        return text_of("\"request\":%s,\"delivered_at\":" TIME_TEXT ",\"means\":\"other\"",
                       log_ref(l, l->request));
    case KIND_CORRECTION:
    case KIND_ERROR_REPORT:
        return text_of("\"about\":%s,\"cause\":\"other\"", log_ref(l, l->request));
    case KIND_RESPONSE:
        return text_of(
            "\"request\":%s,\"holder\":\"mx.holder\",\"outcome\":\"full\",\"received_at\""
            ":" TIME_TEXT,
            log_ref(l, l->request));
    case KIND_INDEX:
        return "\"version\":1,\"tables\":[{\"entries\":1,\"rows\":3,\"root\":" HASH_TEXT "}]";
    case KIND_ACCESS:
        return "\"version\":1,\"interval\":" WINDOW_TEXT ",\"count\":0,\"root\":" HASH_TEXT;
    case KIND_FREEZE:
        return text_of("\"successor\":{\"origin\":\"%s\",\"vkey\":\"%s\"}", names[STRANGER],
                       vkey_text(l, STRANGER));
    default:
        return NULL;
    }
}

const char *log_members(struct log *l, enum kind kind)
{
    const char *after = members_after_request(l, kind);
    if (after != NULL)
        return after;
    switch (kind) {
    case KIND_GENESIS:
        return text_of("\"origin\":\"" ORIGIN "\",\"vkey\":\"%s\",\"registrars\":[\"%s\",\"%s\"]",
                       vkey_text(l, THE_LOG), vkey_text(l, REGISTRAR), vkey_text(l, REGISTRAR2));
    case KIND_ENROLL:
        return text_of("\"vkey\":\"%s\",\"role\":\"judge\",\"authority\":\"mx.pjf\",\"level\":"
                       "\"federal\",\"name\":\"%s\"",
                       vkey_text(l, STRANGER), names[STRANGER]);
    case KIND_REVOKE:
        return text_of("\"vkey\":\"%s\",\"reason\":\"left_office\"", vkey_text(l, AUDITOR));
    case KIND_RULESET:
        return "\"name\":\"mx\",\"version\":\"1\",\"from\":" TIME_TEXT ",\"sha256\":" HASH_TEXT;
    case KIND_WARRANT:
        return "\"ref\":\"1/2026\",\"matter\":\"criminal\",\"used_by\":[\"mx.requester\"],"
               "\"categories\":[\"geolocation_live\"],\"window\":" WINDOW_TEXT;
    case KIND_EXTENSION:
        return text_of("\"warrant\":%s,\"until\":" TIME_TEXT, log_ref(l, l->warrant));
    case KIND_RATIFICATION:
        return text_of("\"request\":%s,\"result\":\"total\"", log_ref(l, l->request));
    case KIND_DEFERRAL:
        return text_of("\"request\":%s,\"until\":" TIME_TEXT ",\"reason\":\"other\"",
                       log_ref(l, l->request));
    case KIND_ERASURE:
        return "\"blob\":" HASH_TEXT ",\"order\":" HASH_TEXT;
    case KIND_ANCHOR:
        return "\"checkpoint\":{\"size\":1,\"root\":" HASH_TEXT "}";
    case KIND_REQUEST:
        return "\"authority\":\"mx.requester\",\"function\":\"prosecution\",\"level\":\"federal\","
               "\"holder\":\"mx.holder\",\"source\":\"other\",\"categories\":[\"bank\"],"
               "\"basis\":\"LIC-142\",\"purpose\":{\"code\":\"other\"},\"persons\":1";
    default:
        fail_msg("no members for kind %d", kind);
        return "";
    }
}

void log_start(struct log *l, const char *genesis_extra)
{
    log_keys(l);
    const char *members = text_of("%s%s", log_members(l, KIND_GENESIS), genesis_extra);
    log_add(l, BY(THE_LOG, KIND_GENESIS, .members = members));
    log_enroll(l, JUDGE, "judge", "");
    log_enroll(l, REQUESTER, "requester", "");
    log_enroll(l, HOLDER, "holder", "");
    log_enroll(l, OVERSIGHT, "oversight", "");
    log_enroll(l, AUDITOR, "auditor", "");
    l->warrant = log_add(l, BY(JUDGE, KIND_WARRANT));
    l->request = log_add(l, BY(REQUESTER, KIND_REQUEST));
    log_add(l, BY(HOLDER, KIND_RESPONSE));
}

void log_fill(struct log *l, size_t n)
{
    const struct draft small[] = { BY(JUDGE, KIND_ERASURE), BY(AUDITOR, KIND_ANCHOR),
                                   BY(HOLDER, KIND_DESTRUCTION), BY(REQUESTER, KIND_PRODUCT),
                                   BY(OVERSIGHT, KIND_CORRECTION) };
    log_start(l, "");
    while (l->n < n)
        log_add(l, small[l->n % COUNT(small)]);
}

void log_copy(struct log *out, const struct log *l, size_t n)
{
    *out = *l;
    out->n = out->cap = 0;
    out->entry = NULL;
    out->leaf = NULL;
    for (size_t i = 0; i < n; i++)
        log_add_bytes(out, buf_span(&l->entry[i]));
    out->now = l->now;
}

void log_root(const struct log *l, size_t size, struct hash *out)
{
    plain_root(out, l->leaf, size);
}

void log_checkpoint(struct buf *out, const struct log *l, size_t size)
{
    struct buf text = { 0 };
    struct hash root;
    log_root(l, size, &root);
    checkpoint_format(&text, ORIGIN, size, &root);
    note_sign(out, buf_span(&text), &l->who[THE_LOG].key);
    assert_false(out->failed);
    buf_free(&text);
}

struct proven_entry log_proven(const struct log *l, size_t size, uint64_t index,
                               struct hash hashes[static PROOF_MAX])
{
    return (struct proven_entry){ .index = index,
                                  .bytes = buf_span(&l->entry[index]),
                                  .path = hashes,
                                  .path_length = plain_path(hashes, index, l->leaf, size) };
}

void chain_add(struct chain *c, const struct log *l, size_t size, uint64_t index)
{
    assert_in_range(c->n, 0, COUNT(c->entry) - 1);
    c->entry[c->n] = log_proven(l, size, index, c->hashes[c->n]);
    c->n++;
}

void chain_make(struct chain *c, const struct log *l, size_t size, uint64_t index)
{
    c->n = 0;
    for (bool more = true; more;) {
        struct entry e;
        struct record r;
        struct refusal why;
        chain_add(c, l, size, index);
        assert_int_equal(entry_parse(&e, buf_span(&l->entry[index]), &why), 0);
        assert_int_equal(record_parse(&r, e.note, &why), 0);
        more = r.kind != KIND_GENESIS;
        index = r.under.entry;
        record_free(&r);
    }
}

struct policy *log_policy(const struct log *l)
{
    struct refusal why;
    struct policy *p =
        policy_parse(span_str(text_of("log %s\nquorum none\n", vkey_text(l, THE_LOG))), &why);
    assert_non_null(p);
    return p;
}

/* ---- a plain Merkle tree ------------------------------------------------------------------- */

static size_t largest_power_below(size_t n)
{
    size_t k = 1;
    while (2 * k < n)
        k *= 2;
    return k;
}

void plain_root(struct hash *out, const struct hash *leaf, size_t n)
{
    if (n == 0) {
        hash_bytes(out, span_of(NULL, 0));
    } else if (n == 1) {
        *out = *leaf;
    } else {
        struct hash left, right;
        size_t k = largest_power_below(n);
        plain_root(&left, leaf, k);
        plain_root(&right, leaf + k, n - k);
        hash_node(out, &left, &right);
    }
}

size_t plain_path(struct hash *path, size_t index, const struct hash *leaf, size_t n)
{
    if (n == 1)
        return 0;
    size_t k = largest_power_below(n), at;
    if (index < k) {
        at = plain_path(path, index, leaf, k);
        plain_root(&path[at], leaf + k, n - k);
    } else {
        at = plain_path(path, index - k, leaf + k, n - k);
        plain_root(&path[at], leaf, k);
    }
    return at + 1;
}

void many_leaves(struct hash *leaf, size_t n)
{
    for (uint64_t i = 0; i < n; i++)
        hash_leaf(&leaf[i], span_of(&i, sizeof i));
}

void leaves_make(struct leaves *l, size_t n)
{
    *l = (struct leaves){ .n = n };
    assert_in_range(n, 1, 65536 + 255);
    for (int level = 0; level < 3; level++) {
        size_t width = n >> (8 * level);
        l->level[level] = calloc(width + 1, sizeof(struct hash));
        assert_non_null(l->level[level]);
        for (size_t i = 0; level > 0 && i < width; i++)
            plain_root(&l->level[level][i], &l->level[level - 1][i * TILE_WIDTH], TILE_WIDTH);
        if (level == 0)
            many_leaves(l->level[0], n);
    }
}

void leaves_free(struct leaves *l)
{
    for (int level = 0; level < 3; level++)
        free(l->level[level]);
}

static int read_leaves(void *ctx, const struct tile *t, struct hash *out)
{
    const struct leaves *l = ctx;
    if (l->missing)
        return -1;
    assert_in_range(t->level, 0, 2);
    assert_int_equal(t->width, tile_width(l->size, t->level, t->n));
    memcpy(out, &l->level[t->level][t->n * TILE_WIDTH], t->width * sizeof *out);
    return 0;
}

struct tile_source leaves_source(struct leaves *l, size_t size)
{
    l->size = size;
    return (struct tile_source){ .read = read_leaves, .ctx = l, .size = size };
}

/* ---- files --------------------------------------------------------------------------------- */

static struct file *new_file(struct files *f, int level, uint64_t n, size_t size)
{
    assert_in_range(f->n, 0, COUNT(f->file) - 1);
    struct file *file = &f->file[f->n++];
    *file = (struct file){ .tile = { level, n, tile_width(size, level, n) } };
    return file;
}

static void make_bundles(struct files *f, const struct log *l, size_t size)
{
    for (uint64_t n = 0; n < tile_count(size, TILE_ENTRIES); n++) {
        struct file *file = new_file(f, TILE_ENTRIES, n, size);
        for (unsigned i = 0; i < file->tile.width; i++) {
            const struct buf *e = &l->entry[n * TILE_WIDTH + i];
            buf_add_u16(&file->bytes, (uint16_t)e->n);
            buf_add_span(&file->bytes, buf_span(e));
        }
    }
}

void files_make(struct files *f, const struct log *l, size_t size)
{
    f->n = 0;
    make_bundles(f, l, size);
    for (int level = 0; tile_count(size, level) > 0; level++) {
        for (uint64_t n = 0; n < tile_count(size, level); n++) {
            struct file *file = new_file(f, level, n, size);
            for (unsigned i = 0; i < file->tile.width; i++) {
                struct hash h;
                size_t leaves = (size_t)1 << (8 * level);
                plain_root(&h, l->leaf + (n * TILE_WIDTH + i) * leaves, leaves);
                buf_add(&file->bytes, h.b, HASH_BYTES);
            }
        }
    }
}

void files_free(struct files *f)
{
    for (size_t i = 0; i < f->n; i++)
        buf_free(&f->file[i].bytes);
    f->n = 0;
}

struct file *files_find(struct files *f, int level, uint64_t n)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->file[i].tile.level == level && f->file[i].tile.n == n)
            return &f->file[i];
    return NULL;
}

static enum fetch fetch_file(void *ctx, const struct tile *t, size_t max, struct buf *out,
                             struct refusal *why)
{
    struct file *file = files_find(ctx, t->level, t->n);
    (void)why;
    if (file == NULL || file->gone || file->tile.width != t->width)
        return FETCH_MISSING;
    buf_add(out, file->bytes.p, file->bytes.n > max ? max + 1 : file->bytes.n);
    return FETCH_OK;
}

struct source files_source(struct files *f)
{
    return (struct source){ .tile = fetch_file, .ctx = f };
}

/* ---- findings ------------------------------------------------------------------------------ */

void found_add(void *found, const struct finding *f)
{
    struct found *all = found;
    assert_in_range(all->n, 0, FOUND_MAX - 1);
    all->f[all->n++] = *f;
}

size_t found_count(const struct found *f, enum reason reason)
{
    size_t n = 0;
    for (size_t i = 0; i < f->n; i++)
        n += f->f[i].why.reason == reason;
    return n;
}

bool found_at(const struct found *f, enum reason reason, uint64_t entry)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->f[i].why.reason == reason && f->f[i].entry == entry)
            return true;
    return false;
}

bool found_bad(const struct found *f)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->f[i].verdict == VERDICT_BAD)
            return true;
    return false;
}

static void found_print(const struct found *f)
{
    for (size_t i = 0; i < f->n; i++)
        print_error("# found %s (%s) at %lld, verdict %d\n", reason_name(f->f[i].why.reason),
                    f->f[i].why.subject, (long long)f->f[i].entry, f->f[i].verdict);
}

void expect_only(const struct found *f, enum reason reason, enum verdict verdict, uint64_t entry)
{
    if (f->n == 1 && f->f[0].why.reason == reason && f->f[0].verdict == verdict &&
        f->f[0].entry == entry)
        return;
    found_print(f);
    fail_msg("expected only %s at %lld", reason_name(reason), (long long)entry);
}

void expect_none(const struct found *f)
{
    found_print(f);
    assert_int_equal(f->n, 0);
}

/* ---- replays ------------------------------------------------------------------------------- */

static enum lookup lookup_known(void *ctx, uint64_t index, struct known_entry *out)
{
    const struct run *r = ctx;
    assert_in_range(index, 0, r->size - 1);
    *out = r->known[index];
    return LOOKUP_FOUND;
}

static void seen(void *ctx, uint64_t index, enum kind kind, const struct hash *leaf)
{
    struct run *r = ctx;
    r->known[index] = (struct known_entry){ .kind = kind, .leaf = *leaf };
}

static struct run *run_new(const struct log *l, size_t size, bool structure)
{
    struct run *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->size = size;
    r->known = calloc(size + 1, sizeof *r->known);
    assert_non_null(r->known);
    struct judge_setup setup = { .log = l->who[THE_LOG].key.vkey,
                                 .structure = structure,
                                 .keep = true,
                                 .lookup = lookup_known,
                                 .lookup_ctx = r,
                                 .found = found_add,
                                 .found_ctx = &r->found };
    r->judge = judge_new(&setup);
    assert_non_null(r->judge);
    return r;
}

/* Somebody who looks ahead and knows every key of the log from the start; looks into parts when
 * they are begun, when they are asked for, or not at all. */
struct ahead {
    const struct log *l;
    struct stretch *waiting[3];
};

static bool key_of_log(void *ctx, struct span name, uint32_t id,
                       uint8_t key[static PUBLIC_KEY_BYTES])
{
    const struct ahead *a = ctx;
    for (int who = 0; who < WHO_COUNT; who++) {
        const struct vkey *k = &a->l->who[who].key.vkey;
        if (k->id == id && span_is(name, k->name)) {
            memcpy(key, k->key, PUBLIC_KEY_BYTES);
            return true;
        }
    }
    return false;
}

static void begin_ahead(void *ctx, unsigned slot, struct stretch *s)
{
    struct ahead *a = ctx;
    assert_in_range(slot, 0, COUNT(a->waiting) - 1);
    assert_null(a->waiting[slot]);
    a->waiting[slot] = s;
    stretch_look(s, 2, key_of_log, a);
}

static void end_ahead(void *ctx, unsigned slot)
{
    struct ahead *a = ctx;
    assert_non_null(a->waiting[slot]);
    stretch_look(a->waiting[slot], 1, key_of_log, a);
    stretch_look(a->waiting[slot], 0, key_of_log, a);
    a->waiting[slot] = NULL;
}

static void expect_same(const struct run *a, const struct run *b)
{
    struct hash root[2];
    assert_int_equal(a->found.n, b->found.n);
    for (size_t i = 0; i < a->found.n; i++) {
        const struct finding *x = &a->found.f[i], *y = &b->found.f[i];
        assert_int_equal(x->verdict, y->verdict);
        assert_int_equal(x->why.reason, y->why.reason);
        assert_string_equal(x->why.subject, y->why.subject);
        assert_true(x->entry == y->entry && x->related == y->related);
    }
    assert_int_equal(a->end, b->end);
    assert_int_equal(judge_signatures(a->judge), judge_signatures(b->judge));
    edge_root(&a->edge, &root[0]);
    edge_root(&b->edge, &root[1]);
    assert_memory_equal(&root[0], &root[1], sizeof root[0]);
}

static void run_go(struct run *r, struct files *f, const struct hash *root,
                   const struct replay_ahead *ahead)
{
    struct source source = files_source(f);
    struct replay_setup setup = { .source = &source,
                                  .size = r->size,
                                  .root = *root,
                                  .judge = r->judge,
                                  .seen = seen,
                                  .seen_ctx = r,
                                  .found = found_add,
                                  .found_ctx = &r->found,
                                  .ahead = ahead };
    r->end = replay_run(&setup, &r->edge);
}

struct run *run_replay(const struct log *l, struct files *f, size_t size, const struct hash *root,
                       bool structure)
{
    struct ahead ahead = { .l = l };
    struct replay_ahead other = {
        .depth = COUNT(ahead.waiting), .begin = begin_ahead, .end = end_ahead, .ctx = &ahead
    };
    struct run *r = run_new(l, size, structure), *again = run_new(l, size, structure);
    run_go(r, f, root, NULL);
    run_go(again, f, root, &other);
    expect_same(r, again);
    run_free(again);
    return r;
}

struct run *run_on(const struct run *before, const struct log *l, struct files *f, size_t size)
{
    struct run *r = run_new(l, size, false);
    struct hash root;
    json_t *state = judge_export(before->judge);
    assert_non_null(state);
    assert_int_equal(judge_import(r->judge, state), 0);
    json_decref(state);
    memcpy(r->known, before->known, before->size * sizeof *r->known);
    memcpy(r->edge.tile, before->edge.tile, sizeof r->edge.tile);
    edge_from_tiles(&r->edge, before->size);
    log_root(l, size, &root);
    run_go(r, f, &root, NULL);
    return r;
}

void run_free(struct run *r)
{
    judge_free(r->judge);
    free(r->known);
    free(r);
}

struct run *run_log(const struct log *l)
{
    struct files f;
    struct hash root;
    files_make(&f, l, l->n);
    log_root(l, l->n, &root);
    struct run *r = run_replay(l, &f, l->n, &root, false);
    files_free(&f);
    return r;
}

/* ---- vectors ------------------------------------------------------------------------------- */

#define VECTORS "tests/vectors/"

static bool read_file(struct buf *out, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        return false;
    for (int c; (c = getc(in)) != EOF;)
        buf_add_u8(out, (uint8_t)c);
    fclose(in);
    assert_false(out->failed);
    return true;
}

void vector_read(struct buf *out, const char *path)
{
    if (!read_file(out, text_of("%s/" VECTORS "%s", own_folder_began_in(), path)))
        fail_msg("cannot read " VECTORS "%s (run from the repository's root)", path);
}

static void vector_check(const char *dir, const char *name,
                         void (*check)(const char *, struct span, const char *))
{
    struct buf bytes = { 0 }, reason = { 0 };
    vector_read(&bytes, text_of("%s/%s.txt", dir, name));
    bool bad =
        read_file(&reason, text_of("%s/" VECTORS "%s/%s.reason", own_folder_began_in(), dir, name));
    if (bad && reason.n > 0 && reason.p[reason.n - 1] == '\n')
        reason.n--;
    check(name, buf_span(&bytes), bad ? buf_str(&reason) : NULL);
    buf_free(&bytes);
    buf_free(&reason);
}

void vector_each(const char *dir,
                 void (*check)(const char *name, struct span bytes, const char *reason))
{
    DIR *d = opendir(text_of("%s/" VECTORS "%s", own_folder_began_in(), dir));
    const struct dirent *entry;
    size_t n = 0;
    assert_non_null(d);
    while ((entry = readdir(d)) != NULL) {
        size_t length = strlen(entry->d_name);
        if (length <= 4 || strcmp(entry->d_name + length - 4, ".txt") != 0)
            continue;
        vector_check(dir, text_of("%.*s", (int)length - 4, entry->d_name), check);
        n++;
    }
    closedir(d);
    assert_int_not_equal(n, 0);
}

static size_t split_words(struct span *word, size_t cap, struct span line)
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i <= line.n; i++) {
        if (i < line.n && line.p[i] != ' ')
            continue;
        assert_in_range(n, 0, cap - 1);
        word[n++] = span_of(line.p + from, i - from);
        from = i + 1;
    }
    return n;
}

void vector_lines(const char *path, void (*check)(const struct span *word, size_t words))
{
    struct buf text = { 0 };
    struct span word[80];
    size_t lines = 0;
    vector_read(&text, path);
    for (struct scan s = scan_of(buf_span(&text)); !scan_done(&s);) {
        struct span line = scan_line(&s);
        assert_false(s.bad);
        if (line.p[0] == '#')
            continue;
        check(word, split_words(word, COUNT(word), line));
        lines++;
    }
    assert_int_not_equal(lines, 0);
    buf_free(&text);
}

void vector_table(const char *path, size_t cells, void (*check)(const char *const *cell))
{
    struct buf text = { 0 };
    size_t lines = 0;
    vector_read(&text, path);
    for (struct scan s = scan_of(buf_span(&text)); !scan_done(&s);) {
        struct span line = scan_line(&s);
        char copy[4096];
        const char *cell[8];
        size_t n = 0;
        assert_true(!s.bad && line.n < sizeof copy && cells <= COUNT(cell));
        snprintf(copy, sizeof copy, "%.*s", (int)line.n, (const char *)line.p);
        if (copy[0] == '#')
            continue;
        for (char *rest = copy, *one; n < cells && (one = strsep(&rest, "\t")) != NULL;)
            cell[n++] = one;
        assert_int_equal(n, cells);
        check(cell);
        lines++;
    }
    assert_int_not_equal(lines, 0);
    buf_free(&text);
}

size_t unhex(uint8_t *out, size_t cap, struct span digits)
{
    if (span_is(digits, "-"))
        return 0;
    assert_in_range(digits.n / 2, 0, cap);
    assert_int_equal(hex_parse(out, digits.n / 2, digits), 0);
    return digits.n / 2;
}
