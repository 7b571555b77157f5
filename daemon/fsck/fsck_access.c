#include "daemon/fsck/fsck_access.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "daemon/access/row_file.h"
#include "proto/record/entry.h"

#define OWN_PAGE 64

/* Reads the rows of an entry. A crash may have left them under the name that they had before. */
static int read_rows_of(const struct access_folder *f, uint64_t entry,
                        const struct access_claim *claim, struct row_interval *out)
{
    char path[ROW_PATH_MAX], name[ROW_NAME_MAX];
    row_file_of_entry(name, entry);
    row_file_path(f, path, name);
    int failed = row_file_read(path, out, NULL, NULL, NULL);
    if (failed == 0 || errno != ENOENT)
        return failed;
    row_file_of_interval(name, claim->from, claim->until);
    row_file_path(f, path, name);
    return row_file_read(path, out, NULL, NULL, NULL);
}

static void compare_rows(struct fsck_report *r, const struct access_folder *f, uint64_t entry,
                         const struct access_claim *claim)
{
    struct row_interval got;
    struct access_claim again;
    if (read_rows_of(f, entry, claim, &got) != 0) {
        fsck_found(r, "access", entry,
                   errno == EBADMSG  ? "its rows are damaged: %s/%" PRIu64
                   : errno == ENOENT ? "its rows are not there: %s/%" PRIu64
                                     : "its rows cannot be read: %s/%" PRIu64,
                   f->path, entry);
        return;
    }
    row_interval_claim(&got, &again);
    if (again.count != claim->count || !hash_eq(&again.root, &claim->root))
        fsck_found(r, "access", entry, "its rows are not those that it commits to: %s/%" PRIu64,
                   f->path, entry);
}

static void check_own_entry(struct fsck_report *r, struct store_txn *t,
                            const struct access_folder *f, uint64_t index)
{
    struct buf bytes = { 0 };
    struct entry e;
    struct record record;
    struct refusal why;
    struct access_claim claim;
    if (store_entry(t, index, &bytes, NULL) == STORE_OK &&
        entry_parse(&e, buf_span(&bytes), &why) == 0 && record_parse(&record, e.note, &why) == 0) {
        access_claim_of(&claim, &record);
        if (record.kind == KIND_ACCESS && claim.version == ACCESS_VERSION)
            compare_rows(r, f, index, &claim);
        record_free(&record);
    } /* else the replay has told of it */
    buf_free(&bytes);
}

void fsck_access(struct fsck_report *r, struct store_txn *t, const char *origin, const char *dir)
{
    struct access_folder folder;
    uint64_t entry[OWN_PAGE], from = 0;
    size_t n = OWN_PAGE;
    if (access_folder_at(&folder, dir) != 0)
        return;
    while (n == OWN_PAGE) {
        if (store_list(t, LIST_SIGNER, span_str(origin), from, entry, OWN_PAGE, &n) != STORE_OK) {
            fsck_found(r, "store", NO_ENTRY, "the log's own entries cannot be listed");
            return;
        }
        for (size_t i = 0; i < n; i++) {
            check_own_entry(r, t, &folder, entry[i]);
            from = entry[i] + 1;
        }
    }
}
