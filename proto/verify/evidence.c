#include "proto/verify/evidence.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/tlog/tree.h"
#include "proto/verify/evidence_inner.h"

/* What a claim is made of. */
struct claim {
    const char *name;
    size_t checkpoints, least_entries, most_entries;
};

static const struct claim claims[] = {
    { "fork", 2, 0, 0 },
    { "leaves", 2, 2, 2 },
    { "link", 2, 2, 2 },
    { "entry", 1, 1, EVIDENCE_ENTRIES_MAX },
    { "index", 1, 1, EVIDENCE_ENTRIES_MAX },
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
    return evidence_hashes(e->entry[at].path, &e->entry[at].proven.path_length, PROOF_MAX, path);
}

static int parse_entries(struct evidence *e, const json_t *list, struct refusal *why)
{
    size_t n = json_array_size(list);
    if (!json_is_array(list) || n > EVIDENCE_ENTRIES_MAX)
        return bad_form(why, "entries");
    e->entry = calloc(n + 1, sizeof *e->entry);
    for (size_t i = 0; i < n; i++)
        if (e->entry == NULL)
            return refuse(why, REASON_MEMORY, "");
        else if (parse_entry(e, json_array_get(list, i)) != 0)
            return bad_form(why, "entries");
    return 0;
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
        bool seed = (small->size & (small->size - 1)) == 0; /* no checkpoint is of size 0 */
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
static int judge_entry_claim(const struct evidence *e, const struct policy *policy,
                             const struct hash *pin, struct finding *f)
{
    struct wanted w;
    if (evidence_judge_entries(&w, e, policy, pin, &f->why) != 0)
        return -1;
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
    return strcmp(name, "leaves") == 0  ? judge_leaves(e, f)
           : strcmp(name, "link") == 0  ? judge_link(e, f)
           : strcmp(name, "entry") == 0 ? judge_entry_claim(e, policy, pin, f)
                                        : evidence_judge_index(e, policy, pin, f);
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
    json_t *checkpoints, *hashes, *entries, *table = NULL;
    if (json_unpack((json_t *)(uintptr_t)v, "{s:s,s:s,s:o,s:o,s:o,s?o !}", "format", &format,
                    "claim", &claim, "checkpoints", &checkpoints, "hashes", &hashes, "entries",
                    &entries, "table", &table) != 0 ||
        strcmp(format, EVIDENCE_FORMAT) != 0 || (table != NULL) != (strcmp(claim, "index") == 0))
        return bad_form(&f->why, "members");
    printable_copy(report->claim, sizeof report->claim, span_str(claim));
    if (parse_checkpoints(e, checkpoints, policy, &f->why) != 0 ||
        parse_entries(e, entries, &f->why) != 0)
        return -1;
    if (evidence_hashes(e->hash, &e->hashes, PROOF_MAX, hashes) != 0)
        return bad_form(&f->why, "hashes");
    if (table != NULL && evidence_table_parse(e, table, &f->why) != 0)
        return -1;
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
    free(e.table);
    json_decref(v);
    return result;
}
