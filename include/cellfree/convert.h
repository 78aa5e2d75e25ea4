#ifndef CF_CONVERT_H
#define CF_CONVERT_H

/* Weights trained elsewhere, as a policy. */

#include <cellfree/policy.h>
#include <cellfree/status.h>

CF_BEGIN_C

typedef struct cf_convert {
    const char
        *architecture; /* "hpe": tensors by the authors' names, gnn.phi1.conv1.weight (2F,in,1,1) */
    double mean_db,
        std_db;       /* hpe: input is (gain_dbm - mean_db) / std_db                            */
    double noise_dbm; /* the noise its gains were over; NaN: thermal noise of 500 MHz at 300 K   */
    int32_t runs;     /* hpe: runs of the network (A); 0: 2                                      */
} cf_convert;

/* Read a PyTorch state dict saved as .safetensors (float32, float64 or float16) or .npz and make a
 * policy of it. Sizes are read off the tensors. CF_EFORMAT names the first tensor that is missing,
 * has another shape, or is not known. */
CF_API cf_status cf_policy_convert(cf_policy **out, const char *path, const cf_convert *options);

CF_END_C

#endif
