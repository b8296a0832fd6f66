// Keys that a person's devices share, and keys that a couple shares; and the subkeys that are really used.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/id.h"
#include "crypto/noise.h"
#include "crypto/secret.h"
#include "identity/root.h"
#include "identity/statement.h"

namespace attune::identity {

using SelfKeySecret = crypto::Secret<struct SelfKeyTag, 32>;
using CoupleKeySecret = crypto::Secret<struct CoupleKeyTag, 32>;
using SealKey = crypto::Secret<struct SealKeyTag, 32>;
using BackupMacKey = crypto::Secret<struct BackupMacKeyTag, 32>;
using BeaconKey = crypto::Secret<struct BeaconKeyTag, 32>;
using KeyName = Id<struct KeyNameTag, 8>;  // public: first 8 bytes of a hash of the key under a tag
using CoupleKeyHash = Id<struct CoupleKeyHashTag, 32>;
using RevokesHash = Id<struct RevokesHashTag, 32>;

// Shared by the devices of one person. It belongs to the newest revoke: keyed BLAKE2b-256 over (tag, that statement's
// body) under the self seed; the first one is over the tag alone.
struct SelfKey {
  SelfKeySecret secret;
  StatementHash revoke;  // none for the first
  [[nodiscard]] KeyName name() const;
  // crypto_kdf context "attSELF_": 1 PSK, 2 seal, 3 backup MAC, 4 beacon.
  [[nodiscard]] crypto::NoisePsk psk() const;
  [[nodiscard]] SealKey seal_key() const;
  [[nodiscard]] BackupMacKey backup_mac_key() const;
  [[nodiscard]] BeaconKey beacon_key() const;
  [[nodiscard]] SelfKey clone() const;
};
[[nodiscard]] SelfKey self_key_from(const SelfSeed& seed, const Statement* newest_revoke);  // nullptr: the first

// Which revokes stand in two rosters together; none where there are none. In any order, each once. Nobody can tell it
// before the last of them was signed.
[[nodiscard]] RevokesHash hash_of_revokes(std::vector<StatementHash> revokes);

// Shared by two partners. The greater (revokes, key_hash) is the newest.
struct CoupleKey {
  CoupleKeySecret secret;
  std::uint64_t revokes = 0;   // in both rosters when it was made
  RevokesHash revokes_hash{};  // which they were
  [[nodiscard]] CoupleKeyHash hash() const;
  // crypto_kdf context "attCOUPL": 1 PSK, 4 beacon.
  [[nodiscard]] crypto::NoisePsk psk() const;
  [[nodiscard]] BeaconKey beacon_key() const;
  [[nodiscard]] CoupleKey clone() const;
};
[[nodiscard]] bool newer(const CoupleKey& one, const CoupleKey& other);

// The author's seal of one place of a log: 8-byte key name and keyed BLAKE2b-256 over (tag, log, n, link).
struct Seal {
  static constexpr std::size_t size = 40;
  KeyName key;
  std::array<std::byte, 32> tag{};
  [[nodiscard]] std::string bytes() const;                                // 40
  [[nodiscard]] static std::optional<Seal> from(std::string_view bytes);  // nullopt: not 40 bytes
  friend bool operator==(const Seal&, const Seal&) = default;
};
[[nodiscard]] Seal make_seal(const SelfKey& key, const LogId& log, std::uint64_t n, const Link& link);
// Constant time. false: another key, or not its seal.
[[nodiscard]] bool seal_holds(const SelfKey& key, const Seal& seal, const LogId& log, std::uint64_t n,
                              const Link& link);

}  // namespace attune::identity
