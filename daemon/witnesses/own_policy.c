#include "daemon/witnesses/own_policy.h"

#include <errno.h>

#include "proto/sys/files.h"
#include "proto/sys/language.h"

/* A policy of another log would have its witnesses cosign in vain. */
static bool is_of_this_log(const struct policy *policy, const struct vkey *key, const char *path,
                           objections *to)
{
    for (size_t i = 0; policy_one_log(policy) && i < policy_logs(policy); i++)
        if (vkey_eq(&policy_log(policy, i)->key, key))
            return true;
    struct buf ours = { 0 };
    vkey_format(&ours, key);
    if (policy_logs(policy) != 1)
        object(to,
               TR("%s names %zu logs: a policy to run under names one, this log (%s)",
                  "%s nombra %zu bitácoras: una política para operar nombra una, esta (%s)"),
               path, policy_logs(policy), buf_str(&ours));
    else
        object(to,
               TR("%s is not a policy of this log: its log key is another (%s) than that of "
                  "log.key (%s)",
                  "%s no es una política de esta bitácora: su clave es otra (%s) que la de "
                  "log.key (%s)"),
               path, policy_log(policy, 0)->key.name, buf_str(&ours));
    buf_free(&ours);
    return false;
}

static struct policy *parse_own(struct span text, const char *path, objections *to)
{
    struct refusal why;
    struct policy *policy = policy_parse(text, &why);
    if (policy == NULL) {
        struct buf sentence = { 0 };
        refusal_sentence(&sentence, &why, language_get());
        object(to, "%s: %s", path, buf_str(&sentence));
        buf_free(&sentence);
    }
    return policy;
}

int own_policy_read(struct own_policy *out, const char *path, const struct vkey *key,
                    objections *to)
{
    *out = (struct own_policy){ .policy = NULL };
    if (file_read_at_once(&out->text, path, POLICY_MAX) != FILE_OK)
        object(to, TR("cannot read %s: %s", "no se pudo leer %s: %s"), path, errno_words(errno));
    else
        out->policy = parse_own(buf_span(&out->text), path, to);
    if (out->policy != NULL && (key == NULL || is_of_this_log(out->policy, key, path, to)))
        return 0;
    own_policy_free(out);
    return -1;
}

void own_policy_free(struct own_policy *p)
{
    policy_free(p->policy);
    buf_free(&p->text);
    p->policy = NULL;
}
