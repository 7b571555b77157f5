#include "client/submit/submit_meant.h"

#include <stdio.h>
#include <string.h>

#include "proto/record/member.h"

void complaint_meant(struct complaint *c, const struct nearest *n)
{
    size_t used = strlen(c->detail);
    if (n->best != NULL)
        snprintf(c->detail + used, sizeof c->detail - used,
                 TR("; did you mean %s?", "; ¿quiso decir %s?"), n->best);
}

enum kind submit_kind(const json_t *line, struct complaint *why)
{
    const char *name = json_string_value(json_object_get(line, "kind"));
    enum kind kind = name == NULL ? KIND_NONE : kind_of_name(span_str(name));
    struct nearest meant = { .said = name == NULL ? "" : name };
    struct refusal refusal;
    if (kind != KIND_NONE && kind != KIND_GENESIS)
        return kind;
    refuse(&refusal, name == NULL ? REASON_MEMBER_MISSING : REASON_KIND_UNKNOWN,
           name == NULL ? "kind" : name);
    complaint_fill(why, &refusal);
    for (enum kind k = KIND_GENESIS + 1; name != NULL && k < KIND_COUNT; k++)
        if (!kind_is_logs(k))
            nearest_offer(&meant, kind_name(k));
    complaint_meant(why, &meant);
    return KIND_NONE;
}

/* A place in a record: what may stand there, and what does. */
struct spot {
    const struct member *members, *more; /* more: those of all kinds, or NULL */
    const struct member *member;         /* NULL if there is no such */
    const json_t *value;
    char name[NEAREST_MAX + 1];
};

static const struct member *find(const struct member *m, const char *name)
{
    for (; m != NULL && m->name != NULL; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

/* One step of a path such as "purpose.code". Returns what is left of it, or NULL. */
static const char *step(struct spot *p, const char *path)
{
    size_t n = strcspn(path, ". ");
    if (n > NEAREST_MAX)
        return NULL;
    snprintf(p->name, sizeof p->name, "%.*s", (int)n, path);
    p->member = find(p->members, p->name);
    if (p->member == NULL)
        p->member = find(p->more, p->name);
    p->value = json_object_get(p->value, p->name);
    if (path[n] != '.' || p->member == NULL || p->member->type != TYPE_OBJECT)
        return NULL;
    p->members = p->member->shape;
    p->more = NULL;
    return path + n + 1;
}

static void offer_members(struct nearest *meant, const struct member *m)
{
    for (; m != NULL && m->name != NULL; m++)
        nearest_offer(meant, m->name);
}

int complain_form(struct complaint *c, const struct refusal *why, enum kind kind,
                  const json_t *line)
{
    struct spot p = { .members = kind_table[kind].members, .more = common_members, .value = line };
    struct nearest meant = { .said = p.name };
    complaint_fill(c, why);
    if (why->reason != REASON_MEMBER_UNKNOWN && why->reason != REASON_MEMBER_WRONG)
        return -1;
    for (const char *left = why->subject; left != NULL;)
        left = step(&p, left);
    if (why->reason == REASON_MEMBER_UNKNOWN && p.member == NULL) {
        offer_members(&meant, p.members);
        offer_members(&meant, p.more);
    } else if (p.member != NULL && json_is_string(p.value)) {
        const char *const *word = type_words(p.member->type);
        meant.said = json_string_value(p.value);
        for (; word != NULL && *word != NULL; word++)
            nearest_offer(&meant, *word);
    }
    complaint_meant(c, &meant);
    return -1;
}
