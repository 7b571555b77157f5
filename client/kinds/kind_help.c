#include "client/kinds/kind_help.h"

#include "client/base/lost.h"
#include "client/base/table.h"
#include "client/kinds/ruleset_file.h"
#include "proto/record/member.h"
#include "proto/sys/clock.h"

#define LINE_MAX_COLUMNS 80

/* ---- members --------------------------------------------------------------------------------- */

/* What a value looks like, in one word. */
static const char *value_of(const struct member *m)
{
    switch (m->type) {
    case TYPE_CODE:
        return m->vocabulary == VOCABULARY_NONE ? "ID" : TR("CODE", "CÓDIGO");
    case TYPE_TEXT:
        return TR("TEXT", "TEXTO");
    case TYPE_TIME:
        return TR("TIME", "TIEMPO");
    case TYPE_INTEGER:
        return m->flags & PAIRED ? TR("ENTRY", "ASIENTO") : "N";
    case TYPE_COUNT:
    case TYPE_SKEW:
        return "N";
    case TYPE_BOOL:
        return TR("yes|no", "sí|no");
    case TYPE_HASH:
    case TYPE_BLOB:
        return "HASH";
    case TYPE_COUNTRY:
        return TR("COUNTRY", "PAÍS");
    case TYPE_WINDOW:
        return TR("FROM/UNTIL", "DESDE/HASTA");
    case TYPE_REF:
        return TR("ENTRY", "ASIENTO");
    case TYPE_OBJECT:
        return m->shape == note_shape ? TR("TEXT", "TEXTO") : TR("TYPE=VALUE", "TIPO=VALOR");
    case TYPE_VKEY:
        return "VKEY";
    case TYPE_UUID:
        return "UUID";
    case TYPE_NAME:
        return TR("NAME", "NOMBRE");
    default:
        return "BASE64";
    }
}

/* "total|partial|refused", "ENTRY,…". */
static void add_value(struct buf *out, const struct member *m)
{
    const char *const *word = type_words(m->type);
    bool people = m->type == TYPE_OBJECT;
    if (word == NULL)
        buf_adds(out, value_of(m));
    for (const char *before = ""; word != NULL && *word != NULL; word++, before = "|")
        buf_addf(out, "%s%s", before, *word);
    if (m->flags & ARRAY)
        buf_adds(out, people ? "…" : ",…");
}

/* Of a request, of a response: new takes it from there. */
static bool is_enrolled(enum kind k, const char *path)
{
    return k == KIND_REQUEST    ? strcmp(path, "authority") == 0 || strcmp(path, "level") == 0
           : k == KIND_RESPONSE ? strcmp(path, "holder") == 0
                                : false;
}

static void add_members(struct text_table *t, enum kind k, const struct member *list,
                        const char *prefix, const char *within)
{
    for (; list->name != NULL; list++) {
        char path[96];
        struct buf value = { 0 };
        snprintf(path, sizeof path, "%.60s%s%.30s", prefix, prefix[0] == 0 ? "" : ".", list->name);
        if (list->type == TYPE_OBJECT && list->shape != note_shape && !(list->flags & ARRAY)) {
            add_members(t, k, list->shape, path, list->flags & OPTIONAL ? path : within);
            continue;
        }
        add_value(&value, list);
        table_addf(t, "--%s %s", path, kept_text(&value));
        if (list->flags & OPTIONAL)
            table_add(t, NULL);
        else if (within != NULL)
            table_addf(t, TR("needed in %s", "necesario en %s"), within);
        else
            table_add(t, is_enrolled(k, path) ? TR("as enrolled", "el del alta")
                                              : TR("needed", "necesario"));
        table_add(t, list->meaning[language_get()]);
        buf_free(&value);
    }
}

/* ---- codes ----------------------------------------------------------------------------------- */

struct line {
    FILE *to;
    size_t column;
};

static void print_code(void *ctx, const char *code)
{
    struct line *line = ctx;
    if (line->column + strlen(code) + 1 > LINE_MAX_COLUMNS) {
        fputs("\n       ", line->to);
        line->column = strlen("       ");
    }
    fprintf(line->to, " %s", code);
    line->column += strlen(code) + 1;
}

/* Of each vocabulary that the members are of, once. */
static void print_codes(FILE *to, const struct ruleset *r, const struct member *list,
                        bool seen[static VOCABULARY_COUNT])
{
    for (; list->name != NULL; list++) {
        struct line line = { to, 4 };
        if (list->type == TYPE_OBJECT && list->shape != note_shape)
            print_codes(to, r, list->shape, seen);
        if (list->vocabulary == VOCABULARY_NONE || seen[list->vocabulary])
            continue;
        seen[list->vocabulary] = true;
        line.column += (size_t)fprintf(to, "    %s:", vocabulary_name(list->vocabulary));
        ruleset_each_code(r, list->vocabulary, print_code, &line);
        fputc('\n', to);
    }
}

static bool has_codes(const struct member *list)
{
    for (; list->name != NULL; list++)
        if (list->vocabulary != VOCABULARY_NONE ||
            (list->type == TYPE_OBJECT && has_codes(list->shape)))
            return true;
    return false;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void print_forms(FILE *to)
{
    fputs(
        TR("\n  a time is 2026-01-31 (its 00:00), 2026-01-31T10:00 or 2026-01-31T10:00:00.000Z; "
           "without the Z it is of --zone, else of $BITACORA_ZONE, else in UTC\n"
           "  FROM/UNTIL: two of them, UNTIL is not included\n"
           "  ENTRY: the index of an entry; its hash is looked up\n"
           "  HASH: base64 of a SHA-256, or @FILE\n"
           "  TYPE=VALUE: a person, such as curp=GOMC850315HDFRRR07; the option again for another\n"
           "  ,…: several, with commas between them\n",
           "\n  un tiempo es 2026-01-31 (sus 00:00), 2026-01-31T10:00 o 2026-01-31T10:00:00.000Z; "
           "sin la Z es de --zone; si falta, de $BITACORA_ZONE; si no, en UTC\n"
           "  DESDE/HASTA: dos de ellos, HASTA no incluido\n"
           "  ASIENTO: el índice de un asiento; su hash se busca solo\n"
           "  HASH: base64 de un SHA-256, o @ARCHIVO\n"
           "  TIPO=VALOR: una persona, como curp=GOMC850315HDFRRR07; otra vez la opción para otra\n"
           "  ,…: varios, separados por comas\n"),
        to);
}

static void print_signers(FILE *to, enum kind k)
{
    fputs(TR("  signed by:", "  lo firma:"), to);
    for (int r = ROLE_REGISTRAR; r < ROLE_COUNT; r++)
        if (role_may_sign((enum role)r, k))
            fprintf(to, " %s", role_name((enum role)r));
    fputc('\n', to);
}

static void list_kinds(FILE *to)
{
    fputs(TR("\n  KIND, of which --help tells the members:\n",
             "\n  TIPO, cuyos miembros explica --help:\n"),
          to);
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        if (!kind_is_logs((enum kind)k))
            fprintf(to, "    %-16s %s\n", kind_name((enum kind)k),
                    kind_meaning((enum kind)k, language_get()));
}

void kind_help(FILE *to, const char *name)
{
    struct text_table t = { .columns = 3 };
    struct buf file = { 0 };
    bool seen[VOCABULARY_COUNT] = { false };
    enum kind k = name == NULL ? KIND_NONE : kind_of_name(span_str(name));
    if (k == KIND_NONE || kind_is_logs(k)) {
        list_kinds(to);
        return;
    }
    fprintf(to, "\n  %s: %s\n", kind_name(k), kind_meaning(k, language_get()));
    print_signers(to, k);
    for (size_t c = 0; c < t.columns; c++)
        table_add(&t, NULL); /* no headings: an empty line */
    add_members(&t, k, kind_table[k].members, "", NULL);
    table_print(&t, 2, to);
    table_free(&t);
    print_forms(to);
    if (!has_codes(kind_table[k].members))
        return;
    struct ruleset *r = kept(ruleset_file_read(&file, NULL)); /* the built-in one is good */
    fprintf(to,
            TR("  CODE: of the built-in ruleset %s, if the log has no other in force:\n",
               "  CÓDIGO: de las reglas incluidas, %s, si en la bitácora no rigen otras:\n"),
            r == NULL ? "" : ruleset_name(r));
    if (r != NULL)
        print_codes(to, r, kind_table[k].members, seen);
    ruleset_free(r);
    buf_free(&file);
}

enum outcome kind_say_none(const char *name)
{
    struct nearest meant = { .said = name };
    say(TR("%s: no such kind of record", "%s: no existe ese tipo de registro"), name);
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        if (!kind_is_logs((enum kind)k))
            nearest_offer(&meant, kind_name((enum kind)k));
    say_meant("", &meant);
    return say_usage(TR("bitacora new lists all kinds", "bitacora new enumera todos"));
}
