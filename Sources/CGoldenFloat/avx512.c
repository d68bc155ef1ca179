#if defined(__x86_64__)
#include "CGoldenFloat.h"
#include <string.h>

#define GF_LANES 16
#define GF_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")))
#define GF(name) name##_avx512
#define GF_NAME "avx512"
#include "kernels.inc"
#endif
