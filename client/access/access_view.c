#include "client/access/access_view.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "client/access/read_rows.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/base/when.h"
#include "proto/sys/terminal.h"

/* An entry that was found. */
struct access_found {
    uint64_t index;
    struct access_claim claim;
};

struct viewing {
    const struct access_options *options;
    struct log_client *client;
    struct spool *found;      /* of struct access_found */
    struct findings findings; /* about rows */
    uint64_t entries, rows;   /* that were shown */
};

/* ---- what is shown --------------------------------------------------------------------------- */

static json_t *moment_json(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    when_format(text, ms);
    return json_text(text);
}

static void say_row_json(uint64_t entry, const struct access_row *row)
{
    struct hash under;
    memcpy(under.b, row->under.hash, HASH_BYTES);
    say_json(json_pack("{s:s,s:I,s:o,s:s,s:{s:I,s:o},s:s,s:s,s:o}", "type", "row", "entry",
                       (json_int_t)entry, "at", moment_json(row->at), "reader", row->reader,
                       "under", "entry", (json_int_t)row->under.entry, "hash", json_of_hash(&under),
                       "method", row->method, "path", row->path, "token",
                       json_of_hash(&row->token)));
}

static void say_row(const struct viewing *v, uint64_t entry, const struct access_row *row)
{
    char at[WHEN_TEXT + 1];
    when_format(at, row->at);
    if (v->options->json)
        say_row_json(entry, row);
    else
        terminal_print(stdout, "  %s  %s  %s %s\n", at, row->reader, row->method, row->path);
}

static bool is_wanted(const struct viewing *v, const struct access_row *row)
{
    const struct access_options *o = v->options;
    return row->at >= o->from && row->at < o->until &&
           (o->reader == NULL || strcmp(row->reader, o->reader) == 0);
}

/* How many of them are wanted; shows these. */
static uint64_t say_rows(struct viewing *v, uint64_t entry, const struct spool *rows)
{
    struct access_row row;
    uint64_t shown = 0;
    for (uint64_t i = 0; i < spool_count(rows); i++) {
        if (!spool_get(rows, i, &row)) {
            lost(EIO);
            return shown;
        }
        if (is_wanted(v, &row)) {
            say_row(v, entry, &row);
            shown++;
        }
    }
    return shown;
}

static void say_entry(const struct viewing *v, const struct access_found *e, enum verdict verdict,
                      uint64_t shown)
{
    char from[WHEN_TEXT + 1], until[WHEN_TEXT + 1];
    when_format(from, e->claim.from);
    when_format(until, e->claim.until);
    if (v->options->json)
        say_json(json_pack("{s:s,s:I,s:s,s:s,s:I,s:I,s:s}", "type", "entry", "entry",
                           (json_int_t)e->index, "from", from, "until", until, "count",
                           (json_int_t)e->claim.count, "shown", (json_int_t)shown, "verdict",
                           verdict_name(verdict)));
    else
        terminal_print(stdout,
                       TR("entry %" PRIu64 ", %s to %s: %" PRIu64 " reads, %" PRIu64
                          " shown above: %s\n",
                          "asiento %" PRIu64 ", de %s a %s: %" PRIu64 " lecturas, %" PRIu64
                          " mostradas arriba: %s\n"),
                       e->index, from, until, e->claim.count, shown, verdict_word(verdict));
}

static void show_entry(struct viewing *v, const struct access_found *e)
{
    struct spool *rows = NULL;
    struct finding f = { .entry = e->index, .related = NO_ENTRY };
    f.verdict = rows_read(v->client, e->index, &e->claim, &rows, &f.why);
    uint64_t shown = rows == NULL ? 0 : say_rows(v, e->index, rows);
    if (f.verdict != VERDICT_GOOD)
        findings_add(&v->findings, &f);
    say_entry(v, e, f.verdict, shown);
    v->entries++;
    v->rows += shown;
    spool_free(rows);
}

/* Between two intervals there may be a time of which nothing is said, or one that both are about. */
static void say_gap(const struct viewing *v, int64_t ended, int64_t begins)
{
    char from[WHEN_TEXT + 1], until[WHEN_TEXT + 1];
    bool overlap = begins < ended;
    when_format(from, overlap ? begins : ended);
    when_format(until, overlap ? ended : begins);
    if (v->options->json)
        say_json(json_pack("{s:s,s:s,s:s}", "type", overlap ? "overlap" : "gap", "from", from,
                           "until", until));
    else
        terminal_print(stdout,
                       overlap ? TR("from %s to %s: two entries are about this time\n",
                                    "de %s a %s: dos asientos son de este tiempo\n")
                               : TR("from %s to %s: nothing is said of who read; the log may have "
                                    "been open to everybody\n",
                                    "de %s a %s: no se dice quién leyó; la bitácora pudo estar "
                                    "abierta a todos\n"),
                       from, until);
}

static void show_all(struct viewing *v)
{
    const struct access_options *o = v->options;
    struct access_found e;
    int64_t ended = 0;
    for (uint64_t i = 0; i < spool_count(v->found) && !lost_any(); i++) {
        if (!spool_get(v->found, i, &e)) {
            lost(EIO);
            return;
        }
        bool wanted = e.claim.until > o->from && e.claim.from < o->until;
        if (wanted && ended > 0 && ended != e.claim.from)
            say_gap(v, ended, e.claim.from);
        ended = e.claim.until;
        if (wanted)
            show_entry(v, &e);
    }
}

/* ---- which entries --------------------------------------------------------------------------- */

static void look(void *ctx, const struct judged *e)
{
    struct viewing *v = ctx;
    struct access_found found = { .index = e->index };
    if (e->record == NULL || e->kind != KIND_ACCESS || !e->counts)
        return;
    access_claim_of(&found.claim, e->record);
    spool_add(v->found, &found);
}

static void say_end(const struct viewing *v, json_t *o)
{
    json_put(o, "type", json_text("access"));
    json_put(o, "entries", json_integer((json_int_t)v->entries));
    json_put(o, "rows", json_integer((json_int_t)v->rows));
    json_put(o, "rows_findings", findings_json(&v->findings));
    say_json(o);
}

/* What the rows are is nothing that the log says: it is no part of what is concluded of it. */
static enum outcome view_range(struct viewing *v, struct replaying *r)
{
    enum outcome outcome = replaying_run(r, look, v);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    bool proven = replaying_proven(r);
    outcome = replaying_conclude(r);
    if (proven)
        show_all(v);
    else
        say(TR("rows were not asked for: it is not proven what the log says",
               "no se pidieron las filas: no está probado qué dice la bitácora"));
    outcome = outcome_worse(outcome, outcome_of_verdict(findings_verdict(&v->findings)));
    FILE *to = v->options->json ? stderr : stdout;
    findings_print(&v->findings, to);
    replaying_print(r, to);
    if (v->options->json)
        say_end(v, replaying_json(r));
    return proven ? outcome : outcome_worse(outcome, OUTCOME_UNDECIDED);
}

static enum outcome view_one(struct viewing *v)
{
    struct answer answer;
    struct shown e;
    struct complaint c;
    uint64_t index = v->options->entry;
    switch (log_client_good_entry(v->client, index, &e, &answer)) {
    case SHOW_PROVEN:
        break;
    case SHOW_BAD:
        return OUTCOME_BAD;
    case SHOW_UNWITNESSED:
        return OUTCOME_UNDECIDED;
    case SHOW_ABSENT:
    case SHOW_FAILED:
        log_client_complaint(v->client, &answer, &c);
        return complaint_say(&c);
    }
    bool is_access = e.record.kind == KIND_ACCESS;
    struct access_found found = { .index = index };
    if (is_access)
        access_claim_of(&found.claim, &e.record);
    shown_free(&e);
    if (!is_access)
        return say_usage(
            TR("entry %" PRIu64 " is no access entry", "el asiento %" PRIu64 " no es de accesos"),
            index);
    show_entry(v, &found);
    enum outcome outcome = outcome_of_verdict(findings_verdict(&v->findings));
    findings_print(&v->findings, v->options->json ? stderr : stdout);
    if (v->options->json)
        say_end(v, json_pack("{s:b,s:s}", "ok", outcome == OUTCOME_PROVEN, "verdict",
                             verdict_name(findings_verdict(&v->findings))));
    return outcome;
}

enum outcome access_view(const struct access_options *options)
{
    struct viewing v = { .options = options };
    enum outcome outcome;
    struct replaying *r = replaying_open(&options->replay, &outcome);
    if (r == NULL)
        return outcome;
    if (r->trust.url == NULL) {
        outcome = say_usage(TR("where is the log? The policy names no URL: use --log",
                               "¿dónde está la bitácora? La política no da URL: use --log"));
        return replaying_close(r, outcome);
    }
    v.client = log_client_new(&r->trust);
    v.found = spool_new(sizeof(struct access_found));
    if (v.found == NULL)
        lost(errno);
    if (v.client == NULL || v.found == NULL)
        outcome = OUTCOME_UNDECIDED;
    else
        outcome = options->one ? view_one(&v) : view_range(&v, r);
    log_client_free(v.client);
    spool_free(v.found);
    findings_free(&v.findings);
    return replaying_close(r, outcome);
}
