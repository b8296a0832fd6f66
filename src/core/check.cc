#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace attune {

void check_failed(const char* condition, const char* file, int line) noexcept {
  // Straight to standard error: no allocation and no logger can be trusted any more.
  std::fprintf(stderr, "attune: internal: %s does not hold (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace attune
