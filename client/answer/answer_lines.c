#include "client/answer/answer_lines.h"

#include <inttypes.h>

#include "client/base/lost.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "client/show/wrapped.h"

#define LATEST INT64_C(253402300799999) /* the last that locale_time() can write */
#define NAMED_SHOWN 24                  /* entries that one names */
#define GROUPS_AT_ONCE 256              /* of one sheet */
#define FEW 6                           /* entries that need no count by kind */

static void put_moment(struct buf *out, int64_t ms)
{
    locale_time(out, ms < LATEST ? ms : LATEST);
}

/* Ends a line. A zero, as texts of records may hold line ends. */
static void end_line(struct buf *out)
{
    buf_add(out, "", 1);
}

/* ---- what an entry says ---------------------------------------------------------------------- */

struct named_list {
    struct buf text;
    size_t n;
};

/* A ref_visit_fn: entries that a record is about, but for whom it is sealed to. */
static int add_named(void *ctx, const char *member, const struct entry_ref *ref, enum kind target)
{
    struct named_list *list = ctx;
    size_t n = strlen(member);
    (void)target;
    if (n >= 2 && strcmp(member + n - 2, "to") == 0 && (n == 2 || member[n - 3] == '.'))
        return 0;
    if (list->n < NAMED_SHOWN)
        buf_addf(&list->text, "%s%" PRIu64, list->n == 0 ? "" : ", ", ref->entry);
    else if (list->n == NAMED_SHOWN)
        buf_adds(&list->text, ", …");
    list->n++;
    return 0;
}

static void add_about(struct buf *out, enum kind kind, const struct value *object)
{
    struct named_list named = { .n = 0 };
    kind_visit_refs(kind, object, add_named, &named);
    if (named.n > 0)
        buf_addf(out, "%s %s",
                 named.n == 1 ? TR("about entry", "sobre el asiento")
                              : TR("about entries", "sobre los asientos"),
                 kept_text(&named.text));
    if (named.n > 0)
        end_line(out);
    buf_free(&named.text);
}

/* The codes of an array, in words. */
static void add_codes(struct buf *out, enum vocabulary v, const struct value *array)
{
    const char *before = "";
    value_foreach (array, item) {
        const char *code = value_text(item);
        buf_addf(out, "%s%s", before, code == NULL ? "" : label(v, code));
        before = ", ";
    }
}

static void add_key(struct buf *out, const struct value *object)
{
    const char *vkey = value_text(value_member(object, "vkey"));
    const char *role = value_text(value_member(object, "role"));
    const char *reason = value_text(value_member(object, "reason"));
    if (vkey == NULL)
        return;
    buf_addf(out, TR("the key of %.*s", "la clave de %.*s"), (int)strcspn(vkey, "+"), vkey);
    if (role != NULL)
        buf_addf(out, ", %s", label_word(TYPE_ROLE, role));
    if (reason != NULL)
        buf_addf(out, ": %s", label_word(TYPE_REASON, reason));
    end_line(out);
}

/* What tells it from others of its kind. */
static void add_own(struct buf *out, enum kind kind, const struct value *object)
{
    const struct value *of = kind == KIND_REQUEST ? value_member(object, "warrant") : object;
    const char *ref = value_text(value_member(of, "ref"));
    const char *outcome = value_text(value_member(object, "outcome"));
    if (kind == KIND_ENROLL || kind == KIND_REVOKE)
        add_key(out, object);
    if (kind == KIND_REQUEST) {
        add_codes(out, VOCABULARY_CATEGORY, value_member(object, "categories"));
        end_line(out);
    }
    if (kind == KIND_RESPONSE && outcome != NULL) {
        buf_adds(out, label(VOCABULARY_OUTCOME, outcome));
        end_line(out);
    }
    if (ref != NULL && (kind == KIND_REQUEST || kind == KIND_WARRANT)) {
        buf_addf(out, TR("reference “%s”", "referencia «%s»"), ref);
        end_line(out);
    }
    add_about(out, kind, object);
}

static void say_line(struct buf *out, const struct answer_facts *f, const struct answer_line *l)
{
    const char *authority = answer_facts_text(f, l->authority);
    buf_addf(out, TR("signed by %s, %s", "firma: %s, %s"), answer_facts_text(f, l->signer),
             label_role(l->role));
    if (authority[0] != 0)
        buf_addf(out, ", %s", authority);
    end_line(out);
    struct value *object = answer_line_object(f, l);
    if (object != NULL)
        add_own(out, l->kind, object);
    value_free(object);
}

/* ---- groups ---------------------------------------------------------------------------------- */

/* Entries one directly behind the other, of one kind, that say the same. */
struct line_group {
    uint64_t first, n; /* n 0: none */
    enum kind kind;
    int64_t since, until; /* acceptance of the first and of the last, milliseconds */
    struct buf says;      /* lines, each with a zero behind it */
};

static bool goes_on(const struct line_group *group, const struct answer_line *l, struct span says)
{
    return group->n > 0 && group->first + group->n == l->entry && group->kind == l->kind &&
           span_eq(buf_span(&group->says), says);
}

static void add_hints(struct sheet *s, const struct buf *lines)
{
    struct span left = kept_span(lines);
    while (left.n > 0) {
        const char *line = (const char *)left.p;
        size_t n = strlen(line) + 1;
        sheet_add(s, SHEET_HINT, VERDICT_GOOD, line);
        left = span_of(left.p + n, left.n - n);
    }
}

/* Puts a group into the sheet, and empties it. */
static void end_group(struct sheet *s, struct line_group *group)
{
    struct buf text = { 0 };
    if (group->n == 1)
        sheet_addf(s, SHEET_TERM, VERDICT_GOOD, TR("Entry %" PRIu64, "Asiento %" PRIu64),
                   group->first);
    else if (group->n > 1)
        sheet_addf(s, SHEET_TERM, VERDICT_GOOD,
                   TR("Entries %" PRIu64 " to %" PRIu64, "Asientos %" PRIu64 " a %" PRIu64),
                   group->first, group->first + group->n - 1);
    if (group->n > 0) {
        buf_adds(&text, label_kind(group->kind));
        if (group->n > 1) {
            buf_adds(&text, " × ");
            locale_number(&text, group->n);
        }
        buf_adds(&text, ", ");
        put_moment(&text, group->since);
        if (group->until != group->since) {
            buf_adds(&text, TR(" to ", " al "));
            put_moment(&text, group->until);
        }
        sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
        add_hints(s, &group->says);
    }
    buf_free(&group->says);
    *group = (struct line_group){ .n = 0 };
}

static void flush(struct sheet *s)
{
    if (!lost_any())
        sheet_print_wrapped(s);
    else
        sheet_free(s);
    *s = (struct sheet){ 0 };
}

/* ---- all of them ----------------------------------------------------------------------------- */

static void add_counts(struct sheet *s, const struct answer_facts *f)
{
    uint64_t n[KIND_COUNT] = { 0 };
    for (uint64_t i = 0; i < f->lines.n; i++) {
        const struct answer_line *l = shelf_at(&f->lines, i);
        if (l->of == LINE_ASKED && l->kind >= KIND_GENESIS && l->kind < KIND_COUNT)
            n[l->kind]++;
    }
    sheet_add(s, SHEET_HEADING, VERDICT_GOOD, TR("How many of each kind", "Cuántos de cada clase"));
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++) {
        struct buf text = { 0 };
        if (n[k] == 0)
            continue;
        sheet_add(s, SHEET_TERM, VERDICT_GOOD, label_kind((enum kind)k));
        locale_number(&text, n[k]);
        sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
    }
}

void answer_lines_print(const struct answer_facts *f)
{
    struct sheet s = { 0 };
    struct line_group group = { .n = 0 };
    size_t groups = 0;
    if (f->lines_of[LINE_ASKED] == 0)
        return;
    if (f->lines_of[LINE_ASKED] > FEW)
        add_counts(&s, f);
    sheet_add(&s, SHEET_HEADING, VERDICT_GOOD, TR("The entries", "Los asientos"));
    for (uint64_t i = 0; i < f->lines.n && !lost_any(); i++) {
        const struct answer_line *l = shelf_at(&f->lines, i);
        struct buf says = { 0 };
        if (l->of != LINE_ASKED)
            continue;
        say_line(&says, f, l);
        if (goes_on(&group, l, buf_span(&says))) {
            buf_free(&says);
        } else {
            end_group(&s, &group);
            if (++groups % GROUPS_AT_ONCE == 0)
                flush(&s);
            group = (struct line_group){
                .first = l->entry, .kind = l->kind, .since = l->accepted, .says = says
            };
        }
        group.n++;
        group.until = l->accepted;
    }
    end_group(&s, &group);
    flush(&s);
}
