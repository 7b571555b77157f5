#include "client/replay/conviction.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/sys/files.h"
#include "proto/verify/evidence.h"

/* To be freed; NULL, recorded as lost, when out of memory. */
static char *path_beside(const char *state, const char *ending)
{
    struct buf path = { 0 };
    buf_adds(&path, state);
    buf_adds(&path, ending);
    char *text = kept(path.failed ? NULL : strdup(buf_str(&path)));
    buf_free(&path);
    return text;
}

/* Once: the first one is kept. */
static enum outcome write_beside(const char *state, const char *ending, struct span bytes,
                                 bool once)
{
    enum outcome outcome = OUTCOME_PROVEN;
    char *path = path_beside(state, ending);
    if (path == NULL)
        return OUTCOME_UNDECIDED;
    if ((!once || access(path, F_OK) != 0) && file_replace(path, bytes, 0644) != 0)
        outcome = say_undecided(TR("%s could not be written: %s", "no se pudo escribir %s: %s"),
                                path, errno_words(errno));
    free(path);
    return outcome;
}

bool conviction_is_set_back(const struct findings *f)
{
    for (size_t i = 0; i < f->kept; i++)
        if (f->list[i].why.reason == REASON_STALE)
            return true;
    return false;
}

enum outcome conviction_keep_newest(const char *state, const struct accepted *newest)
{
    return write_beside(state, ".newest", buf_span(&newest->note), false);
}

static void recall(const char *path, const struct trust *t, struct span evidence)
{
    struct evidence_report report;
    if (evidence_judge(&report, t->policy, evidence, NULL) != 0) {
        say(TR("%s proves nothing under this policy, and counts for nothing",
               "%s no prueba nada bajo esta política, y no cuenta"),
            path);
        return;
    }
    say(TR("WARNING: this log was proven bad before: the evidence is in %s. Whatever it shows now "
           "does not undo that. Anyone can check it: bitacora verify-evidence --policy POLICY %s",
           "AVISO: ya se probó antes que esta bitácora es mala: la evidencia está en %s. Nada de "
           "lo que muestre ahora lo deshace. Cualquiera lo comprueba: bitacora verify-evidence "
           "--policy POLÍTICA %s"),
        path, path);
}

enum outcome conviction_recall(const char *state, const struct trust *t)
{
    struct buf evidence = { 0 };
    char *path = path_beside(state, ".convicted");
    if (path == NULL)
        return OUTCOME_UNDECIDED;
    enum outcome outcome = OUTCOME_PROVEN;
    enum file read = file_read(&evidence, path, EVIDENCE_MAX);
    if (read == FILE_OK)
        recall(path, t, buf_span(&evidence));
    else if (read != FILE_MISSING)
        outcome = say_usage(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                            file_cause(read));
    buf_free(&evidence);
    free(path);
    return outcome;
}

enum outcome conviction_keep(const char *state, const struct trust *t, const struct buf *evidence)
{
    struct evidence_report report;
    if (evidence->failed || evidence->n == 0 ||
        evidence_judge(&report, t->policy, buf_span(evidence), NULL) != 0)
        return OUTCOME_PROVEN;
    return write_beside(state, ".convicted", buf_span(evidence), true);
}
