#include "client/entries/entry_csv.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/base/lost.h"
#include "client/entries/entry_refs.h"
#include "client/show/csv.h"

void entry_csv_header(struct buf *out)
{
    buf_adds(out, "entry,accepted,kind,signer,role,authority,level,at,id,holder,function,source,"
                  "categories,basis,purpose,warrant,court,case,persons,outcome,records,names,hash,"
                  "enrolled,record,ok,verdict");
    csv_end(out);
}

/* ---- cells ----------------------------------------------------------------------------------- */

static void next_cell(struct buf *out)
{
    buf_adds(out, ",");
}

static void add_text(struct buf *out, const char *text)
{
    next_cell(out);
    csv_cell(out, text == NULL ? "" : text);
}

/* No kind is no text. */
static void add_json_text(struct buf *out, const json_t *entry, const char *member)
{
    const char *text = json_string_value(json_object_get(entry, member));
    add_text(out, text != NULL && strcmp(text, "-") != 0 ? text : "");
}

static void add_integer(struct buf *out, const struct value *v)
{
    next_cell(out);
    if (value_is(v, VALUE_INTEGER))
        buf_addf(out, "%" PRId64, value_integer(v));
}

/* The texts of an array with spaces between them, or a text. */
static void add_texts(struct buf *out, const struct value *v)
{
    struct buf all = { 0 };
    if (value_is(v, VALUE_STRING))
        buf_adds(&all, value_text(v));
    value_foreach (v, item) {
        const char *text = value_text(item);
        buf_addf(&all, "%s%s", all.n == 0 ? "" : " ", text == NULL ? "" : text);
    }
    add_text(out, kept_text(&all));
    buf_free(&all);
}

static void add_file_number(struct buf *out, const struct value *v)
{
    const char *scheme = value_text(value_member(v, "scheme"));
    const char *number = value_text(value_member(v, "number"));
    struct buf all = { 0 };
    if (scheme != NULL && number != NULL)
        buf_addf(&all, "%s %s", scheme, number);
    add_text(out, kept_text(&all));
    buf_free(&all);
}

static void add_name(void *ctx, const char *member, uint64_t entry)
{
    struct buf *all = ctx;
    (void)member;
    buf_addf(all, "%s%" PRIu64, all->n == 0 ? "" : " ", entry);
}

static void add_pointers(struct buf *out, const struct value *object)
{
    struct buf all = { 0 };
    entry_refs(object, add_name, &all);
    add_text(out, kept_text(&all));
    buf_free(&all);
}

/* What the record says of itself: of a warrant its own reference, of others the one that they
 * cite. */
static void add_cited(struct buf *out, const struct value *object)
{
    const struct value *warrant = value_member(object, "warrant");
    const char *own = value_text(value_member(object, "ref"));
    add_text(out, own != NULL ? own : value_text(value_member(warrant, "ref")));
    add_text(out, value_text(value_member(warrant, "court")));
}

static void add_whole(struct buf *out, const json_t *entry)
{
    const json_t *record = json_object_get(entry, "record");
    char *text = json_is_object(record) ? kept(json_dumps(record, JSON_COMPACT)) : NULL;
    add_text(out, text);
    free(text);
}

/* ---- lines ----------------------------------------------------------------------------------- */

void entry_csv_begin(struct buf *out, const json_t *entry, const struct value *object)
{
    static const char *const known[] = { "accepted",  "kind",  "signer", "role",
                                         "authority", "level", "at" };
    static const char *const texts[] = { "id", "holder", "function", "source" };
    const struct value *holders = value_member(object, "holders");
    const json_t *enrolled = json_object_get(entry, "enrolled");
    buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(json_object_get(entry, "entry")));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        add_json_text(out, entry, known[i]);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_texts(out, i == 1 && holders != NULL ? holders : value_member(object, texts[i]));
    add_texts(out, value_member(object, "categories"));
    add_texts(out, value_member(object, "basis"));
    add_texts(out, value_member(value_member(object, "purpose"), "code"));
    add_cited(out, object);
    add_file_number(out, value_member(object, "case"));
    add_integer(out, value_member(object, "persons"));
    add_texts(out, value_member(object, "outcome"));
    add_integer(out, value_member(object, "records"));
    add_pointers(out, object);
    add_json_text(out, entry, "hash");
    next_cell(out);
    if (json_is_integer(enrolled))
        buf_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(enrolled));
    add_whole(out, entry);
}

void entry_csv_end(struct buf *out, bool ok, const char *verdict)
{
    add_text(out, ok ? "true" : "false");
    add_text(out, verdict);
    csv_end(out);
}
