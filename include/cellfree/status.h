#ifndef CF_STATUS_H
#define CF_STATUS_H

#if defined(CF_BUILD)
#    define CF_API __attribute__((visibility("default")))
#else
#    define CF_API
#endif

#if defined(__cplusplus)
#    define CF_BEGIN_C extern "C" {
#    define CF_END_C   }
#else
#    define CF_BEGIN_C
#    define CF_END_C
#endif

CF_BEGIN_C

/* How a call can fail. 0 is success; every other value is an error, never a hint. On failure
 * outputs are untouched and objects stay usable. The library never prints and never exits. A call
 * that returns a status refuses NULL with CF_EARG, but where its comment gives NULL a meaning; one
 * that returns something else (an accessor, cf_drops_snr, cf_assignment_rate) needs what it
 * reads. */
typedef enum cf_status {
    CF_OK = 0,
    CF_EARG,    /* argument, option or YAML value out of its documented range          */
    CF_ESHAPE,  /* dimensions disagree, or L, K, A, U admit no assignment              */
    CF_ENOMEM,  /* an allocation failed, or a workspace was too small                  */
    CF_EIO,     /* file missing, unreadable, unwritable, or the disk is full           */
    CF_EFORMAT, /* file truncated, damaged, too new, or not what was asked for         */
    CF_ENUM,    /* NaN or infinity, or no convergence                                  */
    CF_ESTOP,   /* stopped by the caller's callback; what was reached has been saved   */
    CF_STATUS_COUNT
} cf_status;

/* Short fixed text for a status, e.g. "dimensions disagree". Never NULL. */
CF_API const char *cf_status_str(cf_status s);

/* What went wrong last on this thread, with the numbers in it ("drops.h5: gain_dbm is
 * (1024,5,4,4), wanted (n,L,K)"); "" if nothing did. Owned by cellfree, per thread. */
CF_API const char *cf_last_error(void);

/* "0.1.0". Written into every file. */
CF_API const char *cf_version(void);

CF_END_C

#endif
