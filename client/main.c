/* bitacora: a table of subcommands. */
#include <sodium.h>
#include <stdio.h>

#include "client/cmd.h"

#define VERIFYING "policy! genesis evidence max-age tolerate "

static const struct {
    const char *name;
    enum outcome (*run)(const struct args *a);
    const char *options; /* as args_parse takes them */
    const char *usage;
    const char *summary[2]; /* by enum language */
} commands[] = {
    { "keygen",
      cmd_keygen,
      "out! witness",
      "NAME --out FILE [--witness]",
      { "make a key; prints its vkey", "crea una clave; imprime su vkey" } },
    { "enroll",
      cmd_enroll,
      VERIFYING "log key! vkey! role! authority! level! function jurisdiction from until proof "
                "receipts no-wait",
      "--policy POLICY --key REGISTRAR --vkey VKEY --role ROLE --authority ID --level LEVEL\n"
      "         [--function CODE] [--jurisdiction TEXT] [--from TIME] [--until TIME] "
      "[--proof BASE64]\n"
      "         [--log URL] [--receipts DIR]",
      { "enrol a key for a role", "da de alta una clave para un papel" } },
    { "revoke",
      cmd_revoke,
      VERIFYING "log key! vkey! reason! since receipts no-wait",
      "--policy POLICY --key REGISTRAR --vkey VKEY --reason CODE [--since TIME] [--log URL] "
      "[--receipts DIR]",
      { "revoke a key", "revoca una clave" } },
    { "submit",
      cmd_submit,
      VERIFYING "log key! receipts private warrant to ruleset check no-wait",
      "--policy POLICY --key FILE [--log URL] [--receipts DIR] [--private FILE] [--warrant FILE]\n"
      "         [--ruleset FILE] [--check] [--no-wait] [RECORDS.jsonl|-]",
      { "sign records and have them appended", "firma registros y los hace asentar" } },
    { "import",
      cmd_import,
      "set",
      "ts103120 FILE… [--set NAME=VALUE]…",
      { "turn ETSI TS 103 120 messages into records for submit",
        "convierte mensajes ETSI TS 103 120 en registros para submit" } },
    { "verify",
      cmd_verify,
      VERIFYING "log opening",
      "--policy POLICY ([--log URL] RECEIPT… | --opening FILE [RECEIPT])",
      { "verify receipts, offline; with --log, that the log still extends them",
        "verifica recibos sin red; con --log, que la bitácora aún los extiende" } },
    { "verify-evidence",
      cmd_verify_evidence,
      VERIFYING,
      "--policy POLICY FILE",
      { "does this file prove what it says?", "¿prueba este archivo lo que dice?" } },
    { "replay",
      cmd_replay,
      VERIFYING "log dir state structure key",
      "--policy POLICY [--log URL | --dir MIRROR] [--state FILE] [--structure] [--key FILE] "
      "[--json]",
      { "verify the whole log: chain, tree, checkpoint, every signature and enrolment",
        "verifica toda la bitácora: cadena, árbol, checkpoint, cada firma y alta" } },
    { "signers",
      cmd_signers,
      VERIFYING "log dir state at",
      "--policy POLICY [--log URL | --dir MIRROR] [--state FILE] [--at ENTRY] [--json]",
      { "who could sign what at an entry (the next one): replays the log",
        "quién podía firmar qué en un asiento (el próximo): verifica toda la bitácora" } },
    { "mirror",
      cmd_mirror,
      VERIFYING "log follow every",
      "--policy POLICY [--log URL] [--follow [--every SECONDS]] DIR",
      { "keep a verified copy as static files", "guarda una copia verificada en archivos" } },
    { "witness",
      cmd_witness,
      "key! policy! listen! state!",
      "--key FILE --policy POLICY --listen HOST:PORT --state DIR",
      { "cosign the checkpoints of logs that only grow (c2sp.org/tlog-witness)",
        "cofirma los checkpoints de las bitácoras que solo crecen (c2sp.org/tlog-witness)" } },
    { "new",
      cmd_new,
      VERIFYING "log key! receipts private warrant to ruleset check yes no-wait members",
      "KIND --policy POLICY --key FILE [--MEMBER VALUE]… [--private FILE] [--warrant FILE]\n"
      "         [--receipts DIR] [--yes] [--log URL]",
      { "make one record, member by member; asks for what is missing",
        "hace un registro, miembro por miembro; pregunta lo que falta" } },
    { "open",
      cmd_open,
      VERIFYING "log key! reader",
      "--policy POLICY --key OVERSIGHT [--reader KEY] [--log URL] RECEIPT…",
      { "open what records seal, with the key that it is sealed to",
        "abre lo que los registros sellan, con la clave a la que está sellado" } },
    { "disclose",
      cmd_disclose,
      VERIFYING "log key reader private subject out!",
      "--policy POLICY (--key OVERSIGHT [--reader KEY] | --private FILE) [--subject N] --out FILE\n"
      "         [--log URL] RECEIPT",
      { "write the opening of one subject of one entry, to be shown to a judge or holder",
        "escribe la apertura de un sujeto de un asiento, para mostrarla a un juez o poseedor" } },
    { "pin",
      cmd_pin,
      VERIFYING "log key! from receipts no-wait",
      "--policy POLICY --key REGISTRAR [--from TIME] [--log URL] RULESET",
      { "put a ruleset in force: its file and the entry that pins it",
        "pone en vigor un conjunto de reglas: su archivo y el asiento que lo fija" } },
    { "schema",
      cmd_schema,
      "ruleset",
      "[KIND] [--ruleset FILE]",
      { "JSON Schemas of records, with the codes of a ruleset",
        "JSON Schemas de los registros, con los códigos de un conjunto de reglas" } },
    { "ruleset",
      cmd_ruleset,
      "print",
      "[FILE] [--print]",
      { "check a ruleset file, or the built-in one: name, version, SHA-256; --print: the file "
        "itself",
        "comprueba un archivo de conjunto de reglas, o el incluido: nombre, versión, SHA-256; "
        "--print: el "
        "archivo mismo" } },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void usage(FILE *to, size_t i)
{
    fprintf(to, "  bitacora %s %s\n         %s\n", commands[i].name, commands[i].usage,
            commands[i].summary[say_lang()]);
}

static enum outcome help(FILE *to)
{
    fputs(TR("bitacora: verify an audit log without trusting its operator\n\n",
             "bitacora: verifica una bitácora sin confiar en quien la opera\n\n"),
          to);
    for (size_t i = 0; i < COMMANDS; i++)
        usage(to, i);
    fputs(TR("\nWith every command: --json, --lang en|es, --help. Those that take --policy and "
             "verify: [--genesis HASH]\n[--evidence FILE] [--max-age SECONDS] [--tolerate F].\n"
             "Exit: 0 proven good, 1 proven bad, 2 usage or configuration, 3 could not decide.\n",
             "\nCon toda orden: --json, --lang en|es, --help. Las que toman --policy y verifican: "
             "[--genesis HASH]\n[--evidence ARCHIVO] [--max-age SEGUNDOS] [--tolerate F].\n"
             "Salida: 0 probado bueno, 1 probado malo, 2 uso o configuración, 3 no se pudo "
             "decidir.\n"),
          to);
    return to == stdout ? OUTCOME_PROVEN : OUTCOME_USAGE;
}

static enum outcome run(size_t i, int argc, char **argv)
{
    struct args a;
    if (!args_parse(&a, argc, argv, commands[i].options)) {
        usage(stderr, i);
        return OUTCOME_USAGE;
    }
    if (a.help) { /* among other things it is a mistake: nothing was done of what was asked */
        bool alone = a.operands == 0 && a.policy == NULL;
        usage(alone ? stdout : stderr, i);
        return alone ? OUTCOME_PROVEN : OUTCOME_USAGE;
    }
    return commands[i].run(&a);
}

int main(int argc, char **argv)
{
    say_init();
    if (sodium_init() < 0)
        return say_undecided(TR("libsodium could not be started", "no se pudo iniciar libsodium"));
    if (argc < 2)
        return help(stderr);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0 ||
        strcmp(argv[1], "-h") == 0)
        return help(stdout);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        enum outcome outcome = run(i, argc - 1, argv + 1);
        /* A result that could not be written was not given. */
        if (fflush(stdout) != 0 || ferror(stdout))
            outcome = outcome_worse(outcome, OUTCOME_UNDECIDED);
        return outcome;
    }
    say(TR("no such command: %s", "no existe esa orden: %s"), argv[1]);
    return help(stderr);
}
