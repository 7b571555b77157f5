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

bool gate_basis_is_emergency(const char *own)
{
    return strcmp(own, "CNPP-303-EXC") == 0;
}

bool gate_is_emergency(const struct ruleset *r, const struct value *request)
{
    const char *basis = value_text(value_member(request, "basis"));
    return value_member(request, "ground") != NULL ||
           (basis != NULL && gate_basis_is_emergency(resolved(r, VOCABULARY_BASIS, basis)));
}

bool gate_is_retained(const char *own)
{
    return strcmp(own, "traffic_retained") == 0 || strcmp(own, "location_retained") == 0 ||
           strcmp(own, "subscriber") == 0;
}

enum gate_need gate_need(const struct ruleset *r, const char *own)
{
    enum needs_judge judge = ruleset_judge(r, own);
    if (judge == JUDGE_BEFORE)
        return GATE_NEEDS_WARRANT;
    if (judge == JUDGE_BEFORE_OR_EMERGENCY || (judge == JUDGE_CONTESTED && gate_is_retained(own)))
        return GATE_NEEDS_WARRANT_OR_EMERGENCY;
    return GATE_NEEDS_NOTHING;
}

bool gate_needs_warrant(const struct ruleset *r, const char *category, bool emergency)
{
    enum gate_need need = gate_need(r, resolved(r, VOCABULARY_CATEGORY, category));
    return need == GATE_NEEDS_WARRANT || (need == GATE_NEEDS_WARRANT_OR_EMERGENCY && !emergency);
}
