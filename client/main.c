/* bitacora: a table of subcommands. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "client/kinds/kind_help.h"
#include "proto/tlog/signing.h"

#define VERIFYING "policy! genesis evidence max-age tolerate "

static const struct {
    const char *name;
    enum outcome (*run)(const struct args *a);
    const char *options;  /* as args_parse takes them */
    const char *usage[2]; /* by enum language */
    const char *summary[2];
} commands[] = {
    { "keygen",
      cmd_keygen,
      "out! witness",
      { "NAME --out FILE [--witness]", "NOMBRE --out ARCHIVO [--witness]" },
      { "make a key; prints its vkey", "crea una clave; imprime su vkey" } },
    { "enroll",
      cmd_enroll,
      VERIFYING "log key! vkey! role! authority! level! function jurisdiction from until proof "
                "receipts state no-wait allow-plain",
      { "--policy POLICY --key REGISTRAR --vkey VKEY --role ROLE --authority ID --level LEVEL\n"
        "         [--function CODE] [--jurisdiction TEXT] [--from TIME] [--until TIME] "
        "[--proof BASE64]\n"
        "         [--log URL] [--receipts DIR] [--state FILE]",
        "--policy POLÍTICA --key REGISTRADOR --vkey VKEY --role PAPEL --authority ID --level "
        "NIVEL\n"
        "         [--function CÓDIGO] [--jurisdiction TEXTO] [--from TIEMPO] [--until TIEMPO] "
        "[--proof BASE64]\n"
        "         [--log URL] [--receipts CARPETA] [--state ARCHIVO]" },
      { "enrol a key for a role", "da de alta una clave para un papel" } },
    { "revoke",
      cmd_revoke,
      VERIFYING "log key! vkey! reason! since receipts state no-wait",
      { "--policy POLICY --key REGISTRAR --vkey VKEY --reason CODE [--since TIME] [--log URL] "
        "[--receipts DIR]",
        "--policy POLÍTICA --key REGISTRADOR --vkey VKEY --reason CÓDIGO [--since TIEMPO]\n"
        "         [--log URL] [--receipts CARPETA] [--state ARCHIVO]" },
      { "revoke a key", "revoca una clave" } },
    { "submit",
      cmd_submit,
      VERIFYING "log key! receipts private without-private warrant to "
                "ruleset state check no-wait allow-plain",
      { "--policy POLICY --key FILE [--log URL] [--receipts DIR] [--private FILE | "
        "--without-private]\n"
        "         [--warrant FILE] [--ruleset FILE] [--state FILE] [--check] [--no-wait]\n"
        "         [--allow-plain] [RECORDS.jsonl|-]",
        "--policy POLÍTICA --key ARCHIVO [--log URL] [--receipts CARPETA]\n"
        "         [--private ARCHIVO | --without-private] [--warrant ARCHIVO] [--ruleset ARCHIVO]\n"
        "         [--state ARCHIVO] [--check] [--no-wait] [--allow-plain] [REGISTROS.jsonl|-]" },
      { "sign records and have them appended", "firma registros y los hace asentar" } },
    { "import",
      cmd_import,
      "set",
      { "ts103120 FILE… [--set NAME=VALUE]…", "ts103120 ARCHIVO… [--set NOMBRE=VALOR]…" },
      { "turn ETSI TS 103 120 messages into records for submit",
        "convierte mensajes ETSI TS 103 120 en registros para submit" } },
    { "verify",
      cmd_verify,
      VERIFYING "log opening",
      { "--policy POLICY ([--log URL] RECEIPT… | --opening FILE [RECEIPT])",
        "--policy POLÍTICA ([--log URL] RECIBO… | --opening ARCHIVO [RECIBO])" },
      { "verify receipts, offline; with --log, that the log still extends them",
        "verifica recibos sin red; con --log, que la bitácora aún los extiende" } },
    { "receipt",
      cmd_receipt,
      VERIFYING "html",
      { "show --policy POLICY [--html] RECEIPT…", "show --policy POLÍTICA [--html] RECIBO…" },
      { "verify receipts, offline, and show what they say and what they prove",
        "verifica recibos sin red y muestra qué dicen y qué prueban" } },
    { "verify-evidence",
      cmd_verify_evidence,
      VERIFYING,
      { "--policy POLICY FILE", "--policy POLÍTICA ARCHIVO" },
      { "does this file prove what it says?", "¿prueba este archivo lo que dice?" } },
    { "replay",
      cmd_replay,
      VERIFYING "log dir state structure key",
      { "--policy POLICY [--log URL | --dir MIRROR] [--state FILE] [--structure] [--key FILE] "
        "[--json]",
        "--policy POLÍTICA [--log URL | --dir COPIA] [--state ARCHIVO]\n"
        "         [--structure] [--key ARCHIVO] [--json]" },
      { "verify the whole log: chain, tree, checkpoint, every signature and enrolment",
        "verifica toda la bitácora: cadena, árbol, checkpoint, cada firma y alta" } },
    { "audit",
      cmd_audit,
      VERIFYING "log dir state ruleset fail-on all sarif",
      { "--policy POLICY [--log URL | --dir MIRROR] [--state FILE] [--ruleset FILE]\n"
        "         [--fail-on SEVERITY] [--all] [--json | --sarif]",
        "--policy POLÍTICA [--log URL | --dir COPIA] [--state ARCHIVO]\n"
        "         [--ruleset ARCHIVO] [--fail-on GRAVEDAD] [--all] [--json | --sarif]" },
      { "what is not in the log that the law asks for: replays it, and asks the rules R01 to R22",
        "qué no consta que la ley pida: verifica la bitácora y aplica las reglas R01 a R22" } },
    { "warrant",
      cmd_warrant,
      VERIFYING "log dir court ruleset html",
      { "check REF --policy POLICY [--court CODE] [--log URL | --dir MIRROR] [--ruleset FILE]\n"
        "         [--json | --html]",
        "check REF --policy POLÍTICA [--court CÓDIGO] [--log URL | --dir COPIA]\n"
        "         [--ruleset ARCHIVO] [--json | --html]" },
      { "all that the log holds about a warrant, for a judge: replays it, and asks what is in "
        "scope;\n         that there is none is proven as well (exit 0)",
        "todo lo que la bitácora contiene sobre un mandamiento, para un juez: la verifica toda y "
        "dice qué está\n         dentro de su alcance; que no lo hay también se prueba (exit "
        "0)" } },
    { "report",
      cmd_report,
      VERIFYING "log dir ruleset from to by csv html out check",
      { "--policy POLICY [--log URL | --dir MIRROR] [--ruleset FILE]\n"
        "         (--from MONTH --to MONTH [--by WHAT] [--html | --csv | --json] [--out FILE] | "
        "--check FILE)",
        "--policy POLÍTICA [--log URL | --dir COPIA] [--ruleset ARCHIVO]\n"
        "         (--from MES --to MES [--by QUÉ] [--html | --csv | --json] [--out ARCHIVO] | "
        "--check ARCHIVO)" },
      { "a transparency report of whole months, small numbers hidden but in the totals; --check: "
        "is FILE what the log gives?",
        "un informe de transparencia de meses enteros, sin números pequeños salvo en los totales; "
        "--check: ¿es ARCHIVO lo que da la bitácora?" } },
    { "notify",
      cmd_notify,
      VERIFYING "log key! reader ruleset out receipts means delivered type value no-wait",
      { "due --policy POLICY --key OVERSIGHT [--reader KEY] [--log URL] [--out DIR]\n"
        "         notify sent --policy POLICY --key OVERSIGHT --means CODE [--delivered TIME] "
        "[--receipts DIR] "
        "ENTRY…\n"
        "         notify find --policy POLICY --key OVERSIGHT [--reader KEY] --type curp --value "
        "VALUE|-\n"
        "         [--receipts DIR]",
        "due --policy POLÍTICA --key SUPERVISIÓN [--reader CLAVE] [--log URL] [--out CARPETA]\n"
        "         notify sent --policy POLÍTICA --key SUPERVISIÓN --means CÓDIGO [--delivered "
        "TIEMPO]\n"
        "         [--receipts CARPETA] ASIENTO…\n"
        "         notify find --policy POLÍTICA --key SUPERVISIÓN [--reader CLAVE] --type curp\n"
        "         --value VALOR|- [--receipts CARPETA]" },
      { "tell people of requests for their data: whom by when, with letters; that it was done; "
        "and\n"
        "         what may be told to a person who asks",
        "avisar a las personas de las solicitudes de sus datos: a quién y hasta cuándo, con "
        "cartas;\n"
        "         que ya se avisó; y qué se puede decir a quien pregunta" } },
    { "signers",
      cmd_signers,
      VERIFYING "log dir state at",
      { "--policy POLICY [--log URL | --dir MIRROR] [--state FILE] [--at ENTRY] [--json]",
        "--policy POLÍTICA [--log URL | --dir COPIA] [--state ARCHIVO] [--at ASIENTO] [--json]" },
      { "who could sign what at an entry (the next one): replays the log",
        "quién podía firmar qué en un asiento (el próximo): verifica toda la bitácora" } },
    { "mirror",
      cmd_mirror,
      VERIFYING "log follow every",
      { "--policy POLICY [--log URL] [--follow [--every SECONDS]] DIR",
        "--policy POLÍTICA [--log URL] [--follow [--every SEGUNDOS]] CARPETA" },
      { "keep a verified copy as static files", "guarda una copia verificada en archivos" } },
    { "witness",
      cmd_witness,
      "key! policy! listen! state! begin",
      { "--key FILE --policy POLICY --listen HOST:PORT --state DIR [--begin]",
        "--key ARCHIVO --policy POLÍTICA --listen HOST:PUERTO --state CARPETA [--begin]" },
      { "cosign the checkpoints of logs that only grow (c2sp.org/tlog-witness)",
        "cofirma los checkpoints de las bitácoras que solo crecen (c2sp.org/tlog-witness)" } },
    { "new",
      cmd_new,
      VERIFYING "log key! receipts private without-private warrant to "
                "ruleset state check yes no-wait allow-plain members",
      { "KIND --policy POLICY --key FILE [--MEMBER VALUE]…\n"
        "         [--private FILE | --without-private] [--warrant FILE] [--state FILE]\n"
        "         [--receipts DIR] [--yes] [--allow-plain] [--log URL]",
        "TIPO --policy POLÍTICA --key ARCHIVO [--MIEMBRO VALOR]…\n"
        "         [--private ARCHIVO | --without-private] [--warrant ARCHIVO] [--state ARCHIVO]\n"
        "         [--receipts CARPETA] [--yes] [--allow-plain] [--log URL]" },
      { "make one record, member by member; asks for what is missing",
        "hace un registro, miembro por miembro; pregunta lo que falta" } },
    { "open",
      cmd_open,
      VERIFYING "log key! reader",
      { "--policy POLICY --key OVERSIGHT [--reader KEY] [--log URL] RECEIPT…",
        "--policy POLÍTICA --key SUPERVISIÓN [--reader CLAVE] [--log URL] RECIBO…" },
      { "open what records seal, with the key that it is sealed to",
        "abre lo que los registros sellan, con la clave a la que está sellado" } },
    { "disclose",
      cmd_disclose,
      VERIFYING "log key reader private subject out!",
      { "--policy POLICY (--key OVERSIGHT [--reader KEY] | --private FILE) [--subject N] --out "
        "FILE\n"
        "         [--log URL] RECEIPT",
        "--policy POLÍTICA (--key SUPERVISIÓN [--reader CLAVE] | --private ARCHIVO)\n"
        "         [--subject N] --out ARCHIVO [--log URL] RECIBO" },
      { "write the opening of one subject of one entry, to be shown to a judge or holder",
        "escribe la apertura de un sujeto de un asiento, para mostrarla a un juez o poseedor" } },
    { "pin",
      cmd_pin,
      VERIFYING "log key! from receipts state no-wait allow-plain",
      { "--policy POLICY --key REGISTRAR [--from TIME] [--log URL] RULESET",
        "--policy POLÍTICA --key REGISTRADOR [--from TIEMPO] [--log URL] REGLAS" },
      { "put a ruleset in force: its file and the entry that pins it",
        "pone en vigor un conjunto de reglas: su archivo y el asiento que lo fija" } },
    { "schema",
      cmd_schema,
      "ruleset",
      { "[KIND] [--ruleset FILE]", "[TIPO] [--ruleset ARCHIVO]" },
      { "JSON Schemas of records, with the codes of a ruleset",
        "JSON Schemas de los registros, con los códigos de un conjunto de reglas" } },
    { "ruleset",
      cmd_ruleset,
      "print newest",
      { "[FILE | --newest] [--print]", "[ARCHIVO | --newest] [--print]" },
      { "check a ruleset file, or the built-in one: name, version, SHA-256; --print: the file "
        "itself",
        "comprueba un archivo de conjunto de reglas, o el incluido: nombre, versión, SHA-256; "
        "--print: el "
        "archivo mismo" } },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void usage(FILE *to, size_t i)
{
    fprintf(to, "  bitacora %s %s\n         %s\n", commands[i].name,
            commands[i].usage[language_get()], commands[i].summary[language_get()]);
}

static enum outcome help(FILE *to)
{
    fputs(TR("bitacora: verify an audit log without trusting its operator\n\n",
             "bitacora: verifica una bitácora sin confiar en quien la opera\n\n"),
          to);
    for (size_t i = 0; i < COMMANDS; i++)
        usage(to, i);
    fputs(
        TR("\nWith every command: --json, --lang en|es, --help, which explains its options. Those "
           "that take --policy and\nverify: [--genesis HASH] [--evidence FILE] [--max-age SECONDS] "
           "[--tolerate F].\n"
           "Exit: 0 proven good, 1 proven bad, 2 usage or configuration, 3 could not decide.\n",
           "\nCon toda orden: --json, --lang en|es, --help, que explica sus opciones. Las que "
           "toman "
           "--policy y verifican:\n[--genesis HASH] [--evidence ARCHIVO] [--max-age SEGUNDOS] "
           "[--tolerate F].\n"
           "Salida: 0 probado bueno, 1 probado malo, 2 uso o configuración, 3 no se pudo "
           "decidir.\n"),
        to);
    return to == stdout ? OUTCOME_PROVEN : OUTCOME_USAGE;
}

/* Among options with which something would have been done it is a mistake: nothing of that was
 * done. */
static enum outcome help_of(size_t i, const struct args *a)
{
    FILE *to = a->help_too ? stderr : stdout;
    usage(to, i);
    args_help(to, commands[i].options, commands[i].run == cmd_report ? report_options : NULL);
    if (commands[i].run == cmd_new)
        kind_help(to, a->operands > 0 ? a->operand[0] : NULL);
    return a->help_too ? OUTCOME_USAGE : OUTCOME_PROVEN;
}

static enum outcome run(size_t i, int argc, char **argv)
{
    struct args a;
    enum outcome outcome = OUTCOME_USAGE;
    if (!args_parse(&a, argc, argv, commands[i].options))
        usage(stderr, i);
    else
        outcome = a.help ? help_of(i, &a) : commands[i].run(&a);
    args_close(&a);
    return outcome;
}

static bool is_help(const char *arg)
{
    return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0 || strcmp(arg, "help") == 0;
}

/* --lang and --help before a command: takes them off. Returns false after having said what is wrong. */
static bool take_first(int *argc, char ***argv, bool *helping)
{
    static const char lang[] = "--lang";
    for (; *argc > 1; --*argc, ++*argv) {
        const char *arg = (*argv)[1], *language = NULL;
        if (strcmp(arg, lang) == 0 && *argc > 2) {
            language = (*argv)[2];
            --*argc, ++*argv;
        } else if (strncmp(arg, lang, strlen(lang)) == 0) {
            language = arg[strlen(lang)] == '=' ? arg + strlen(lang) + 1 : "";
        } else if (is_help(arg)) {
            *helping = true;
        } else {
            return true;
        }
        if (language != NULL && !language_choose(language)) {
            say("--lang en|es");
            return false;
        }
    }
    return true;
}

static enum outcome run_named(int argc, char **argv, bool helping)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        if (helping)
            return help_of(i, &(struct args){ .operand = argv + 2, .operands = (size_t)argc - 2 });
        return run(i, argc - 1, argv + 1);
    }
    say(TR("no such command: %s", "no existe esa orden: %s"), argv[1]);
    return help(stderr);
}

/* A file of ours that got the number of a stream that was closed would get what is printed. What
 * is printed into the place of standard output fails, and that is said by the exit code. */
static void hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

/* A result that could not be written was not given. */
static enum outcome written(enum outcome outcome)
{
    bool flushed = fflush(stdout) == 0;
    const char *cause = flushed ? "" : errno_words(errno);
    if (flushed && !ferror(stdout))
        return outcome;
    return outcome_worse(outcome, say_undecided(TR("standard output could not be written%s%s",
                                                   "no se pudo escribir la salida estándar%s%s"),
                                                flushed ? "" : ": ", cause));
}

int main(int argc, char **argv)
{
    bool helping = false;
    struct rlimit none = { 0 };
    hold_streams();
    setrlimit(RLIMIT_CORE, &none); /* keys and names of people are in memory */
    language_init();
    if (sodium_init() < 0)
        return say_undecided(TR("libsodium could not be started", "no se pudo iniciar libsodium"));
    const char *differs = signing_begin();
    if (differs != NULL)
        return say_usage(
            TR("this libsodium (%s) does not judge signatures as docs/FORMATS.md, section 2, "
               "says (%s): use another one",
               "esta libsodium (%s) no juzga las firmas como dice docs/FORMATS.md, "
               "sección 2 (%s): use otra"),
            sodium_version_string(), differs);
    if (!take_first(&argc, &argv, &helping))
        return OUTCOME_USAGE;
    enum outcome outcome =
        argc < 2 ? help(helping ? stdout : stderr) : run_named(argc, argv, helping);
    return written(lost_outcome(outcome));
}
