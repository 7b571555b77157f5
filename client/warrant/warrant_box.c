#include "client/warrant/warrant_box.h"

#include <inttypes.h>

#include "client/base/lost.h"
#include "client/show/locale.h"
#include "client/warrant/warrant_sheet.h"
#include "client/warrant/warrant_words.h"
#include "proto/sys/clock.h"

/* A log in use has entries each working day; a holiday is no news. */
#define OLD (7 * INT64_C(86400000))

#define MINUTE INT64_C(60000)

/* What the lines say, counted. */
struct counts {
    size_t requests, outside, unknown;
    size_t nameless; /* requests without such a warrant */
    size_t acts;     /* others outside the scope, or that count as absent */
    bool finding;    /* of another rule */
};

static bool has_finding(const struct case_line *l)
{
    for (size_t i = 0; i < l->answers; i++)
        if (l->answer[i].result == RESULT_FINDING)
            return true;
    return false;
}

static void count_line(struct counts *n, const struct case_line *l)
{
    bool request = l->kind == KIND_REQUEST && l->unresolved == UNRESOLVED_NOT;
    if (l->apart)
        return;
    n->requests += request;
    n->outside += request && l->scope == SCOPE_OUTSIDE;
    n->unknown += request && l->scope == SCOPE_UNKNOWN;
    n->nameless += l->unresolved != UNRESOLVED_NOT;
    n->acts += (l->kind != KIND_REQUEST && l->scope == SCOPE_OUTSIDE) || l->absent;
    n->finding = n->finding || (l->scope != SCOPE_OUTSIDE && has_finding(l));
}

/* ---- news ------------------------------------------------------------------------------------ */

/* The gravest is the headline, the others stand below it. */
struct box_news {
    struct sheet *s;
    bool begun;
};

static void add_news(struct box_news *n, enum verdict v, struct buf *text)
{
    sheet_take(n->s, n->begun ? SHEET_NEWS : SHEET_STATUS, v, text);
    n->begun = true;
}

static void add_news_words(struct box_news *n, enum verdict v, const char *words)
{
    struct buf text = { 0 };
    buf_adds(&text, words);
    add_news(n, v, &text);
}

static void tell_outside(struct box_news *n, const struct counts *k, size_t warrants)
{
    struct buf text = { 0 };
    if (k->outside > 0) {
        buf_addf(&text,
                 k->outside == 1 ? TR("%zu of %zu requests lies OUTSIDE the scope of the warrant",
                                      "%zu de %zu solicitudes está FUERA del alcance del "
                                      "mandamiento")
                                 : TR("%zu of %zu requests lie OUTSIDE the scope of the warrant",
                                      "%zu de %zu solicitudes están FUERA del alcance del "
                                      "mandamiento"),
                 k->outside, k->requests);
        add_news(n, VERDICT_BAD, &text);
    }
    if (k->nameless > 0 && warrants > 0) {
        buf_addf(&text,
                 k->nameless == 1
                     ? TR("%zu request cites this reference and has NO such warrant",
                          "%zu solicitud cita esta referencia y NO tiene tal mandamiento")
                     : TR("%zu requests cite this reference and have NO such warrant",
                          "%zu solicitudes citan esta referencia y NO tienen tal mandamiento"),
                 k->nameless);
        add_news(n, VERDICT_BAD, &text);
    }
    if (k->acts > 0) {
        buf_addf(&text,
                 TR("answers and other acts outside the scope, or by another court: %zu",
                    "respuestas y otros actos fuera del alcance, o de otro juzgado: %zu"),
                 k->acts);
        add_news(n, VERDICT_BAD, &text);
    }
}

static void tell_unknown(struct box_news *n, const struct warrant_case *c, const struct counts *k)
{
    struct buf text = { 0 };
    if (c->quick != NULL && k->requests > 0) {
        add_news_words(n, VERDICT_UNDECIDED,
                       TR("Whether the requests keep within the scope was not looked at (--quick)",
                          "No se miró si las solicitudes están dentro del alcance (--quick)"));
    } else if (k->unknown > 0) {
        buf_addf(&text,
                 TR("requests of which it cannot be told whether they keep within the scope: %zu",
                    "solicitudes de las que no se puede saber si están dentro del alcance: %zu"),
                 k->unknown);
        add_news(n, VERDICT_UNDECIDED, &text);
    }
    if (k->finding)
        add_news_words(n, VERDICT_UNDECIDED,
                       TR("Other rules have findings, which are questions for a judge: see below",
                          "Otras reglas tienen hallazgos, que son preguntas para un juez: véanse "
                          "abajo"));
}

static bool is_old(const struct warrant_case *c)
{
    return clock_wall() - c->audit->now > OLD;
}

static bool trusts_log_alone(const struct warrant_case *c)
{
    return policy_trusts_log_alone(c->audit->r->trust.policy);
}

/* What goes for any answer of this log. */
static void tell_doubts(struct box_news *n, const struct warrant_case *c)
{
    struct buf text = { 0 };
    if (is_old(c)) {
        buf_adds(&text, TR("The newest entry that was shown is old: ",
                           "El asiento más reciente que se mostró es viejo, de hace "));
        locale_duration(&text, clock_wall() - c->audit->now);
        buf_adds(&text,
                 TR("; what was done since is not here", "; lo hecho desde entonces no está aquí"));
        add_news(n, VERDICT_UNDECIDED, &text);
    }
    if (trusts_log_alone(c))
        add_news_words(
            n, VERDICT_UNDECIDED,
            TR("No witnesses: the policy asks for none, and who operates the log could show "
               "others another history",
               "Sin testigos: la política no los pide, y quien opera la bitácora podría "
               "mostrar a otros otra historia"));
}

/* ---- what is proven -------------------------------------------------------------------------- */

static const char *proven_words(const struct warrant_case *c)
{
    if (c->quick != NULL)
        return TR("Proven by the log's index: this is all that the log holds under exactly this "
                  "reference",
                  "Probado con el índice de la bitácora: esto es todo lo que contiene con "
                  "exactamente esta referencia");
    if (lookalikes_total(&c->alike) == 0)
        return TR("Proven: this is all that the log holds about this warrant",
                  "Probado: esto es todo lo que la bitácora contiene sobre este mandamiento");
    return TR("Proven: this is all that the log holds about this warrant, under exactly this "
              "reference; others only look like it",
              "Probado: esto es todo lo que la bitácora contiene sobre este mandamiento, con "
              "exactamente esta referencia; otras solo se le parecen");
}

/* A warrant that is not there is bad news for whoever cites it, and no news otherwise. */
static void tell_absence(struct box_news *n, const struct warrant_case *c, const struct counts *k)
{
    struct buf text = { 0 };
    buf_addf(&text,
             TR("Not in the log, proven up to entry %" PRIu64 ": there is no warrant ",
                "No está en la bitácora, probado hasta el asiento %" PRIu64
                ": no hay ningún mandamiento "),
             warrant_case_last(c));
    words_quoted(&text, c->ref);
    if (c->court != NULL)
        buf_addf(&text, TR(" of %s", " de %s"), c->court);
    buf_adds(&text, TR(" under a judge's key", " bajo clave de juez"));
    if (k->nameless > 0)
        buf_addf(&text, TR("; requests that cite it: %zu", "; solicitudes que lo citan: %zu"),
                 k->nameless);
    if (k->nameless > 0 || is_old(c) || trusts_log_alone(c)) {
        add_news(n, k->nameless > 0 ? VERDICT_BAD : VERDICT_UNDECIDED, &text);
        return;
    }
    sheet_take(n->s, SHEET_NEUTRAL, VERDICT_GOOD, &text);
    n->begun = true;
}

/* When the newest entry was accepted, and how long ago that is. */
static void add_age(struct buf *text, const struct warrant_case *c)
{
    int64_t age = clock_wall() - c->audit->now;
    buf_adds(text,
             TR(" Its newest entry was accepted on ", " Su asiento más reciente se aceptó el "));
    words_time(text, c->audit->now);
    if (age >= MINUTE) {
        buf_adds(text, ", ");
        locale_duration(text, age - age % MINUTE);
        buf_adds(text, TR(" before this was made", " antes de hacerse esto"));
    } else if (age >= 0) {
        buf_adds(text, TR(", less than a minute before this was made",
                          ", menos de un minuto antes de hacerse esto"));
    }
    buf_adds(text, ".");
}

void warrant_box(struct sheet *s, const struct warrant_case *c)
{
    struct counts k = { 0 };
    struct box_news n = { s, false };
    struct buf text = { 0 };
    size_t warrants = warrant_case_warrants(c);
    for (size_t i = 0; i < c->lines; i++)
        count_line(&k, &c->line[i]);
    if (warrants == 0)
        tell_absence(&n, c, &k);
    tell_outside(&n, &k, warrants);
    tell_unknown(&n, c, &k);
    tell_doubts(&n, c);
    if (!n.begun)
        add_news_words(&n, VERDICT_GOOD, proven_words(c));
    else if (warrants > 0)
        buf_addf(&text, "%s. ", proven_words(c));
    warrant_statement(&text, c);
    add_age(&text, c);
    sheet_take(s, SHEET_PARAGRAPH, VERDICT_GOOD, &text);
}
