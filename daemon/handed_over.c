#include "daemon/handed_over.h"

#include <errno.h>
#include <stdio.h>

#include "daemon/host/cmd.h"
#include "daemon/host/datadir.h"
#include "daemon/state/own_keys.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

static int refuse_file(const char *file, const char *why)
{
    terminal_print(stderr, "bitacorad rotate: --handed-over %s: %s\n", file, why);
    return EXIT_USAGE;
}

static int read_listed(struct log_own_keys *keys, const struct datadir *d,
                       const struct config *config)
{
    char dir[PATH_MAX];
    struct store *store;
    datadir_file(d, dir, d->store);
    if (store_open(&store, dir, STORE_LOOK, (uint64_t)config->map_size, 4) != 0)
        return EXIT_DAMAGE;
    int failed = own_keys_load(keys, store, d->path);
    store_close(store);
    return failed ? EXIT_DAMAGE : 0;
}

/* A key of the log says so, of another one of its name. */
static int judge(const struct key_handover *h, const struct note *note,
                 const struct log_own_keys *keys, const char *file)
{
    const struct vkey *from = own_keys_signer(keys, note);
    if (from == NULL || !handover_fits(from, &h->to))
        return refuse_file(file, TR("no key of this log has signed it",
                                    "ninguna clave de esta bitácora lo firmó"));
    if (keys->all.n < LOG_KEYS_MAX || own_keys_find(keys, &h->to) != NULL)
        return 0;
    return refuse_file(file, TR("the log has had as many keys as there may be",
                                "la bitácora ya tuvo el máximo de claves"));
}

static int list_judged(const struct key_handover *h, const struct note *note, struct span text,
                       const struct datadir *d, const struct config *config, const char *file)
{
    static struct log_own_keys keys;
    int code = read_listed(&keys, d, config);
    if (code == 0)
        code = judge(h, note, &keys, file);
    if (code != 0 || own_keys_list(&keys, &h->to, text, d->path) == 0)
        return code;
    terminal_print(stderr,
                   TR("bitacorad: cannot write %s/log.keys: %s\n",
                      "bitacorad: no se pudo escribir %s/log.keys: %s\n"),
                   d->path, errno_words(errno));
    return EXIT_DAMAGE;
}

int handed_over_take(struct key_handover *out, const char *file, const char *dir,
                     const struct config *config)
{
    struct datadir d;
    struct buf text = { 0 };
    struct note note;
    enum file read = file_read(&text, file, HANDOVER_MAX);
    int code = 0;
    if (read != FILE_OK)
        code = refuse_file(file, file_cause(read));
    else if (handover_parse(out, &note, buf_span(&text)) != 0)
        code = refuse_file(file, TR("this is not what bitacorad signer --hand-over prints",
                                    "esto no es lo que imprime bitacorad signer --hand-over"));
    if (code == 0)
        code = datadir_open(&d, dir, store_folder());
    if (code == 0) {
        code = list_judged(out, &note, buf_span(&text), &d, config, file);
        datadir_close(&d);
    }
    buf_free(&text);
    return code;
}
