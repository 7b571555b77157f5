#include "client/submit/submit_report.h"

#include <inttypes.h>

#include "client/base/json_put.h"
#include "client/base/trouble.h"
#include "proto/base/base64.h"

void submit_report_close(struct submit_report *r)
{
    json_decref(r->warnings);
    r->warnings = NULL;
}

static void line_name(char out[static 24], uint64_t line)
{
    snprintf(out, 24, "%" PRIu64, line);
}

void submit_report_warn(struct submit_report *r, uint64_t line, const char *text)
{
    char name[24];
    line_name(name, line);
    r->warned++;
    if (r->json) {
        if (r->warnings == NULL)
            r->warnings = json_made(json_object());
        if (json_object_get(r->warnings, name) == NULL)
            json_put(r->warnings, name, json_list());
        json_push(json_object_get(r->warnings, name), json_text(text));
    }
    if (line > 0)
        say(TR("record %" PRIu64 ": WARNING: %s", "registro %" PRIu64 ": AVISO: %s"), line, text);
    else
        say(TR("WARNING: %s", "AVISO: %s"), text);
}

/* What is printed of a line, with its warning if there is one. Takes and returns the reference. */
static json_t *with_warning(const struct submit_report *r, uint64_t line, json_t *o)
{
    char name[24];
    line_name(name, line);
    if (json_object_get(r->warnings, name) == NULL)
        line_name(name, 0); /* said before it was sent, of the only record */
    json_t *texts = json_object_get(r->warnings, name);
    if (texts != NULL && o != NULL) {
        json_put(o, "warnings", json_incref(texts));
        json_object_del(r->warnings, name);
    }
    return o;
}

enum outcome submit_report_error(struct submit_report *r, uint64_t line, const char *code,
                                 const char *detail)
{
    snprintf(r->error, sizeof r->error, "%s", code);
    if (strcmp(code, "unreachable") == 0 || strncmp(code, "HTTP ", strlen("HTTP ")) == 0)
        trouble_of_log(code); /* it judged no record */
    if (r->json)
        say_json(with_warning(
            r, line,
            json_pack("{s:I,s:s,s:s}", "line", (json_int_t)line, "error", code, "detail", detail)));
    say(TR("record %" PRIu64 ": [%s] %s", "registro %" PRIu64 ": [%s] %s"), line, code, detail);
    /* Which certificate is shown is a matter of this machine's configuration. */
    return strcmp(code, "tls_client") == 0 ? OUTCOME_USAGE : OUTCOME_UNDECIDED;
}

enum outcome submit_report_complaint(struct submit_report *r, uint64_t line,
                                     const struct complaint *c)
{
    return submit_report_error(r, line, c->code, c->detail);
}

enum outcome submit_report_good(const struct submit_report *r, uint64_t line, enum kind kind)
{
    if (r->json)
        say_json(with_warning(r, line,
                              json_pack("{s:I,s:b,s:s}", "line", (json_int_t)line, "ok", 1, "kind",
                                        kind_name(kind))));
    else
        printf(TR("record %" PRIu64 ": %s, may be signed\n",
                  "registro %" PRIu64 ": %s, puede firmarse\n"),
               line, kind_name(kind));
    return OUTCOME_PROVEN;
}

void submit_report_receipt(const struct submit_report *r, const struct sent *sent,
                           const struct receipt_report *receipt, const struct findings *f)
{
    enum verdict verdict = findings_verdict(f);
    findings_print(f, stderr);
    if (r->json) {
        json_t *o =
            json_pack("{s:I,s:o,s:o,s:s,s:s,s:s,s:s,s:I,s:o}", "line", (json_int_t)sent->line,
                      "index", json_of_index(receipt->index), "hash", json_of_hash(&receipt->leaf),
                      "id", sent->id, "kind", kind_name(receipt->kind), "status",
                      sent->status == 201 ? "appended" : "seen", "verdict", verdict_name(verdict),
                      "size", (json_int_t)receipt->size, "findings", findings_json(f));
        say_json(with_warning(r, sent->line, o));
        return;
    }
    if (receipt->index == NO_ENTRY)
        return;    /* the findings have said that this was no receipt */
    char hash[48]; /* with the index, what other records refer to it by */
    base64_encode(hash, receipt->leaf.b, HASH_BYTES);
    printf(TR("entry %" PRIu64 ": %s %s, receipt %s", "asiento %" PRIu64 ": %s %s, recibo %s"),
           receipt->index, kind_name(receipt->kind),
           sent->status == 201 ? TR("appended", "asentado") : TR("was there already", "ya estaba"),
           verdict_word(verdict));
    if (r->lines)
        printf(TR(", line %" PRIu64, ", línea %" PRIu64), sent->line);
    printf(", hash %s\n", hash);
    fflush(stdout);
}

enum outcome submit_report_unwitnessed(const struct submit_report *r, const struct sent *sent,
                                       const char *lacking, const char *url,
                                       const struct complaint *complaint)
{
    if (r->json)
        say_json(with_warning(r, sent->line,
                              json_pack("{s:I,s:I,s:s,s:s,s:s}", "line", (json_int_t)sent->line,
                                        "index", (json_int_t)sent->index, "id", sent->id, "error",
                                        "quorum", "detail", complaint->detail)));
    return say_undecided(
        TR("record %" PRIu64 ": entry %" PRIu64 " is in the log, but no quorum of "
           "witnesses has cosigned it yet (missing: %s): ask later for %s/v1/receipts/%" PRIu64
           "?wait=witnessed",
           "registro %" PRIu64 ": el asiento %" PRIu64 " está en la bitácora, pero "
           "aún no lo cofirma un quórum de testigos (faltan: %s): pida más tarde "
           "%s/v1/receipts/%" PRIu64 "?wait=witnessed"),
        sent->line, sent->index, lacking, url, sent->index);
}
