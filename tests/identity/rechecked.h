// What somebody with a vault's file and no passphrase can do: change it and set its plain checksum right again.
#pragma once

#include <algorithm>
#include <span>

#include "core/bytes.h"
#include "crypto/hash.h"

namespace attune::test {

inline constexpr std::size_t kVaultHeader = 96;  // docs/store-format.md, section 5
inline constexpr std::size_t kVaultChecksum = 32;

inline Bytes rechecked(Bytes vault) {
  const auto before = std::span{vault}.first(vault.size() - kVaultChecksum);
  const auto sum = crypto::Hasher{"attune vault checksum v1"}.add(before).finish();
  std::ranges::copy(sum, vault.end() - kVaultChecksum);
  return vault;
}

}  // namespace attune::test
