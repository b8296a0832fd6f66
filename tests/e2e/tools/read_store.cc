// What a person's own keys open, to standard output, for tests that look for what must not be there. No node may run on
// that home.
//   attune_read_store HOME PASSPHRASE_FILE
//     The plaintext of every file of its store; the first line says by what the vault names person and device.
//   attune_read_store --keys HOME PASSPHRASE_FILE
//     The secret keys that it holds, and those that come from them: a line "NAME: HEX" each. It opens the store as
//     attune does: give it a copy.
#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "book/book.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "identity/parcel_key.h"
#include "identity/vault.h"
#include "storage/contents.h"

namespace {

constexpr std::uint64_t kMaxPassphrase = 4096;

attune::Bytes needed(const attune::FileSystem& files, const std::string& path, std::uint64_t limit) {
  auto content = attune::read_file(files, path, limit);
  if (!content) throw attune::Error{attune::Errc::not_found, fmt::format("there is no {}", path)};
  return *std::move(content);
}

// The first line.
attune::BytesView passphrase_in(attune::BytesView file) {
  std::size_t end = 0;
  while (end < file.size() && file[end] != std::byte{'\n'}) ++end;
  return file.first(end);
}

attune::identity::Vault unlocked(const std::string& home, const std::string& passphrase_file) {
  const attune::PosixFiles files;
  const attune::Bytes typed = needed(files, passphrase_file, kMaxPassphrase);
  return attune::identity::unlock_vault(needed(files, home + "/vault", attune::identity::kMaxVault),
                                        passphrase_in(typed));
}

attune::storage::StoreKey store_key(const attune::identity::Vault& vault) {
  return attune::storage::StoreKey::copied(vault.store.bytes());
}

void print_store(const std::string& home, const attune::identity::Vault& vault) {
  const attune::PosixFiles files;
  fmt::print("== root {} device {}\n", vault.root.hex(), vault.device_id().hex());
  attune::storage::read_everything(files, home + "/store", store_key(vault),
                                   [](const std::string& name, attune::BytesView plain) {
                                     fmt::print("\n== {}\n", name);
                                     if (!plain.empty()) std::fwrite(plain.data(), 1, plain.size(), stdout);
                                   });
}

template <class Key>
void print_key(std::string_view name, const Key& key) {
  fmt::print("{}: {}\n", name, attune::to_hex(key.bytes()));
}

void print_self_keys(const std::vector<attune::identity::SelfKey>& keys) {
  for (const auto& key : keys) {
    print_key("self key", key.secret);
    print_key("key of own channels", key.psk());
    print_key("key of seals", key.seal_key());
    print_key("key of backups", key.backup_mac_key());
    print_key("key of own beacons", key.beacon_key());
    print_key("key of own parcels", attune::identity::parcel_key(key));
  }
}

void print_couple_key(const attune::identity::CoupleKey& key) {
  print_key("couple's key", key.secret);
  print_key("key of a couple's channels", key.psk());
  print_key("key of a couple's beacons", key.beacon_key());
  print_key("key of a couple's parcels", attune::identity::parcel_key(key));
}

void print_keys(const std::string& home, const attune::identity::Vault& vault) {
  print_key("device key", vault.device);
  print_key("store key", vault.store);
  print_self_keys(vault.self_keys);
  attune::PosixFiles files;
  const attune::SystemClock clock;
  attune::storage::Store store{files, home + "/store", store_key(vault)};
  const attune::book::Book book{store, {vault.root, vault.device_id(), &vault.self_keys}, clock};
  print_self_keys(book.self_keys());
  for (const auto& pairing : book.pairings_so_far()) {
    for (const auto& dated : book.couple_keys(pairing.partner)) print_couple_key(dated.key);
  }
  if (const auto meeting = book.meeting()) print_couple_key(meeting->key);
}

}  // namespace

int main(int count, char** arguments) {
  const bool keys = count == 4 && std::string_view{arguments[1]} == "--keys";
  if (count != 3 && !keys) {
    fmt::print(stderr, "usage: attune_read_store [--keys] HOME PASSPHRASE_FILE\n");
    return 2;
  }
  try {
    const std::string home = arguments[count - 2];
    const attune::identity::Vault vault = unlocked(home, arguments[count - 1]);
    if (keys) {
      print_keys(home, vault);
    } else {
      print_store(home, vault);
    }
  } catch (const attune::Error& error) {
    fmt::print(stderr, "attune_read_store: {}\n", error.what());
    return 1;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
