/* bitacora notify due: whom to tell by when, and the letters that do. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/path.h"
#include "client/base/table.h"
#include "client/notify/letter.h"
#include "client/notify/notify.h"
#include "client/show/locale.h"
#include "proto/base/when.h"
#include "proto/sys/files.h"
#include "proto/sys/secret.h"

#define DAY INT64_C(86400000)

struct due {
    struct notifying *n;
    struct unsealed_counts all; /* what came of the subjects of all that is due */
    uint64_t letters;           /* files */
    enum outcome outcome;
    struct contact contact;  /* read if options.contact names a file */
    struct text_table table; /* for people */
    json_t *list;            /* for programs */
};

/* What is said of one request. */
struct telling {
    uint32_t number;
    const struct request *r;
    const struct notice_facts *f;
    struct unsealed_counts counts;
    bool receipt; /* is kept: letters may name it */
    json_t *letters, *foreign;
};

/* ---- letters --------------------------------------------------------------------------------- */

/* A letter from which something was lost is not written. The buffer is wiped. */
static enum outcome write_file(const char *dir, const char *name, struct buf *text)
{
    enum outcome outcome = OUTCOME_PROVEN;
    char *path = path_join(dir, name);
    if (lost_any())
        outcome = OUTCOME_UNDECIDED;
    else if (file_replace(path, buf_span(text), 0600) != 0)
        outcome = say_undecided(TR("%s could not be written: %s", "no se pudo escribir %s: %s"),
                                path, errno_words(errno));
    buf_wipe(text);
    free(path);
    return outcome;
}

/* One language: the text and the page. */
static enum outcome write_letter(struct due *d, struct telling *row, const struct letter *l,
                                 uint32_t number)
{
    static void (*const make[])(struct buf *, const struct letter *) = { letter_text, letter_page };
    static const char *const ending[] = { "txt", "html" };
    enum outcome outcome = OUTCOME_PROVEN;
    for (size_t i = 0; i < 2 && outcome == OUTCOME_PROVEN; i++) {
        char name[64];
        struct buf text = { 0 };
        make[i](&text, l);
        snprintf(name, sizeof name, "%" PRIu64 "-%" PRIu32 ".%s.%s", row->r->entry, number,
                 language_get() == LANGUAGE_ES ? "es" : "en", ending[i]);
        outcome = write_file(d->n->options.out, name, &text);
        if (outcome != OUTCOME_PROVEN)
            continue;
        d->letters++;
        json_push(row->letters, json_text(name));
    }
    return outcome;
}

/* Both languages, whatever the reader's is. */
static void write_letters(struct due *d, struct telling *row, const struct person *p,
                          const struct opening *opening)
{
    char receipt[RECEIPT_NAME_MAX];
    bool spanish = language_get() == LANGUAGE_ES;
    receipt_name(receipt, row->r->entry);
    struct letter l = { .notices = &d->n->notices,
                        .request = row->number,
                        .type = opening->type,
                        .value = opening->value,
                        .receipt = receipt,
                        .sender = d->n->own,
                        .contact = d->n->options.contact == NULL ? NULL : &d->contact,
                        .origin = trust_log(&d->n->r->trust)->name,
                        .checkpoint = &d->n->r->accepted.cp.checkpoint,
                        .moment = d->n->moment };
    language_choose("es");
    enum outcome written = write_letter(d, row, &l, p->number);
    language_choose("en");
    if (written == OUTCOME_PROVEN)
        written = write_letter(d, row, &l, p->number);
    language_choose(spanish ? "es" : "en");
    d->outcome = outcome_worse(d->outcome, written);
}

/* ---- what a request seals -------------------------------------------------------------------- */

static void name_foreign(struct telling *row, const char *name)
{
    size_t i;
    json_t *known;
    json_array_foreach (row->foreign, i, known)
        if (strcmp(json_string_value(known), name) == 0)
            return;
    json_push(row->foreign, json_text(name));
}

static void open_person(struct due *d, struct telling *row, const struct person *p)
{
    struct opening opening;
    uint64_t by;
    enum unsealed u = notifying_unseal(d->n, p, &opening, &by);
    unsealed_count(&row->counts, u);
    unsealed_count(&d->all, u);
    if (u == UNSEALED_FOREIGN)
        name_foreign(row, notifying_recipient(d->n, p));
    if (u == UNSEALED_OTHER)
        say(TR("entry %" PRIu64 ", subject %" PRIu32 ": %s",
               "asiento %" PRIu64 ", sujeto %" PRIu32 ": %s"),
            row->r->entry, p->number, unsealed_words(u));
    if (u != UNSEALED_OPEN)
        return;
    if (row->receipt)
        write_letters(d, row, p, &opening);
    opening_wipe(&opening);
}

static void open_people(struct due *d, struct telling *row)
{
    if (d->n->options.out != NULL) {
        enum outcome receipt = notifying_receipt(d->n, row->r, row->f);
        row->receipt = receipt == OUTCOME_PROVEN;
        d->outcome = outcome_worse(d->outcome, receipt);
    }
    for (uint32_t i = 0; i < row->f->people_n; i++)
        open_person(d, row, shelf_at(&d->n->notices.people, row->f->people + i));
}

/* ---- the list -------------------------------------------------------------------------------- */

static const char *state_name(enum notice_state s)
{
    return s == NOTICE_OVERDUE ? "overdue" : s == NOTICE_DUE ? "due" : "deferred";
}

static void print_headings(struct due *d)
{
    const char *const headings[] = {
        TR("entry", "asiento"),
        TR("deadline", "plazo"),
        NULL,
        TR("authority", "autoridad"),
        TR("data holder", "poseedor"),
        TR("persons", "personas"),
        TR("identifiers", "identificadores"),
    };
    d->table.columns = sizeof headings / sizeof *headings;
    for (size_t i = 0; i < d->table.columns; i++)
        table_add(&d->table, headings[i]);
}

static void add_date(struct text_table *t, const char *before, int64_t ms)
{
    char when[WHEN_TEXT + 1];
    when_format(when, answer_time(ms));
    table_addf(t, "%s%.10s %.5s UTC", before, when, when + 11);
}

/* What came of the identifiers, in short. */
static void add_counts(struct due *d, const struct telling *row, enum notice_state state)
{
    struct buf text = { 0 };
    const struct unsealed_counts *c = &row->counts;
    if (row->f->people_n == 0)
        buf_adds(&text, TR("none", "ninguno"));
    else if (state == NOTICE_DEFERRED)
        buf_addf(&text, TR("%" PRIu32 ", sealed", "%" PRIu32 ", sellados"), row->f->people_n);
    else
        buf_addf(&text, TR("%" PRIu64 " opened", "%" PRIu64 " abiertos"), c->open);
    if (c->erased > 0)
        buf_addf(&text, TR(", %" PRIu64 " erased", ", %" PRIu64 " borrados"), c->erased);
    if (c->failed > 0)
        buf_addf(&text, TR(", %" PRIu64 " not to be had", ", %" PRIu64 " no disponibles"),
                 c->failed);
    if (c->other > 0)
        buf_addf(&text, TR(", %" PRIu64 " NOT as committed", ", %" PRIu64 " NO corresponden"),
                 c->other);
    if (c->foreign > 0)
        buf_addf(&text, TR(", %" PRIu64 " sealed to ", ", %" PRIu64 " sellados a "), c->foreign);
    for (size_t i = 0; i < json_array_size(row->foreign); i++)
        buf_addf(&text, "%s%s", i > 0 ? ", " : "",
                 json_string_value(json_array_get(row->foreign, i)));
    table_add(&d->table, kept_text(&text));
    buf_free(&text);
}

static void print_row(struct due *d, const struct telling *row, enum notice_state state)
{
    struct text_table *t = &d->table;
    const struct casebook *cb = &d->n->audit->cb;
    int64_t deadline = request_notice_due(row->r);
    struct buf left = { 0 };
    table_addf(t, "%" PRIu64, row->r->entry);
    if (state == NOTICE_DEFERRED) {
        add_date(t, TR("not before ", "no antes de "), notice_not_before(row->r, row->f));
    } else {
        add_date(t, "", deadline);
        locale_duration(&left, deadline - d->n->moment);
        buf_adds(&left, state == NOTICE_OVERDUE ? TR(" OVERDUE", " de RETRASO")
                                                : TR(" left", " restantes"));
    }
    table_add(t, kept_text(&left));
    table_add(t, casebook_text(cb, row->r->authority));
    table_add(t, casebook_text(cb, row->r->holder));
    table_addf(t, "%" PRIu64, row->r->persons);
    add_counts(d, row, state);
    buf_free(&left);
}

static void append_row(struct due *d, const struct telling *row, enum notice_state state)
{
    const struct casebook *cb = &d->n->audit->cb;
    int64_t deadline = request_notice_due(row->r);
    json_t *v = json_made(json_pack(
        "{s:o,s:s,s:o,s:o,s:I,s:s,s:s,s:I,s:I,s:o*}", "entry", json_of_index(row->r->entry),
        "state", state_name(state), "hash", json_of_hash(&row->f->leaf), "deadline",
        json_of_time(deadline), "days", (json_int_t)((deadline - d->n->moment) / DAY), "authority",
        casebook_text(cb, row->r->authority), "holder", casebook_text(cb, row->r->holder),
        "persons", (json_int_t)row->r->persons, "identifiers", (json_int_t)row->f->people_n,
        "not_before", json_of_time(notice_not_before(row->r, row->f))));
    if (state != NOTICE_DEFERRED) {
        json_put(v, "sealed", unsealed_json(&row->counts));
        json_put(v, "sealed_to", json_incref(row->foreign));
        json_put(v, "letters", json_incref(row->letters));
    }
    json_push(d->list, v);
}

/* All requests that stand so, in the order of entries; returns how many. */
static uint64_t list_state(struct due *d, enum notice_state state)
{
    const struct casebook *cb = &d->n->audit->cb;
    uint64_t found = 0;
    for (uint32_t i = 0; i < cb->requests.n; i++) {
        struct telling row = { .number = i,
                               .r = notices_request(&d->n->notices, i),
                               .f = notices_facts(&d->n->notices, i) };
        if (notice_state(row.r, row.f, d->n->moment) != state)
            continue;
        row.letters = json_list();
        row.foreign = json_list();
        if (state != NOTICE_DEFERRED)
            open_people(d, &row);
        if (d->n->options.json)
            append_row(d, &row, state);
        else
            print_row(d, &row, state);
        json_decref(row.letters);
        json_decref(row.foreign);
        found++;
    }
    return found;
}

static void print_state(struct due *d, enum notice_state state, const char *heading)
{
    print_headings(d);
    uint64_t found = list_state(d, state);
    if (!d->n->options.json) {
        printf("%s: %" PRIu64 "\n", heading, found);
        if (found > 0)
            table_print(&d->table, 2, stdout);
    }
    table_free(&d->table);
    d->table = (struct text_table){ 0 };
}

/* Whoever reads the list learns why a request is not on it. */
static void say_newer(const struct notifying *n)
{
    for (uint32_t i = 0; i < n->audit->cb.requests.n; i++) {
        const struct request *r = notices_request(&n->notices, i);
        uint64_t newer = notices_facts(&n->notices, i)->newer_notice;
        if (r->delivery != NO_ENTRY && r->told == NO_ENTRY && newer != NO_ENTRY)
            say(TR("entry %" PRIu64 " is not listed: entry %" PRIu64
                   ", newer than the checkpoint that was verified, says that the person was told",
                   "el asiento %" PRIu64 " no aparece: el asiento %" PRIu64
                   ", posterior al punto de control verificado, dice que se avisó a la persona"),
                r->entry, newer);
    }
}

static void print_all(struct due *d)
{
    say_newer(d->n);
    print_state(d, NOTICE_OVERDUE, TR("overdue", "con retraso"));
    print_state(d, NOTICE_DUE, TR("due", "por avisar"));
    print_state(d, NOTICE_DEFERRED, TR("deferred", "aplazados"));
}

/* ---- the folder ------------------------------------------------------------------------------ */

/* Nobody else's: who is named in a letter is nobody else's business. */
static enum outcome make_folder(const char *dir)
{
    struct stat s;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return say_usage(TR("%s could not be made: %s", "no se pudo crear %s: %s"), dir,
                         errno_words(errno));
    if (lstat(dir, &s) != 0 || !S_ISDIR(s.st_mode) || s.st_uid != geteuid())
        return say_usage(TR("%s is not a folder of yours", "%s no es una carpeta suya"), dir);
    if ((s.st_mode & 077) != 0)
        return say_usage(TR("%s can be entered by others, and letters name people: chmod 700, or "
                            "another folder",
                            "a %s pueden entrar otros, y las cartas nombran personas: chmod 700, u "
                            "otra carpeta"),
                         dir);
    return OUTCOME_PROVEN;
}

static void due_json(struct due *d)
{
    json_t *v = replaying_json(d->n->r);
    json_put(v, "moment", json_of_time(d->n->moment));
    json_put(v, "notices", json_incref(d->list));
    json_put(v, "sealed", unsealed_json(&d->all));
    json_put(v, "letters", json_integer((json_int_t)d->letters));
    say_json(v);
}

static void print_end(const struct due *d)
{
    if (d->n->options.out != NULL)
        terminal_print(
            stdout,
            TR("%" PRIu64 " files of letters in %s\n", "%" PRIu64 " archivos de cartas en %s\n"),
            d->letters, d->n->options.out);
    if (d->letters > 0 && d->n->options.contact == NULL)
        puts(TR("the letters have lines for address and telephone to fill in: --contact prints "
                "them",
                "las cartas llevan líneas para escribir domicilio y teléfono: --contact los "
                "imprime"));
    if (d->all.erased + d->all.foreign + d->all.failed + d->all.other > 0)
        puts(TR("where an identifier could not be opened, no letter can be written for it",
                "donde no se pudo abrir un identificador no puede escribirse la carta"));
}

enum outcome notify_due(struct notifying *n)
{
    struct due d = { .n = n, .outcome = OUTCOME_PROVEN };
    if (n->options.contact != NULL &&
        contact_read(&d.contact, n->options.contact) != OUTCOME_PROVEN)
        return OUTCOME_USAGE;
    if (n->options.out != NULL) {
        enum outcome outcome = make_folder(n->options.out);
        if (outcome == OUTCOME_PROVEN)
            outcome = receipt_folder_open(&n->receipts, &n->r->trust, n->options.out);
        if (outcome != OUTCOME_PROVEN)
            return outcome;
    }
    d.list = json_list();
    print_all(&d);
    if (n->options.json)
        due_json(&d);
    else
        print_end(&d);
    json_decref(d.list);
    return outcome_worse(d.outcome, unsealed_outcome(&d.all));
}
