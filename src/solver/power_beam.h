#ifndef SOLVER_POWER_BEAM_H
#define SOLVER_POWER_BEAM_H

#include "solver/power_sets.h"

/* A set of the next level: parent's set and one more link. */
typedef struct solver_child {
    solver_move move;
    int32_t parent;
    uint64_t hash;
} solver_child;

enum { SOLVER_BEAM_FINALISTS = 4 };

typedef struct solver_beam {
    int32_t width, children, offers;            /* offers: what each parent may put into the pool */
    solver_set *now, *next;                     /* (width)                                        */
    solver_set best[SOLVER_BEAM_FINALISTS + 1]; /* best first, and a place for the next   */
    int32_t finalists;
    solver_child *pool; /* (width offers) a heap, best score first        */
    int32_t *taken;     /* (width) children that parent i has so far      */
    solver_move *moves; /* (offers)                                       */
} solver_beam;

void solver_beam_place(solver_beam *b, const solver_sets *s, arena *a, int32_t width,
                       int32_t children);

/* Sets grown from the empty one, a link a level: all parents' screened additions, best first, at
 * most `children` of any parent (of any user on the first level), none twice, `width` in all; each
 * refitted by 3 steps. Ends after two levels without a better set. The finalists, the best sets of
 * any level, are refitted by 12, since 3 do not rank them; the winner is b->best[0]. *sets
 * counts. */
void solver_beam_run(solver_beam *b, const solver_sets *s, int64_t *sets);

#endif
