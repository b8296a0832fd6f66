// Keys and fixed-size fields out of bytes that a test holds in the open.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>

#include "core/bytes.h"
#include "crypto/secret.h"
#include "support/vectors.h"

namespace attune::test {

template <class AnySecret>
[[nodiscard]] AnySecret secret_of(BytesView bytes) {
  if (bytes.size() != AnySecret::size) throw std::invalid_argument{"a key of another size"};
  return AnySecret::copied(std::span<const std::byte, AnySecret::size>{bytes.data(), AnySecret::size});
}

template <std::size_t N>
[[nodiscard]] std::array<std::byte, N> array_of(BytesView bytes) {
  if (bytes.size() != N) throw std::invalid_argument{"a field of another size"};
  std::array<std::byte, N> array;
  std::ranges::copy(bytes, array.begin());
  return array;
}

[[nodiscard]] inline crypto::KeyView key_of(const Bytes& bytes) {
  if (bytes.size() != crypto::KeyView::extent) throw std::invalid_argument{"a key of another size"};
  return crypto::KeyView{bytes.data(), crypto::KeyView::extent};
}

}  // namespace attune::test
