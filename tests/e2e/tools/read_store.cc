// attune_read_store HOME PASSPHRASE_FILE: the plaintext of every file of a home's store, to standard output: what the
// person's own keys could still read, for tests that look for what must be gone. The first line says by what the vault
// names person and device. No node may run on that home.
#include <fmt/format.h>

#include <cstdio>
#include <string>

#include "core/error.h"
#include "core/file.h"
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

void print_store(const std::string& home, const std::string& passphrase_file) {
  const attune::PosixFiles files;
  const attune::Bytes typed = needed(files, passphrase_file, kMaxPassphrase);
  const attune::identity::Vault vault =
      attune::identity::unlock_vault(needed(files, home + "/vault", attune::identity::kMaxVault), passphrase_in(typed));
  const auto key = attune::storage::StoreKey::copied(vault.store.bytes());
  fmt::print("== root {} device {}\n", vault.root.hex(), vault.device_id().hex());
  attune::storage::read_everything(files, home + "/store", key, [](const std::string& name, attune::BytesView plain) {
    fmt::print("\n== {}\n", name);
    if (!plain.empty()) std::fwrite(plain.data(), 1, plain.size(), stdout);
  });
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) {
    fmt::print(stderr, "usage: attune_read_store HOME PASSPHRASE_FILE\n");
    return 2;
  }
  try {
    print_store(arguments[1], arguments[2]);
  } catch (const attune::Error& error) {
    fmt::print(stderr, "attune_read_store: {}\n", error.what());
    return 1;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
