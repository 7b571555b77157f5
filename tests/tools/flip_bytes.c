/* Alters bytes of a file of a mirror, one at a time, and runs the client's binary on each: it must
 * exit 1. Which bytes: PART, and every PARTS-th after it.
 * usage: flip_bytes BITACORA POLICY FILE MIRROR PART PARTS */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int run(const char *binary, const char *policy, const char *mirror)
{
    const char *const argv[] = { binary, "replay", "--policy", policy, "--dir", mirror, NULL };
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid, binary, &actions, NULL, (char *const *)argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid)
        exit(2);
    posix_spawn_file_actions_destroy(&actions);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int main(int argc, char **argv)
{
    if (argc != 7)
        return 2;
    size_t part = (size_t)atoi(argv[5]), parts = (size_t)atoi(argv[6]), altered = 0, failures = 0;
    struct stat s;
    int fd = open(argv[3], O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &s) != 0 || run(argv[1], argv[2], argv[4]) != 0)
        return 2;
    for (off_t at = (off_t)part; at < s.st_size; at += (off_t)parts, altered++) {
        unsigned char byte, other;
        if (pread(fd, &byte, 1, at) != 1)
            return 2;
        other = byte ^ (unsigned char)(1 << at / (off_t)parts % 8); /* each bit gets its turn */
        if (pwrite(fd, &other, 1, at) != 1)
            return 2;
        int exit_code = run(argv[1], argv[2], argv[4]);
        if (exit_code != 1) {
            failures++;
            printf("# byte %lld: exit %d\n", (long long)at, exit_code);
        }
        if (pwrite(fd, &byte, 1, at) != 1)
            return 2;
    }
    printf("%s - %zu bytes of %s altered one at a time: the binary exits 1 (part %zu of %zu)\n",
           failures == 0 ? "ok" : "not ok", altered, argv[3], part + 1, parts);
    return failures == 0 ? 0 : 1;
}
