#include "proto/verify/log_answer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/limits.h"
#include "proto/base/reason.h"

void problem_read(struct problem *out, long status, struct span body)
{
    char number[32];
    json_t *v = json_loadb((const char *)body.p, body.n, 0, NULL);
    const char *type = json_string_value(json_object_get(v, "type"));
    const char *detail = json_string_value(json_object_get(v, "detail"));
    const char *slash = type == NULL ? NULL : strrchr(type, '/');
    snprintf(number, sizeof number, "HTTP %ld", status);
    printable_copy(out->code, sizeof out->code, span_str(slash == NULL ? number : slash + 1));
    printable_copy(out->detail, sizeof out->detail, span_str(detail == NULL ? number : detail));
    json_decref(v);
}

bool status_may_pass(long status)
{
    return status == 429 || status == 502 || status == 503 || status == 504;
}

/* An integer of 0 or more; NO_ENTRY for anything else. */
static uint64_t index_of(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 0 ? (uint64_t)json_integer_value(v)
                                                            : NO_ENTRY;
}

/* What is no index is passed over, as it names no entry. */
static int take_list(struct hints *out, const json_t *v)
{
    const json_t *entries = json_object_get(v, "entries");
    if (!json_is_array(entries))
        return -1;
    *out = (struct hints){ .size = index_of(json_object_get(v, "size")),
                           .next = index_of(json_object_get(v, "next")) };
    out->entry = calloc(json_array_size(entries) + 1, sizeof *out->entry);
    if (out->entry == NULL)
        return -2;
    for (size_t i = 0; i < json_array_size(entries); i++) {
        uint64_t index = index_of(json_array_get(entries, i));
        if (index != NO_ENTRY)
            out->entry[out->n++] = index;
    }
    return 0;
}

int hints_parse(struct hints *out, struct span body)
{
    json_t *v = body.n > FIND_ANSWER_MAX ? NULL : json_loadb((const char *)body.p, body.n, 0, NULL);
    int failed = take_list(out, v);
    json_decref(v);
    return failed;
}
