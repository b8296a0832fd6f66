// The one place that draws randomness (libsodium's randombytes: getrandom).
#pragma once

#include "core/bytes.h"
#include "core/id.h"
#include "crypto/secret.h"

namespace attune::crypto {

void random_fill(std::span<std::byte> into);
[[nodiscard]] std::uint32_t random_below(std::uint32_t bound);  // uniform

template <class AnyId>
[[nodiscard]] AnyId random_id() {
  std::array<std::byte, AnyId::size> bytes;
  random_fill(bytes);
  return AnyId{bytes};
}
template <class AnySecret>
[[nodiscard]] AnySecret random_secret() {
  return AnySecret::born([](auto into) { random_fill(into); });
}

}  // namespace attune::crypto
