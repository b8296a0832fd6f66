// The 24 words are the person: what is derived from them, and lives only while they are typed in.
#pragma once

#include "core/id.h"
#include "crypto/bip39.h"
#include "crypto/curve.h"
#include "identity/statement.h"

namespace attune::identity {

using SelfSeed = crypto::Secret<struct SelfSeedTag, 32>;

// crypto_kdf over the 32 bytes of the words: context "attROOT_", numbers 1 (Ed25519 seed), 2 (X25519 backup key), 3
// (self seed).
struct Root {
  RootId id;
  crypto::RootSecret signing;
  crypto::BackupSecret backup;
  crypto::XPublic backup_recipient;
  SelfSeed self_seed;
};
[[nodiscard]] Root root_from(const crypto::Entropy& entropy);

// BLAKE2b-256 over a tag and both roots, the smaller first.
[[nodiscard]] CoupleId couple_of(const RootId& one, const RootId& other);

}  // namespace attune::identity
