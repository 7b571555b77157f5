#include "client/findings/wanted.h"

#include <string.h>

#include "client/base/say.h"
#include "client/findings/answer_about.h"

static bool say_no_rule(const char *said, size_t n)
{
    char name[32];
    snprintf(name, sizeof name, "%.*s", (int)n, said);
    struct nearest meant = { .said = name };
    say(TR("--rule: there is no rule %s; they are R01 to R22, and CODE",
           "--rule: no existe la regla %s; son R01 a R22, y CODE"),
        name);
    for (int r = R01; r < RULE_COUNT; r++)
        nearest_offer(&meant, rule_name((enum rule)r));
    say_meant("", &meant);
    return false;
}

/* Words with commas between them. */
static bool read_rules(struct audit_wanted *w, const char *list)
{
    w->rules = list != NULL;
    while (list != NULL) {
        size_t n = strcspn(list, ",");
        int r = R01;
        while (r < RULE_COUNT && !(strlen(rule_name((enum rule)r)) == n &&
                                   strncmp(rule_name((enum rule)r), list, n) == 0))
            r++;
        if (r == RULE_COUNT)
            return say_no_rule(list, n);
        w->of_rule[r] = true;
        list = list[n] == ',' ? list + n + 1 : NULL;
    }
    return true;
}

bool wanted_read(struct audit_wanted *out, const struct wanted_words *words)
{
    *out = (struct audit_wanted){ .authority = words->authority };
    return period_read(&out->period, words->from, words->to) && read_rules(out, words->rule);
}

bool wanted_filters(const struct audit_wanted *w)
{
    return w->rules || w->authority != NULL || !period_is_all(&w->period) || w->before != NULL;
}

/* ---- what is new ----------------------------------------------------------------------------- */

/* The order of audit_end(): by entry, rule and first related entry. */
static int in_order(const struct rule_answer *a, const struct rule_answer *b)
{
    if (a->entry != b->entry)
        return a->entry < b->entry ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    return (a->related[0] > b->related[0]) - (a->related[0] < b->related[0]);
}

static bool was_answered(const struct audit *before, const struct rule_answer *x)
{
    uint64_t low = 0, high = before->answers.list.n;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (in_order(shelf_at(&before->answers.list, middle), x) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < before->answers.list.n; low++) {
        const struct rule_answer *old = shelf_at(&before->answers.list, low);
        if (in_order(old, x) != 0)
            return false;
        if (old->result == x->result)
            return true;
    }
    return false;
}

/* ---- all of it ------------------------------------------------------------------------------- */

bool wanted_has(const struct audit_wanted *w, const struct audit *a, const struct rule_answer *x)
{
    if ((x->result == RESULT_NOT_EVALUABLE && !w->not_evaluable) ||
        (w->rules && !w->of_rule[x->rule]))
        return false;
    if (w->authority != NULL || !period_is_all(&w->period)) {
        struct answer_about about = answer_about(a, x);
        if ((w->authority != NULL && strcmp(about.authority, w->authority) != 0) ||
            (!period_is_all(&w->period) &&
             (about.accepted == NO_TIME || !period_has(&w->period, about.accepted))))
            return false;
    }
    return w->before == NULL || !was_answered(w->before, x);
}

void wanted_count(const struct audit_wanted *w, const struct audit *a,
                  uint64_t out[static RULE_COUNT][RESULTS])
{
    struct audit_wanted all = *w;
    memcpy(out, a->answers.count, sizeof a->answers.count);
    for (int r = R01; r < RULE_COUNT; r++)
        if (w->rules && !w->of_rule[r])
            memset(out[r], 0, sizeof out[r]);
    if (w->authority == NULL && period_is_all(&w->period) && w->before == NULL)
        return;
    all.not_evaluable = true;
    memset(out, 0, sizeof a->answers.count);
    for (uint64_t i = 0; i < a->answers.list.n; i++) {
        const struct rule_answer *x = shelf_at(&a->answers.list, i);
        out[x->rule][x->result] += wanted_has(&all, a, x);
    }
    for (int r = R01; r < RULE_COUNT && !a->answers.passes; r++)
        out[r][RESULT_PASS] = NO_COUNT;
}
