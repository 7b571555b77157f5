#include "proto/sys/version.h"

#include <jansson.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <yajl/yajl_version.h>
#include <zlib.h>

#include "proto/lib/bitacora.h"
#include "proto/record/record.h"
#include "proto/verify/disclosure.h"
#include "proto/verify/evidence.h"
#include "proto/verify/receipt.h"
#include "proto/verify/replay_state.h"

#define PARTS_MAX 16

struct version_parts {
    struct version_part part[PARTS_MAX];
    size_t n;
};

static void add_part(struct version_parts *to, const char *name, const char *version)
{
    if (to->n < PARTS_MAX)
        to->part[to->n++] = (struct version_part){ name, version };
}

static void add_parts(struct version_parts *to, const struct version_part *more)
{
    for (; more->name != NULL; more++)
        add_part(to, more->name, more->version);
}

/* The versions of those that are loaded, not of the headers. */
static void add_libraries(struct version_parts *to, char yajl[static 16])
{
    int v = yajl_version();
    snprintf(yajl, 16, "%d.%d.%d", v / 10000, v / 100 % 100, v % 100);
    add_part(to, "libsodium", sodium_version_string());
    add_part(to, "jansson", jansson_version_str());
    add_part(to, "yajl", yajl);
    add_part(to, "libcrypto", OpenSSL_version(OPENSSL_VERSION_STRING));
    add_part(to, "zlib", zlibVersion());
}

static const struct version_part own_formats[] = {
    { "record", RECORD_FORMAT },   { "receipt", RECEIPT_FORMAT }, { "evidence", EVIDENCE_FORMAT },
    { "opening", OPENING_FORMAT }, { "state", STATE_FORMAT },     { NULL, NULL },
};

bool version_asked(int argc, char **argv, bool *json)
{
    bool asked = false;
    *json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--version") == 0)
            asked = true;
        else if (strcmp(argv[i], "--json") == 0)
            *json = true;
        else
            return false;
    }
    return asked;
}

static void print_parts(const struct version_parts *parts)
{
    for (size_t i = 0; i < parts->n; i++)
        printf("  %-12s %s\n", parts->part[i].name, parts->part[i].version);
}

static json_t *parts_json(const struct version_parts *parts)
{
    json_t *o = json_object();
    for (size_t i = 0; i < parts->n; i++)
        json_object_set_new(o, parts->part[i].name, json_string(parts->part[i].version));
    return o;
}

void version_print(const char *program, const struct version_part *libraries,
                   const struct version_part *formats, bool json)
{
    struct version_parts with = { .n = 0 }, writes = { .n = 0 };
    char yajl[16];
    add_libraries(&with, yajl);
    add_parts(&with, libraries);
    add_parts(&writes, own_formats);
    add_parts(&writes, formats);
    if (json) {
        json_t *o = json_pack("{s:s,s:s,s:o,s:o}", "program", program, "version", BITACORA_VERSION,
                              "libraries", parts_json(&with), "formats", parts_json(&writes));
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(o);
        return;
    }
    printf("%s %s\n", program, BITACORA_VERSION);
    print_parts(&with);
    print_parts(&writes);
}
