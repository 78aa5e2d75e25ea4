"""cellfree's random numbers (src/base/rng.h) in NumPy: Philox4x32-10, Salmon et al., SC 2011."""

import numpy as np

INIT, SUPPORT = 3, 11  # purposes


def uniform(seed, purpose, index, n):
    """The first n numbers in [0,1) of a stream, 53 bits each."""
    blocks = (n + 1) // 2
    c = [np.arange(blocks, dtype=np.uint64)] + [np.full(blocks, v, np.uint64)
                                               for v in (purpose, index & 0xffffffff, index >> 32)]
    k0, k1 = seed & 0xffffffff, seed >> 32
    low = np.uint64(0xffffffff)
    for _ in range(10):
        p, q = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        c = [q >> np.uint64(32) ^ c[1] ^ np.uint64(k0), q & low, p >> np.uint64(32) ^ c[3] ^ np.uint64(k1), p & low]
        k0, k1 = (k0 + 0x9E3779B9) & 0xffffffff, (k1 + 0xBB67AE85) & 0xffffffff
    u = np.stack(c, 1).reshape(-1, 2)
    return ((u[:, 0] >> np.uint64(5) << np.uint64(26) | u[:, 1] >> np.uint64(6)) * 2.0 ** -53)[:n]
