/* bitacora key: what is in a private key's file, and under which passphrase. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/keyfile.h"
#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

/* Why it is none was said. */
static enum outcome no_key(void)
{
    trouble_is("key");
    return OUTCOME_USAGE;
}

static enum outcome print_key(const struct vkey *key, bool encrypted, bool json)
{
    struct buf text = { 0 };
    vkey_format(&text, key);
    if (json)
        say_json(json_pack("{s:s,s:b}", "vkey", kept_text(&text), "encrypted", encrypted));
    else
        puts(kept_text(&text));
    buf_free(&text);
    return OUTCOME_PROVEN;
}

static enum outcome main_show(const struct args *a)
{
    const struct passphrase_source source = keyfile_source(a->passphrase_file);
    struct vkey key;
    bool encrypted;
    if (private_key_read_vkey(&key, &encrypted, a->operand[1], &source) != 0)
        return no_key();
    keyfile_warn_of_readers(a->operand[1]);
    return print_key(&key, encrypted, a->json);
}

/* ---- another form ---------------------------------------------------------------------------- */

static enum outcome read_number(uint32_t *out, const char *option, const char *text, uint32_t least,
                                uint32_t most)
{
    uint64_t v;
    if (text == NULL)
        return OUTCOME_PROVEN;
    if (decimal_parse(&v, span_str(text)) != 0 || v < least || v > most)
        return say_usage(TR("--%s %s: it must be %u to %u", "--%s %s: debe ser de %u a %u"), option,
                         text, least, most);
    *out = (uint32_t)v;
    return OUTCOME_PROVEN;
}

static void say_other_names(const char *path, unsigned long others)
{
    if (others > 0)
        say(TR("WARNING: %s had %lu other names (hard links), which still hold the key as it was: "
               "look for them where copies are kept",
               "AVISO: %s tenía otros %lu nombres (enlaces duros), que aún contienen la clave como "
               "era: búsquelos donde se guardan copias"),
            path, others);
}

/* What a killed encrypt or decrypt has left beside the file. */
static void say_left_over(const char *path)
{
    char *real = realpath(path, NULL), *slash = real == NULL ? NULL : strrchr(real, '/');
    size_t length;
    if (slash != NULL)
        *slash = 0;
    DIR *d = slash == NULL ? NULL : opendir(slash == real ? "/" : real);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (file_is_left_over(e->d_name, &length) && length == strlen(slash + 1) &&
            memcmp(e->d_name, slash + 1, length) == 0)
            say(TR("WARNING: %s/%s may hold the key in the clear: a program that was killed has "
                   "left it. Remove it",
                   "AVISO: %s/%s podría contener la clave en claro: la dejó un programa que se "
                   "interrumpió. Bórrelo"),
                real, e->d_name);
    if (d != NULL)
        closedir(d);
    free(real);
}

static enum outcome replace(const char *path, const struct buf *text)
{
    unsigned long others;
    switch (private_key_replace(path, buf_span(text), &others)) {
    case 0:
        say_other_names(path, others);
        say_left_over(path);
        return OUTCOME_PROVEN;
    case FILE_NOT_SYNCED:
        return say_usage(TR("%s is changed, but after a loss of power its former text may be there "
                            "again: %s",
                            "%s ya está cambiado, pero tras un corte de luz podría volver su texto "
                            "anterior: %s"),
                         path, errno_words(errno));
    default:
        return say_usage(TR("%s is as it was: it could not be written: %s",
                            "%s sigue como estaba: no se pudo escribir: %s"),
                         path, errno_words(errno));
    }
}

/* cost NULL: Go's form. */
static enum outcome write_as(const struct skey *key, const struct args *a,
                             const struct sealed_key_cost *cost)
{
    const struct passphrase_source source = keyfile_source(a->passphrase_file);
    const char *path = a->operand[1];
    struct buf text;
    if (private_key_text(&text, key, path, cost, &source) != 0)
        return OUTCOME_USAGE;
    enum outcome outcome = replace(path, &text);
    secret_buf_free(&text);
    return outcome == OUTCOME_PROVEN ? print_key(&key->vkey, cost != NULL, a->json) : outcome;
}

/* Whether the file has the form that is to be changed, before anybody is asked for anything. */
static enum outcome check_form(const char *path, bool encrypt)
{
    const struct passphrase_source source = keyfile_source(NULL);
    struct vkey key;
    bool encrypted;
    if (strcmp(path, "-") == 0)
        return say_usage(
            TR("- is no file that could be changed", "- no es un archivo que cambiar"));
    if (private_key_read_vkey(&key, &encrypted, path, &source) != 0)
        return no_key();
    if (encrypted == encrypt)
        return say_usage(encrypt ? TR("%s is encrypted already; to change its passphrase, decrypt "
                                      "it first",
                                      "%s ya está cifrada; para cambiar su frase de contraseña, "
                                      "descífrela antes")
                                 : TR("%s is not encrypted", "%s no está cifrada"),
                         path);
    return OUTCOME_PROVEN;
}

static enum outcome change(const struct args *a, const struct sealed_key_cost *cost)
{
    const struct keyfile file = { a->operand[1], a->passphrase_file };
    struct skey *key = NULL;
    enum outcome outcome = check_form(file.path, cost != NULL);
    if (outcome == OUTCOME_PROVEN)
        outcome = keyfile_read(&key, &file);
    if (outcome == OUTCOME_PROVEN)
        outcome = write_as(key, a, cost);
    private_key_free(key);
    return outcome;
}

static enum outcome main_encrypt(const struct args *a)
{
    struct sealed_key_cost cost = sealed_key_cost_default;
    enum outcome outcome = read_number(&cost.memory, "memory", a->memory, SEALED_KEY_MEMORY_MIN,
                                       SEALED_KEY_MEMORY_MAX);
    if (outcome == OUTCOME_PROVEN)
        outcome = read_number(&cost.passes, "passes", a->passes, 1, SEALED_KEY_PASSES_MAX);
    return outcome == OUTCOME_PROVEN ? change(a, &cost) : outcome;
}

static enum outcome main_decrypt(const struct args *a)
{
    return change(a, NULL);
}

/* ---- the command ----------------------------------------------------------------------------- */

static enum outcome refuse_option(const char *does, const char *option)
{
    return say_usage(TR("key %s does not take --%s", "key %s no lleva --%s"), does, option);
}

static enum outcome main_key(const struct args *a)
{
    static const struct {
        const char *name;
        enum outcome (*run)(const struct args *a);
        bool cost;
    } does[] = { { "show", main_show, false },
                 { "encrypt", main_encrypt, true },
                 { "decrypt", main_decrypt, false } };
    if (!args_operands(
            a, 2, 2,
            TR("show, encrypt or decrypt, and one file", "show, encrypt o decrypt, y un archivo")))
        return OUTCOME_USAGE;
    for (size_t i = 0; i < sizeof does / sizeof *does; i++) {
        if (strcmp(a->operand[0], does[i].name) != 0)
            continue;
        if (a->memory != NULL && !does[i].cost)
            return refuse_option(does[i].name, "memory");
        if (a->passes != NULL && !does[i].cost)
            return refuse_option(does[i].name, "passes");
        return does[i].run(a);
    }
    return say_usage(TR("key show, key encrypt or key decrypt", "key show, key encrypt o key "
                                                                "decrypt"));
}

const struct command command_key = {
    .name = "key",
    .run = main_key,
    .form = "'show FILE , 'encrypt passphrase-file memory passes FILE , "
            "'decrypt passphrase-file FILE",
    .summary = { "show the vkey of a private key; put it under a passphrase, or take that away",
                 "muestra la vkey de una clave privada; le pone una frase de contraseña, o se la "
                 "quita" },
};
