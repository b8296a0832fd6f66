// A home on a disk in memory, beside which there is room for a backup and for another home.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "backup/backup.h"
#include "node/homes.h"
#include "node/passphrase.h"
#include "support/memory_files.h"

namespace attune::test {

inline constexpr auto* kPeople = "/people";
inline constexpr auto* kHome = "/people/ada";
inline constexpr auto* kOther = "/people/phone";
inline constexpr auto* kBackup = "/people/backup.age";
inline constexpr std::string_view kNewPassphrase = "another battery horse";
inline const node::Progress kNobody = [](std::string_view, double, double) {};

inline std::unique_ptr<node::Home> open_home_on(FileSystem& disk, const Clock& clock, const std::string& at = kHome,
                                                std::string_view passphrase = kPassphrase) {
  return std::make_unique<node::Home>(at, as_bytes(passphrase), std::chrono::milliseconds{0}, clock,
                                      std::make_unique<TableZones>(), disk);
}
inline crypto::Entropy make_home_on(FileSystem& disk, std::string_view passphrase = kPassphrase) {
  ::unsetenv("XDG_RUNTIME_DIR");  // everything of the home is then inside it
  const node::Created created = node::init_home(wanted_home(kHome), as_bytes(passphrase), disk);
  return crypto::entropy_of(created.words.bytes());
}
inline void back_up(node::Home& home, FileSystem& disk, const std::string& path = kBackup) {
  backup::create(disk, path, home.book(), home.self(), home.vault().backup_recipient, home.clock(), kNobody);
}
inline void restore_other(const crypto::Entropy& words, FileSystem& disk) {
  node::Restore wanted;
  wanted.home = kOther;
  wanted.device = "phone";
  wanted.file = kBackup;
  wanted.cost = crypto::kInteractive;
  static_cast<void>(node::restore_home(wanted, words, as_bytes(kPassphrase), kNobody, disk));
}
inline void replace_passphrase(FileSystem& disk, std::string_view before, std::string_view after) {
  const auto ask = [&] { return crypto::SecretBytes::copied(as_bytes(after)); };
  node::change_passphrase(kHome, as_bytes(before), ask, std::nullopt, disk);
}

}  // namespace attune::test
