#include "daemon/host/confine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "daemon/host/cmd.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "proto/process/privileges.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

int confine_user(const char *user)
{
    if (user == NULL) {
        if (privileges_root())
            log_line(LOG_WARNING,
                     "this runs as root, so that the rights of files hold nothing back: "
                     "start it as a user of its own, or with --user NAME");
        return 0;
    }
    enum privileges result = privileges_drop(user);
    int cause = errno;
    if (result == PRIVILEGES_DROPPED || result == PRIVILEGES_SAME)
        return 0;
    bool failed = result == PRIVILEGES_FAILED;
    terminal_print(stderr, "bitacorad: --user %s: %s%s%s\n", user,
                   privileges_words(result, (unsigned)language_get()), failed ? ": " : "",
                   failed ? errno_words(cause) : "");
    return failed ? EXIT_DAMAGE : EXIT_USAGE;
}

int confine(const struct sandbox_plan *plan, bool wanted)
{
    struct sandbox_state state = { SANDBOX_UNWANTED, SANDBOX_UNWANTED };
    const char *what = "";
    if (wanted && sandbox_enter(plan, &state, &what) != 0) {
        log_line(LOG_ERROR, "the sandbox cannot be entered: %s: %s", what, strerror(errno));
        return EXIT_DAMAGE;
    }
    bool whole = state.calls == SANDBOX_ACTIVE && state.files == SANDBOX_ACTIVE;
    metric_set(METRIC_SANDBOX_CALLS, state.calls == SANDBOX_ACTIVE);
    metric_set(METRIC_SANDBOX_FILES, state.files == SANDBOX_ACTIVE);
    log_line(whole ? LOG_INFO : LOG_WARNING, "sandbox: %s", sandbox_words(state, 0));
    return 0;
}
