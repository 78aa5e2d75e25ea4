#ifndef CLI_LABEL_H
#define CLI_LABEL_H

/* Names beside the points of a figure, without overlap where there is room. Lengths in cm, from the
 * panel's lower left corner. */

typedef struct cli_label {
    const char *text;
    double x, y;       /* its point                                          */
    double at_x, at_y; /* out: where it stands, on its middle line           */
    int align;         /* out: it begins (1), ends (-1) or is centred (0) there */
    int far;           /* out: 1: a line should lead from it to its point    */
    double cost;       /* out: of a place so far and on that side            */
} cli_label;

typedef struct cli_label_panel {
    double width, height;
    double font;                   /* of the text [pt]                                */
    const double *line_x, *line_y; /* points along a curve that names should not cover */
    int line_count;
} cli_label_panel;

/* Points along a step of a front, across and then up, for the names to keep off: CLI_STEP_POINTS go
 * into x and y. Returns CLI_STEP_POINTS. */
enum { CLI_STEP_POINTS = 32 };
int cli_label_step(double from_x, double from_y, double to_x, double to_y, double *x, double *y);

void cli_labels_place(const cli_label_panel *panel, cli_label *label, int count);

#endif
