#include "reproduce_power.h"

#include "reproduce.h"

static int reproduce(cli_reproduction *r)
{
    cli_power_curve curve[CLI_POWER_CURVES];
    int status = cli_power_table(r);
    if (status == CLI_DONE) status = cli_power_front(r);
    if (status == CLI_DONE) status = cli_power_spread(r);
    if (status == CLI_DONE) status = cli_power_bars(r);
    if (status == CLI_DONE && r->scale > 0) status = cli_power_curves(r, curve);
    if (status == CLI_DONE) status = cli_power_notes(r, r->scale > 0 ? curve : NULL);
    return status;
}

int cli_reproduce_power(cli_reproduction *r)
{
    cli_scene scene[CLI_POWER_SCENES] = {
        {.scenario = "power-5x10", .title = "5 APs, 10 users"},
        {.scenario = "power-10x10", .title = "10 APs, 10 users"},
        {.scenario = "power-15x15", .title = "15 APs, 15 users"},
        {.scenario = "power-5x10-table2", .title = "5 APs, 10 users, every distance 10 m"},
        {.scenario = "power-10x10-table2", .title = "10 APs, 10 users, every distance 10 m"},
        {.scenario = "power-15x15-table2", .title = "15 APs, 15 users, every distance 10 m"},
    };
    r->scene = scene;
    r->scenes = CLI_POWER_SCENES;
    const int status = reproduce(r);
    cli_scenes_close(r);
    return status;
}
