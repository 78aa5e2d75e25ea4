#ifndef RUNS_PROCESS_H
#define RUNS_PROCESS_H

enum { RUNS_PROCESS_SIZE = 96 };

/* A name of process `pid` of this machine that no other has before or after it: its number, when it
 * started, and which start of the machine it was. "" where there is none, or it cannot be known. */
void runs_process(long pid, char out[RUNS_PROCESS_SIZE]);

/* Has the process of this machine with this name ended? 0 where that cannot be known. */
int runs_process_ended(const char *name);

#endif
