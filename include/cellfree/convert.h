#ifndef CF_CONVERT_H
#define CF_CONVERT_H

/* Weights trained elsewhere, as a policy. */

#include <cellfree/policy.h>
#include <cellfree/status.h>

CF_BEGIN_C

/* hpe      B's network: gnn.phi1.conv1.weight (2F,6,1,1), ...
 * sinrnet  the published ancestor of A's network: conv1a.weight (4F,1,1,1), conv2a.weight
 *          (4F,4F+1,1,1), ..., the last with one output; and the same with b for the width of the
 *          support, or without */
typedef struct cf_convert {
    const char *architecture; /* whose tensors the file has, by the authors' names */

    /* hpe */
    double mean_db, std_db; /* input is (gain_dbm - mean_db) / std_db                            */
    double noise_dbm;       /* the noise its gains were over; NaN: thermal of 500 MHz at 300 K   */
    int32_t runs;           /* runs of the network (A); 0: 2                                     */

    /* sinrnet */
    int32_t linear;               /* 1: x is the gain over noise itself, 0: in dB                */
    double input_mean, input_std; /* input is (x - input_mean) / input_std; published: 0, 10     */
    int32_t exponential;          /* 1: powers are exp(o) W, 0: o W, nothing where below 0       */
    double out_scale, out_offset; /* o = out_scale u + out_offset, u from a; published: 1, -2    */
    double support_offset;        /* in place of out_offset, for the width from b; published: 4  */
} cf_convert;

/* Read a PyTorch state dict saved as .safetensors (float32, float64 or float16) or .npz and make a
 * policy of it. Sizes are read off the tensors. CF_EFORMAT names the first tensor that is missing,
 * has another shape, or is not known; CF_EARG: an option out of its range. */
CF_API cf_status cf_policy_convert(cf_policy **out, const char *path, const cf_convert *options);

CF_END_C

#endif
