#include "client/help/help_options.h"

#include <stdlib.h>

#include "client/audit/rule.h"
#include "client/base/json_put.h"
#include "client/base/options.h"
#include "client/report/parameters.h"
#include "proto/lib/bitacora.h"
#include "proto/record/member.h"
#include "proto/sys/form_json.h"

static const char *const about[] = { "verify an audit log without trusting its operator",
                                     "verifica una bitácora sin confiar en quien la opera" };

/* enum outcome */
static const struct form_term exits[] = {
    { "0", { "proven good", "probado bueno" } },
    { "1", { "proven bad", "probado malo" } },
    { "2", { "usage or configuration", "uso o configuración" } },
    { "3", { "could not decide", "no se pudo decidir" } },
    { "4",
      { "proven good, with findings that --fail-on counts",
        "probado bueno, con hallazgos que --fail-on cuenta" } },
    { NULL, { NULL, NULL } },
};

static const struct form_term environment[] = {
    { "BITACORA_POLICY",
      { "the policy, where there is no --policy", "la política, si no hay --policy" } },
    { "BITACORA_ZONE, TZ",
      { "the time zone in which times are shown; absent: that of the country whose law the log's "
        "ruleset is. Of a command that takes --zone, BITACORA_ZONE is also that of times without "
        "a Z, where there is no --zone; other commands read times as UTC",
        "la zona horaria en que se muestran los tiempos; si falta: la del país cuya ley es el "
        "conjunto de reglas de la bitácora. En un comando que lleva --zone, BITACORA_ZONE es "
        "también la de los tiempos sin Z, si no hay --zone; los demás leen los tiempos como "
        "UTC" } },
    { "LC_ALL, LC_MESSAGES, LANG",
      { "the language, where there is no --lang: Spanish if the first one that is set begins with "
        "es, else English",
        "el idioma, si no hay --lang: español si la primera que exista empieza con es; si no, "
        "inglés" } },
    { "NO_COLOR",
      { "if it is not empty, no colours on a terminal; elsewhere there never are any",
        "si no está vacía, sin colores en la terminal; fuera de ella nunca los hay" } },
    { "XDG_STATE_HOME",
      { "the folder for what was verified, where there is no --state; absent: ~/.local/state",
        "la carpeta de lo verificado, si no hay --state; si falta: ~/.local/state" } },
    { "SSL_CERT_FILE",
      { "the authorities (PEM) of TLS, where there is no --cacert; absent: the system's",
        "las autoridades (PEM) de TLS, si no hay --cacert; si falta: las del sistema" } },
    { "CREDENTIALS_DIRECTORY",
      { "of systemd: where the credential bitacora-passphrase is",
        "de systemd: dónde está la credencial bitacora-passphrase" } },
    { "TMPDIR",
      { "the folder for temporary files; absent: /tmp",
        "la carpeta de archivos temporales; si falta: /tmp" } },
    { "BITACORA_THREADS",
      { "how many threads check signatures; absent: one for each core",
        "cuántos hilos comprueban firmas; si falta: uno por núcleo" } },
    { "BITACORA_ACCELERATOR",
      { "the accelerator, where there is no --accelerator",
        "el acelerador, si no hay --accelerator" } },
    { NULL, { NULL, NULL } },
};

/* ---- for people ------------------------------------------------------------------------------ */

static struct form form_of(const struct command *c)
{
    return (struct form){ c->name, c->form, c->own };
}

void help_print_synopsis(FILE *to, const struct command *c)
{
    struct form form = form_of(c);
    form_print_synopsis(to, &bitacora, &form, language_get());
}

static void print_summary(FILE *to, const struct command *c)
{
    help_print_synopsis(to, c);
    form_print_text(to, c->summary[language_get()]);
}

enum outcome help_print(FILE *to, struct command_list list)
{
    fprintf(to, "bitacora: %s\n\n", about[language_get()]);
    for (size_t i = 0; i < list.n; i++)
        print_summary(to, list.command[i]);
    fputs(TR("\nbitacora --version [--json]: the version, the libraries, the formats.\n"
             "With every command: --json, --lang en|es, --help, which explains its options.\n"
             "With those that take --policy and verify: [--genesis HASH] [--evidence FILE]\n"
             "[--max-age SECONDS] [--tolerate F].\n\n",
             "\nbitacora --version [--json]: la versión, las bibliotecas, los formatos.\n"
             "Con toda orden: --json, --lang en|es, --help, que explica sus opciones.\n"
             "Con las que toman --policy y verifican: [--genesis HASH] [--evidence ARCHIVO]\n"
             "[--max-age SEGUNDOS] [--tolerate F].\n\n"),
          to);
    form_print_terms(to, TR("Exit:", "Salida:"), exits, language_get());
    fputc('\n', to);
    form_print_terms(to, TR("Environment:", "Entorno:"), environment, language_get());
    return to == stdout ? OUTCOME_PROVEN : OUTCOME_USAGE;
}

static void print_rest(FILE *to, const struct command *c, const struct args *a)
{
    struct form form = form_of(c);
    form_print_options(to, &bitacora, &form, language_get());
    if (c->print_more != NULL)
        c->print_more(to, a);
}

enum outcome help_print_command(const struct command *c, const struct args *a)
{
    FILE *to = a->help_too ? stderr : stdout;
    char *text = NULL;
    size_t n;
    FILE *wide = open_memstream(&text, &n);
    print_summary(to, c);
    fputc('\n', to);
    print_rest(wide == NULL ? to : wide, c, a);
    if (wide != NULL && fclose(wide) == 0)
        form_print_narrow(to, text);
    free(text);
    return a->help_too ? OUTCOME_USAGE : OUTCOME_PROVEN;
}

/* ---- for programs ---------------------------------------------------------------------------- */

static void add_word(struct buf *out, const char *word)
{
    buf_addf(out, "%s%s", out->n == 0 ? "" : "|", word);
}

static void add_kinds(struct buf *out, bool of_log)
{
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        if (of_log || !kind_is_logs((enum kind)k))
            add_word(out, kind_name((enum kind)k));
}

static void add_severities(struct buf *out)
{
    for (int s = SEVERITY_POLICY; s <= SEVERITY_CRITICAL; s++)
        add_word(out, severity_name((enum severity)s));
}

static void add_rules(struct buf *out)
{
    for (int r = R01; r < RULE_COUNT; r++)
        add_word(out, rule_name((enum rule)r));
}

static void add_type(struct buf *out, enum type type)
{
    for (const char *const *word = type_words(type); *word != NULL; word++)
        add_word(out, *word);
}

/* form_program.words. */
static const char *client_words(const char *name)
{
    static char words[1024];
    struct buf b = { 0 };
    if (strcmp(name, "KIND") == 0 || strcmp(name, "kind") == 0)
        add_kinds(&b, name[0] == 'k');
    else if (strcmp(name, "role") == 0)
        add_type(&b, TYPE_ROLE);
    else if (strcmp(name, "reason") == 0)
        add_type(&b, TYPE_REASON);
    else if (strcmp(name, "fail-on") == 0)
        add_severities(&b);
    else if (strcmp(name, "rule") == 0)
        add_rules(&b);
    else if (strcmp(name, "by") == 0)
        for (size_t i = 0; parameters_by_at(i) != NULL; i++)
            add_word(&b, parameters_by_at(i));
    else if (strcmp(name, "lang") == 0)
        buf_adds(&b, "en|es");
    snprintf(words, sizeof words, "%s", b.n == 0 ? "" : buf_str(&b));
    buf_free(&b);
    return words[0] == 0 ? NULL : words;
}

static json_t *command_json(const struct command *c)
{
    struct form_program program = bitacora;
    struct form form = form_of(c);
    program.words = client_words;
    return json_made(form_json(&program, &form, c->summary));
}

enum outcome help_print_json(struct command_list list, const struct command *only)
{
    json_t *o = json_made(json_object()), *commands = json_list();
    json_put(o, "program", json_text("bitacora"));
    json_put(o, "version", json_text(BITACORA_VERSION));
    json_put(o, "about", form_json_text(about));
    for (size_t i = 0; i < list.n; i++)
        if (only == NULL || list.command[i] == only)
            json_push(commands, command_json(list.command[i]));
    json_put(o, "commands", commands);
    json_put(o, "exit", json_made(form_json_terms(exits, "code")));
    json_put(o, "environment", json_made(form_json_terms(environment, "name")));
    say_json(o);
    return OUTCOME_PROVEN;
}
