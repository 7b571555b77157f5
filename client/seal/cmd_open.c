/* bitacora open: what a record seals, for whom it is sealed to. */
#include <inttypes.h>
#include <stdio.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/options.h"
#include "client/remote/trust_options.h"
#include "client/seal/unsealing.h"
#include "proto/base/base64.h"
#include "proto/sys/files.h"
#include "proto/verify/receipt.h"

struct open {
    const struct args *args;
    struct trust trust;
    struct identity id;     /* who opens */
    struct identity reader; /* who shows tokens, where that is another */
    struct log_client *client;
    /* The receipt that is being opened: */
    const char *path;
    struct findings findings;
    struct receipt_report report;
    json_t *list; /* --json: what it seals */
    unsigned number, opened;
    enum outcome outcome;
};

static void report_opening(struct open *o, const char *member, const struct opening *opening,
                           const struct sealed *sealed)
{
    struct hash blob; /* what an order to erase it must name */
    char base64[48];
    memcpy(blob.b, sealed->sealed, HASH_BYTES);
    base64_encode(base64, blob.b, HASH_BYTES);
    o->opened++;
    if (o->args->json)
        json_push(o->list, json_pack("{s:I,s:s,s:s,s:s,s:s,s:s}", "number", (json_int_t)o->number,
                                     "member", member, "verdict", "good", "type", opening->type,
                                     "value", opening->value, "blob", base64));
    else
        terminal_print(stdout, "  %u. %s: %s %s  (blob %s)\n", o->number, member, opening->type,
                       opening->value, base64);
}

/* Something that stays shut. Only what was opened and is something else is proven bad. */
static void report_trouble(struct open *o, const char *member, enum unsealed u,
                           const struct complaint *complaint)
{
    struct refusal why;
    enum verdict verdict = u == UNSEALED_OTHER ? VERDICT_BAD : VERDICT_UNDECIDED;
    if (u == UNSEALED_OTHER || u == UNSEALED_GONE) {
        refuse(&why, u == UNSEALED_OTHER ? REASON_SEALED_OTHER : REASON_BLOB_GONE, member);
        findings_tell(&o->findings, verdict, &why);
    }
    o->outcome = outcome_worse(o->outcome, outcome_of_verdict(verdict));
    const char *detail = u == UNSEALED_FAILED ? complaint->detail : unsealed_words(u);
    if (o->args->json)
        json_push(o->list, json_pack("{s:I,s:s,s:s,s:s}", "number", (json_int_t)o->number, "member",
                                     member, "verdict", verdict_name(verdict), "detail", detail));
    else
        terminal_print(stdout, "  %u. %s: %s\n", o->number, member, detail);
}

static int open_one(void *ctx, const char *member, const struct sealed *sealed)
{
    struct open *o = ctx;
    struct opening opening;
    struct complaint complaint;
    o->number++;
    enum unsealed u = unseal_with_key(&opening, sealed, &o->id, o->client, &complaint);
    if (u == UNSEALED_OPEN)
        report_opening(o, member, &opening, sealed);
    else
        report_trouble(o, member, u, &complaint);
    opening_wipe(&opening);
    return 0;
}

static void open_entry(struct open *o, struct span text)
{
    struct receipt r;
    struct entry e;
    struct record record;
    struct refusal why;
    if (receipt_parse(&r, text, &why) != 0) {
        lost_to_memory(&why); /* it was judged good: nothing else can be */
        return;
    }
    if (entry_parse(&e, r.entry[0].bytes, &why) == 0 && record_parse(&record, e.note, &why) == 0) {
        if (!o->args->json)
            terminal_print(stdout,
                           TR("entry %" PRIu64 ": %s by %s\n", "asiento %" PRIu64 ": %s de %s\n"),
                           o->report.index, kind_name(record.kind), o->report.signer);
        kind_visit_sealed(record.object, open_one, o);
        if (o->number == 0 && !o->args->json)
            puts(TR("  it seals nothing", "  no sella nada"));
        record_free(&record);
    } else {
        lost_to_memory(&why);
    }
    receipt_free(&r);
}

static void say_opened_json(const struct open *o)
{
    say_json(json_pack("{s:o,s:s,s:o,s:s,s:s,s:O,s:o}", "file", json_path(o->path), "verdict",
                       o->outcome == OUTCOME_PROVEN ? "good"
                       : o->outcome == OUTCOME_BAD  ? "bad"
                                                    : "undecided",
                       "index", json_of_index(o->report.index), "kind", kind_name(o->report.kind),
                       "signer", o->report.signer, "sealed", o->list, "findings",
                       findings_json(&o->findings)));
}

static enum outcome open_receipt(struct open *o, const char *path)
{
    struct buf text = { 0 };
    enum file read = file_read(&text, path, RECEIPT_MAX);
    if (read != FILE_OK) {
        buf_free(&text);
        return say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                             file_cause(read));
    }
    o->path = path;
    o->number = o->opened = 0;
    o->outcome = OUTCOME_PROVEN;
    o->findings = (struct findings){ .list = NULL };
    o->list = json_list();
    enum verdict verdict = receipt_judge(&o->report, o->trust.policy, buf_span(&text),
                                         trust_pin(&o->trust), findings_add, &o->findings);
    o->outcome = outcome_of_verdict(verdict);
    if (verdict != VERDICT_BAD &&
        o->report.size > 0) /* short of its quorum it can still be opened */
        open_entry(o, buf_span(&text));
    o->outcome = lost_any() ? OUTCOME_UNDECIDED : o->outcome;
    findings_print(&o->findings, stderr);
    if (o->args->json)
        say_opened_json(o);
    json_decref(o->list);
    findings_free(&o->findings);
    buf_free(&text);
    return o->outcome;
}

/* Whose key opens, and whose tokens are shown: a key that was superseded opens what was sealed
 * to it, but the log lets only its successor read. */
static int find_identities(struct open *o, struct complaint *complaint)
{
    struct identity *reader = o->args->reader == NULL ? &o->id : &o->reader;
    if (identity_find(&o->id, o->client, complaint) != 0 ||
        identity_find(reader, o->client, complaint) != 0)
        return -1;
    log_client_identify(o->client, reader->key, &reader->under);
    return 0;
}

static enum outcome open_all(struct open *o)
{
    struct complaint complaint;
    enum outcome outcome = OUTCOME_PROVEN;
    if (o->trust.url == NULL)
        return say_usage(TR("where are the blobs? The policy names no URL: use --log",
                            "¿dónde están los blobs? La política no da URL: use --log"));
    o->client = log_client_new(&o->trust);
    if (o->client == NULL)
        return OUTCOME_UNDECIDED;
    bool known = find_identities(o, &complaint) == 0;
    if (!known)
        outcome = complaint_say(&complaint);
    for (size_t i = 0; known && i < o->args->operands; i++)
        outcome = outcome_worse(outcome, open_receipt(o, o->args->operand[i]));
    log_client_free(o->client);
    return outcome;
}

static enum outcome main_open(const struct args *a)
{
    struct open o = { .args = a };
    if (!args_operands(a, 1, SIZE_MAX, TR("one or more receipts", "uno o más recibos")))
        return OUTCOME_USAGE;
    enum outcome outcome = trust_open_args(&o.trust, a, true);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = identity_read(&o.id, &(struct keyfile){ a->key, a->passphrase_file });
    if (outcome == OUTCOME_PROVEN && a->reader != NULL)
        outcome = identity_read(&o.reader, &(struct keyfile){ a->reader, a->passphrase_file });
    if (outcome == OUTCOME_PROVEN) {
        trust_read_as(&o.trust, a->reader != NULL ? o.reader.key : o.id.key);
        outcome = open_all(&o);
    }
    identity_wipe(&o.id);
    identity_wipe(&o.reader);
    trust_say_limits(&o.trust);
    trust_close(&o.trust);
    return outcome;
}

const struct command command_open = {
    .name = "open",
    .run = main_open,
    .form = FORM_FETCHING "key! passphrase-file- reader log RECEIPT…",
    .own = oversight_key,
    .summary = { "open what records seal, with the key that it is sealed to",
                 "abre lo que los registros sellan, con la clave a la que está sellado" },
};
