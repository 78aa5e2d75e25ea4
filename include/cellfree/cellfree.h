#ifndef CF_CELLFREE_H
#define CF_CELLFREE_H

/* All of cellfree. A radio unit that only decides needs <cellfree/policy.h> and libcellfree-run. */

#include <cellfree/assignment.h>
#include <cellfree/bench.h>
#include <cellfree/convert.h>
#include <cellfree/drops.h>
#include <cellfree/evaluate.h>
#include <cellfree/method.h>
#include <cellfree/policy.h>
#include <cellfree/power.h>
#include <cellfree/runs.h>
#include <cellfree/scenario.h>
#include <cellfree/status.h>
#include <cellfree/task.h>
#include <cellfree/train.h>

#endif
