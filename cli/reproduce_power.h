#ifndef CLI_REPRODUCE_POWER_H
#define CLI_REPRODUCE_POWER_H

#include "reproduction.h"

/* The parts of `cellfree reproduce power`. A is Raghunath et al., "Energy-Efficient Power
 * Allocation in Cell-Free Massive MIMO via Graph Neural Networks": its table II and its figures 4
 * and 5. Every size comes as A's text has it (literal) and with every distance 10 m (table2). */

enum { CLI_SIZES = 3, CLI_POWER_SCENES = 2 * CLI_SIZES }; /* literal ones first, in A's order */

/* What A's table II prints for a size: energy efficiency [Mbit/J], and time of 1,024 drops [s]. */
typedef struct cli_power_row {
    const char *size;
    double sca, gnn, sca_s, gnn_s;
} cli_power_row;

const cli_power_row *cli_power_row_of(const cli_scene *s);

/* What A prints for a result's method: its SCA is our sca, its GNN our sinrnet; else NaN. */
double cli_power_printed(const cli_scene *s, const cf_result *r);

/* The methods of a scene, in the order of the tables. */
typedef struct cli_power_method {
    const char
        *policy; /* stem of its file, "SIZE" in it standing for the scene's; NULL: none needed */
    const char
        *spec; /* "beam:width=8", "policy+search:samples=4"                                  */
    const char
        *label; /* in figures and text                                                       */
} cli_power_method;

extern const cli_power_method cli_power_methods[];
extern const int cli_power_method_count;

/* cli_scene_work with those whose policy is there; one that is missing is said once. */
int cli_power_work(const cli_reproduction *r, cli_scene *s);

/* The scene's result of method i of the list; NULL: its policy is not there. */
const cf_result *cli_power_result(const cli_scene *s, int i);

/* The same by label, which must be one of the list. */
const cf_result *cli_power_labelled(const cli_scene *s, const char *label);

/* A curve of figure 4: mean and deviation that the input is normalised by (1/W if linear, else dB),
 * both a share of the true ones, and energy efficiency on validation drops [Mbit/J] after a quarter
 * of the training and at its end. */
typedef struct cli_power_curve {
    int linear;
    double share, mean, std, quarter, last;
} cli_power_curve;

enum { CLI_POWER_CURVES = 6 };

/* Does any of CLI_SIZES scenes have it? */
int cli_power_in_any(const cli_scene *s, const char *label);

/* Each gives an exit status and complains by itself. */
int cli_power_table(const cli_reproduction *r); /* drops, results, table2.{txt,csv,md} */
int cli_power_front(cli_reproduction *r);       /* front.*, front-table2.*             */
int cli_power_bars(cli_reproduction *r);        /* figure5.*                           */
int cli_power_spread(cli_reproduction *r);      /* cdf*.csv, cdf.*, cdf-table2.*       */
int cli_power_curves(cli_reproduction *r,
                     cli_power_curve curve[CLI_POWER_CURVES]); /* training, figure4.* */
int cli_power_notes(const cli_reproduction *r,
                    const cli_power_curve *curve); /* reproduce.md; curve NULL: not drawn */

/* 1: no other method of the scene is as fast in the median and as good as method i. */
int cli_power_on_front(const cli_scene *s, int i);

#endif
