#include <inttypes.h>
#include <sodium.h>

#include "client/base/json_put.h"
#include "client/base/json_stream.h"
#include "client/base/lost.h"
#include "client/findings/answer_about.h"
#include "client/findings/audit_report.h"
#include "proto/lib/bitacora.h"
#include "proto/tlog/tile.h"

/* SARIF 2.1.0 (OASIS). */

static const char *sarif_level(enum severity s)
{
    return s >= SEVERITY_HIGH ? "error" : s == SEVERITY_MEDIUM ? "warning" : "note";
}

static json_t *sarif_rule(enum rule r)
{
    return json_made(json_pack(
        "{s:s,s:{s:s},s:{s:s},s:{s:s},s:{s:s,s:s}}", "id", rule_name(r), "shortDescription", "text",
        rule_title(r, language_get()), "fullDescription", "text", rule_meaning(r, language_get()),
        "defaultConfiguration", "level", sarif_level(rule_severity(r)), "properties", "severity",
        severity_name(rule_severity(r)), "source", rule_source(r, language_get())));
}

/* The file of the log that holds the entry. */
static json_t *sarif_file(const struct audit *a, uint64_t entry)
{
    uint64_t n = entry / TILE_WIDTH, size = a->r->accepted.cp.checkpoint.size;
    struct tile t = { .level = TILE_ENTRIES, .n = n, .width = tile_width(size, 0, n) };
    char path[TILE_PATH_MAX];
    tile_path(path, &t);
    return json_made(
        json_pack("{s:{s:s,s:s}}", "artifactLocation", "uri", path, "uriBaseId", "LOG"));
}

static json_t *sarif_location(const struct audit *a, uint64_t entry)
{
    char name[32] = "log";
    if (entry != NO_ENTRY)
        snprintf(name, sizeof name, "entry/%" PRIu64, entry);
    json_t *v = json_made(json_pack("{s:[{s:s,s:s}]}", "logicalLocations", "fullyQualifiedName",
                                    name, "kind", entry == NO_ENTRY ? "log" : "entry"));
    if (entry != NO_ENTRY && entry < a->r->accepted.cp.checkpoint.size)
        json_put(v, "physicalLocation", sarif_file(a, entry));
    return v;
}

static json_t *sarif_locations(const struct audit *a, uint64_t entry)
{
    json_t *list = json_list();
    json_push(list, sarif_location(a, entry));
    return list;
}

static json_t *sarif_related(const struct audit *a, const struct rule_answer *x)
{
    json_t *list = json_list();
    for (size_t i = 0; i < RELATED_MAX && x->related[i] != NO_ENTRY; i++)
        json_push(list, sarif_location(a, x->related[i]));
    return list;
}

/* The same of the same finding in every run: what it is about never changes in a log. */
static json_t *sarif_fingerprint(const struct audit *a, const char *rule, uint64_t entry,
                                 uint64_t related)
{
    struct buf text = { 0 };
    struct hash h;
    char hex[2 * HASH_BYTES + 1];
    buf_addf(&text, "bitacora/v1 finding\n%s\n%s\n%" PRIu64 "\n%" PRIu64 "\n",
             trust_log(&a->r->trust)->name, rule, entry, related);
    hash_bytes(&h, kept_span(&text));
    sodium_bin2hex(hex, sizeof hex, h.b, sizeof h.b);
    buf_free(&text);
    return json_made(json_pack("{s:s}", "bitacoraFinding/v1", hex));
}

static json_t *sarif_properties(const struct audit *a, const struct rule_answer *x)
{
    struct answer_about about = answer_about(a, x);
    char text[64];
    json_t *v = json_made(json_pack(
        "{s:s,s:s,s:s,s:s}", "severity", severity_name(rule_severity((enum rule)x->rule)), "kind",
        kind_name(about.kind), "authority", about.authority, "holder", about.holder));
    if (about.accepted != NO_TIME) {
        when_format(text, answer_time(about.accepted));
        json_put(v, "accepted", json_text(text));
    }
    answer_link(text, x->entry);
    json_put(v, "link", json_text(text));
    return v;
}

static json_t *sarif_answer(const struct audit *a, const struct rule_answer *x)
{
    static const char *const kinds[RESULTS] = { "pass", "review", "fail" };
    enum rule rule = (enum rule)x->rule;
    struct buf b = { 0 };
    answer_sentence(&b, x, &a->cb);
    const char *level = x->result == RESULT_FINDING ? sarif_level(rule_severity(rule)) : "none";
    json_t *v = json_made(json_pack("{s:s,s:i,s:s,s:s,s:{s:s},s:o,s:o,s:o,s:o}", "ruleId",
                                    rule_name(rule), "ruleIndex", (int)rule - R01 + 1, "kind",
                                    kinds[x->result], "level", level, "message", "text",
                                    kept_text(&b), "locations", sarif_locations(a, x->entry),
                                    "relatedLocations", sarif_related(a, x), "partialFingerprints",
                                    sarif_fingerprint(a, rule_name(rule), x->entry, x->related[0]),
                                    "properties", sarif_properties(a, x)));
    buf_free(&b);
    return v;
}

static uint64_t entry_in(const json_t *finding, const char *member)
{
    const json_t *entry = json_object_get(finding, member);
    return json_is_integer(entry) ? (uint64_t)json_integer_value(entry) : NO_ENTRY;
}

static void sarif_integrity(struct json_stream *results, const struct audit *a)
{
    json_t *findings = findings_json(&a->r->findings);
    for (size_t i = 0; i < json_array_size(findings); i++) {
        const json_t *f = json_array_get(findings, i);
        const char *code = json_string_value(json_object_get(f, "code"));
        uint64_t entry = entry_in(f, "entry");
        json_stream_item(
            results,
            json_made(json_pack(
                "{s:s,s:i,s:s,s:s,s:{s:s},s:o,s:o,s:{s:s,s:O}}", "ruleId", "INTEGRITY", "ruleIndex",
                0, "kind", "fail", "level", "error", "message", "text",
                json_string_value(json_object_get(f, "detail")), "locations",
                sarif_locations(a, entry), "partialFingerprints",
                sarif_fingerprint(a, code == NULL ? "" : code, entry, entry_in(f, "related")),
                "properties", "code", code == NULL ? "" : code, "verdict",
                json_object_get(f, "verdict"))));
    }
    json_decref(findings);
}

static json_t *sarif_rules(void)
{
    json_t *rules = json_made(
        json_pack("[{s:s,s:{s:s},s:{s:s}}]", "id", "INTEGRITY", "shortDescription", "text",
                  TR("the log itself", "la propia bitácora"), "fullDescription", "text",
                  TR("The log is not what it must be: nothing else counts before this is settled.",
                     "La bitácora no es lo que debe ser: nada más cuenta antes de aclararlo.")));
    for (int r = R01; r < RULE_COUNT; r++)
        json_push(rules, sarif_rule((enum rule)r));
    return rules;
}

static void sarif_results(struct json_stream *out, const struct audit *a,
                          const struct audit_wanted *w, bool complete)
{
    json_stream_list(out, "results");
    sarif_integrity(out, a);
    for (uint64_t i = 0; complete && i < a->answers.list.n; i++) {
        const struct rule_answer *x = shelf_at(&a->answers.list, i);
        if (wanted_has(w, a, x))
            json_stream_item(out, sarif_answer(a, x));
    }
    json_stream_list_end(out);
}

static json_t *sarif_run(bool complete)
{
    return json_made(json_pack("{s:{s:{s:s,s:s,s:s,s:s,s:o}},s:[{s:b}],s:{s:{s:{s:s}}}}", "tool",
                               "driver", "name", "bitacora", "version", BITACORA_VERSION,
                               "semanticVersion", BITACORA_VERSION, "language", TR("en", "es"),
                               "rules", sarif_rules(), "invocations", "executionSuccessful",
                               complete, "originalUriBaseIds", "LOG", "description", "text",
                               TR("the log's URL, or the folder of a mirror",
                                  "la dirección de la bitácora, o la carpeta de una copia")));
}

void audit_sarif(const struct audit *a, const struct audit_wanted *w, bool complete)
{
    struct json_stream *out = json_stream_begin();
    json_stream_members(out, json_made(json_pack("{s:s,s:s}", "$schema",
                                                 "https://json.schemastore.org/sarif-2.1.0.json",
                                                 "version", "2.1.0")));
    json_stream_list(out, "runs");
    json_stream_object(out);
    json_stream_members(out, sarif_run(complete));
    sarif_results(out, a, w, complete);
    json_stream_members(out, json_made(json_pack("{s:s,s:o}", "columnKind", "unicodeCodePoints",
                                                 "properties", audit_summary_json(a, complete))));
    json_stream_object_end(out);
    json_stream_list_end(out);
    json_stream_end(out);
}
