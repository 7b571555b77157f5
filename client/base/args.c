#include "client/base/args.h"

#include <getopt.h>
#include <sodium.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/table.h"

#define ALWAYS "json lang help"

enum takes { TAKES_TEXT, TAKES_PERSON, TAKES_NOTHING, TAKES_SET, TAKES_LANGUAGE };

static const struct {
    const char *name;
    enum takes takes;
    size_t offset;
    const char *value[2]; /* by enum language, as what follows; of what takes one */
    const char *meaning[2];
} options[] = {
// clang-format off
#define TEXT(option, member, value_en, value_es, en, es)                                           \
    { option, TAKES_TEXT, offsetof(struct args, member), { value_en, value_es }, { en, es } }
#define FLAG(option, member, en, es)                                                               \
    { option, TAKES_NOTHING, offsetof(struct args, member), { NULL, NULL }, { en, es } }
    TEXT("policy", policy, "POLICY", "POLÍTICA", "file: which log and which witnesses are trusted",
      "archivo: en qué bitácora y en qué testigos se confía"),
    TEXT("log", log, "URL", "URL", "where the log is, instead of what the policy says",
      "dónde está la bitácora, en vez de lo que dice la política"),
    TEXT("dir", dir, "MIRROR", "COPIA", "a mirror's folder, instead of the log itself",
      "la carpeta de una copia, en vez de la propia bitácora"),
    TEXT("key", key, "FILE", "ARCHIVO", "the private key of whoever acts",
      "la clave privada de quien actúa"),
    TEXT("out", out, "FILE", "ARCHIVO", "the file to write; it may not be there yet; of notify, the folder for letters",
      "el archivo que se escribe; no debe existir aún; de notify, la carpeta de las cartas"),
    TEXT("vkey", vkey, "VKEY", "VKEY", "the public key that this is about: NAME+ID+KEY, as keygen prints it",
      "la clave pública de que se trata: NOMBRE+ID+CLAVE, como la imprime keygen"),
    TEXT("role", role, "ROLE", "PAPEL", "registrar, judge, requester, holder, oversight or auditor",
      "registrar, judge, requester, holder, oversight o auditor"),
    TEXT("authority", authority, "ID", "ID", "the body it acts for, such as mx.fgr",
      "el órgano por el que actúa, como mx.fgr"),
    TEXT("level", level, "LEVEL", "NIVEL", "level of government, a code of the ruleset, such as federal",
      "nivel de gobierno, un código del conjunto de reglas, como federal"),
    TEXT("function", function, "CODE", "CÓDIGO", "what that body does; of a holder, its sector",
      "qué hace ese órgano; de un poseedor de datos, su sector"),
    TEXT("jurisdiction", jurisdiction, "TEXT", "TEXTO", "where: ISO 3166-2 or a court circuit",
      "dónde: ISO 3166-2 o un circuito judicial"),
    TEXT("from", from, "TIME", "TIEMPO", "in force from then on, such as 2026-01-31 (UTC); absent: at once",
      "en vigor desde entonces, como 2026-01-31 (UTC); si falta: de inmediato"),
    TEXT("until", until, "TIME", "TIEMPO", "in force until then; absent: no end",
      "en vigor hasta entonces; si falta: sin fin"),
    TEXT("proof", proof, "BASE64", "BASE64", "the new key's own signature, which shows that somebody has it",
      "la firma de la propia clave nueva, que muestra que alguien la tiene"),
    TEXT("reason", reason, "CODE", "CÓDIGO", "key_compromise, left_office, superseded or other",
      "key_compromise, left_office, superseded u other"),
    TEXT("since", since, "TIME", "TIEMPO", "the key is known to be bad from then on",
      "se sabe que la clave es mala desde entonces"),
    TEXT("private", private_part, "FILE", "ARCHIVO", "the private part: the openings of what records seal, to keep",
      "la parte privada: las aperturas de lo que sellan los registros, para guardarla"),
    TEXT("warrant", warrant, "FILE", "ARCHIVO", "the private part of the warrant that requests are under",
      "la parte privada del mandamiento con que se solicita"),
    TEXT("to", to, "ENTRY", "ASIENTO", "the entry of the oversight key to seal to, where several are in force",
      "el asiento de la clave de supervisión a la que sellar, si hay varias en vigor"),
    TEXT("by", by, "WHAT", "QUÉ", "the lines of the report: authority, holder (its sector), category, basis or state",
      "las líneas del informe: authority, holder (su sector), category, basis o state"),
    TEXT("ruleset", ruleset, "FILE", "ARCHIVO", "the ruleset's file, instead of the log's own or the built-in one",
      "el archivo de las reglas, en vez de las de la bitácora o las incluidas"),
    TEXT("receipts", receipts, "DIR", "CARPETA", "where to keep receipts", "dónde guardar los recibos"),
    TEXT("opening", opening, "FILE", "ARCHIVO", "an opening, as disclose writes it",
      "una apertura, como la escribe disclose"),
    TEXT("reader", reader, "KEY", "CLAVE", "the private key to fetch blobs with, if the --key may not",
      "la clave privada con que pedir los blobs, si la de --key no puede"),
    TEXT("subject", subject, "N", "N", "which subject, as open counts them",
      "qué sujeto, como los cuenta open"),
    TEXT("at", at, "ENTRY", "ASIENTO", "at this entry, not at the next one", "en este asiento, no en el próximo"),
    TEXT("means", means, "CODE", "CÓDIGO", "how the person was told, a code of the ruleset, such as post",
      "cómo se avisó a la persona, un código del conjunto de reglas, como post"),
    TEXT("delivered", delivered, "TIME", "TIEMPO", "when the person was told; absent: now",
      "cuándo se avisó a la persona; si falta: ahora"),
    TEXT("type", type, "CODE", "CÓDIGO", "the kind of identifier, such as curp", "el tipo de identificador, como curp"),
    { "value", TAKES_PERSON, offsetof(struct args, value), { "VALUE", "VALOR" },
      { "the identifier; - reads it from standard input, where nobody else can",
        "el identificador; con - se lee de la entrada estándar, donde nadie más puede" } },
    TEXT("listen", listen, "HOST:PORT", "HOST:PUERTO", "where to be asked; port 0 is a free one",
      "dónde recibir peticiones; el puerto 0 es uno libre"),
    TEXT("state", state, "PATH", "RUTA", "what was verified, remembered for the next time; of a witness, a folder",
      "lo verificado, para recordarlo la próxima vez; de un testigo, una carpeta"),
    TEXT("every", every, "SECONDS", "SEGUNDOS", "how often to look again", "cada cuánto volver a mirar"),
    { "set", TAKES_SET, 0, { "NAME=VALUE", "NOMBRE=VALOR" },
      { "a member that all records get that can have it",
        "un miembro que reciben todos los registros que pueden tenerlo" } },
    TEXT("genesis", genesis, "HASH", "HASH", "the leaf hash that entry 0 must have",
      "el hash de hoja que debe tener el asiento 0"),
    TEXT("evidence", evidence, "FILE", "ARCHIVO", "where to write evidence, if something is proven bad (else: a new file here, or beside the mirror)",
      "dónde escribir la evidencia, si se prueba algo malo (si no: un archivo nuevo aquí, o junto a la copia)"),
    TEXT("max-age", max_age, "SECONDS", "SEGUNDOS", "how old the cosignatures of a quorum may be",
      "qué tan viejas pueden ser las cofirmas de un quórum"),
    TEXT("tolerate", tolerate, "F", "F", "warn of a quorum that does not withstand F dishonest witnesses",
      "avisa de un quórum que no resiste F testigos deshonestos"),
    FLAG("structure", structure, "chain, tree and checkpoint only, no record",
      "solo cadena, árbol y checkpoint, ningún registro"),
    FLAG("check", check, "only ask whether the log would take them; nothing is signed",
      "solo pregunta si la bitácora los admitiría; no se firma nada"),
    FLAG("yes", yes, "do not ask before signing", "no pregunta antes de firmar"),
    FLAG("without-private", without_private,
         "sign though nobody but oversight will ever be able to show whom it names",
         "firma aunque nadie sino supervisión podrá mostrar a quién nombra"),
    FLAG("no-wait", no_wait, "do not wait for witnesses", "no espera a los testigos"),
    FLAG("allow-plain", allow_plain, "signs texts that only look as if they named a person (RFC, phone, CLABE, IMEI, e-mail)",
      "firma textos que solo parecen nombrar a una persona (RFC, teléfono, CLABE, IMEI, correo)"),
    FLAG("follow", follow, "go on, until it is ended", "sigue hasta que se le termine"),
    FLAG("newest", newest, "the newest ruleset that comes with this program, for logs to pin",
      "las reglas más nuevas que vienen con este programa, para que una bitácora las fije"),
    FLAG("print", print, "print the file itself", "imprime el archivo mismo"),
    FLAG("witness", witness, "the key of a witness", "la clave de un testigo"),
    TEXT("fail-on", fail_on, "SEVERITY", "GRAVEDAD", "exit 4 if there are findings of policy, low, medium, high or critical, or graver ones",
      "sale con 4 si hay hallazgos de policy, low, medium, high o critical, o más graves"),
    TEXT("court", court, "CODE", "CÓDIGO", "the warrants of this court only", "solo los mandamientos de este juzgado"),
    FLAG("all", all, "passes, too", "también lo que está en orden"),
    FLAG("sarif", sarif, "results as SARIF 2.1.0", "resultados en SARIF 2.1.0"),
    FLAG("begin", begin, "makes the state folder, and its parents: only for a key that cosigned nothing yet",
      "crea la carpeta del estado y las que la contienen: solo con una clave que aún no cofirmó nada"),
    FLAG("html", html, "a page on standard output, for reading and printing",
      "una página en la salida estándar, para leer e imprimir"),
    FLAG("csv", csv, "a table for spreadsheets and programs", "una tabla para hojas de cálculo y programas"),
    { "lang", TAKES_LANGUAGE, 0, { "en|es", "en|es" },
      { "the language of what people read", "el idioma de lo que leen las personas" } },
    FLAG("json", json, "results as JSON, for programs", "resultados en JSON, para programas"),
    FLAG("help", help, "this", "esto"),
    // clang-format on
};

#define OPTIONS (sizeof options / sizeof *options)

/* 0: not accepted, 1: accepted, 2: needed. */
static int accepts(const char *accepted, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = accepted; (p = strstr(p, name)) != NULL; p += n) {
        bool begins = p == accepted || p[-1] == ' ';
        if (begins && (p[n] == 0 || p[n] == ' '))
            return 1;
        if (begins && p[n] == '!')
            return 2;
    }
    return 0;
}

static const char **text_of(struct args *a, size_t i)
{
    return (const char **)((char *)a + options[i].offset);
}

/* Takes what may name a person out of the command line: whoever lists processes need not read
 * it. What is taken lives until args_close(). */
static char *hide(char *value)
{
    char *copy = must(strdup(value));
    memset(value, '*', strlen(value));
    return copy;
}

static char *own(struct args *a, char *text)
{
    return a->owned[a->owns++] = text;
}

static bool take(struct args *a, size_t i, char *value)
{
    switch (options[i].takes) {
    case TAKES_TEXT:
    case TAKES_PERSON:
        if (*text_of(a, i) != NULL) {
            say(TR("--%s is there twice", "--%s está dos veces"), options[i].name);
            return false;
        }
        *text_of(a, i) = options[i].takes == TAKES_PERSON ? own(a, hide(value)) : value;
        return true;
    case TAKES_NOTHING:
        *(bool *)((char *)a + options[i].offset) = true;
        return true;
    case TAKES_SET:
        if (a->sets == ARGS_SET_MAX || strchr(value, '=') == NULL) {
            say("--set NAME=VALUE");
            return false;
        }
        a->set[a->sets++] = own(a, hide(value));
        return true;
    case TAKES_LANGUAGE:
        if (!language_choose(value)) {
            say("--lang en|es");
            return false;
        }
        return true;
    }
    return false;
}

/* The first option that is needed and is not there, or NULL. */
static const char *lacking(struct args *a, const char *accepted)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (options[i].takes <= TAKES_PERSON && accepts(accepted, options[i].name) == 2 &&
            *text_of(a, i) == NULL)
            return options[i].name;
    return NULL;
}

static bool all_there(struct args *a, const char *accepted)
{
    const char *name = lacking(a, accepted);
    if (name != NULL)
        say(TR("--%s is needed", "hace falta --%s"), name);
    return name == NULL;
}

static bool is_option(const char *name, size_t n, const char *accepted)
{
    char copy[32];
    if (n >= sizeof copy)
        return false;
    memcpy(copy, name, n);
    copy[n] = 0;
    return accepts(accepted, copy) || accepts(ALWAYS, copy);
}

/* Moves --NAME VALUE and --NAME=VALUE of members out of argv. Returns false after having said
 * why. */
static bool take_members(struct args *out, int *argc, char **argv, const char *accepted)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++) {
        const char *name = argv[i] + 2;
        size_t n = strcspn(argv[i], "=") - 2;
        if (strncmp(argv[i], "--", 2) != 0 || *name == 0 ||
            (n > 0 && is_option(name, n, accepted))) {
            argv[kept++] = argv[i];
            continue;
        }
        if (n == 0) {
            say(TR("%s: no such option", "%s: no existe esa opción"), argv[i]);
            return false;
        }
        bool separate = name[n] == 0;
        if (out->sets == ARGS_SET_MAX || (separate && i + 1 == *argc)) {
            say(TR("%s: its value is missing", "%s: falta su valor"), argv[i]);
            return false;
        }
        char *value = separate ? argv[++i] : argv[i] + 2 + n + 1;
        char *joined = own(out, must(malloc(n + strlen(value) + 2)));
        sprintf(joined, "%.*s=%s", (int)n, name, value);
        free(hide(value));
        out->set[out->sets++] = joined;
    }
    *argc = kept;
    argv[kept] = NULL;
    return true;
}

/* So that what is wrong with options before it is said in that language, too. */
static void look_for_language(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            (void)language_choose(argv[i] + 7);
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            (void)language_choose(argv[i + 1]);
    }
}

bool args_parse(struct args *out, int argc, char **argv, const char *accepted)
{
    struct option list[OPTIONS + 1];
    size_t n = 0;
    bool more = false;
    *out = (struct args){ .policy = NULL };
    look_for_language(argc, argv);
    if (accepts(accepted, "members") && !take_members(out, &argc, argv, accepted))
        return false;
    for (size_t i = 0; i < OPTIONS; i++)
        if (accepts(accepted, options[i].name) || accepts(ALWAYS, options[i].name))
            list[n++] = (struct option){ options[i].name, options[i].takes != TAKES_NOTHING, NULL,
                                         (int)i + 256 };
    list[n] = (struct option){ 0 };
    opterr = 0;
    optind = 0;
    for (int c; (c = getopt_long(argc, argv, "", list, NULL)) != -1;) {
        if (c < 256) {
            say(TR("%s: no such option here, or its value is missing",
                   "%s: aquí no existe esa opción, o falta su valor"),
                argv[optind - 1]);
            return false;
        } else if (!take(out, (size_t)c - 256, optarg)) {
            return false;
        }
        more = more || !accepts(ALWAYS, options[c - 256].name);
    }
    out->operand = argv + optind;
    out->operands = (size_t)(argc - optind);
    out->help_too = out->help && (more || out->sets > 0) && lacking(out, accepted) == NULL;
    return out->help || all_there(out, accepted);
}

void args_close(struct args *a)
{
    for (; a->owns > 0; a->owns--) {
        char *text = a->owned[a->owns - 1];
        sodium_memzero(text, strlen(text));
        free(text);
    }
}

static const struct option_help *find_help(const struct option_help *own, const char *name)
{
    while (own != NULL && own->name != NULL && strcmp(own->name, name) != 0)
        own++;
    return own == NULL || own->name == NULL ? NULL : own;
}

void args_help(FILE *to, const char *accepted, const struct option_help *own)
{
    struct table t = { .columns = 3 };
    for (size_t c = 0; c < t.columns; c++)
        table_add(&t, NULL); /* no headings: an empty line */
    for (size_t i = 0; i < OPTIONS; i++) {
        int needed = accepts(accepted, options[i].name);
        const struct option_help *h = find_help(own, options[i].name);
        const char *value = (h != NULL ? h->value : options[i].value)[language_get()];
        if (needed == 0 && !accepts(ALWAYS, options[i].name))
            continue;
        table_addf(&t, "--%s%s%s", options[i].name, value == NULL ? "" : " ",
                   value == NULL ? "" : value);
        table_add(&t, needed == 2 ? TR("needed", "necesaria") : NULL);
        table_add(&t, (h != NULL ? h->meaning : options[i].meaning)[language_get()]);
    }
    table_print(&t, 2, to);
    table_free(&t);
}

bool args_operands(const struct args *a, size_t least, size_t most, const char *what)
{
    if (a->operands >= least && a->operands <= most)
        return true;
    say(TR("this takes %s", "esta orden lleva %s"), what);
    return false;
}
