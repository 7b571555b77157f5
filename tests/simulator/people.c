#include <jansson.h>
#include <stdlib.h>

#include "client/base/say.h"
#include "proto/base/base64.h"
#include "proto/record/record.h"
#include "proto/record/ruleset.h"
#include "tests/must.h"
#include "tests/simulator/sim.h"

#define ORIGIN "bitacora.example.mx/simulada"

static const char *const states[] = { "agu", "bcn", "bcs", "cam", "chh", "chp", "cmx", "coa",
                                      "col", "dur", "gro", "gua", "hid", "jal", "mex", "mic",
                                      "mor", "nay", "nle", "oax", "pue", "que", "roo", "sin",
                                      "slp", "son", "tab", "tam", "tla", "ver", "yuc", "zac" };
#define STATES (sizeof states / sizeof *states)

struct kind_of_body {
    enum role role;
    const char *code, *level, *function;
    unsigned desks;
};

static const struct kind_of_body federal[] = {
    { ROLE_REQUESTER, "mx.fgr", "federal", "prosecution", 8 },
    { ROLE_REQUESTER, "mx.fgr-femdo", "federal", "prosecution", 6 },
    { ROLE_REQUESTER, "mx.gn", "federal", "police", 6 },
    { ROLE_REQUESTER, "mx.sspc", "federal", "police", 4 },
    { ROLE_REQUESTER, "mx.cni", "federal", "intelligence", 4 },
    { ROLE_REQUESTER, "mx.uif", "federal", "fiscal_financial", 3 },
    { ROLE_REQUESTER, "mx.sat", "federal", "fiscal_financial", 3 },
    { ROLE_REQUESTER, "mx.cnb", "federal", "search_commission", 3 },
    { ROLE_JUDGE, "cjf.centro-1", "federal", "court", 3 },
    { ROLE_JUDGE, "cjf.centro-2", "federal", "court", 3 },
    { ROLE_JUDGE, "cjf.especial", "federal", "court", 2 },
    { ROLE_JUDGE, "cjf.occidente", "federal", "court", 2 },
    { ROLE_HOLDER, "mx.telco-uno", "federal", "telecom", 2 },
    { ROLE_HOLDER, "mx.telco-dos", "federal", "telecom", 2 },
    { ROLE_HOLDER, "mx.telco-tres", "federal", "telecom", 1 },
    { ROLE_HOLDER, "mx.telco-movil", "federal", "telecom", 1 },
    { ROLE_HOLDER, "mx.telco-virtual", "federal", "telecom", 1 },
    { ROLE_HOLDER, "mx.mensajes", "foreign", "telecom", 1 },
    { ROLE_HOLDER, "mx.banco-norte", "federal", "bank", 1 },
    { ROLE_HOLDER, "mx.banco-sur", "federal", "bank", 1 },
    { ROLE_HOLDER, "mx.banco-centro", "federal", "bank", 1 },
    { ROLE_HOLDER, "mx.banco-digital", "federal", "bank", 1 },
    { ROLE_HOLDER, "mx.hospital-uno", "federal", "health", 1 },
    { ROLE_HOLDER, "mx.seguro", "federal", "health", 1 },
    { ROLE_HOLDER, "mx.aerolinea", "federal", "transport", 1 },
    { ROLE_HOLDER, "mx.autobuses", "federal", "transport", 1 },
    { ROLE_HOLDER, "mx.tienda", "federal", "commerce", 1 },
    { ROLE_HOLDER, "mx.mercado", "federal", "commerce", 1 },
    { ROLE_HOLDER, "mx.renapo", "federal", "public", 1 },
    { ROLE_HOLDER, "mx.repuve", "federal", "public", 2 },
    { ROLE_HOLDER, "mx.sat-registro", "federal", "public", 1 },
    { ROLE_HOLDER, "mx.sedena-armas", "federal", "public", 1 },
    { ROLE_HOLDER, "mx.rnd", "federal", "public", 1 },
};

/* Of each state; %s is its code. */
static const struct kind_of_body of_state[] = {
    { ROLE_REQUESTER, "mx.fge-%s", "state", "prosecution", 6 },
    { ROLE_REQUESTER, "mx.ssp-%s", "state", "police", 3 },
    { ROLE_REQUESTER, "mx.cbp-%s", "state", "search_commission", 1 },
    { ROLE_JUDGE, "pj.%s-control-1", "state", "court", 1 },
    { ROLE_HOLDER, "mx.rpp-%s", "state", "public", 1 },
};

/* ---- bodies and desks ---------------------------------------------------------------------------- */

struct desk *desk_new(struct sim *s, const struct body *b)
{
    struct desk *d = must(calloc(1, sizeof *d));
    size_t n = 0;
    for (const struct desk *o = s->desks; o != NULL; o = o->next)
        n++;
    const char *dot = strchr(b->code, '.');
    snprintf(d->name, sizeof d->name, "%s.example.mx/p%zu", dot == NULL ? b->code : dot + 1, n);
    d->role = b->role;
    d->body = b;
    d->function = b->role == ROLE_REGISTRAR || b->role == ROLE_AUDITOR ? NULL : b->function;
    d->entry = NO_ENTRY;
    d->next = s->desks;
    s->desks = d;
    return d;
}

struct body *body_new(struct sim *s, enum role role, const char *code, const char *level,
                      const char *function, const char *place, unsigned desks)
{
    struct body *b = must(calloc(1, sizeof *b));
    b->role = role;
    b->level = level;
    b->function = function;
    snprintf(b->code, sizeof b->code, "%s", code);
    snprintf(b->place, sizeof b->place, "%s", place);
    b->desk = must(calloc(desks, sizeof *b->desk));
    for (b->desks = 0; b->desks < desks; b->desks++)
        b->desk[b->desks] = desk_new(s, b);
    s->body = must(realloc(s->body, (s->bodies + 1) * sizeof(struct body *)));
    s->body[s->bodies++] = b;
    b->plain_refs = s->bodies % 2 == 0;
    return b;
}

static bool fits(const struct body *b, enum role role, const char *function, const char *level,
                 const char *place)
{
    return b->role == role && !b->apart &&
           (function == NULL || strcmp(b->function, function) == 0) &&
           (level == NULL || strcmp(b->level, level) == 0) &&
           (place == NULL || strcmp(b->place, place) == 0);
}

struct desk *desk_of(struct sim *s, enum role role, const char *function, const char *level,
                     const char *place)
{
    size_t n = 0;
    for (size_t i = 0; i < s->bodies; i++)
        n += fits(s->body[i], role, function, level, place);
    if (n == 0)
        abort(); /* no such body in this country */
    size_t which = chance_below(&s->chance, n);
    for (size_t i = 0;; i++)
        if (fits(s->body[i], role, function, level, place) && which-- == 0)
            return s->body[i]->desk[chance_below(&s->chance, s->body[i]->desks)];
}

struct desk *colleague(struct sim *s, const struct desk *d)
{
    return d->body->desk[chance_below(&s->chance, d->body->desks)];
}

struct desk *any_registrar(struct sim *s)
{
    return s->registrar[chance_below(&s->chance, 3)];
}

static void make_key(const struct sim *s, struct skey *out, const char *name, unsigned number)
{
    char text[160], full[100];
    struct hash seed;
    snprintf(text, sizeof text, "bitacora simulator %llu %s %u",
             (unsigned long long)s->options.seed, name, number);
    hash_bytes(&seed, span_str(text));
    snprintf(full, sizeof full, number > 1 ? "%s/%u" : "%s", name, number);
    skey_from_seed(out, span_str(full), KEY_NOTE, seed.b);
}

/* ---- enrolments ---------------------------------------------------------------------------------- */

static void add_vkey(struct buf *out, const char *member, const struct vkey *key)
{
    buf_addf(out, "\"%s\":\"", member);
    vkey_format(out, key);
    buf_adds(out, "\"");
}

static void add_possession(struct buf *out, const struct skey *key)
{
    struct buf text = { 0 };
    uint8_t signature[SIGNATURE_BYTES];
    buf_adds(&text, "bitacora/v1 possession\n" ORIGIN "\n");
    vkey_format(&text, &key->vkey);
    buf_adds(&text, "\n");
    skey_sign(signature, key, buf_span(&text));
    buf_adds(out, ",\"proof\":\"");
    buf_add_base64(out, signature, sizeof signature);
    buf_adds(out, "\"");
    buf_free(&text);
}

struct act *enrol(struct story *y, int64_t accepted, struct desk *by, struct desk *d, char slot,
                  const char *members)
{
    struct buf m = { 0 };
    struct skey *key = must(malloc(sizeof *key));
    make_key(y->sim, key, d->name, ++d->keys);
    add_vkey(&m, "vkey", &key->vkey);
    buf_addf(&m, ",\"role\":\"%s\",\"authority\":\"%s\",\"level\":\"%s\",\"name\":\"%s\"",
             role_name(d->role), d->body->code, d->body->level, key->vkey.name);
    if (d->function != NULL)
        buf_addf(&m, ",\"function\":\"%s\"", d->function);
    if (d->body->place[0] != 0)
        buf_addf(&m, ",\"jurisdiction\":\"%s\"", d->body->place);
    if (chance_in(&y->sim->chance, 66))
        add_possession(&m, key);
    buf_adds(&m, members);
    struct act *a = act(y, accepted, by, KIND_ENROLL, slot, "%s", buf_str(&m));
    buf_free(&m);
    a->enrols = d;
    a->key = key;
    return a;
}

struct act *revoke(struct story *y, int64_t accepted, struct desk *by, const struct vkey *key,
                   const char *reason, int64_t since)
{
    struct buf m = { 0 };
    add_vkey(&m, "vkey", key);
    buf_addf(&m, ",\"reason\":\"%s\"", reason);
    if (since != INT64_MAX)
        buf_addf(&m, ",\"since\":\"%s\"", AT(since));
    struct act *a = act(y, accepted, by, KIND_REVOKE, 0, "%s", buf_str(&m));
    buf_free(&m);
    return a;
}

/* ---- rulesets ------------------------------------------------------------------------------------ */

const struct law *law_at(const struct sim *s, int64_t accepted)
{
    int i = LAWS - 1;
    while (s->law[i].from > accepted)
        i--;
    return &s->law[i];
}

static void set_law(struct sim *s)
{
    int64_t year = s->end - s->opened;
    s->law[0] = (struct law){ .from = INT64_MIN,
                              .hours = 96 * HOUR,
                              .notify = 30 * DAY,
                              .subscriber_contested = true,
                              .prevention = true };
    for (int i = 1; i < LAWS; i++)
        s->law[i] = (struct law){ .from = s->opened + year / 4 * 3,
                                  .hours = 72 * HOUR,
                                  .notify = 20 * DAY,
                                  .subscriber_contested = true,
                                  .federal_24 = true,
                                  .new_codes = true,
                                  .prevention = true };
    s->law[1].from = s->opened + year / 5 * 2;
    if (s->options.unfavourable) { /* else 2 and 3 are never in force */
        s->law[2].nameless = true;
        s->law[2].from = s->opened + year / 5 * 3;
        s->law[3].from = s->law[2].from + year / 50;
    }
    s->law[4].hours = 120 * HOUR;
    s->law[4].notify = 40 * DAY;
    s->law[4].subscriber_contested = s->law[4].prevention = false;
}

static void drop(json_t *array, const char *text)
{
    for (size_t i = json_array_size(array); i-- > 0;)
        if (strcmp(json_string_value(json_array_get(array, i)), text) == 0)
            json_array_remove(array, i);
}

static json_t *changed_ruleset(const struct law *law, const char *name, const char *version)
{
    struct span file = ruleset_builtin();
    json_t *r = must(json_loadb((const char *)file.p, file.n, 0, NULL));
    json_t *codes = json_object_get(r, "codes");
    json_object_set_new(r, "name", json_string(name));
    json_object_set_new(r, "version", json_string(version));
    json_object_set_new(r, "from", json_string(AT(law->from)));
    json_object_set_new(r, "hours", json_integer(law->hours / HOUR));
    json_object_set_new(r, "notify_days", json_integer(law->notify / DAY));
    json_array_append_new(json_object_get(codes, "purpose"), json_string("asset_recovery"));
    json_object_set_new(json_object_get(r, "categories"), "antenna_dump",
                        json_pack("{s:s,s:[s]}", "judge", "before", "basis", "CNPP-291"));
    json_object_set_new(json_object_get(r, "basis"), "LSNIIMSP-24",
                        json_pack("{s:[s,s,s],s:[s]}", "functions", "prosecution", "police",
                                  "intelligence", "levels", "federal"));
    if (!law->prevention)
        drop(json_object_get(codes, "purpose"), "prevention");
    if (!law->subscriber_contested)
        json_object_set_new(json_object_get(json_object_get(r, "categories"), "subscriber"),
                            "judge", json_string("not_needed"));
    return r;
}

/* The file beside the mirror's tiles, and its entry, which comes before it is in force; that of the last one
 * comes after its `from`. */
static void pin_ruleset(struct story *y, int which, const char *name, const char *version)
{
    struct sim *s = y->sim;
    const struct law *law = &s->law[which];
    int64_t moved = (s->end - s->opened) / 100;
    json_t *r = changed_ruleset(law, name, version);
    char *text = must(json_dumps(r, JSON_INDENT(2)));
    char path[100] = "v1/blobs/", hash[45];
    struct hash h;
    struct refusal why;
    struct ruleset *check = ruleset_parse(span_str(text), &why);
    if (check == NULL)
        abort(); /* what we made is not a ruleset */
    ruleset_free(check);
    hash_bytes(&h, span_str(text));
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(path + 9 + 2 * i, 3, "%02x", h.b[i]);
    write_file(s->writer.mirror, path, span_str(text), 0644);
    base64_encode(hash, h.b, sizeof h.b);
    int64_t accepted = which < 4 ? law->from - moved : law->from;
    act(y, accepted, any_registrar(s), KIND_RULESET, 0,
        "\"name\":\"%s\",\"version\":\"%s\",\"from\":\"%s\",\"sha256\":\"%s\"", name, version,
        AT(which < 4 ? law->from : law->from - moved), hash);
    free(text);
    json_decref(r);
}

/* ---- the whole ----------------------------------------------------------------------------------- */

static void make_bodies(struct sim *s)
{
    char code[32], place[8];
    uint64_t n = s->options.entries / 120;
    size_t some = n < 4 ? 4 : n > STATES ? STATES : (size_t)n;
    for (size_t i = 0; i < sizeof federal / sizeof *federal; i++)
        body_new(s, federal[i].role, federal[i].code, federal[i].level, federal[i].function, "",
                 federal[i].desks);
    for (size_t j = 0; j < some; j++) {
        snprintf(place, sizeof place, "MX-%s", states[j]);
        for (char *p = place; *p != 0; p++)
            *p = (char)(*p >= 'a' ? *p - 'a' + 'A' : *p);
        for (size_t i = 0; i < sizeof of_state / sizeof *of_state; i++) {
            const struct kind_of_body *k = &of_state[i];
            snprintf(code, sizeof code, k->code, states[j]);
            unsigned desks = k->desks > 1 && s->options.entries >= 20000 ? 2 * k->desks : k->desks;
            body_new(s, k->role, code, k->level, k->function, place, desks);
        }
    }
}

static void write_key(const struct sim *s, const char *name, const struct skey *key)
{
    struct buf text = { 0 };
    char path[64];
    snprintf(path, sizeof path, "keys/%s.key", name);
    skey_format(&text, key);
    if (text.failed)
        die_of_memory();
    write_file(s->options.dir, path, buf_span(&text), 0600);
    buf_free(&text);
}

static void write_genesis(struct sim *s)
{
    struct buf line = { 0 }, note = { 0 };
    buf_addf(&line, "{\"at\":\"%s\",\"origin\":\"" ORIGIN "\",", AT(s->start - 300));
    add_vkey(&line, "vkey", &s->log.vkey);
    buf_adds(&line, ",\"registrars\":[\"");
    vkey_format(&line, &s->registrar[0]->key.vkey);
    buf_adds(&line, "\",\"");
    vkey_format(&line, &s->registrar[1]->key.vkey);
    buf_addf(&line, "\"],\"skew\":%d}", (int)(SKEW / SECOND));
    record_sign(&note, KIND_GENESIS, buf_str(&line), &s->log);
    if (note.failed || line.failed)
        die_of_memory();
    writer_add(&s->writer, s->start, buf_span(&note));
    for (int i = 0; i < 2; i++) {
        s->registrar[i]->entry = 0;
        base64_encode(s->registrar[i]->leaf, s->writer.last.b, HASH_BYTES);
    }
    buf_free(&line);
    buf_free(&note);
}

static void make_officers(struct sim *s)
{
    struct body *b = body_new(s, ROLE_REGISTRAR, "mx.registro", "federal", NULL, "", 3);
    for (int i = 0; i < 3; i++)
        s->registrar[i] = b->desk[i];
    for (int i = 0; i < 2; i++)
        make_key(s, &s->registrar[i]->key, s->registrar[i]->name, ++s->registrar[i]->keys);
    b = body_new(s, ROLE_OVERSIGHT, "mx.vigilancia", "federal", "oversight", "", OVERSIGHT_MAX);
    for (int i = 0; i < OVERSIGHT_MAX; i++)
        s->oversight[i] = b->desk[i];
    b = body_new(s, ROLE_AUDITOR, "mx.auditoria", "federal", "oversight", "", 1);
    s->auditor = b->desk[0];
}

static void enrol_all(struct sim *s)
{
    struct story *y = story_new(s);
    int64_t t = s->start + MINUTE;
    enrol(y, t, s->registrar[0], s->registrar[2], 0, "");
    for (size_t i = 0; i < s->bodies; i++)
        for (unsigned k = 0; k < s->body[i]->desks; k++) {
            if (s->body[i]->role == ROLE_REGISTRAR)
                continue;
            t += chance_between(&s->chance, 5 * SECOND, 60 * SECOND);
            /* An official whose enrolment does not say in which function: then the request does. */
            if (s->body[i]->role == ROLE_REQUESTER && k % 5 == 4)
                s->body[i]->desk[k]->function = NULL;
            enrol(y, t, any_registrar(s), s->body[i]->desk[k], 0, "");
        }
    s->opened = t + HOUR;
    story_planned(y);
}

static void write_keys(const struct sim *s)
{
    static const struct {
        enum role role;
        const char *name;
    } kept[] = { { ROLE_JUDGE, "judge" },
                 { ROLE_REQUESTER, "requester" },
                 { ROLE_HOLDER, "holder" },
                 { ROLE_OVERSIGHT, "oversight" },
                 { ROLE_AUDITOR, "auditor" } };
    struct skey key;
    write_key(s, "log", &s->log);
    write_key(s, "registrar", &s->registrar[0]->key);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        for (size_t j = 0; j < s->bodies; j++)
            if (s->body[j]->role == kept[i].role) {
                make_key(s, &key, s->body[j]->desk[0]->name, 1);
                write_key(s, kept[i].name, &key);
                break;
            }
}

void world_new(struct sim *s)
{
    struct hash seed;
    char text[64];
    snprintf(text, sizeof text, "bitacora simulator %llu log", (unsigned long long)s->options.seed);
    hash_bytes(&seed, span_str(text));
    skey_from_seed(&s->log, span_str(ORIGIN), KEY_NOTE, seed.b);
    if (when_parse(&s->start, span_str("2025-09-01T14:00:00.000Z")) != 0)
        abort();
    s->end = s->start + s->options.months * (INT64_C(36525) * DAY / 1200);
    make_officers(s);
    make_bodies(s);
    write_genesis(s);
    enrol_all(s);
    write_keys(s);
    set_law(s);
    if (!s->options.plain) {
        struct story *y = story_new(s);
        pin_ruleset(y, 1, "mx", "2026-01");
        if (s->options.unfavourable) {
            pin_ruleset(y, 2, "mexico", "2026-04");
            pin_ruleset(y, 3, "mx-2026", "2026-05");
        }
        pin_ruleset(y, 4, "mx.2", "2026-06");
        story_planned(y);
    } else {
        for (int i = 1; i < LAWS; i++)
            s->law[i].from = INT64_MAX;
    }
}

void world_free(struct sim *s)
{
    while (s->desks != NULL) {
        struct desk *d = s->desks;
        s->desks = d->next;
        free(d);
    }
    for (size_t i = 0; i < s->bodies; i++) {
        free(s->body[i]->desk);
        free(s->body[i]);
    }
    free(s->body);
}
