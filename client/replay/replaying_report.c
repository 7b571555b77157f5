#include "client/replay/replaying.h"

#include <inttypes.h>
#include <string.h>

#include "client/base/json_put.h"
#include "client/replay/conviction.h"
#include "client/show/locale.h"
#include "proto/base/base64.h"

static void print_genesis(const struct replaying *r, FILE *to)
{
    struct hash genesis;
    char text[48];
    if (!judge_genesis(r->judge, &genesis))
        return;
    base64_encode(text, genesis.b, HASH_BYTES);
    if (r->pin_differs)
        fprintf(to,
                TR("genesis %s, NOT the one pinned\n"
                   "either the pin (--genesis) is that of another log, or this log was begun anew: "
                   "compare it with what is on paper, and with what others hold\n",
                   "génesis %s, NO el fijado\n"
                   "o lo fijado (--genesis) es de otra bitácora, o esta empezó de nuevo: compárelo "
                   "con lo que está en papel y con lo que tienen otros\n"),
                text);
    else if (r->trust.has_pin)
        fprintf(to, TR("genesis %s, as pinned\n", "génesis %s, el fijado\n"), text);
    else if (r->state.present)
        fprintf(to,
                TR("genesis %s, kept from the first replay\n",
                   "génesis %s, guardado desde la primera verificación\n"),
                text);
    else
        fprintf(to,
                TR("genesis %s, on the operator's word: compare it with what others hold, and pin "
                   "it with --genesis\n",
                   "génesis %s, según quien opera: compárelo con el que tienen otros y fíjelo con "
                   "--genesis\n"),
                text);
}

/* The code that somebody meant who wrote something else, by what may have been written. */
struct meant_code {
    struct nearest code, end, name;
    const char *by_end, *by_name; /* whose these are */
    bool exactly; /* by_name is called just so; nearest_offer() takes no long ones */
};

static void offer_enrolled(struct meant_code *m, const struct institutions *names,
                           const char *known)
{
    const char *end = strrchr(known, '.'), *name = institution_name(names, known);
    nearest_offer(&m->code, known);
    if (end != NULL) {
        nearest_offer(&m->end, end + 1);
        m->by_end = m->end.best == end + 1 ? known : m->by_end;
    }
    if (name == NULL || m->exactly)
        return;
    m->exactly = strcmp(name, m->name.said) == 0;
    nearest_offer(&m->name, name);
    m->by_name = m->exactly || m->name.best == name ? known : m->by_name;
}

void replaying_say_meant(const struct replaying *r, const struct institutions *names,
                         const char *option, const char *code)
{
    struct meant_code meant = { .code.said = code, .end.said = code, .name.said = code };
    const struct registry *registry = judge_registry(r->judge);
    if (code == NULL)
        return;
    for (uint32_t i = 0; i < registry_count(registry); i++) {
        const char *known = registry_get(registry, i)->authority;
        if (strcmp(known, code) == 0)
            return;
        if (known[0] != 0) /* a registrar of genesis has none */
            offer_enrolled(&meant, names, known);
    }
    say(TR("--%s %s: no key is enrolled for that code", "--%s %s: no hay claves de alta para ese "
                                                        "código"),
        option, code);
    if (meant.code.best == NULL)
        meant.code.best = meant.exactly || meant.by_end == NULL ? meant.by_name : meant.by_end;
    char prefix[32];
    snprintf(prefix, sizeof prefix, "--%s ", option);
    say_meant(prefix, &meant.code);
}

void replaying_say_end(const struct replaying *r, const struct period *period)
{
    uint64_t size = r->accepted.cp.checkpoint.size;
    int64_t last = r->judge == NULL ? 0 : judge_last_time(r->judge);
    bool beyond = period->first > last || (period->last != INT64_MAX && period->last > last);
    if (last == 0 || !beyond) /* no entry was read */
        return;
    struct buf when = { 0 };
    locale_time(&when, last);
    say(TR("NOTE: the log, as it is here, ends with entry %" PRIu64 ", accepted %s: of what came "
           "later nothing is known",
           "NOTA: la bitácora, como está aquí, termina en el asiento %" PRIu64
           ", aceptado el %s: de lo posterior no se sabe nada"),
        size - 1, buf_str(&when));
    buf_free(&when);
}

/* Behind the number of signatures: who judged them, where somebody else was to. */
static const char *by_whom(const struct replaying *r)
{
    if (r->options.structure)
        return TR(" (structure only: no record was looked at)",
                  " (solo estructura: no se miró ningún registro)");
    return r->accelerator.fallback[0] != 0 ? TR(" by libsodium", " por libsodium") : "";
}

static void print_lanes(const struct replaying *r, FILE *to)
{
    const struct accelerator *a = &r->accelerator;
    uint64_t again = a->verifier.again;
    if (a->verifier.lanes == NULL || r->options.structure)
        return;
    fprintf(to,
            TR("%" PRIu64 " of them by the accelerator %s (%s), of which libsodium judged %" PRIu64
               " again; the others by libsodium\n",
               "%" PRIu64
               " de ellas por el acelerador %s (%s), de las que libsodium juzgó otra vez "
               "%" PRIu64 "; las demás por libsodium\n"),
            a->verifier.by_lanes + again, a->name, a->software, again);
}

/* What the finding `stale` means, and what to do: it convicts nobody yet. */
static void print_set_back(const struct replaying *r, FILE *to)
{
    if (!conviction_is_set_back(&r->findings) || !r->state.present)
        return;
    fprintf(to,
            TR("It shows a smaller tree (%" PRIu64 ") than the one that it signed before (%" PRIu64
               "): it was set back, or a cache or mirror that is behind answers. Ask again, and "
               "ask others. The state keeps the larger one; the log is shown it by: "
               "bitacora confront --policy POLICY %s.newest\n",
               "Muestra un árbol menor (%" PRIu64 ") que el que firmó antes (%" PRIu64
               "): retrocedió, o contesta una caché o un espejo atrasado. Pregunte de nuevo, y "
               "pregunte a otros. El estado conserva el mayor; se le muestra con: "
               "bitacora confront --policy POLÍTICA %s.newest\n"),
            r->accepted.cp.checkpoint.size, r->state.accepted.cp.checkpoint.size, r->options.state);
}

void replaying_print(const struct replaying *r, FILE *to)
{
    const struct checkpoint *cp = &r->accepted.cp.checkpoint;
    char root[48];
    findings_print(&r->findings, to);
    print_set_back(r, to);
    if (!r->replayed)
        return;
    base64_encode(root, cp->root.b, HASH_BYTES);
    fprintf(to, "%s: ", trust_log(&r->trust)->name);
    print_verdict(to, r->verdict, verdict_word(r->verdict));
    fprintf(to, ", %" PRIu64 " %s, %s %s, %" PRIu64 " %s%s\n", cp->size, ENTRIES(cp->size),
            TR("root", "raíz"), root, judge_signatures(r->judge),
            judge_signatures(r->judge) == 1 ? TR("signature verified", "firma verificada")
                                            : TR("signatures verified", "firmas verificadas"),
            by_whom(r));
    if (r->first > 0)
        fprintf(to,
                TR("the first %" PRIu64
                   " of them in an earlier run, of which the state speaks: they "
                   "were not read again (a copy is checked without --state)\n",
                   "los primeros %" PRIu64 " en una ejecución anterior, de la que da cuenta el "
                   "estado: no se leyeron de nuevo (una copia se comprueba sin --state)\n"),
                r->first);
    print_lanes(r, to);
    print_genesis(r, to);
    succession_print(&r->succession, to);
}

/* `backend` is whose word the mass of signatures rests on. */
static json_t *judge_of_signatures_json(const struct replaying *r)
{
    const struct accelerator *a = &r->accelerator;
    json_int_t again = (json_int_t)a->verifier.again;
    json_int_t lanes = (json_int_t)a->verifier.by_lanes;
    json_t *v = json_made(json_pack("{s:s,s:I,s:I}", "backend", accelerator_judge(a), "accelerated",
                                    lanes + again, "rechecked", again));
    if (a->software != NULL)
        json_put(v, "library", json_text(a->software));
    if (a->fallback[0] != 0)
        json_put(v, "fallback", json_text(a->fallback));
    return v;
}

json_t *replaying_json(const struct replaying *r)
{
    const struct checkpoint *cp = &r->accepted.cp.checkpoint;
    struct hash genesis;
    json_t *v = json_made(json_pack(
        "{s:b,s:s,s:s,s:I,s:o,s:I,s:I,s:I,s:o}", "ok", r->verdict == VERDICT_GOOD, "verdict",
        verdict_name(r->verdict), "origin", trust_log(&r->trust)->name, "size",
        (json_int_t)cp->size, "root", json_of_hash(&cp->root), "signatures",
        (json_int_t)(r->judge ? judge_signatures(r->judge) : 0), "from", (json_int_t)r->first,
        "findings_total", (json_int_t)r->findings.total, "findings", findings_json(&r->findings)));
    if (r->judge != NULL && judge_genesis(r->judge, &genesis))
        json_put(v, "genesis", json_of_hash(&genesis));
    if (r->replayed && !r->options.structure)
        json_put(v, "verifier", judge_of_signatures_json(r));
    succession_json(&r->succession, v);
    return v;
}
