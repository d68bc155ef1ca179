#include "ckernels.h"

#define SWIFT __attribute__((swiftcall))
#define CONTEXT __attribute__((swift_context))

typedef SWIFT void (*task_body)(intptr_t task, intptr_t member, CONTEXT const void *context);
typedef SWIFT void (*closure_use)(
    const void *function, const void *context, CONTEXT const void *use_context);

// Called from Swift by its symbol: a Swift closure arrives as its function and its context.
SWIFT void ckernels_lend(
    const void *function, const void *context, closure_use use, const void *use_context) {
  use(function, context, use_context);
}

void ckernels_call(const void *function, const void *context, intptr_t task, intptr_t member) {
  ((task_body)function)(task, member, context);
}
