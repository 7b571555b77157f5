/* Programs that are measured: their time, their CPU, their memory. They end with this process. */
#ifndef BENCH_PROGRAM_H
#define BENCH_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Starts one, standard output into a file; standard error into the same file with ".err" behind its name. */
pid_t program_start(const char *const *argv, const char *out);

/* SIGTERM, and waits for its end. */
void program_stop(pid_t pid);

struct ran {
    int status; /* exit status */
    double seconds;
    double cpu_s;
    double anon_mib; /* the most anonymous memory that was seen, looked at every 10 ms */
};

/* Runs one to its end. */
struct ran program_run(const char *const *argv, const char *out);

/* The same, and dies of any status but 0. */
struct ran program_must(const char *const *argv, const char *out);

/* CPU seconds that a running process has used, all its threads. */
double program_cpu(pid_t pid);

/* Anonymous memory of a running process, MiB. */
double program_anon_mib(pid_t pid);

#endif
