#include "proto/accel/accelerator.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/accel/lanes_try.h"
#include "proto/accel/plugin.h"
#include "proto/sys/language.h"

const char *accelerator_path(const char *given)
{
    if (given == NULL || *given == 0)
        given = secure_getenv(ACCELERATOR_VARIABLE);
    return given == NULL || *given == 0 ? NULL : given;
}

/* ---- a processor that changes while we run --------------------------------------------------- */

/* A virtual machine may be moved to a processor that lacks the instructions. The thread that meets
 * one in a lane goes on behind the call; what the lanes hold is memory of that call alone. */
static _Thread_local sigjmp_buf *in_lanes;

static void no_such_instruction(int number)
{
    if (in_lanes != NULL)
        siglongjmp(*in_lanes, 1);
    signal(number, SIG_DFL); /* it happens again, and ends the process */
}

static int guarded_lanes(void *ctx, const struct sig_lanes *l)
{
    const struct accelerator_plugin *plugin = ctx;
    sigjmp_buf back;
    if (sigsetjmp(back, 0) != 0) {
        in_lanes = NULL;
        return SIG_LANES_GONE;
    }
    in_lanes = &back;
    int mask = plugin->verify(l);
    in_lanes = NULL;
    return mask;
}

static int take_signal(void)
{
    struct sigaction action = { .sa_handler = no_such_instruction,
                                .sa_flags = SA_NODEFER }; /* the handler is left by a jump */
    sigemptyset(&action.sa_mask);
    return sigaction(SIGILL, &action, NULL);
}

/* ---- the file -------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static int fail(struct accelerator *a, const char *format,
                                                      ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(a->fallback, sizeof a->fallback, format, args);
    va_end(args);
    return -1;
}

/* Whoever can write the file runs in this process. */
static bool is_ours_alone(const struct stat *st)
{
    return S_ISREG(st->st_mode) && (st->st_uid == 0 || st->st_uid == geteuid()) &&
           (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* The file that was looked at is the one that is loaded, whatever the path leads to by then. */
static int load_file(struct accelerator *a, const char *path)
{
    struct stat st;
    char name[64];
    if (path[0] != '/')
        return fail(a,
                    TR("accelerator %.200s: the path must be absolute",
                       "acelerador %.200s: la ruta debe ser absoluta"),
                    path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int cause = errno;
        if (fd >= 0)
            close(fd);
        return fail(a, TR("accelerator %.200s: %s", "acelerador %.200s: %s"), path,
                    errno_words(cause));
    }
    if (!is_ours_alone(&st)) {
        close(fd);
        return fail(a,
                    TR("accelerator %.200s: it must be a file of root or of this user, and "
                       "writable by nobody else",
                       "acelerador %.200s: debe ser un archivo de root o de este usuario en el que "
                       "no pueda escribir nadie más"),
                    path);
    }
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    a->module = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    close(fd);
    if (a->module == NULL)
        return fail(a,
                    TR("accelerator %.200s: it cannot be loaded: %.200s",
                       "acelerador %.200s: no se puede cargar: %.200s"),
                    path, dlerror());
    return 0;
}

static const struct accelerator_plugin *plugin_in(struct accelerator *a, const char *path)
{
    accelerator_fn *get;
    *(void **)&get = dlsym(a->module, ACCELERATOR_SYMBOL); /* as POSIX lets us */
    const struct accelerator_plugin *plugin = get == NULL ? NULL : get();
    if (plugin != NULL && plugin->abi == ACCELERATOR_ABI)
        return plugin;
    fail(a,
         TR("accelerator %.200s: it is no accelerator of this version of Bitácora",
            "acelerador %.200s: no es un acelerador de esta versión de Bitácora"),
         path);
    return NULL;
}

static int lacks(struct accelerator *a, const char *path, const struct accelerator_plugin *plugin)
{
    a->verifier = (struct sig_verifier){ .lanes = NULL };
    fail(a,
         TR("accelerator %.200s: this processor has no %.60s: libsodium judges the signatures",
            "acelerador %.200s: este procesador no tiene %.60s: las firmas las juzga libsodium"),
         path, plugin->needs);
    return 0;
}

static int open_plugin(struct accelerator *a, const char *path)
{
    if (load_file(a, path) != 0)
        return -1;
    const struct accelerator_plugin *plugin = plugin_in(a, path);
    if (plugin == NULL)
        return -1;
    a->software = plugin->software;
    if (!plugin->usable())
        return lacks(a, path, plugin);
    if (take_signal() != 0)
        return fail(a, "sigaction: %s", errno_words(errno));
    a->verifier.lanes = guarded_lanes;
    *(const void **)&a->verifier.ctx = plugin;
    const char *differs = lanes_try(&a->verifier);
    if (differs == NULL) {
        a->name = plugin->name;
        return 0;
    }
    if (*differs == 0)
        return lacks(a, path, plugin);
    a->verifier = (struct sig_verifier){ .lanes = NULL };
    return fail(
        a,
        TR("accelerator %.200s: it does not judge signatures as docs/FORMATS.md, section 2, "
           "says (%s): do not use it",
           "acelerador %.200s: no juzga las firmas como dice docs/FORMATS.md, sección 2 "
           "(%s): no lo use"),
        path, differs);
}

int accelerator_open(struct accelerator *a, const char *path)
{
    *a = (struct accelerator){ .name = "libsodium" };
    if (path == NULL || open_plugin(a, path) == 0)
        return 0;
    if (a->module != NULL)
        dlclose(a->module);
    a->module = NULL;
    a->software = NULL;
    return -1;
}

void accelerator_try_again(struct accelerator *a)
{
    const char *differs =
        sig_verifier_state(&a->verifier) == SIG_BY_LANES ? lanes_try(&a->verifier) : NULL;
    if (differs != NULL && *differs != 0)
        a->verifier.differs = true;
}

const char *accelerator_judge(const struct accelerator *a)
{
    return sig_verifier_state(&a->verifier) == SIG_LANES_LOST ? "libsodium" : a->name;
}

void accelerator_close(struct accelerator *a)
{
    if (a->module != NULL)
        dlclose(a->module);
    *a = (struct accelerator){ .name = "libsodium" };
}
