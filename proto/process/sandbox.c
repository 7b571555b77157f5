#include "proto/process/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "proto/process/sandbox_inner.h"

/* AddressSanitizer and ThreadSanitizer trace, map and read what no other program does. */
#ifdef __has_feature /* clang */
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ /* gcc */
#define IS_SANITIZED 1
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* ---- the plan -------------------------------------------------------------------------------- */

static void add_rule_for(struct sandbox_plan *p, enum sandbox_use use, const char *path, size_t n)
{
    if (p->rules == SANDBOX_PATHS || n >= SANDBOX_PATH_MAX) {
        p->full = true;
        return;
    }
    struct sandbox_rule *r = &p->rule[p->rules++];
    r->use = use;
    memcpy(r->path, path, n);
    r->path[n] = 0;
}

void sandbox_add(struct sandbox_plan *p, enum sandbox_use use, const char *path)
{
    if (path != NULL && path[0] != 0)
        add_rule_for(p, use, path, strlen(path));
}

void sandbox_add_folder_of(struct sandbox_plan *p, enum sandbox_use use, const char *file)
{
    const char *slash = strrchr(file, '/');
    if (slash == NULL)
        add_rule_for(p, use, ".", 1);
    else
        add_rule_for(p, use, file, slash == file ? 1 : (size_t)(slash - file));
}

static void add_if_there(struct sandbox_plan *p, const char *file)
{
    sandbox_add_folder_of(p, SANDBOX_READ, file);
    if (!p->full && access(p->rule[p->rules - 1].path, F_OK) != 0)
        p->rules--;
}

void sandbox_add_replaced(struct sandbox_plan *p, const char *file)
{
    if (file == NULL || file[0] == 0)
        return;
    add_if_there(p, file);
    char *real = realpath(file, NULL);
    if (real != NULL)
        add_if_there(p, real);
    free(real);
}

void sandbox_add_data(struct sandbox_plan *p, const char *dir)
{
    char path[SANDBOX_PATH_MAX];
    sandbox_add(p, SANDBOX_WRITE, dir);
    DIR *d = opendir(dir);
    if (d == NULL)
        return; /* sandbox_enter() says so */
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char *real = NULL;
        if (e->d_type == DT_LNK &&
            (size_t)snprintf(path, sizeof path, "%s/%s", dir, e->d_name) < sizeof path)
            real = realpath(path, NULL);
        sandbox_add(p, SANDBOX_WRITE, real);
        free(real);
    }
    closedir(d);
}

/* ---- entering -------------------------------------------------------------------------------- */

struct sandbox_state sandbox_look(void)
{
    if (IS_SANITIZED)
        return (struct sandbox_state){ SANDBOX_SANITIZER, SANDBOX_SANITIZER };
    return (struct sandbox_state){
        .calls = sandbox_calls_known() ? SANDBOX_ACTIVE : SANDBOX_MISSING,
        .files = sandbox_files_known() ? SANDBOX_ACTIVE : SANDBOX_MISSING,
    };
}

/* Landlock first: seccomp does not let its calls through. */
int sandbox_enter(const struct sandbox_plan *p, struct sandbox_state *state, const char **what)
{
    *state = sandbox_look();
    if (p->any_file && state->files == SANDBOX_ACTIVE)
        state->files = SANDBOX_UNWANTED;
    *what = "the plan";
    errno = ENAMETOOLONG;
    if (p->full)
        return -1;
    *what = "no_new_privs";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    if (state->files == SANDBOX_ACTIVE && sandbox_files(p, what) != 0)
        return -1;
    if (state->calls == SANDBOX_ACTIVE && sandbox_calls(p->network, what) != 0)
        return -1;
    return 0;
}

enum active_words { BOTH, NO_LANDLOCK, ANY_FILE, NO_SECCOMP, NEITHER, OFF, SANITIZER };

static enum active_words words_of(struct sandbox_state s)
{
    if (s.calls == SANDBOX_SANITIZER)
        return SANITIZER;
    if (s.calls == SANDBOX_ACTIVE)
        return s.files == SANDBOX_ACTIVE    ? BOTH
               : s.files == SANDBOX_MISSING ? NO_LANDLOCK
                                            : ANY_FILE;
    if (s.calls == SANDBOX_MISSING)
        return s.files == SANDBOX_ACTIVE ? NO_SECCOMP : NEITHER;
    return OFF;
}

const char *sandbox_words(struct sandbox_state s, unsigned language)
{
    static const char *const words[][2] = {
        [BOTH] = { "seccomp and Landlock", "seccomp y Landlock" },
        [NO_LANDLOCK] = { "seccomp alone, as this kernel has no Landlock, or one before Linux 5.19",
                          "solo seccomp, pues este núcleo no tiene Landlock, o uno anterior a "
                          "Linux 5.19" },
        [ANY_FILE] = { "seccomp alone: any file may be opened",
                       "solo seccomp: puede abrirse cualquier archivo" },
        [NO_SECCOMP] = { "Landlock alone, as this kernel has no seccomp",
                         "solo Landlock, pues este núcleo no tiene seccomp" },
        [NEITHER] = { "none, as this kernel has neither seccomp nor Landlock",
                      "ninguno, pues este núcleo no tiene seccomp ni Landlock" },
        [OFF] = { "none, as it was switched off", "ninguno, pues se desactivó" },
        [SANITIZER] = { "none, as this program was built with a sanitizer",
                        "ninguno, pues este programa se compiló con un sanitizer" },
    };
    return words[words_of(s)][language != 0];
}
