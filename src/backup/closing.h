// Within backup only: what writer and reader of an archive must agree on.
#pragma once

#include "backup/archive.h"

namespace attune::backup {

inline constexpr std::uint32_t kFormatVersion = 1;

// Keyed BLAKE2b-256 over a tag, the digest of everything before the closing, and the counts that the closing tells.
[[nodiscard]] inline Digest closing_mac(const identity::SelfKey& key, const Digest& contents, const Totals& totals) {
  const auto mac_key = key.backup_mac_key();
  return crypto::Hasher{"attune backup v1", mac_key.bytes()}
      .add(contents)
      .add_u64(totals.logs)
      .add_u64(totals.records)
      .add_u64(totals.entries)
      .finish();
}

}  // namespace attune::backup
