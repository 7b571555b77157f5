#include "daemon/host/cmd.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "proto/sys/form_json.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"
#include "proto/text/nearest.h"

/* form_option.kind; .place is the member's offset in struct cmd_args. */
enum cmd_option_kind {
    CMD_TEXT,      /* const char *: the argument itself */
    CMD_FLAG,      /* bool */
    CMD_REGISTRAR, /* one more of `registrar` */
    CMD_LANGUAGE,  /* for language_choose(); main.c takes out all but an abbreviated --lang */
};

// clang-format off
#define TEXT(option, value_en, value_es, en, es)                                                   \
    { #option, { value_en, value_es }, { en, es }, CMD_TEXT, offsetof(struct cmd_args, option) }
#define FLAG(option, en, es)                                                                       \
    { #option, { NULL, NULL }, { en, es }, CMD_FLAG, offsetof(struct cmd_args, option) }
static const struct form_option options[] = {
    TEXT(dir, "DIR", "CARPETA", "the log's folder", "la carpeta de la bitácora"),
    TEXT(origin, "ORIGIN", "ORIGEN", "the log's name, such as log.example.mx/2026: for ever",
         "el nombre de la bitácora, como log.example.mx/2026: para siempre"),
    { "registrar", { "VKEY", "VKEY" },
      { "who may enrol keys: a public key, as bitacora keygen prints it; or several",
        "quién da de alta claves: una clave pública, como la imprime bitacora keygen; o varias" },
      CMD_REGISTRAR, 0 },
    TEXT(skew, "SECONDS", "SEGUNDOS", "how far a signer's clock may be off: 1 to 86400; if absent, 600",
         "cuánto puede desviarse el reloj de quien firma: de 1 a 86400; si falta, 600"),
    TEXT(listen, "HOST:PORT", "HOST:PUERTO", "where to serve; port 0 is a free one",
         "dónde servir; el puerto 0 es uno libre"),
    TEXT(policy, "POLICY", "POLÍTICA", "file: the log's witnesses, their URLs and the quorum",
         "archivo: los testigos de la bitácora, sus URL y el quórum"),
    TEXT(config, "FILE", "ARCHIVO", "settings, a line each, NAME = VALUE; those that there are: see below",
         "ajustes, uno por línea, NOMBRE = VALOR; los que existen: vea abajo"),
    TEXT(key, "FILE", "ARCHIVO", "the log's private key, its owner's alone",
         "la clave privada de la bitácora, solo de su dueño"),
    TEXT(signer, "PATH", "RUTA", "the socket of bitacorad signer, which has the key of the new log and has signed nothing",
         "el socket de bitacorad signer, que tiene la clave de la nueva bitácora y no ha firmado nada"),
    TEXT(socket, "PATH", "RUTA", "the Unix socket where the daemon asks: its setting `signer`",
         "el socket Unix donde pregunta el daemon: su ajuste `signer`"),
    TEXT(state, "DIR", "CARPETA", "what was signed last; never copy it, never go back to an older one",
         "lo que se firmó por última vez; nunca lo copie ni vuelva a uno anterior"),
    TEXT(uid, "USER", "USUARIO", "the user that may ask, by number or name: the daemon's; if absent, the one that runs this",
         "el usuario que puede preguntar, por número o nombre: el del daemon; si falta, el que ejecuta esto"),
    TEXT(adopt, "CHECKPOINT", "CHECKPOINT", "file: from here on, where the state is missing and the log exists; the newest that anybody has",
         "archivo: seguir desde aquí, si falta el estado y la bitácora existe; el más nuevo que alguien tenga"),
    { "hand-over", { "VKEY", "VKEY" },
      { "the key that goes on: what was signed last becomes its own, and the hand-over is printed; this key signs nothing more",
        "la clave que sigue: lo último que se firmó pasa a ser suyo, y se imprime la entrega; esta clave no firma nada más" },
      CMD_TEXT, offsetof(struct cmd_args, hand_over) },
    { "handed-over", { "FILE", "ARCHIVO" },
      { "where a signer has the key: what it printed when it handed over to the new one",
        "si un firmante tiene la clave: lo que imprimió al entregarla a la nueva" },
      CMD_TEXT, offsetof(struct cmd_args, handed_over) },
    FLAG(freeze, "signs the end of the log, if asked for it: only while bitacorad freeze is run",
         "firma el final de la bitácora, si se le pide: solo mientras se ejecuta bitacorad freeze"),
    TEXT(pkcs11, "MODULE", "MÓDULO", "the key is in a token: the absolute path of its PKCS#11 module",
         "la clave está en un token: la ruta absoluta de su módulo PKCS#11"),
    TEXT(token, "LABEL", "ETIQUETA", "which token", "qué token"),
    { "key-label", { "LABEL", "ETIQUETA" }, { "which key in it, an Ed25519 one", "qué clave en él, una Ed25519" },
      CMD_TEXT, offsetof(struct cmd_args, key_label) },
    { "pin-file", { "FILE", "ARCHIVO" }, { "its first line is the token's PIN", "su primera línea es el PIN del token" },
      CMD_TEXT, offsetof(struct cmd_args, pin_file) },
    { "passphrase-file", { "FILE", "ARCHIVO" },
      { "the passphrase of the log's key: the first line of this file; absent: the systemd credential bitacora-passphrase, or the terminal",
        "la frase de contraseña de la clave de la bitácora: la primera línea de este archivo; si falta: la credencial bitacora-passphrase de systemd, o la terminal" },
      CMD_TEXT, offsetof(struct cmd_args, passphrase_file) },
    FLAG(encrypt, "the log's key gets a passphrase", "la clave de la bitácora lleva una frase de contraseña"),
    TEXT(to, "PATH", "RUTA", "the folder of the backup, which is not there yet", "la carpeta del respaldo, que aún no existe"),
    TEXT(after, "PATH", "RUTA", "the backup before: without all that it has there is no new one",
         "el respaldo anterior: si falta algo de lo que tiene, no hay respaldo nuevo"),
    TEXT(from, "PATH", "RUTA", "a backup", "un respaldo"),
    TEXT(newest, "CHECKPOINT", "CHECKPOINT", "file: the newest checkpoint of the log that anybody has",
         "archivo: el punto de control más nuevo de la bitácora que alguien tenga"),
    TEXT(mirror, "DIR|URL", "CARPETA|URL", "a mirror that follows the log: its checkpoint is the newest",
         "un espejo que sigue a la bitácora: su punto de control es el más nuevo"),
    TEXT(successor, "VKEY", "VKEY", "the key of the log that goes on from this one; if absent, none does",
         "la clave de la bitácora que continúa esta; si falta, ninguna"),
    TEXT(predecessor, "CHECKPOINT", "CHECKPOINT", "file: the last checkpoint of the log that this one goes on from",
         "archivo: el último punto de control de la bitácora que esta continúa"),
    { "predecessor-key", { "FILE", "ARCHIVO" },
      { "its key: private, then the succession is proven; or public (a vkey, or a policy that names it)",
        "su clave: privada, y entonces se prueba la sucesión; o pública (una vkey, o una política que la nombre)" },
      CMD_TEXT, offsetof(struct cmd_args, predecessor_key) },
    FLAG(check, "only say whether it would start, and why not; nothing is opened or written",
         "solo decir si arrancaría, y por qué no; no se abre ni se escribe nada"),
    FLAG(plaintext, "may be asked from other machines without TLS: everybody on the way reads along",
         "admite peticiones de otras máquinas sin TLS: todos en el camino pueden leer"),
    FLAG(now, "now, and not when the running log would", "ahora, y no cuando lo haría la bitácora en marcha"),
    { "no-mark", { NULL, NULL },
      { "do not ask the mark how far this log has signed, and write a new one: for a first upgrade, and tests",
        "no preguntar a la marca hasta dónde firmó esta bitácora, y escribir una nueva: para una primera actualización, y pruebas" },
      CMD_FLAG, offsetof(struct cmd_args, no_mark) },
    TEXT(user, "NAME", "NOMBRE", "root becomes this user, once it listens, before it opens anything else",
         "root se convierte en este usuario en cuanto escucha, antes de abrir nada más"),
    { "token-dir", { "DIR", "CARPETA" },
      { "the folder where the module keeps the token: only then the sandbox holds for files, too",
        "la carpeta donde el módulo guarda el token: solo así el confinamiento vale también para archivos" },
      CMD_TEXT, offsetof(struct cmd_args, token_dir) },
    { "no-sandbox", { NULL, NULL },
      { "the kernel lets it make any system call and open any file",
        "el núcleo le permite cualquier llamada al sistema y abrir cualquier archivo" },
      CMD_FLAG, offsetof(struct cmd_args, no_sandbox) },
    FLAG(json, "the result as JSON, for programs", "el resultado en JSON, para programas"),
    { "lang", { "en|es", "en|es" },
      { "the language of what people read", "el idioma de lo que leen las personas" },
      CMD_LANGUAGE, 0 },
    FLAG(help, "this; also -h", "esto; también -h"),
    FORM_END,
};
// clang-format on

#define OPTIONS (sizeof options / sizeof *options) /* with the end */

static const char *daemon_words(const char *name)
{
    return strcmp(name, "lang") == 0 ? "en|es" : NULL;
}

const struct form_program bitacorad = { "bitacorad", "lang help", options, daemon_words };

json_t *cmd_json(const struct subcommand *c)
{
    struct form form = { c->name, c->form, c->own };
    return form_json(&bitacorad, &form, c->summary);
}

static struct form as_form(const struct subcommand *c)
{
    return (struct form){ c->name, c->form, c->own };
}

/* ---- what is printed ------------------------------------------------------------------------- */

static void print_synopsis(FILE *to, const struct subcommand *c)
{
    struct form form = as_form(c);
    form_print_synopsis(to, &bitacorad, &form, language_get());
}

void cmd_print_summary(FILE *to, const struct subcommand *c)
{
    print_synopsis(to, c);
    form_print_text(to, c->summary[language_get()]);
}

int cmd_usage(const struct subcommand *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "bitacorad %s: ", c->name);
    terminal_vprint(stderr, "", "\n", format, args);
    va_end(args);
    print_synopsis(stderr, c);
    return EXIT_USAGE;
}

static void print_rest(FILE *to, const struct subcommand *c)
{
    struct form form = as_form(c);
    form_print_options(to, &bitacorad, &form, language_get());
    if (c->print_more != NULL)
        c->print_more(to);
}

static int print_help(const struct subcommand *c, bool alone)
{
    char *text = NULL;
    size_t n;
    FILE *wide = open_memstream(&text, &n);
    FILE *to = alone ? stdout : stderr;
    cmd_print_summary(to, c);
    fputc('\n', to);
    print_rest(wide == NULL ? to : wide, c);
    if (wide != NULL && fclose(wide) == 0)
        form_print_narrow(to, text);
    free(text);
    return alone ? EXIT_FINE : EXIT_USAGE;
}

int cmd_written(int code)
{
    bool flushed = fflush(stdout) == 0;
    const char *cause = flushed ? "" : errno_words(errno);
    if (flushed && !ferror(stdout))
        return code;
    fprintf(stderr,
            TR("bitacorad: standard output could not be written%s%s\n",
               "bitacorad: no se pudo escribir la salida estándar%s%s\n"),
            flushed ? "" : ": ", cause);
    return code == EXIT_FINE ? EXIT_USAGE : code;
}

/* ---- the command line ------------------------------------------------------------------------ */

/* Returns false after having said what is wrong with the value. */
static bool take_option(struct cmd_args *a, const struct form_option *o, const char *value)
{
    void *place = (char *)a + o->place;
    switch ((enum cmd_option_kind)o->kind) {
    case CMD_TEXT:
        *(const char **)place = value;
        break;
    case CMD_FLAG:
        *(bool *)place = true;
        break;
    case CMD_REGISTRAR:
        a->registrar[a->registrars++] = value;
        break;
    case CMD_LANGUAGE:
        if (language_choose(value))
            break;
        fputs("bitacorad: --lang en|es\n", stderr);
        return false;
    }
    return true;
}

static bool is_there(const struct cmd_args *a, const struct form_option *o)
{
    const void *place = (const char *)a + o->place;
    switch ((enum cmd_option_kind)o->kind) {
    case CMD_TEXT:
        return *(const char *const *)place != NULL;
    case CMD_FLAG:
        return *(const bool *)place;
    case CMD_REGISTRAR:
        return a->registrars > 0;
    case CMD_LANGUAGE:
        break;
    }
    return true;
}

/* Every option that is needed is there. Returns 0, or EXIT_USAGE after having said which is not. */
static int check_needed(const struct subcommand *c, const struct cmd_args *a)
{
    for (const struct form_option *o = options; o->name != NULL; o++)
        if (form_need(c->form, o->name) == FORM_MUST && !is_there(a, o))
            return cmd_usage(c, TR("--%s is needed", "hace falta --%s"), o->name);
    return 0;
}

/* argv's `text` was refused: an option that the command does not have, or one without its value.
 * Names the nearest one that it has. Returns EXIT_USAGE. */
static int no_option(const struct subcommand *c, const char *text, const struct option *list)
{
    char name[NEAREST_MAX + 1] = "";
    struct nearest meant = { .said = name };
    if (strncmp(text, "--", 2) == 0)
        snprintf(name, sizeof name, "%.*s", (int)strcspn(text + 2, "="), text + 2);
    for (const struct option *o = list; o->name != NULL; o++)
        if (strcmp(o->name, name) != 0)
            nearest_offer(&meant, o->name);
    if (meant.best == NULL)
        return cmd_usage(c,
                         TR("%s: no such option here, or its value is missing",
                            "%s: aquí no existe esa opción, o falta su valor"),
                         text);
    return cmd_usage(c,
                     TR("%s: no such option here, or its value is missing: did you mean --%s?",
                        "%s: aquí no existe esa opción, o falta su valor: ¿quiso decir --%s?"),
                     text, meant.best);
}

/* `registrar` has room for argc values. Returns 0 or EXIT_USAGE. */
static int parse(struct cmd_args *a, const struct subcommand *c, int argc, char **argv)
{
    struct option list[OPTIONS];
    form_getopt(list, &bitacorad, c->form);
    opterr = 0;
    for (int got; (got = getopt_long(argc, argv, "h", list, NULL)) != -1;) {
        if (got == 'h')
            a->help = true;
        else if (got < FORM_FIRST)
            return no_option(c, argv[optind - 1], list);
        else if (!take_option(a, &options[got - FORM_FIRST], optarg))
            return EXIT_USAGE;
    }
    /* `--registrar VKEY VKEY` is `--registrar VKEY --registrar VKEY`. */
    for (; optind < argc && a->registrars > 0; optind++)
        a->registrar[a->registrars++] = argv[optind];
    if (a->help)
        return 0;
    if (optind < argc)
        return cmd_usage(c, TR("%s: it takes options only", "%s: solo lleva opciones"),
                         argv[optind]);
    return check_needed(c, a);
}

int cmd_run(const struct subcommand *c, int argc, char **argv)
{
    struct cmd_args a = { .registrar = calloc((size_t)argc, sizeof *a.registrar) };
    if (a.registrar == NULL) {
        fputs(TR("bitacorad: out of memory\n", "bitacorad: memoria agotada\n"), stderr);
        return EXIT_DAMAGE;
    }
    int code = parse(&a, c, argc, argv);
    if (code == 0)
        code = a.help ? print_help(c, argc == 2) : c->run(&a);
    free(a.registrar);
    return code;
}
