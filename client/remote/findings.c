#include "client/remote/findings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void findings_free(struct findings *f)
{
    free(f->list);
    *f = (struct findings){ 0 };
}

/* Takes the last undecided finding out of a full list. Returns whether there was one. */
static bool make_room(struct findings *f)
{
    size_t i = f->kept;
    while (i > 0 && f->list[i - 1].verdict == VERDICT_BAD)
        i--;
    if (i == 0)
        return false;
    memmove(&f->list[i - 1], &f->list[i], (f->kept - i) * sizeof *f->list);
    f->kept--;
    return true;
}

void findings_add(void *ctx, const struct finding *finding)
{
    struct findings *f = ctx;
    f->total++;
    f->bad = f->bad || finding->verdict == VERDICT_BAD;
    f->undecided = f->undecided || finding->verdict == VERDICT_UNDECIDED;
    if (f->kept == FINDINGS_KEPT_MAX && (finding->verdict != VERDICT_BAD || !make_room(f)))
        return;
    if (f->kept == f->cap) {
        f->cap = f->cap == 0 ? 16 : f->cap * 2;
        f->list = must(realloc(f->list, f->cap * sizeof *f->list));
    }
    f->list[f->kept++] = *finding;
}

void findings_tell(struct findings *f, enum verdict verdict, const struct refusal *why)
{
    struct finding finding = {
        .verdict = verdict, .why = *why, .entry = NO_ENTRY, .related = NO_ENTRY
    };
    findings_add(f, &finding);
}

static bool is_among(enum reason r, const enum reason *reason, size_t reasons)
{
    for (size_t i = 0; i < reasons; i++)
        if (reason[i] == r)
            return true;
    return false;
}

void findings_forget(struct findings *f, const enum reason *reason, size_t reasons)
{
    struct findings left = { .total = f->total - f->kept };
    if (left.total > 0) { /* nobody knows the reasons of those that are not listed */
        left.bad = f->bad;
        left.undecided = f->undecided;
    }
    for (size_t i = 0; i < f->kept; i++)
        if (!is_among(f->list[i].why.reason, reason, reasons))
            findings_add(&left, &f->list[i]);
    findings_free(f);
    *f = left;
}

enum verdict findings_verdict(const struct findings *f)
{
    return f->bad ? VERDICT_BAD : f->undecided ? VERDICT_UNDECIDED : VERDICT_GOOD;
}

void findings_print(const struct findings *f, FILE *to)
{
    for (size_t i = 0; i < f->kept; i++) {
        const struct finding *x = &f->list[i];
        struct buf b = { 0 };
        refusal_sentence(&b, &x->why, say_lang());
        if (x->entry == NO_ENTRY)
            utter(to, "%s [%s] %s\n", verdict_word(x->verdict), reason_code(x->why.reason),
                  buf_str(&b));
        else
            utter(to, TR("%s [%s] entry %" PRIu64 ": %s\n", "%s [%s] asiento %" PRIu64 ": %s\n"),
                  verdict_word(x->verdict), reason_code(x->why.reason), x->entry, buf_str(&b));
        buf_free(&b);
    }
    if (f->total > f->kept)
        fprintf(to, TR("… and %" PRIu64 " more\n", "… y %" PRIu64 " más\n"), f->total - f->kept);
}

json_t *findings_json(const struct findings *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->kept; i++) {
        const struct finding *x = &f->list[i];
        struct buf b = { 0 };
        refusal_sentence(&b, &x->why, say_lang());
        json_array_append_new(
            list, json_pack("{s:s,s:s,s:s,s:o,s:o,s:s}", "code", reason_code(x->why.reason),
                            "reason", reason_name(x->why.reason), "verdict",
                            verdict_name(x->verdict), "entry", json_of_index(x->entry), "related",
                            json_of_index(x->related), "detail", buf_str(&b)));
        buf_free(&b);
    }
    return list;
}

json_t *findings_export(const struct findings *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->kept; i++) {
        const struct finding *x = &f->list[i];
        json_array_append_new(
            list, json_pack("{s:s,s:s,s:i,s:o,s:o}", "reason", reason_name(x->why.reason),
                            "subject", x->why.subject, "verdict", (int)x->verdict, "entry",
                            json_of_index(x->entry), "related", json_of_index(x->related)));
    }
    return list;
}

/* Null is none. Returns 0 or -1: not the index of an entry below that size. */
static int index_of(uint64_t *out, const json_t *v, uint64_t size)
{
    *out = json_is_integer(v) ? (uint64_t)json_integer_value(v) : NO_ENTRY;
    return json_is_null(v) || (json_is_integer(v) && *out < size) ? 0 : -1;
}

int findings_import(struct findings *f, const json_t *list, uint64_t total, uint64_t size)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *reason, *subject;
        int verdict;
        json_t *entry, *related;
        struct finding x = { .verdict = VERDICT_BAD };
        if (json_unpack(json_array_get(list, i), "{s:s,s:s,s:i,s:o,s:o}", "reason", &reason,
                        "subject", &subject, "verdict", &verdict, "entry", &entry, "related",
                        &related) != 0)
            return -1;
        int r = 0;
        while (r < REASON_COUNT && strcmp(reason, reason_name((enum reason)r)) != 0)
            r++;
        if (r == REASON_COUNT || (verdict != VERDICT_BAD && verdict != VERDICT_UNDECIDED))
            return -1;
        refuse(&x.why, (enum reason)r, subject);
        x.verdict = (enum verdict)verdict;
        if (index_of(&x.entry, entry, size) != 0 || index_of(&x.related, related, NO_ENTRY) != 0)
            return -1;
        findings_add(f, &x);
    }
    if (total < f->total)
        return -1;
    f->total = total;
    return 0;
}
