#include "node/passphrase.h"

#include <fmt/format.h>

#include <memory>

#include "core/damaged_file.h"
#include "core/error.h"
#include "crypto/random.h"
#include "identity/vault.h"
#include "node/control.h"
#include "node/home.h"

namespace attune::node {
namespace {

constexpr std::size_t kShortestPassphrase = 8;  // characters
constexpr std::chrono::seconds kPatience{10};

Bytes vault_of(const FileSystem& files, const HomePaths& paths) {
  auto vault = read_file(files, paths.vault, identity::kMaxVault);
  if (!vault) throw Error{Errc::no_home, fmt::format("there is no journal in {}", paths.home)};
  return std::move(*vault);
}

// Whoever opens the home must not be reading the old vault while it is overwritten; the node that runs read it long
// ago.
std::unique_ptr<FileLock> nobody_opening(FileSystem& files, const HomePaths& paths) {
  if (connect_control(paths)) return nullptr;
  return lock_file(files, paths.lock, kPatience, SystemClock{});
}

}  // namespace

void check_new_passphrase(BytesView passphrase) {
  std::size_t characters = 0;
  for (const std::byte byte : passphrase) characters += (std::to_integer<unsigned>(byte) & 0xC0U) != 0x80U ? 1 : 0;
  if (characters < kShortestPassphrase) {
    throw Error{Errc::usage, "a passphrase has at least 8 characters",
                "several words are easier to keep than a few signs"};
  }
}

void change_passphrase(const std::string& home, BytesView current, const std::function<crypto::SecretBytes()>& ask_new,
                       const std::optional<crypto::PassphraseCost>& cost, FileSystem& files) {
  const HomePaths paths{home};
  const Bytes before = vault_of(files, paths);
  check_private_directory(files, paths.home);
  const identity::Vault vault = naming_file(paths.vault, [&] { return identity::unlock_vault(before, current); });
  const crypto::SecretBytes wanted = ask_new();
  check_new_passphrase(wanted.bytes());
  const Bytes after = identity::lock_vault(vault, wanted.bytes(), cost ? *cost : identity::vault_cost(before));

  const auto changing = files.try_lock(paths.vault_lock);
  const auto lock = nobody_opening(files, paths);
  if (!changing || !equal(vault_of(files, paths), before)) {
    throw Error{Errc::busy, "the vault was changed meanwhile", "nothing was changed here; try again"};
  }
  Bytes noise(before.size());
  crypto::random_fill(noise);
  try {
    replace_file_over(files, paths.vault, after, noise);
  } catch (const Error& error) {
    // Whoever is told of a failure would go on with the old passphrase.
    if (!equal(vault_of(files, paths), after)) throw;
    throw Error{error.code(), fmt::format("the new passphrase is in force, but {}", error.what()),
                "what the disk may still hold of the old vault opens with the old passphrase"};
  }
}

}  // namespace attune::node
