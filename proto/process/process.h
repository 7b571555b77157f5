/* What both programs do before anything else. Main thread, before others start. */
#ifndef PROTO_PROCESS_PROCESS_H
#define PROTO_PROCESS_PROCESS_H

#include <stdbool.h>

/* Opens /dev/null in the place of each standard stream that is closed, so that no file of ours gets
 * its number: what the program prints would be written into that file. With output_matters, what is
 * printed to a standard output that was closed fails, so that the program can say so; without, it
 * is thrown away. */
void process_hold_streams(bool output_matters);

/* Writes no core files: memory holds keys, and names of people. */
void process_dump_no_core(void);

/* From now on the process's memory and what /proc says of it are for root alone: no other process
 * of the same user reads a key there, and no handler of crashes gets it, to whom the limit of core
 * files means nothing. Not in programs built with AddressSanitizer, as LeakSanitizer traces the
 * process at its end. Any thread. */
void process_hide_memory(void);

#endif
