#include "proto/process/privileges.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GROUPS_MAX 1024

struct becoming {
    uid_t user;
    gid_t group;
    gid_t member[GROUPS_MAX]; /* of these groups, its own among them */
    int members;
};

static int by_number(const void *a, const void *b)
{
    gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;
    return (x > y) - (x < y);
}

static bool has_groups(const struct becoming *to)
{
    static gid_t want[GROUPS_MAX], have[GROUPS_MAX];
    int n = getgroups(GROUPS_MAX, have);
    if (n != to->members)
        return false;
    memcpy(want, to->member, (size_t)n * sizeof *want);
    qsort(want, (size_t)n, sizeof *want, by_number);
    qsort(have, (size_t)n, sizeof *have, by_number);
    return memcmp(want, have, (size_t)n * sizeof *want) == 0;
}

/* Calls that change a user have failed in silence before, in other libraries and systems. */
static bool is_user(const struct becoming *to)
{
    uid_t u[3];
    gid_t g[3];
    if (getresuid(&u[0], &u[1], &u[2]) != 0 || getresgid(&g[0], &g[1], &g[2]) != 0)
        return false;
    for (int i = 0; i < 3; i++)
        if (u[i] != to->user || g[i] != to->group)
            return false;
    return has_groups(to) && setresuid(0, 0, 0) != 0 && setresgid(0, 0, 0) != 0 &&
           setgroups(0, NULL) != 0;
}

/* Groups first: afterwards they cannot be changed any more. */
static int become(const struct becoming *to)
{
    if (setgroups((size_t)to->members, to->member) != 0 ||
        setresgid(to->group, to->group, to->group) != 0 ||
        setresuid(to->user, to->user, to->user) != 0)
        return -1;
    errno = EPERM;
    return is_user(to) ? 0 : -1;
}

enum privileges privileges_drop(const char *user)
{
    static struct becoming to; /* some kilobytes */
    errno = 0;
    const struct passwd *found = getpwnam(user);
    if (found == NULL)
        return errno == 0 || errno == ENOENT ? PRIVILEGES_NO_USER : PRIVILEGES_FAILED;
    if (found->pw_uid == 0)
        return PRIVILEGES_TO_ROOT;
    if (geteuid() != 0)
        return geteuid() == found->pw_uid && getuid() == found->pw_uid ? PRIVILEGES_SAME
                                                                       : PRIVILEGES_NOT_ROOT;
    to.user = found->pw_uid;
    to.group = found->pw_gid;
    to.members = GROUPS_MAX;
    errno = E2BIG;
    if (getgrouplist(user, to.group, to.member, &to.members) < 0)
        return PRIVILEGES_FAILED;
    return become(&to) == 0 ? PRIVILEGES_DROPPED : PRIVILEGES_FAILED;
}

const char *privileges_words(enum privileges p, unsigned language)
{
    static const char *const words[][2] = {
        [PRIVILEGES_DROPPED] = { "", "" },
        [PRIVILEGES_SAME] = { "", "" },
        [PRIVILEGES_NO_USER] = { "there is no such user", "ese usuario no existe" },
        [PRIVILEGES_TO_ROOT] = { "this must be a user other than root",
                                 "debe ser un usuario distinto de root" },
        [PRIVILEGES_NOT_ROOT] = { "only root can become another user",
                                  "solo root puede convertirse en otro usuario" },
        [PRIVILEGES_FAILED] = { "the process cannot become that user",
                                "el proceso no puede convertirse en ese usuario" },
    };
    return words[p][language != 0];
}

bool privileges_root(void)
{
    return geteuid() == 0;
}
