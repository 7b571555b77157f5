#include "client/spreadsheet/csv_target.h"

#include <stdio.h>

/* ---- all of them ----------------------------------------------------------------------------- */

struct walk {
    const struct ruleset *r;
    void (*visit)(void *ctx, const struct cell_target *t);
    void *ctx;
    const struct member *m; /* the array of persons that codes are listed of */
    const char *path;
};

static void offer(const struct walk *w, struct cell_target t, const char *path, const char *tail)
{
    snprintf(t.path, sizeof t.path, "%.60s%.33s", path, tail);
    w->visit(w->ctx, &t);
}

static void offer_person(void *ctx, const char *code)
{
    const struct walk *w = ctx;
    char tail[CODE_MAX + 2];
    snprintf(tail, sizeof tail, ".%s", code);
    offer(w, (struct cell_target){ .m = w->m, .part = TARGET_PERSON }, w->path, tail);
}

static void offer_persons(struct walk *w, const struct member *m, const char *path)
{
    w->m = m;
    w->path = path;
    ruleset_each_code(w->r, VOCABULARY_SUBJECT_TYPE, offer_person, w);
    offer(w, (struct cell_target){ .m = m, .part = TARGET_PERSON_TYPE }, path, ".type");
    offer(w, (struct cell_target){ .m = m, .part = TARGET_PERSON_VALUE }, path, ".value");
}

static void offer_two(const struct walk *w, struct cell_target t, const char *path,
                      enum target_part first, const char *first_tail, const char *second_tail)
{
    t.beside = true;
    t.part = first;
    offer(w, t, path, first_tail);
    t.part = first + 1;
    offer(w, t, path, second_tail);
}

static void walk(struct walk *w, const struct member *list, const char *prefix, bool always)
{
    for (; list->name != NULL; list++) {
        char path[TARGET_PATH_MAX + 1];
        bool must = !(list->flags & OPTIONAL);
        struct cell_target t = { .m = list, .always = always && must, .beside = must };
        snprintf(path, sizeof path, "%.60s%s%.30s", prefix, prefix[0] == 0 ? "" : ".", list->name);
        if (list->type == TYPE_WINDOW) {
            offer_two(w, t, path, TARGET_FROM, ".from", ".until");
        } else if (list->type == TYPE_REF && !(list->flags & ARRAY)) {
            offer_two(w, t, path, TARGET_ENTRY, ".entry", ".hash");
        } else if (list->type != TYPE_OBJECT && list->type != TYPE_REF) {
            offer(w, t, path, "");
        } else if (list->shape == note_shape) {
            t.part = TARGET_NOTE;
            offer(w, t, path, "");
        } else if (list->shape == subject_shape) {
            offer_persons(w, list, path);
        } else if (list->type == TYPE_OBJECT && !(list->flags & ARRAY)) {
            walk(w, list->shape, path, always && must);
        }
    }
}

void target_each(enum kind kind, const struct ruleset *r,
                 void (*visit)(void *ctx, const struct cell_target *t), void *ctx)
{
    struct walk w = { .r = r, .visit = visit, .ctx = ctx };
    offer(&w, (struct cell_target){ .m = &common_members[0] }, "id", "");
    walk(&w, kind_table[kind].members, "", true);
}

/* ---- one ------------------------------------------------------------------------------------- */

struct path_search {
    struct cell_target *out;
    bool found;
    struct nearest meant;
    char near[TARGET_PATH_MAX + 1];
};

static void compare_path(void *ctx, const struct cell_target *t)
{
    struct path_search *s = ctx;
    const char *before = s->meant.best;
    size_t distance = s->meant.distance;
    if (strcmp(t->path, s->meant.said) == 0) {
        *s->out = *t;
        s->found = true;
    }
    nearest_offer(&s->meant, t->path);
    if (s->meant.best == t->path && (before == NULL || s->meant.distance < distance))
        memcpy(s->near, t->path, sizeof s->near);
    s->meant.best = s->meant.best == NULL ? NULL : s->near;
}

int target_find(struct cell_target *out, enum kind kind, const struct ruleset *r, const char *path,
                const char **why)
{
    static char said[400];
    struct path_search s = { .out = out, .meant = { .said = path } };
    target_each(kind, r, compare_path, &s);
    if (s.found)
        return 0;
    if (strcmp(path, "at") == 0 || strncmp(path, "under", 5) == 0) {
        snprintf(said, sizeof said,
                 TR("'%s' is written by submit when it signs: leave it out",
                    "'%s' lo escribe submit al firmar: déjelo fuera"),
                 path);
    } else {
        int n =
            snprintf(said, sizeof said,
                     TR("a %s has no member '%.95s' that a cell can be",
                        "un registro %s no tiene ningún miembro '%.95s' que pueda ser una celda"),
                     kind_name(kind), path);
        if (s.meant.best != NULL)
            snprintf(said + n, sizeof said - (size_t)n,
                     TR(": did you mean %s?", ": ¿quiso decir %s?"), s.near);
        else
            snprintf(
                said + n, sizeof said - (size_t)n,
                TR(": bitacora new %s --help lists them", ": bitacora new %s --help los enumera"),
                kind_name(kind));
    }
    *why = said;
    return -1;
}

const char *target_meaning(const struct cell_target *t)
{
    if (t->m->type == TYPE_VKEY) /* what the format says of it helps nobody who fills in a sheet */
        return TR("what keygen printed on that person's machine: NAME+ID+KEY",
                  "lo que imprimió keygen en la máquina de esa persona: NOMBRE+ID+CLAVE");
    return t->m->meaning[language_get()];
}

bool target_is_time(const struct cell_target *t)
{
    return t->part == TARGET_FROM || t->part == TARGET_UNTIL ||
           (t->part == TARGET_WHOLE && t->m->type == TYPE_TIME);
}

bool target_ends(const struct cell_target *t)
{
    return t->part == TARGET_UNTIL || (target_is_time(t) && (strcmp(t->m->name, "until") == 0 ||
                                                             strcmp(t->m->name, "term") == 0));
}
