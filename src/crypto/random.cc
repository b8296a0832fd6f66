#include "crypto/random.h"

#include <sodium.h>

namespace attune::crypto {

void random_fill(std::span<std::byte> into) {
  if (!into.empty()) randombytes_buf(into.data(), into.size());
}

std::uint32_t random_below(std::uint32_t bound) { return randombytes_uniform(bound); }

}  // namespace attune::crypto
