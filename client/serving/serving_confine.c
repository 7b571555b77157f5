#include "client/serving/serving_confine.h"

#include <errno.h>

#include "proto/process/passed_socket.h"
#include "proto/process/privileges.h"

enum outcome serving_become(struct serving_options *options, const char *user)
{
    unsigned language = (unsigned)language_get();
    const char *cause;
    if (passed_socket_take(&options->passed, &cause, language) != 0)
        return say_usage("%s", cause);
    if (user == NULL) {
        if (privileges_root())
            say(TR("this runs as root, so that the rights of files hold nothing back: start it as "
                   "a user of its own, or with --user NAME",
                   "esto se ejecuta como root, y los permisos de archivos no frenan nada: inícielo "
                   "como un usuario propio, o con --user NOMBRE"));
        return OUTCOME_PROVEN;
    }
    if (options->passed == 0 && serving_bind(options) != 0)
        return OUTCOME_USAGE;
    enum privileges result = privileges_drop(user);
    if (result == PRIVILEGES_DROPPED || result == PRIVILEGES_SAME)
        return OUTCOME_PROVEN;
    const char *why = result == PRIVILEGES_FAILED ? errno_words(errno) : "";
    return say_usage("--user %s: %s%s%s", user, privileges_words(result, language),
                     why[0] == 0 ? "" : ": ", why);
}

enum outcome serving_confine(const struct serving_options *options, struct sandbox_plan *plan,
                             bool wanted)
{
    struct sandbox_state entered = { SANDBOX_UNWANTED, SANDBOX_UNWANTED };
    const char *what = "";
    sandbox_add_replaced(plan, options->tls.cert);
    sandbox_add_replaced(plan, options->tls.key);
    sandbox_add_replaced(plan, options->tls.client_ca);
    if (wanted && sandbox_enter(plan, &entered, &what) != 0)
        return say_usage(TR("the sandbox cannot be entered: %s: %s",
                            "no se puede activar el confinamiento: %s: %s"),
                         what, errno_words(errno));
    say(TR("sandbox: %s", "confinamiento: %s"), sandbox_words(entered, (unsigned)language_get()));
    return OUTCOME_PROVEN;
}
