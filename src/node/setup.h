// Making, restoring and destroying a home; what needs the words or no node at all. Words and passphrases never cross
// the control socket: the CLI hands them over here, in its own process.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/file.h"
#include "crypto/bip39.h"
#include "crypto/kdf.h"
#include "crypto/secret.h"

namespace attune::node {

// done and total in the unit of `what`; total 0 = unknown.
using Progress = std::function<void(std::string_view what, double done, double total)>;

[[nodiscard]] bool home_exists(const std::string& home, const FileSystem& files = posix_files());

struct NewHome {
  std::string home;
  std::string name;
  std::string device;  // empty: the host's name
  crypto::PassphraseCost cost = crypto::kModerate;
};
struct Created {
  std::string device;
  crypto::SecretBytes words;  // to be shown once
};
// Throws Errc::exists where there is a home already, Errc::usage for a passphrase under 8 characters or a bad name.
[[nodiscard]] Created init_home(const NewHome& wanted, BytesView passphrase, FileSystem& files = posix_files());

struct Restore {
  std::string home;
  std::string device;
  std::optional<std::string> file;  // a backup; none: empty, filled by sync
  std::vector<std::string> peers;   // HOST:PORT to sync with while the words are here
  bool look = false;                // where no peer is named: look for others on the network, for a short time
  bool dial_partner = true;         // the person said yes, or was not asked on no terminal
  crypto::PassphraseCost cost = crypto::kModerate;
};
struct Restored {
  std::string name;
  std::string device;
  std::uint32_t entries = 0;
  bool synced = false;
};
// Works in a new directory and swaps by rename; can be interrupted anywhere. Errc::exists, wrong_words, damaged.
[[nodiscard]] Restored restore_home(const Restore& wanted, const crypto::Entropy& entropy, BytesView passphrase,
                                    const Progress& progress, FileSystem& files = posix_files());

// The vault first, so that what remains is unreadable at once; then the rest. Stops a running node before.
void wipe_home(const std::string& home, FileSystem& files = posix_files());

struct BackupFacts {
  std::uint32_t entries = 0;
  double bytes = 0;
  std::string created_at;  // RFC 3339
};
[[nodiscard]] BackupFacts verify_backup(const std::string& file, const crypto::Entropy& entropy,
                                        const Progress& progress);
[[nodiscard]] crypto::SecretBytes backup_identity(const crypto::Entropy& entropy);

}  // namespace attune::node
