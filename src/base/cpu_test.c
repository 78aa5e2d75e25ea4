#include "base/cpu.h"

#include <stdlib.h>

#include "t.h"

static void environment_lowers_the_level_and_never_raises_it(void)
{
    unsetenv("CELLFREE_KERNELS");
    const int best = base_cpu_level();
    CHECK(best == 0 || (best >= 2 && best <= 4));
    setenv("CELLFREE_KERNELS", "portable", 1);
    CHECK(base_cpu_level() == 0);
    setenv("CELLFREE_KERNELS", "v3", 1);
    CHECK(base_cpu_level() == (best >= 3 ? 3 : best));
    setenv("CELLFREE_KERNELS", "v4", 1);
    CHECK(base_cpu_level() == best);
    setenv("CELLFREE_KERNELS", "nonsense", 1);
    CHECK(base_cpu_level() == best);
    setenv("CELLFREE_KERNELS", "", 1);
    CHECK(base_cpu_level() == best);
    unsetenv("CELLFREE_KERNELS");
}

int main(void)
{
    RUN(environment_lowers_the_level_and_never_raises_it);
    return DONE();
}
