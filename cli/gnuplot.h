#ifndef CLI_GNUPLOT_H
#define CLI_GNUPLOT_H

#include "reproduction.h"

/* Open FOLDER/NAME.gp and write what every figure starts with: both formats in a loop, fonts,
 * colours, grid, and the line at the foot that says what made it. Width and height in cm. */
int cli_gnuplot_open(cli_output *o, const cli_reproduction *r, const char *name, double width,
                     double height);

/* End the loop, close the script, and run gnuplot on it in its folder, as a process of its own. A
 * missing gnuplot is remembered in r and is no failure: script and data stay. */
int cli_gnuplot_close(cli_output *o, cli_reproduction *r, const char *name);

/* An item of reproduce.md that says so where gnuplot is missing. */
void cli_gnuplot_note(FILE *f, const cli_reproduction *r);

/* A string of gnuplot's, whatever is in it. */
void cli_gnuplot_string(FILE *f, const char *text);

#endif
