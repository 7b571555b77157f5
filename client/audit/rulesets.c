#include "client/audit/rulesets.h"

#include <stdlib.h>

#include "client/audit/rule.h"
#include "client/base/lost.h"
#include "client/base/zone.h"
#include "client/kinds/ruleset_file.h"
#include "client/remote/logfiles.h"
#include "client/replay/replaying.h"

#define RULESETS_MAX 1024 /* of one log: years of a law that changes daily */

struct pinned_file {
    struct hash sha256;
    struct ruleset *ruleset; /* NULL: it cannot be had */
};

struct rulesets {
    const char *given_path, *dir;
    const struct trust *trust;
    struct ruleset *builtin, *given;
    struct pinned_file kept[RULESETS_MAX];
    size_t n;
};

struct rulesets *rulesets_new(const char *given, const char *dir, const struct trust *trust)
{
    struct buf file = { 0 }, own = { 0 };
    struct rulesets *rs = kept(calloc(1, sizeof *rs));
    if (rs == NULL)
        return NULL;
    rs->given_path = given;
    rs->dir = dir;
    rs->trust = trust;
    rs->builtin = ruleset_file_read(&own, NULL);
    if (given != NULL)
        rs->given = ruleset_file_read(&file, given);
    buf_free(&file);
    buf_free(&own);
    if (rs->builtin != NULL && (given == NULL || rs->given != NULL))
        return rs;
    rulesets_free(rs);
    return NULL;
}

void rulesets_free(struct rulesets *rs)
{
    if (rs == NULL)
        return;
    for (size_t i = 0; i < rs->n; i++)
        if (rs->kept[i].ruleset != rs->given && rs->kept[i].ruleset != rs->builtin)
            ruleset_free(rs->kept[i].ruleset);
    ruleset_free(rs->given);
    ruleset_free(rs->builtin);
    free(rs);
}

/* Returns NULL if the file is not there, or is another. files: NULL, recorded as lost, if there was
 * no memory for them. */
static struct ruleset *fetch_pinned(struct logfiles *files, const struct hash *sha256)
{
    struct buf file = { 0 };
    struct hash hash;
    struct refusal why;
    struct ruleset *ruleset = NULL;
    if (files == NULL)
        return NULL;
    if (logfiles_blob(files, sha256->b, RULESET_MAX, &file, &why) == FETCH_OK && !file.failed) {
        hash_bytes(&hash, buf_span(&file));
        if (hash_eq(&hash, sha256))
            ruleset = ruleset_parse(buf_span(&file), &why);
    }
    buf_free(&file);
    logfiles_free(files);
    return ruleset;
}

static struct ruleset *find_pinned(const struct rulesets *rs, const struct hash *sha256)
{
    struct ruleset *ruleset = NULL;
    if (hash_eq(ruleset_sha256(rs->builtin), sha256))
        return rs->builtin;
    if (rs->given != NULL && hash_eq(ruleset_sha256(rs->given), sha256))
        return rs->given;
    if (rs->dir != NULL)
        ruleset = fetch_pinned(logfiles_of_dir(rs->dir), sha256);
    if (ruleset == NULL && rs->trust->url != NULL)
        ruleset = fetch_pinned(logfiles_of_url(rs->trust->url, &rs->trust->reader), sha256);
    return ruleset;
}

const struct ruleset *rulesets_get(struct rulesets *rs, const uint8_t *sha256)
{
    if (sha256 == NULL)
        return rs->builtin;
    for (size_t i = rs->n; i-- > 0;)
        if (memcmp(rs->kept[i].sha256.b, sha256, HASH_BYTES) == 0)
            return rs->kept[i].ruleset;
    if (rs->n == RULESETS_MAX)
        return NULL;
    struct pinned_file *k = &rs->kept[rs->n++];
    memcpy(k->sha256.b, sha256, HASH_BYTES);
    k->ruleset = find_pinned(rs, &k->sha256);
    return k->ruleset;
}

void rulesets_assume(struct rulesets *rs, const struct registry *registry, int64_t now)
{
    const struct pinned_ruleset *pinned = registry_ruleset(registry, now, NO_ENTRY);
    const struct ruleset *ruleset = pinned == NULL ? NULL : rulesets_get(rs, pinned->sha256);
    if (ruleset == NULL)
        return;
    zone_assume(ruleset);
    rule_law_of(ruleset);
}

void rulesets_say_unused(const struct rulesets *rs)
{
    bool used = rs->given == NULL;
    for (size_t i = 0; i < rs->n; i++)
        used = used || hash_eq(&rs->kept[i].sha256, ruleset_sha256(rs->given));
    if (!used)
        say(TR("%s was not used: the log pins no such file",
               "%s no se usó: la bitácora no fija ese archivo"),
            rs->given_path);
}

void rulesets_assume_of(const struct replaying *r)
{
    struct rulesets *rs = rulesets_new(NULL, r->options.and_url ? NULL : r->options.dir, &r->trust);
    if (rs != NULL)
        rulesets_assume(rs, judge_registry(r->judge), judge_last_time(r->judge));
    rulesets_free(rs);
}
