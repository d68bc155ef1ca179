#if defined(__x86_64__)
#include "CGoldenFloat.h"
#include <string.h>

#define GF_LANES 8
#define GF_TARGET __attribute__((target("avx2,fma")))
#define GF(name) name##_avx2
#define GF_NAME "avx2"
#include "kernels.inc"
#endif
