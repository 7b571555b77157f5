#include "client/remote/state.h"

#include <errno.h>

#include "client/base/lost.h"
#include "proto/sys/files.h"

enum outcome state_write(const char *path, const struct trust *t, bool structure,
                         const struct accepted *accepted, const struct edge *edge,
                         const struct judge *judge, const struct index_replay *index,
                         const struct findings *f)
{
    struct buf file = { 0 };
    replay_state_format(&file, &(struct replay_known){ .log = trust_log(t),
                                                       .structure = structure,
                                                       .accepted = accepted,
                                                       .edge = edge,
                                                       .judge = judge,
                                                       .index = index,
                                                       .findings = f });
    errno = ENOMEM;
    int failed = file.failed ? -1 : file_replace(path, buf_span(&file), 0600);
    buf_free(&file);
    if (failed)
        return say_undecided(TR("the state could not be written to %s: %s",
                                "no se pudo escribir el estado en %s: %s"),
                             path, errno_words(errno));
    return OUTCOME_PROVEN;
}

static enum outcome say_fault(enum replay_state_fault fault, const char *path)
{
    switch (fault) {
    case REPLAY_STATE_GOOD:
        return OUTCOME_PROVEN;
    case REPLAY_STATE_SUM:
        return say_usage(TR("%s is damaged, or is no state file: is it the right one?",
                            "%s está dañado, o no es un estado: ¿es el que debe ser?"),
                         path);
    case REPLAY_STATE_LOG:
        return say_usage(TR("%s is the state of another log", "%s es el estado de otra bitácora"),
                         path);
    case REPLAY_STATE_RECORDS:
    case REPLAY_STATE_STRUCTURE:
        return say_usage(
            TR("%s was made %s --structure: use another file",
               "%s se hizo %s --structure: use otro archivo"),
            path, fault == REPLAY_STATE_STRUCTURE ? TR("with", "con") : TR("without", "sin"));
    case REPLAY_STATE_POLICY:
        return say_usage(TR("%s: its checkpoint is not good under this policy",
                            "%s: su punto de control no vale bajo esta política"),
                         path);
    case REPLAY_STATE_DAMAGED:
        return say_usage(TR("%s is damaged: remove it and replay from the start",
                            "%s está dañado: bórrelo y verifique desde el principio"),
                         path);
    case REPLAY_STATE_MEMORY:
        lost(ENOMEM);
        return OUTCOME_UNDECIDED;
    default:
        return say_usage(TR("%s is not a state file", "%s no es un archivo de estado"), path);
    }
}

/* What was read belongs to *out, good or not. */
static enum outcome parse(struct state *out, const char *path, struct span bytes,
                          const struct trust *t, bool structure, struct findings *f)
{
    struct replay_state state;
    enum replay_state_fault fault =
        replay_state_parse(&state, bytes, t->policy, trust_log_keys(t), structure, f);
    *out = (struct state){ .present = fault == REPLAY_STATE_GOOD,
                           .accepted = state.accepted,
                           .edge = state.edge,
                           .judge = state.judge,
                           .index = state.index };
    return say_fault(fault, path);
}

enum outcome state_read(struct state *out, const char *path, const struct trust *t, bool structure,
                        struct findings *f)
{
    struct buf file = { 0 };
    enum outcome outcome = OUTCOME_PROVEN;
    *out = (struct state){ .present = false };
    enum file read = file_read(&file, path, REPLAY_STATE_MAX);
    if (read == FILE_OK)
        outcome = parse(out, path, buf_span(&file), t, structure, f);
    else if (read != FILE_MISSING)
        outcome = say_usage(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                            file_cause(read));
    buf_free(&file);
    return outcome;
}

void state_free(struct state *s)
{
    accepted_free(&s->accepted);
    json_decref(s->judge);
    json_decref(s->index);
}
