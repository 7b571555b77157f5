#include "client/replay/conviction.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/base/scan.h"
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

static enum outcome write_file(const char *path, struct span bytes)
{
    if (file_replace(path, bytes, 0644) == 0)
        return OUTCOME_PROVEN;
    return say_undecided(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
                         errno_words(errno));
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
    char *path = path_beside(state, ".newest");
    if (path == NULL)
        return OUTCOME_UNDECIDED;
    enum outcome outcome = write_file(path, buf_span(&newest->note));
    free(path);
    return outcome;
}

static bool proves(const struct trust *t, struct span evidence)
{
    struct evidence_report report;
    return evidence_judge(&report, t->policy, evidence, NULL) == 0;
}

static void recall(const char *path, const struct trust *t, struct span evidence)
{
    if (!proves(t, evidence)) {
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

/* What proves nothing here may prove something under another policy: it is kept under another
 * name, which follows from what it says. */
static enum outcome move_aside(const char *path, struct span former)
{
    enum outcome outcome = OUTCOME_PROVEN;
    struct hash sum;
    char ending[18] = "-";
    hash_bytes(&sum, former);
    hex_format(ending + 1, sum.b, 8);
    char *aside = path_beside(path, ending);
    if (aside == NULL)
        return OUTCOME_UNDECIDED;
    if (rename(path, aside) == 0)
        say(TR("what %s held proves nothing under this policy: it is in %s now, and the new "
               "evidence in its place",
               "lo que había en %s no prueba nada bajo esta política: ahora está en %s, y la "
               "evidencia nueva en su lugar"),
            path, aside);
    else
        outcome = say_undecided(TR("%s could not be renamed: %s", "no se pudo renombrar %s: %s"),
                                path, errno_words(errno));
    free(aside);
    return outcome;
}

static enum outcome keep_at(const char *path, const struct trust *t, struct span evidence)
{
    struct buf former = { 0 };
    enum outcome outcome = OUTCOME_PROVEN;
    enum file read = file_read(&former, path, EVIDENCE_MAX);
    if (read == FILE_OK && proves(t, buf_span(&former))) {
        buf_free(&former);
        return OUTCOME_PROVEN;
    }
    if (read == FILE_OK)
        outcome = move_aside(path, buf_span(&former));
    else if (read != FILE_MISSING)
        outcome = say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                                file_cause(read));
    buf_free(&former);
    return outcome == OUTCOME_PROVEN ? write_file(path, evidence) : outcome;
}

enum outcome conviction_keep(const char *state, const struct trust *t, const struct buf *evidence)
{
    if (evidence->failed || evidence->n == 0 || !proves(t, buf_span(evidence)))
        return OUTCOME_PROVEN;
    char *path = path_beside(state, ".convicted");
    if (path == NULL)
        return OUTCOME_UNDECIDED;
    enum outcome outcome = keep_at(path, t, buf_span(evidence));
    free(path);
    return outcome;
}
