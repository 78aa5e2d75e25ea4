#include "reproduce_assignment.h"

#include "reproduce.h"

static int reproduce(cli_reproduction *r)
{
    cli_curve curve[CLI_CURVES];
    int status = cli_assignment_table(r);
    if (status == CLI_DONE) status = cli_assignment_networks(r);
    if (status == CLI_DONE && r->scale > 0) status = cli_assignment_curves(r, curve);
    if (status == CLI_DONE) status = cli_assignment_notes(r, r->scale > 0 ? curve : NULL);
    return status;
}

int cli_reproduce_assignment(cli_reproduction *r)
{
    cli_scene scene[] = {
        [CLI_SMALL] = {.scenario = "mmwave-small",
                       .title = "Small network: 5 access points, 4 users"},
        [CLI_LARGE] = {.scenario = "mmwave-large",
                       .title = "Large network: 20 access points, 15 users"},
    };
    r->scene = scene;
    r->scenes = sizeof scene / sizeof *scene;
    const int status = reproduce(r);
    cli_scenes_close(r);
    return status;
}
