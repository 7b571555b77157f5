#include "proto/verify/evidence.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/tlog/tree.h"
#include "proto/verify/carried_entries.h"

#define CHECKPOINTS_MAX 2
#define ENTRIES_MAX 256

/* ---- writing ------------------------------------------------------------------------------- */

static json_t *json_hashes(const struct hash *hashes, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        char text[48];
        base64_encode(text, hashes[i].b, HASH_BYTES);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static json_t *json_entry(size_t checkpoint, const struct proven_entry *e)
{
    struct buf bytes = { 0 };
    buf_add_base64(&bytes, e->bytes.p, e->bytes.n);
    json_t *v = bytes.failed
                    ? NULL
                    : json_pack("{s:I,s:I,s:s#,s:o}", "checkpoint", (json_int_t)checkpoint, "index",
                                (json_int_t)e->index, "entry", (const char *)bytes.p, (int)bytes.n,
                                "path", json_hashes(e->path, e->path_length));
    buf_free(&bytes);
    return v;
}

/* Takes the references. */
static void write_evidence(struct buf *out, const char *claim, json_t *checkpoints, json_t *hashes,
                           json_t *entries)
{
    json_t *v = json_pack("{s:s,s:s,s:o,s:o,s:o}", "format", EVIDENCE_FORMAT, "claim", claim,
                          "checkpoints", checkpoints, "hashes", hashes, "entries", entries);
    char *text = v == NULL ? NULL : json_dumps(v, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    if (text == NULL)
        out->failed = true;
    else
        buf_addf(out, "%s\n", text);
    free(text);
    json_decref(v);
}

static json_t *json_checkpoints(struct span first, struct span second)
{
    json_t *list = json_array();
    json_array_append_new(list, json_stringn((const char *)first.p, first.n));
    if (second.n > 0)
        json_array_append_new(list, json_stringn((const char *)second.p, second.n));
    return list;
}

void evidence_of_fork(struct buf *out, struct span small, struct span large,
                      const struct hash *hashes, size_t n)
{
    write_evidence(out, "fork", json_checkpoints(small, large), json_hashes(hashes, n),
                   json_array());
}

static void write_two(struct buf *out, const char *claim, struct span first,
                      const struct proven_entry *in_first, struct span second,
                      const struct proven_entry *in_second)
{
    json_t *entries = json_array();
    json_array_append_new(entries, json_entry(0, in_first));
    json_array_append_new(entries, json_entry(1, in_second));
    write_evidence(out, claim, json_checkpoints(first, second), json_array(), entries);
}

void evidence_of_leaves(struct buf *out, struct span first, const struct proven_entry *in_first,
                        struct span second, const struct proven_entry *in_second)
{
    write_two(out, "leaves", first, in_first, second, in_second);
}

void evidence_of_link(struct buf *out, struct span first, const struct proven_entry *before,
                      struct span second, const struct proven_entry *after)
{
    write_two(out, "link", first, before, second, after);
}

void evidence_of_entry(struct buf *out, struct span checkpoint, const struct proven_entry *entry,
                       size_t entries)
{
    json_t *list = json_array();
    for (size_t i = 0; i < entries; i++)
        json_array_append_new(list, json_entry(0, &entry[i]));
    write_evidence(out, "entry", json_checkpoints(checkpoint, span_of(NULL, 0)), json_array(),
                   list);
}

/* ---- judging ------------------------------------------------------------------------------- */

struct evidence {
    bool (*go_on)(void *ctx); /* NULL: nobody stops it */
    void *ctx;
    size_t checkpoints;
    struct signed_checkpoint checkpoint[CHECKPOINTS_MAX];
    size_t hashes;
    struct hash hash[PROOF_MAX];
    size_t entries;
    struct {
        size_t checkpoint;
        struct proven_entry proven;
        struct hash path[PROOF_MAX];
        uint8_t *bytes;
    } * entry;
};

static int bad_form(struct refusal *why, const char *what)
{
    return refuse(why, REASON_EVIDENCE_FORM, what);
}

/* What a claim is made of. */
struct claim {
    const char *name;
    size_t checkpoints, least_entries, most_entries;
};

static const struct claim claims[] = {
    { "fork", 2, 0, 0 },
    { "leaves", 2, 2, 2 },
    { "link", 2, 2, 2 },
    { "entry", 1, 1, ENTRIES_MAX },
};

static const struct claim *claim_of(const char *name)
{
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (strcmp(name, claims[i].name) == 0)
            return &claims[i];
    return NULL;
}

/* The library takes "-0" for 0. In JSON that it has read, a minus outside of strings is that of
 * a number. */
static bool has_minus(struct span json)
{
    bool inside = false;
    for (size_t i = 0; i < json.n; i++) {
        if (inside && json.p[i] == '\\')
            i++;
        else if (json.p[i] == '"')
            inside = !inside;
        else if (!inside && json.p[i] == '-')
            return true;
    }
    return false;
}

static int parse_hashes(struct hash out[static PROOF_MAX], size_t *n, const json_t *list)
{
    *n = json_array_size(list);
    if (!json_is_array(list) || *n > PROOF_MAX)
        return -1;
    for (size_t i = 0; i < *n; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        if (text == NULL || base64_decode_exact(out[i].b, HASH_BYTES, span_str(text)) != 0)
            return -1;
    }
    return 0;
}

static int parse_checkpoints(struct evidence *e, const json_t *list, const struct policy *policy,
                             struct refusal *why)
{
    e->checkpoints = json_array_size(list);
    if (!json_is_array(list) || e->checkpoints < 1 || e->checkpoints > CHECKPOINTS_MAX)
        return bad_form(why, "checkpoints");
    for (size_t i = 0; i < e->checkpoints; i++) {
        const json_t *note = json_array_get(list, i);
        if (!json_is_string(note))
            return bad_form(why, "checkpoints");
        if (policy_open(&e->checkpoint[i], policy,
                        span_of(json_string_value(note), json_string_length(note)), why) != 0)
            return -1;
    }
    return 0;
}

static int parse_entry(struct evidence *e, const json_t *v)
{
    json_int_t checkpoint, index;
    const char *text;
    size_t length, n;
    json_t *path;
    if (json_unpack((json_t *)(uintptr_t)v, "{s:I,s:I,s:s%,s:o !}", "checkpoint", &checkpoint,
                    "index", &index, "entry", &text, &length, "path", &path) != 0 ||
        checkpoint < 0 || (size_t)checkpoint >= e->checkpoints || index < 0 || index > INTEGER_MAX)
        return -1;
    size_t at = e->entries;
    e->entry[at].bytes = malloc(ENTRY_MAX);
    if (e->entry[at].bytes == NULL)
        return -1;
    e->entries++;
    e->entry[at].checkpoint = (size_t)checkpoint;
    e->entry[at].proven.index = (uint64_t)index;
    e->entry[at].proven.path = e->entry[at].path;
    if (base64_decode(e->entry[at].bytes, ENTRY_MAX, &n, span_of(text, length)) != 0)
        return -1;
    e->entry[at].proven.bytes = span_of(e->entry[at].bytes, n);
    return parse_hashes(e->entry[at].path, &e->entry[at].proven.path_length, path);
}

static int parse_entries(struct evidence *e, const json_t *list, struct refusal *why)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > ENTRIES_MAX)
        return bad_form(why, "entries");
    e->entry = calloc(n + 1, sizeof *e->entry);
    for (size_t i = 0; i < n; i++)
        if (e->entry == NULL)
            return refuse(why, REASON_MEMORY, "");
        else if (parse_entry(e, json_array_get(list, i)) != 0)
            return bad_form(why, "entries");
    return 0;
}

static int not_proven(struct refusal *why, const char *cause)
{
    return refuse(why, REASON_EVIDENCE_EMPTY, cause);
}

static const struct checkpoint *tree_of(const struct evidence *e, size_t i)
{
    return &e->checkpoint[i].checkpoint;
}

static bool one_log(const struct evidence *e)
{
    return span_eq(tree_of(e, 0)->origin, tree_of(e, 1)->origin);
}

static int judge_fork(const struct evidence *e, struct finding *f)
{
    char sizes[64];
    const struct checkpoint *small = tree_of(e, 0), *large = tree_of(e, 1);
    if (!one_log(e))
        return not_proven(&f->why, "two logs");
    if (small->size != large->size) {
        struct hash old_root, new_root;
        bool seed = small->size > 0 && (small->size & (small->size - 1)) == 0;
        if (e->hashes < 1 ||
            tree_roots_of_consistency(&old_root, &new_root, small->size, large->size, &e->hash[0],
                                      e->hash + seed, e->hashes - seed) != 0 ||
            !hash_eq(&new_root, &large->root))
            return not_proven(&f->why, "the hashes do not rebuild the larger root");
        if (hash_eq(&old_root, &small->root))
            return not_proven(&f->why, "the checkpoints agree");
    } else if (e->hashes > 0) {
        return not_proven(&f->why, "the claim takes no hashes");
    } else if (hash_eq(&small->root, &large->root)) {
        return not_proven(&f->why, "the checkpoints agree");
    }
    snprintf(sizes, sizeof sizes, "%llu, %llu", (unsigned long long)small->size,
             (unsigned long long)large->size);
    refuse(&f->why, REASON_FORK, sizes);
    return 0;
}

/* Two entries, the first proven into the first tree, the second into the second, `apart` indexes
 * behind it. */
static int judge_two(const struct evidence *e, uint64_t apart, struct hash leaf[static 2],
                     struct refusal *why)
{
    if (!one_log(e))
        return not_proven(why, "two logs");
    if (e->entry[1].proven.index - e->entry[0].proven.index != apart)
        return not_proven(why, "the indexes are not those of the claim");
    for (size_t i = 0; i < 2; i++) {
        const struct checkpoint *cp = tree_of(e, i);
        const struct proven_entry *p = &e->entry[i].proven;
        struct hash root;
        hash_leaf(&leaf[i], p->bytes);
        if (e->entry[i].checkpoint != i ||
            tree_root_of_inclusion(&root, p->index, cp->size, &leaf[i], p->path, p->path_length) !=
                0 ||
            !hash_eq(&root, &cp->root))
            return not_proven(why, "an inclusion proof does not lead to its root");
    }
    return 0;
}

static int judge_leaves(const struct evidence *e, struct finding *f)
{
    struct hash leaf[2];
    if (judge_two(e, 0, leaf, &f->why) != 0)
        return -1;
    if (hash_eq(&leaf[0], &leaf[1]))
        return not_proven(&f->why, "the entries are the same");
    f->entry = e->entry[0].proven.index;
    refuse(&f->why, REASON_FORK, "one index, two entries");
    return 0;
}

/* Whatever entry stands before it in the second tree: either that one has another leaf than the
 * link says, or it is not the one in the first tree. */
static int judge_link(const struct evidence *e, struct finding *f)
{
    struct hash leaf[2];
    struct entry after;
    struct refusal why;
    if (judge_two(e, 1, leaf, &f->why) != 0)
        return -1;
    if (entry_parse(&after, e->entry[1].proven.bytes, &why) != 0)
        return not_proven(&f->why, "the entry has no link");
    if (hash_eq(&after.link, &leaf[0]))
        return not_proven(&f->why, "the link is that entry's leaf hash");
    f->entry = e->entry[1].proven.index;
    refuse_number(&f->why, REASON_LINK_OTHER, f->entry);
    return 0;
}

/* The first bad finding about the entry in question that comes from the tree, not from the file. */
struct wanted {
    const struct evidence *of;
    uint64_t entry;
    bool found, outside, memory;
    struct finding finding;
};

static void want(void *ctx, const struct finding *f)
{
    struct wanted *w = ctx;
    if (f->why.reason == REASON_MEMORY)
        w->memory = true;
    else if (f->why.reason == REASON_RECEIPT_PATH)
        w->outside = true;
    else if (f->verdict == VERDICT_BAD && f->entry == w->entry && !w->found) {
        w->found = true;
        w->finding = *f;
    }
}

static bool wanted_goes_on(void *ctx)
{
    const struct evidence *e = ((const struct wanted *)ctx)->of;
    return e->go_on == NULL || e->go_on(e->ctx);
}

static int judge_entry_claim(const struct evidence *e, const struct policy *policy,
                             const struct hash *pin, struct finding *f)
{
    struct proven_entry *list = calloc(e->entries, sizeof *list);
    if (list == NULL)
        return refuse(&f->why, REASON_MEMORY, "");
    bool twice = false;
    for (size_t i = 0; i < e->entries; i++) {
        list[i] = e->entry[i].proven;
        for (size_t k = 0; k < i; k++)
            twice = twice || list[k].index == list[i].index;
    }
    const struct signed_checkpoint *cp = &e->checkpoint[0];
    struct wanted w = { .of = e, .entry = list[0].index };
    struct watch watch = { .found = want, .go_on = wanted_goes_on, .ctx = &w };
    struct log_keys keys = policy_log_keys(policy, cp->log);
    size_t good = twice ? 0
                        : carried_judge(list, e->entries, cp->checkpoint.size, &cp->checkpoint.root,
                                        &keys, pin, &watch, NULL);
    free(list);
    if (good == SIZE_MAX || w.memory)
        return refuse(&f->why, REASON_MEMORY, "");
    if (twice || w.outside)
        return not_proven(&f->why, "an inclusion proof does not lead to its root");
    if (!w.found)
        return not_proven(&f->why, "nothing is wrong with the entry, as far as this shows");
    *f = w.finding;
    return 0;
}

static int judge_claim(const struct evidence *e, const struct policy *policy,
                       const struct hash *pin, const char *name, struct finding *f)
{
    const struct claim *claim = claim_of(name);
    if (claim == NULL)
        return bad_form(&f->why, "claim");
    if (e->checkpoints != claim->checkpoints)
        return not_proven(&f->why, "the claim takes another number of checkpoints");
    if (e->entries < claim->least_entries || e->entries > claim->most_entries)
        return not_proven(&f->why, "the claim takes another number of entries");
    if (strcmp(name, "fork") == 0)
        return judge_fork(e, f);
    if (e->hashes > 0)
        return not_proven(&f->why, "the claim takes no hashes");
    return strcmp(name, "leaves") == 0 ? judge_leaves(e, f)
           : strcmp(name, "link") == 0 ? judge_link(e, f)
                                       : judge_entry_claim(e, policy, pin, f);
}

static json_t *load(struct span text, struct refusal *why)
{
    json_error_t error;
    json_t *v = NULL;
    if (text.n > EVIDENCE_MAX) {
        bad_form(why, "too large");
    } else if ((v = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error)) ==
               NULL) {
        if (json_error_code(&error) == json_error_out_of_memory)
            refuse(why, REASON_MEMORY, "");
        else
            bad_form(why, "JSON");
    } else if (has_minus(text)) {
        json_decref(v);
        v = NULL;
        bad_form(why, "number");
    }
    return v;
}

static int judge_members(struct evidence_report *report, struct evidence *e,
                         const struct policy *policy, const json_t *v, const struct hash *pin)
{
    struct finding *f = &report->finding;
    const char *format, *claim;
    json_t *checkpoints, *hashes, *entries;
    if (json_unpack((json_t *)(uintptr_t)v, "{s:s,s:s,s:o,s:o,s:o !}", "format", &format, "claim",
                    &claim, "checkpoints", &checkpoints, "hashes", &hashes, "entries",
                    &entries) != 0 ||
        strcmp(format, EVIDENCE_FORMAT) != 0)
        return bad_form(&f->why, "members");
    printable_copy(report->claim, sizeof report->claim, span_str(claim));
    if (parse_checkpoints(e, checkpoints, policy, &f->why) != 0 ||
        parse_entries(e, entries, &f->why) != 0)
        return -1;
    if (parse_hashes(e->hash, &e->hashes, hashes) != 0)
        return bad_form(&f->why, "hashes");
    return judge_claim(e, policy, pin, claim, f);
}

int evidence_judge(struct evidence_report *report, const struct policy *policy, struct span text,
                   const struct hash *pin)
{
    return evidence_judge_watched(report, policy, text, pin, NULL, NULL);
}

int evidence_judge_watched(struct evidence_report *report, const struct policy *policy,
                           struct span text, const struct hash *pin, bool (*go_on)(void *ctx),
                           void *ctx)
{
    struct evidence e = { .go_on = go_on, .ctx = ctx };
    struct finding *f = &report->finding;
    *report = (struct evidence_report){ .claim = "" };
    *f = (struct finding){ .verdict = VERDICT_GOOD, .entry = NO_ENTRY, .related = NO_ENTRY };
    json_t *v = load(text, &f->why);
    int result = v == NULL ? -1 : judge_members(report, &e, policy, v, pin);
    if (result == 0)
        f->verdict = VERDICT_BAD; /* of the log */
    for (size_t i = 0; i < e.entries; i++)
        free(e.entry[i].bytes);
    free(e.entry);
    json_decref(v);
    return result;
}
