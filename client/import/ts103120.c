/* All objects of all messages as records: which belong together, which are the same, what is
 * lacking. */
#include "client/import/ts103120.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/import/message.h"
#include "client/import/records.h"
#include "proto/base/hash.h"
#include "proto/base/scan.h"
#include "proto/record/kind.h"

/* Once it is sealed, a subject is {"type", "commit", "sealed", "to"}: never more bytes than that
 * with a type of ours. A request with so many leaves 6 kB of a record's text to its other
 * members. */
#define SUBJECT_BYTES 216
#define SUBJECTS_MAX 200
#define OTHER_BYTES 256 /* id, at, under, which submit adds */

/* Each is {text: number}; numbers are those of the lists below. */
struct record_maker {
    struct ts103120 *t;
    struct made {
        const struct object *from;
        json_t *record;
        size_t next; /* another warrant of the same reference, NONE behind the last */
    } * made;
    size_t n, cap;
    json_t *by_id;     /* records, by their id */
    json_t *by_ref;    /* warrants, the first one by their reference */
    json_t *any, *own; /* authorisations, by identifier; by "message:identifier" */
    enum outcome outcome;
};

#define NONE SIZE_MAX

static size_t number_in(const json_t *map, const char *key)
{
    const json_t *v = json_object_get(map, key);
    return v == NULL ? NONE : (size_t)json_integer_value(v);
}

static void put_number(json_t *map, const char *key, size_t number)
{
    json_put(map, key, json_integer((json_int_t)number));
}

/* ---- what belongs together ------------------------------------------------------------------ */

/* To be freed; NULL, recorded as lost, if there is no memory. */
static char *own_key(size_t message, const char *id)
{
    struct buf b = { 0 };
    buf_addf(&b, "%zu:%s", message, id);
    const char *text = kept_text(&b); /* which may fail, too */
    char *key = b.failed ? NULL : kept(strdup(text));
    buf_free(&b);
    return key;
}

/* The first of each identifier: in all messages, and in its own. */
static void list_authorisation(struct record_maker *m, size_t number)
{
    const struct object *o = &m->t->list[number];
    char *key = own_key(o->message, o->at.id);
    if (json_object_get(m->any, o->at.id) == NULL)
        put_number(m->any, o->at.id, number);
    if (key != NULL && json_object_get(m->own, key) == NULL)
        put_number(m->own, key, number);
    free(key);
}

/* The reference of the authorisation that a task belongs to: one of the same message before
 * others. *at: which of its associated objects that is. NULL: none. */
static const char *warrant_ref_of(const struct record_maker *m, const struct object *task,
                                  size_t *at)
{
    json_t *list = peek(peek(task->value, "AssociatedObjects"), "AssociatedObject");
    const char *found = NULL;
    for (size_t i = 0; i < items(list); i++) {
        const char *id = json_string_value(item(list, i));
        if (id == NULL)
            continue;
        char *key = own_key(task->message, id);
        if (key == NULL)
            return NULL;
        size_t own = number_in(m->own, key), any = number_in(m->any, id);
        free(key);
        if (own != NONE && m->t->list[own].ref != NULL) {
            *at = i;
            return m->t->list[own].ref;
        }
        if (found == NULL && any != NONE && m->t->list[any].ref != NULL) {
            *at = i;
            found = m->t->list[any].ref;
        }
    }
    return found;
}

/* ---- adding --------------------------------------------------------------------------------- */

/* One identifier created several times: the same record is taken once; another keeps its content
 * and gets an id of its own when it is submitted. */
static bool settle_id(const struct record_maker *m, const struct object *o, json_t *record)
{
    const char *id = json_string_value(json_object_get(record, "id"));
    size_t other = id == NULL ? NONE : number_in(m->by_id, id);
    if (other >= m->n) /* NONE, too */
        return true;
    if (json_equal(m->made[other].record, record)) {
        name_unmapped(&o->at,
                      TR("said before, in the same words", "dicho antes, con las mismas palabras"));
        return false;
    }
    name_unmapped(&o->at,
                  TR("ObjectIdentifier (created twice with other content: this record gets an "
                     "id of its own)",
                     "ObjectIdentifier (creado dos veces con otro contenido: este registro "
                     "tendrá un id propio)"));
    json_object_del(record, "id");
    return true;
}

/* Takes the reference to record. */
static void add_record(struct record_maker *m, const struct object *o, json_t *record)
{
    m->t->messages[o->message].mapped = true;
    if (!settle_id(m, o, record)) {
        json_decref(record);
        return;
    }
    const char *id = json_string_value(json_object_get(record, "id"));
    if (!room_for_one(&m->made, m->n, &m->cap, sizeof *m->made)) {
        json_decref(record);
        return;
    }
    if (id != NULL)
        put_number(m->by_id, id, m->n);
    m->made[m->n++] = (struct made){ .from = o, .record = record, .next = NONE };
}

static void add_warrant(struct record_maker *m, struct object *o)
{
    size_t before = m->n;
    add_record(m, o, warrant_of(o));
    if (o->ref == NULL || m->n == before)
        return;
    size_t first = number_in(m->by_ref, o->ref);
    if (first == NONE) {
        put_number(m->by_ref, o->ref, before);
    } else {
        m->made[before].next = m->made[first].next;
        m->made[first].next = before;
    }
}

/* A document of a warrant that is there already gives it what it lacks; of another it is one. */
static void add_document(struct record_maker *m, struct object *o)
{
    const char *ref = peek_text(o->value, "DocumentReference");
    if (!document_is_warrant(o)) {
        name_unmapped(&o->at, TR("it does not say that it is a warrant (DocumentType)",
                                 "no dice que sea un mandamiento (DocumentType)"));
        name_rest(&o->at, "", o->value);
        o->value = NULL;
        return;
    }
    size_t first = ref == NULL ? NONE : number_in(m->by_ref, ref);
    if (first >= m->n) { /* NONE, too */
        add_warrant(m, o);
        return;
    }
    m->t->messages[o->message].mapped = true;
    json_t *window = complete_warrant(o, m->made[first].record);
    for (size_t i = m->made[first].next; window != NULL && i != NONE; i = m->made[i].next)
        if (json_object_get(m->made[i].record, "window") == NULL)
            json_object_set(m->made[i].record, "window", window);
    if (window != NULL)
        m->made[first].next = NONE; /* all have one: nobody walks there again */
    json_decref(window);
}

static void add_request(struct record_maker *m, struct object *o)
{
    size_t at = 0;
    const char *ref = warrant_ref_of(m, o, &at);
    add_record(m, o, request_of(o, ref, at));
}

/* ---- what is lacking ------------------------------------------------------------------------ */

/* What the message did not say and nobody set: the ruleset's words for that. */
static json_t *what_is_lacking(const json_t *record)
{
    static const char *const warrant = "{\"matter\":\"other\",\"categories\":[\"other\"],"
                                       "\"used_by\":[\"other\"]}";
    static const char *const request =
        "{\"authority\":\"other\",\"function\":\"other\",\"level\":\"other\",\"holder\":\"other\","
        "\"source\":\"other\",\"categories\":[\"other\"],\"basis\":\"NONE_STATED\","
        "\"purpose\":{\"code\":\"other\"},\"persons\":0}";
    bool is_warrant = strcmp(json_string_value(json_object_get(record, "kind")), "warrant") == 0;
    json_t *all = json_made(json_loads(is_warrant ? warrant : request, 0, NULL)), *v;
    json_t *lacking = json_made(json_object());
    const char *member;
    json_object_foreach (all, member, v) {
        if (json_object_get(record, member) == NULL)
            json_put(lacking, member, json_incref(v));
    }
    json_decref(all);
    return lacking;
}

/* Fills it in, and says so in the form of --set: MEMBER=VALUE. */
static void fill_in(const struct import_place *at, json_t *record)
{
    json_t *lacking = what_is_lacking(record), *v;
    struct buf said = { 0 };
    const char *member;
    json_object_foreach (lacking, member, v) {
        char *text = json_is_string(v) ? NULL : kept(json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY));
        buf_addf(&said, " %s=%s", member,
                 json_is_string(v) ? json_string_value(v)
                 : text == NULL    ? ""
                                   : text);
        free(text);
    }
    if (said.n > 0)
        say(TR("%s: %s %s: not said, filled in (see --set):%s",
               "%s: %s %s: no se dice, se completó (vea --set):%s"),
            at->file, at->type, at->id, buf_str(&said));
    if (said.failed || json_object_update(record, lacking) != 0)
        lost(ENOMEM);
    buf_free(&said);
    json_decref(lacking);
}

static void apply_set(json_t *record, const json_t *set)
{
    enum kind kind = kind_of_name(span_str(json_string_value(json_object_get(record, "kind"))));
    const char *member;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)set, member, value) {
        if (kind_has_member(kind, member))
            json_put(record, member, json_incref(value));
    }
}

/* ---- records that are not too large --------------------------------------------------------- */

/* The id of a further part: whoever imports a message again gets the same. Version 8 of RFC
 * 9562. */
static void set_part_id(json_t *record, const char *id, size_t part)
{
    struct buf text = { 0 };
    struct hash h;
    char hex[2 * UUID_BYTES + 1], out[37];
    buf_addf(&text, "bitacora/v1 import-id\n%s\n%zu\n", id, part);
    kept_text(&text);
    hash_bytes(&h, buf_span(&text));
    buf_free(&text);
    h.b[6] = 0x80 | (h.b[6] & 0x0F);
    h.b[8] = 0x80 | (h.b[8] & 0x3F);
    hex_format(hex, h.b, UUID_BYTES);
    snprintf(out, sizeof out, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
    json_put(record, "id", json_text(out));
}

/* The record with SUBJECTS_MAX of the subjects, from part * SUBJECTS_MAX on. The first part counts
 * also the persons that have no subject. */
static json_t *part_of(const json_t *record, const json_t *subjects, size_t part)
{
    const char *id = json_string_value(json_object_get(record, "id"));
    json_int_t persons = json_integer_value(json_object_get(record, "persons"));
    size_t all = json_array_size(subjects), first = part * SUBJECTS_MAX;
    size_t n = all - first < SUBJECTS_MAX ? all - first : SUBJECTS_MAX;
    json_t *own = json_list(), *copy = json_made(json_copy((json_t *)(uintptr_t)record));
    for (size_t i = 0; i < n; i++)
        json_push(own, json_incref(json_array_get(subjects, first + i)));
    json_put(copy, "subjects", own);
    json_put(copy, "persons",
             json_made(json_integer((json_int_t)n + (part == 0 ? persons - (json_int_t)all : 0))));
    if (part > 0 && id != NULL)
        set_part_id(copy, id, part + 1);
    return copy;
}

/* What submit is going to make of it would not be a record. */
static bool fits(const json_t *record)
{
    size_t n = json_array_size(json_object_get(record, "subjects"));
    json_t *copy = json_made(json_copy((json_t *)(uintptr_t)record));
    json_object_del(copy, "subjects");
    size_t rest = json_dumpb(copy, NULL, 0, JSON_COMPACT);
    json_decref(copy);
    return n <= ITEMS_MAX && rest + n * SUBJECT_BYTES + OTHER_BYTES <= RECORD_TEXT_MAX;
}

/* Takes the reference to record. */
static void give_record(struct record_maker *m, const struct import_place *at, const json_t *set,
                        json_t *records, json_t *record)
{
    apply_set(record, set);
    fill_in(at, record);
    if (lost_any()) { /* it may not be whole */
        json_decref(record);
    } else if (!fits(record)) {
        m->outcome = say_undecided(
            TR("%s: %s %s: the record would be larger than %d bytes, or name more than %d subjects",
               "%s: %s %s: el registro tendría más de %d bytes, o nombraría más de %d sujetos"),
            at->file, at->type, at->id, RECORD_TEXT_MAX, ITEMS_MAX);
        json_decref(record);
    } else {
        json_push(records, record);
    }
}

static void give_parts(struct record_maker *m, const struct made *made, const json_t *set,
                       json_t *records)
{
    const struct import_place *at = &made->from->at;
    const json_t *subjects = json_object_get(made->record, "subjects");
    size_t n = json_array_size(subjects), parts = (n + SUBJECTS_MAX - 1) / SUBJECTS_MAX;
    if (parts <= 1) {
        give_record(m, at, set, records, json_incref(made->record));
        return;
    }
    say(TR("%s: %s %s: %zu targets: split into %zu requests",
           "%s: %s %s: %zu objetivos: se dividió en %zu solicitudes"),
        at->file, at->type, at->id, n, parts);
    for (size_t i = 0; i < parts; i++)
        give_record(m, at, set, records, part_of(made->record, subjects, i));
}

/* ---- all of it ------------------------------------------------------------------------------ */

static void make_all(struct record_maker *m)
{
    struct ts103120 *t = m->t;
    for (size_t i = 0; i < t->n; i++) {
        if (!object_is(&t->list[i], "AuthorisationObject"))
            continue;
        list_authorisation(m, i);
        add_warrant(m, &t->list[i]);
    }
    for (size_t i = 0; i < t->n; i++)
        if (object_is(&t->list[i], "DocumentObject"))
            add_document(m, &t->list[i]);
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].value != NULL)
            add_request(m, &t->list[i]);
}

static void end_making(struct record_maker *m)
{
    for (size_t i = 0; i < m->n; i++)
        json_decref(m->made[i].record);
    free(m->made);
    json_decref(m->by_id);
    json_decref(m->by_ref);
    json_decref(m->any);
    json_decref(m->own);
}

json_t *ts103120_records(struct ts103120 *t, const json_t *set, enum outcome *outcome)
{
    struct record_maker m = { .t = t,
                              .by_id = json_made(json_object()),
                              .by_ref = json_made(json_object()),
                              .any = json_made(json_object()),
                              .own = json_made(json_object()),
                              .outcome = OUTCOME_PROVEN };
    json_t *records = json_list();
    make_all(&m);
    for (size_t i = 0; i < t->messages_n; i++)
        if (!t->messages[i].mapped)
            m.outcome = say_undecided(TR("%s: nothing of this message could be mapped",
                                         "%s: nada de este mensaje tiene correspondencia"),
                                      t->messages[i].file);
    for (size_t i = 0; i < m.n; i++)
        give_parts(&m, &m.made[i], set, records);
    *outcome = lost_outcome(m.outcome);
    end_making(&m);
    return records;
}
