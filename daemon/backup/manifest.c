#include "daemon/backup/manifest.h"

#include <errno.h>
#include <stdio.h>

#include "daemon/host/cmd.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"
#include "proto/tlog/checkpoint.h"

#define FIRST_LINE "bitacora/v1 backup"
#define MANIFEST_MAX (sizeof FIRST_LINE + VKEY_TEXT_MAX + 2 + OWN_CHECKPOINT_MAX)

int manifest_write(const char *folder, const char *name, const struct log_copied *c)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    snprintf(path, sizeof path, "%s/%s", folder, name);
    buf_adds(&text, FIRST_LINE "\n");
    vkey_format(&text, &c->vkey);
    buf_adds(&text, "\n\n");
    buf_add(&text, c->checkpoint, c->checkpoint_length);
    errno = ENOMEM;
    int failed = text.failed || file_replace(path, buf_span(&text), 0600) != 0;
    if (failed)
        terminal_print(
            stderr,
            TR("bitacorad: cannot write %s: %s\n", "bitacorad: no se pudo escribir %s: %s\n"), path,
            errno_words(errno));
    buf_free(&text);
    return failed ? EXIT_DAMAGE : 0;
}

static bool parse_manifest(struct log_copied *out, struct span text)
{
    struct scan s = scan_of(text);
    struct note note;
    struct checkpoint cp;
    struct refusal why;
    const char *cause;
    bool first = span_is(scan_line(&s), FIRST_LINE);
    struct span vkey = scan_line(&s), empty = scan_line(&s), rest = scan_rest(&s);
    if (s.bad || !first || empty.n != 0 || rest.n > sizeof out->checkpoint ||
        vkey_parse(&out->vkey, vkey, &cause) != 0)
        return false;
    memcpy(out->checkpoint, rest.p, rest.n);
    out->checkpoint_length = rest.n;
    if (note_parse(&note, span_of(out->checkpoint, rest.n), &why) != 0 ||
        note_verify(&note, &out->vkey) != NOTE_GOOD ||
        checkpoint_parse(&cp, note.text, &why) != 0 || !span_is(cp.origin, out->vkey.name))
        return false;
    out->size = cp.size;
    out->root = cp.root;
    return true;
}

enum manifest_result manifest_read(const char *folder, const char *name, struct log_copied *out)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    *out = (struct log_copied){ .size = 0 };
    snprintf(path, sizeof path, "%s/%s", folder, name);
    enum file read = file_read_at_once(&text, path, MANIFEST_MAX);
    enum manifest_result r = read == FILE_MISSING ? MANIFEST_MISSING
                             : read == FILE_OK && parse_manifest(out, buf_span(&text))
                                 ? MANIFEST_OK
                                 : MANIFEST_WRONG;
    buf_free(&text);
    return r;
}

uint64_t manifest_restored_size(const char *folder)
{
    static struct log_copied c;
    return manifest_read(folder, MANIFEST_RESTORED, &c) == MANIFEST_OK ? c.size : 0;
}
