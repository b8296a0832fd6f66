// The vault: what must survive under the passphrase. docs/store-format.md, section 5.
// Argon2id, then XChaCha20-Poly1305 with the whole header as associated data; beside it a plain checksum, so that a
// wrong passphrase (Errc::wrong_passphrase) and a damaged file (Errc::damaged) are two answers. At most 64 KiB.
#pragma once

#include <vector>

#include "crypto/kdf.h"
#include "crypto/secret.h"
#include "identity/keys.h"

namespace attune::identity {

inline constexpr std::size_t kMaxVault = 64U << 10U;
using StoreSecret = crypto::Secret<struct VaultStoreTag, 32>;

struct Vault {
  RootId root;                         // this person
  crypto::XPublic backup_recipient{};  // where backups go
  crypto::DeviceSecret device;         // this device's static key
  StoreSecret store;                   // opens the store
  std::vector<SelfKey> self_keys;      // oldest first, at least one
  bool ask_before_partner = false;     // restored, and the person has not said yet that the partner may be dialled
  [[nodiscard]] DeviceId device_id() const;
};

// A fresh salt and nonce each time; the size is a multiple of 4 KiB. Throws Errc::usage for a cost that is not
// acceptable(), Errc::refused where so many self keys do not fit (more than 900), std::bad_alloc where Argon2's memory
// is not there.
[[nodiscard]] Bytes lock_vault(const Vault& vault, BytesView passphrase, const crypto::PassphraseCost& cost);
// Throws Errc::damaged (bytes are missing or other than written), Errc::wrong_passphrase, Errc::tampered (changed by
// somebody who set the checksum right again), Errc::incompatible (a newer attune's), std::bad_alloc.
[[nodiscard]] Vault unlock_vault(BytesView file, BytesView passphrase);
// Without the passphrase: the cost that unlocking takes. Throws Errc::damaged, Errc::tampered, Errc::incompatible.
[[nodiscard]] crypto::PassphraseCost vault_cost(BytesView file);

}  // namespace attune::identity
