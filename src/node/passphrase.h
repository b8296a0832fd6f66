// The passphrase of a home: what a new one must be, and how one takes the place of another.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/file.h"
#include "crypto/kdf.h"
#include "crypto/secret.h"

namespace attune::node {

// Throws Errc::usage under 8 characters.
void check_new_passphrase(BytesView passphrase);

// Locks the vault anew. A running node goes on as it is: it holds the keys, and has never kept the passphrase.
// `ask_new` is called once `current` has opened the vault. `cost`: nullopt keeps what unlocking costs.
// When it returns, the new vault is on the disk and the old one overwritten where it stood; after a throw the old one
// stands. Throws Errc::no_home, wrong_passphrase, usage (the new one), damaged, tampered, incompatible, busy (others
// have the home open, or changed the vault meanwhile), and what `ask_new` throws.
void change_passphrase(const std::string& home, BytesView current, const std::function<crypto::SecretBytes()>& ask_new,
                       const std::optional<crypto::PassphraseCost>& cost, FileSystem& files = posix_files());

}  // namespace attune::node
