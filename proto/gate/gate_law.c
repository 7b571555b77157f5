#include "proto/gate/gate_law.h"

static const char *resolved(const struct ruleset *r, enum vocabulary v, const char *code)
{
    const char *own = r == NULL ? NULL : ruleset_code(r, v, code);
    return own != NULL ? own : code;
}

bool gate_same_code(const struct ruleset *r, enum vocabulary v, const char *a, const char *b)
{
    return strcmp(resolved(r, v, a), resolved(r, v, b)) == 0;
}

bool gate_is_emergency(const struct ruleset *r, const struct value *request)
{
    const char *basis = value_text(value_member(request, "basis"));
    return value_member(request, "ground") != NULL ||
           (basis != NULL && gate_same_code(r, VOCABULARY_BASIS, basis, "CNPP-303-EXC"));
}

/* Of what is contested, retained data are treated as if a judge had to be asked. */
static bool is_retained(const char *category)
{
    return strcmp(category, "traffic_retained") == 0 ||
           strcmp(category, "location_retained") == 0 || strcmp(category, "subscriber") == 0;
}

bool gate_needs_warrant(const struct ruleset *r, const char *category, bool emergency)
{
    const char *own = resolved(r, VOCABULARY_CATEGORY, category);
    enum needs_judge judge = ruleset_judge(r, own);
    return judge == JUDGE_BEFORE ||
           (!emergency &&
            (judge == JUDGE_BEFORE_OR_EMERGENCY || (judge == JUDGE_CONTESTED && is_retained(own))));
}
