#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

/* From now on Ctrl-C (SIGINT) and SIGTERM wait to be asked for, instead of ending the program. Call
 * before threads are started. */
void cli_hold_interrupts(void);

/* Has one come since? */
int cli_interrupted(void);

#endif
