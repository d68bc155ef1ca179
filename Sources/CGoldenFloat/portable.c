#include "CGoldenFloat.h"
#include <string.h>

#define GF_LANES 4
#define GF_TARGET
#define GF(name) name##_portable
#define GF_NAME "portable"
#include "kernels.inc"
