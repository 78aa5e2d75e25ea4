#include "channel/fading.h"

#include <math.h>

double chan_fading_db(chan_fading model, double k_factor, rng *r)
{
    double power = 1;
    if (model == CHAN_NO_FADING) return 0;
    if (model == CHAN_RAYLEIGH) {
        power = -log1p(-rng_uniform(r));
    } else {
        const double scatter = sqrt(0.5 / (1 + k_factor));
        const double re = sqrt(k_factor / (1 + k_factor)) + scatter * rng_normal(r);
        const double im = scatter * rng_normal(r);
        power = re * re + im * im;
    }
    return 10 * log10(fmax(power, 1e-30));
}
