#include "client/audit/event.h"

#include "proto/base/when.h"

const char *object_text(const struct value *object, const char *member)
{
    return value_text(value_member(object, member));
}

int64_t object_time(const struct value *object, const char *member)
{
    int64_t ms;
    const char *text = object_text(object, member);
    return text != NULL && when_parse(&ms, span_str(text)) == 0 ? ms : NO_TIME;
}

struct window object_window(const struct value *object, const char *member)
{
    const struct value *window = value_member(object, member);
    return (struct window){ object_time(window, "from"), object_time(window, "until") };
}

uint64_t reference_entry(const struct value *reference)
{
    struct entry_ref ref;
    return entry_ref_parse(&ref, reference) == 0 ? ref.entry : NO_ENTRY;
}

size_t references_entries(const struct value *list, uint64_t out[static ITEMS_MAX])
{
    size_t n = 0;
    value_foreach (list, reference) {
        uint64_t entry = reference_entry(reference);
        size_t k = 0;
        while (k < n && out[k] != entry)
            k++;
        if (k == n)
            out[n++] = entry;
    }
    return n;
}

const char *event_code(const struct event *event, enum vocabulary v, const char *code)
{
    const char *own = v == VOCABULARY_NONE ? NULL : ruleset_code(event->ruleset, v, code);
    return own != NULL ? own : code;
}

bool outcome_delivers(const char *outcome)
{
    return strcmp(outcome, "full") == 0 || strcmp(outcome, "partial") == 0 ||
           strcmp(outcome, "direct_access") == 0;
}

bool outcome_answers(const char *outcome)
{
    return strcmp(outcome, "pending") != 0;
}

bool category_is_live(const char *category)
{
    size_t n = strlen(category);
    return n >= 5 && strcmp(category + n - 5, "_live") == 0;
}
