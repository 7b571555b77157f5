/* Which mutant a process is, by the environment:
 *   MUTANT=NUMBER          that one
 *   MUTANT_REACHED=FILE    none; FILE, one byte for each number, is set to 1 for each mutant that
 *                          would have changed a value. Processes and threads share the file.
 *   MUTANT_CPU=SECONDS     the process may use no more
 *   MUTANT_SERVER=1        of a program with cmocka: for each line "NUMBER TEST CPU SECONDS" of its
 *                          standard input a copy of the process runs that test as that mutant, with
 *                          so many seconds of CPU time and by the clock; a line out for each: the
 *                          wait status. It spares loading the program. */
#include "tests/mutants/mutant.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY_MOST ((rlim_t)4 << 30)

_Bool mutant_on;
static unsigned long chosen;
static unsigned char *reached;
static size_t reached_size;

static char test[256];

void cmocka_set_test_filter(const char *pattern) __attribute__((weak));

static void note_reached(const char *file)
{
    struct stat st;
    int fd = open(file, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        _exit(99);
    reached_size = (size_t)st.st_size;
    reached = mmap(NULL, reached_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (reached == MAP_FAILED)
        _exit(99);
}

static void limit(int what, rlim_t most)
{
    struct rlimit l = { most, most };
    setrlimit(what, &l);
}

static void limit_all(rlim_t cpu)
{
    limit(RLIMIT_CPU, cpu);
    limit(RLIMIT_AS, MEMORY_MOST);
    limit(RLIMIT_CORE, 0);
}

/* Returns in each copy; the process itself ends here. */
static void serve(void)
{
    unsigned long cpu;
    unsigned seconds;
    int status;
    while (scanf("%lu %255s %lu %u", &chosen, test, &cpu, &seconds) == 4) {
        pid_t child = fork();
        if (child == 0) {
            limit_all(cpu);
            alarm(seconds);
            cmocka_set_test_filter(test);
            if (freopen("/dev/null", "r", stdin) == NULL ||
                freopen("/dev/null", "w", stdout) == NULL)
                _exit(99);
            return;
        }
        if (child < 0 || waitpid(child, &status, 0) != child)
            _exit(99);
        printf("%d\n", status);
        fflush(stdout);
    }
    _exit(0);
}

__attribute__((constructor)) static void start(void)
{
    const char *number = getenv("MUTANT"), *file = getenv("MUTANT_REACHED"),
               *cpu = getenv("MUTANT_CPU");
    if (number != NULL)
        chosen = strtoul(number, NULL, 10);
    if (file != NULL)
        note_reached(file);
    if (cpu != NULL)
        limit_all(strtoul(cpu, NULL, 10));
    if (getenv("MUTANT_SERVER") != NULL && cmocka_set_test_filter != NULL)
        serve();
    mutant_on = chosen != 0 || reached != NULL;
}

/* Returns whether the mutant is the chosen one. */
static _Bool is_chosen(unsigned number)
{
    if (number == 0)
        return 0;
    if (reached != NULL && number < reached_size)
        reached[number] = 1;
    return number == chosen;
}

_Bool mutant_bool_changed(unsigned always, unsigned never, _Bool value)
{
    unsigned number = value ? never : always;
    return number != 0 && is_chosen(number) ? !value : value;
}

_Bool mutant_flip_changed(unsigned number, _Bool value)
{
    return is_chosen(number) ? !value : value;
}

long mutant_value_changed(unsigned number, long value)
{
    return value != 0 && is_chosen(number) ? 0 : value;
}

long mutant_case_changed(const struct mutant_case *cases, unsigned n, long value)
{
    for (unsigned i = 0; i < n; i++)
        if (cases[i].value == value)
            return is_chosen(cases[i].number) ? LONG_MIN : value;
    return value;
}

_Bool mutant_keep_changed(unsigned number)
{
    return !is_chosen(number);
}
