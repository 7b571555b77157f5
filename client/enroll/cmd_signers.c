/* bitacora signers: who could sign what at an entry of the log, as the log itself says. */
#include <inttypes.h>
#include <stdlib.h>

#include "client/audit/rulesets.h"
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/table.h"
#include "client/replay/replay_options.h"
#include "client/show/locale.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/ruleset.h"
#include "proto/sys/clock.h"

/* The entry that is asked about, which need not be there yet. */
struct moment {
    bool given; /* by --at; else it is the next one */
    uint64_t entry;
    bool known; /* when it was accepted */
    int64_t accepted;
};

enum signer_standing {
    STANDING_IN_FORCE,
    STANDING_REVOKED,
    STANDING_EXPIRED,
    STANDING_NOT_YET,
    STANDING_LATER, /* enrolled at that entry or after it */
};

static enum signer_standing standing_at(const struct enrolment *e, const struct moment *m)
{
    if (e->entry >= m->entry)
        return STANDING_LATER;
    if (e->revoked < m->entry) /* NO_ENTRY is above all */
        return STANDING_REVOKED;
    if (m->accepted >= e->until)
        return STANDING_EXPIRED;
    return m->accepted < e->from ? STANDING_NOT_YET : STANDING_IN_FORCE;
}

static const char *standing_name(enum signer_standing s)
{
    return s == STANDING_REVOKED   ? "revoked"
           : s == STANDING_EXPIRED ? "expired"
           : s == STANDING_NOT_YET ? "not_yet"
                                   : "in_force";
}

/* ---- when ------------------------------------------------------------------------------------ */

/* A judged_fn. */
static void look_for_moment(void *ctx, const struct judged *e)
{
    struct moment *m = ctx;
    if (m->given && e->index == m->entry && e->has_header) {
        m->known = true;
        m->accepted = e->accepted;
    }
}

static void ask_old_entry(struct replaying *r, struct moment *m)
{
    struct proven p;
    struct entry e;
    struct refusal why;
    if (replaying_entry(r, m->entry, &p) == VERDICT_GOOD &&
        entry_parse(&e, p.entry.bytes, &why) == 0) {
        m->known = true;
        m->accepted = e.accepted;
    }
    proven_free(&p);
}

/* The next entry will be accepted now, or with the last one if that is later. */
static void find_moment(struct replaying *r, struct moment *m)
{
    uint64_t size = r->accepted.cp.checkpoint.size;
    if (!m->given)
        m->entry = size;
    if (m->entry == size) {
        int64_t now = clock_wall(), last = judge_last_time(r->judge);
        m->known = true;
        m->accepted = now > last ? now : last;
    } else if (m->entry < r->first) {
        ask_old_entry(r, m);
    }
}

/* ---- who ------------------------------------------------------------------------------------- */

struct signer {
    uint32_t number;
    const struct enrolment *e;
    enum signer_standing standing;
};

struct signer_list {
    size_t n;
    struct signer *list; /* by name, then in the order of their enrolment */
};

static int by_name(const void *a, const void *b)
{
    const struct signer *x = a, *y = b;
    int names = strcmp(x->e->key.name, y->e->key.name);
    return names != 0 ? names : (x->number > y->number) - (x->number < y->number);
}

static void list_signers(struct signer_list *s, const struct registry *registry,
                         const struct moment *m)
{
    s->list = kept(calloc(registry_count(registry) + 1, sizeof *s->list));
    for (uint32_t i = 0; s->list != NULL && i < registry_count(registry); i++) {
        const struct enrolment *e = registry_get(registry, i);
        enum signer_standing standing = standing_at(e, m);
        if (standing != STANDING_LATER)
            s->list[s->n++] = (struct signer){ .number = i, .e = e, .standing = standing };
    }
    if (s->n > 1)
        qsort(s->list, s->n, sizeof *s->list, by_name);
}

/* ---- for people ------------------------------------------------------------------------------ */

static const char *time_text(char out[WHEN_TEXT + 1], int64_t ms)
{
    if (ms == INT64_MIN || ms == INT64_MAX)
        return "";
    when_format(out, ms);
    return out;
}

static void add_headings(struct text_table *t)
{
    table_add(t, TR("NAME", "NOMBRE"));
    table_add(t, TR("KEY", "CLAVE"));
    table_add(t, TR("ROLE", "PAPEL"));
    table_add(t, TR("AUTHORITY", "AUTORIDAD"));
    table_add(t, TR("LEVEL", "NIVEL"));
    table_add(t, TR("FUNCTION", "FUNCIÓN"));
    table_add(t, TR("ENROLLED AT", "ALTA EN"));
    table_add(t, TR("FROM", "DESDE"));
    table_add(t, TR("UNTIL", "HASTA"));
    table_add(t, TR("REVOKED AT", "REVOCADA EN"));
    table_add(t, TR("KNOWN BAD SINCE", "MALA DESDE"));
}

static void add_signer(struct text_table *t, const struct signer *s)
{
    const struct enrolment *e = s->e;
    char from[WHEN_TEXT + 1], until[WHEN_TEXT + 1], since[WHEN_TEXT + 1];
    table_add(t, e->key.name);
    table_addf(t, "%08" PRIx32, e->key.id);
    table_add(t, role_name(e->role));
    table_add(t, e->authority);
    table_add(t, e->level);
    table_add(t, e->function);
    table_addf(t, "%" PRIu64, e->entry);
    table_add(t, time_text(from, e->from));
    table_add(t, time_text(until, e->until));
    if (e->revoked == NO_ENTRY)
        table_add(t, "");
    else
        table_addf(t, "%" PRIu64 ", %s", e->revoked, e->reason);
    table_add(t, time_text(since, e->since));
}

/* A heading and those of one standing, if there are any. */
static void print_standing(const struct signer_list *s, enum signer_standing standing,
                           const char *heading)
{
    struct text_table t = { .columns = 11 };
    size_t n = 0;
    add_headings(&t);
    for (size_t i = 0; i < s->n; i++)
        if (s->list[i].standing == standing) {
            add_signer(&t, &s->list[i]);
            n++;
        }
    if (n > 0) {
        printf("\n%s\n", heading);
        table_print(&t, 2, stdout);
    }
    table_free(&t);
}

/* What each role that somebody has may sign: once for all who have it. */
static void print_roles(const struct signer_list *s)
{
    struct text_table t = { .columns = 2 };
    table_add(&t, TR("ROLE", "PAPEL"));
    table_add(&t, TR("MAY SIGN", "PUEDE FIRMAR"));
    for (enum role role = ROLE_NONE; role < ROLE_COUNT; role++) {
        size_t i = 0;
        while (i < s->n && (s->list[i].e->role != role || s->list[i].standing != STANDING_IN_FORCE))
            i++;
        if (i == s->n)
            continue;
        struct buf kinds = { 0 };
        for (enum kind k = KIND_GENESIS; k < KIND_COUNT; k++)
            if (role_may_sign(role, k))
                buf_addf(&kinds, "%s%s", kinds.n == 0 ? "" : " ", kind_name(k));
        table_add(&t, role_name(role));
        table_add(&t, kept_text(&kinds));
        buf_free(&kinds);
    }
    if (t.cells > t.columns) {
        putchar('\n');
        table_print(&t, 2, stdout);
    }
    table_free(&t);
}

static void print_ruleset(const struct registry *registry, const struct moment *m)
{
    const struct pinned_ruleset *pinned = registry_ruleset(registry, m->accepted, m->entry);
    char sha256[48];
    struct refusal why;
    if (pinned != NULL) {
        struct buf from = { 0 };
        base64_encode(sha256, pinned->sha256, HASH_BYTES);
        locale_time(&from, pinned->from);
        printf(TR("\nruleset in force: that of entry %" PRIu64 ", from %s, SHA-256 %s\n",
                  "\nconjunto de reglas en vigor: el del asiento %" PRIu64
                  ", desde %s, SHA-256 %s\n"),
               pinned->entry, kept_text(&from), sha256);
        buf_free(&from);
        return;
    }
    struct ruleset *own = kept(ruleset_parse(ruleset_builtin(), &why));
    if (own == NULL)
        return;
    base64_encode(sha256, ruleset_sha256(own)->b, HASH_BYTES);
    printf(TR("\nruleset in force: the built-in one, %s %s, SHA-256 %s\n",
              "\nconjunto de reglas en vigor: el incorporado, %s %s, SHA-256 %s\n"),
           ruleset_name(own), ruleset_version(own), sha256);
    ruleset_free(own);
}

/* next: it has not been decided yet. */
static void print_all_standings(const struct signer_list *s, bool next)
{
    print_standing(s, STANDING_IN_FORCE,
                   next ? TR("can sign:", "pueden firmar:") : TR("could sign:", "podían firmar:"));
    print_roles(s);
    print_standing(s, STANDING_NOT_YET,
                   next ? TR("can NOT sign yet, as `from` has not come:",
                             "aún NO pueden firmar, pues no ha llegado `from`:")
                        : TR("could NOT sign yet, as `from` had not come:",
                             "aún NO podían firmar, pues no había llegado `from`:"));
    print_standing(s, STANDING_EXPIRED,
                   next ? TR("can NOT sign any more, as `until` is over:",
                             "ya NO pueden firmar, pues ha pasado `until`:")
                        : TR("could NOT sign any more, as `until` was over:",
                             "ya NO podían firmar, pues había pasado `until`:"));
    print_standing(
        s, STANDING_REVOKED,
        next ? TR("can NOT sign any more, revoked:", "ya NO pueden firmar, por revocación:")
             : TR("could NOT sign any more, revoked:", "ya NO podían firmar, por revocación:"));
}

static void print_signers(const struct replaying *r, const struct moment *m)
{
    const struct registry *registry = judge_registry(r->judge);
    struct signer_list s = { 0 };
    struct buf when = { 0 };
    bool next = m->entry == r->accepted.cp.checkpoint.size;
    rulesets_assume_of(r);
    locale_time(&when, m->accepted);
    list_signers(&s, registry, m);
    if (next)
        printf(TR("\nat entry %" PRIu64 ", the next one, if it is accepted at %s:\n",
                  "\nen el asiento %" PRIu64 ", el próximo, si se acepta el %s:\n"),
               m->entry, kept_text(&when));
    else
        printf(TR("\nat entry %" PRIu64 ", accepted at %s:\n",
                  "\nen el asiento %" PRIu64 ", aceptado el %s:\n"),
               m->entry, kept_text(&when));
    buf_free(&when);
    print_all_standings(&s, next);
    print_ruleset(registry, m);
    free(s.list);
}

/* ---- for programs ---------------------------------------------------------------------------- */

static void set_time(json_t *v, const char *member, int64_t ms)
{
    char text[WHEN_TEXT + 1];
    if (*time_text(text, ms) != 0)
        json_put(v, member, json_string(text));
}

static void set_code(json_t *v, const char *member, const char *code)
{
    if (*code != 0)
        json_put(v, member, json_string(code));
}

static json_t *kinds_json(enum role role)
{
    json_t *list = json_array();
    for (enum kind k = KIND_GENESIS; k < KIND_COUNT; k++)
        if (role_may_sign(role, k))
            json_push(list, json_string(kind_name(k)));
    return list;
}

static json_t *signer_json(const struct signer *s)
{
    const struct enrolment *e = s->e;
    struct buf vkey = { 0 };
    vkey_format(&vkey, &e->key);
    json_t *v =
        json_pack("{s:I,s:s,s:s,s:s,s:s,s:o,s:I}", "number", (json_int_t)s->number, "standing",
                  standing_name(s->standing), "name", e->key.name, "vkey", kept_text(&vkey), "role",
                  role_name(e->role), "kinds", kinds_json(e->role), "entry", (json_int_t)e->entry);
    buf_free(&vkey);
    set_code(v, "authority", e->authority);
    set_code(v, "level", e->level);
    set_code(v, "function", e->function);
    set_time(v, "from", e->from);
    set_time(v, "until", e->until);
    if (e->revoked != NO_ENTRY) {
        json_put(v, "revoked", json_of_index(e->revoked));
        json_put(v, "reason", json_string(e->reason));
        set_time(v, "since", e->since);
    }
    return v;
}

static json_t *ruleset_json(const struct registry *registry, const struct moment *m)
{
    const struct pinned_ruleset *pinned = registry_ruleset(registry, m->accepted, m->entry);
    struct refusal why;
    struct hash sha256;
    if (pinned != NULL) {
        memcpy(sha256.b, pinned->sha256, HASH_BYTES);
        json_t *v = json_made(json_pack("{s:I,s:o}", "entry", (json_int_t)pinned->entry, "sha256",
                                        json_of_hash(&sha256)));
        set_time(v, "from", pinned->from);
        return v;
    }
    struct ruleset *own = kept(ruleset_parse(ruleset_builtin(), &why));
    if (own == NULL)
        return NULL;
    json_t *v =
        json_made(json_pack("{s:n,s:s,s:s,s:o}", "entry", "name", ruleset_name(own), "version",
                            ruleset_version(own), "sha256", json_of_hash(ruleset_sha256(own))));
    ruleset_free(own);
    return v;
}

static void add_json(json_t *v, const struct replaying *r, const struct moment *m)
{
    const struct registry *registry = judge_registry(r->judge);
    struct signer_list s = { 0 };
    json_t *in_force = json_list(), *others = json_list();
    list_signers(&s, registry, m);
    for (size_t i = 0; i < s.n; i++)
        json_push(s.list[i].standing == STANDING_IN_FORCE ? in_force : others,
                  signer_json(&s.list[i]));
    free(s.list);
    set_time(v, "accepted", m->accepted);
    json_put(v, "signers", in_force);
    json_put(v, "others", others);
    json_put(v, "ruleset", ruleset_json(registry, m));
}

/* ---- the command ----------------------------------------------------------------------------- */

/* Returns whether there was something proven to list. */
static bool report(const struct replaying *r, const struct moment *m, bool json)
{
    bool listed = replaying_proven(r) && m->known;
    replaying_print(r, json ? stderr : stdout);
    if (!listed)
        say(TR(
            "who could sign is not listed: it is not proven what the log says, or when the entry "
            "was accepted",
            "no se lista quién podía firmar: no está probado qué dice la bitácora, o cuándo se "
            "aceptó el asiento"));
    else if (r->verdict == VERDICT_UNDECIDED)
        say(TR("the list is what could be proven: what could not be decided may have changed it",
               "la lista es lo que se pudo probar: lo que no se pudo decidir pudo cambiarla"));
    if (json) {
        json_t *v = replaying_json(r);
        json_put(v, "at", json_of_index(r->replayed ? m->entry : NO_ENTRY));
        if (listed)
            add_json(v, r, m);
        say_json(v);
    } else if (listed) {
        print_signers(r, m);
    }
    return listed;
}

static enum outcome list_signers_at(struct replaying *r, struct moment *m, bool json)
{
    enum outcome outcome = replaying_run(r, look_for_moment, m);
    uint64_t size = r->accepted.cp.checkpoint.size;
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    if (r->replayed && m->given && m->entry > size)
        return say_usage(TR("--at %" PRIu64 ": the log has %" PRIu64
                            " entries; the next one is %" PRIu64,
                            "--at %" PRIu64 ": la bitácora tiene %" PRIu64
                            " asientos; el próximo es el %" PRIu64),
                         m->entry, size, size);
    if (r->replayed)
        find_moment(r, m);
    outcome = replaying_conclude(r);
    return report(r, m, json) ? outcome : outcome_worse(outcome, OUTCOME_UNDECIDED);
}

static enum outcome main_signers(const struct args *a)
{
    struct moment m = { .given = a->at != NULL };
    enum outcome outcome;
    if (!args_operands(a, 0, 0, TR("options only", "solo opciones")))
        return OUTCOME_USAGE;
    if (m.given && decimal_parse(&m.entry, span_str(a->at)) != 0)
        return say_usage(
            TR("--at takes the index of an entry", "--at lleva el índice de un asiento"));
    struct replaying *r = replaying_open_args(a, &outcome);
    if (r == NULL)
        return outcome;
    return replaying_close(r, list_signers_at(r, &m, a->json));
}

const struct command command_signers = {
    .name = "signers",
    .run = main_signers,
    .form = FORM_FETCHING FORM_ZONE "[ log= | dir= ] key passphrase-file- state at json",
    .summary = { "who could sign what at an entry (the next one): replays the log",
                 "quién podía firmar qué en un asiento (el próximo): verifica toda la bitácora" },
};
