#include "node/setup.h"

#include <fmt/format.h>
#include <unistd.h>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <array>

#include "backup/backup.h"
#include "core/error.h"
#include "core/text.h"
#include "crypto/age.h"
#include "crypto/random.h"
#include "identity/self_keys.h"
#include "identity/vault.h"
#include "node/daemon.h"
#include "node/node.h"
#include "node/own_devices.h"
#include "node/passphrase.h"

namespace attune::node {
namespace {

constexpr std::size_t kLongestName = 256;  // bytes
constexpr std::chrono::milliseconds kSearch{5'000};

void check_name(const std::string& name, const char* whose) {
  if (name.find_first_not_of(' ') == std::string::npos || name.size() > kLongestName || !valid_utf8(name) ||
      harmless_line(name) != name) {
    throw Error{Errc::usage, fmt::format("{} needs a name of at most 256 bytes, without control characters", whose)};
  }
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "this device";
  return harmless_line(name.data());
}

// Durably: what is made in them later must not go with their names.
void make_directories(FileSystem& files, const std::string& path) {
  if (files.facts(path)) return;
  const std::string parent = parent_of(path);
  make_directories(files, parent);
  files.make_directory(path);
  files.sync_directory(parent);
}

// Of a wipe that was cut off at its very end.
bool is_lock(const std::string& name) { return name == "lock" || name == "vault.lock"; }

// A home under construction beside its place: it appears under its name only when whole.
class NewDirectory {
 public:
  NewDirectory(FileSystem& files, const std::string& home)
      : files_{files}, home_{HomePaths{home}.home}, part_{home_ + ".new"} {
    need_room();
    make_directories(files_, parent_of(home_));
    lock_ = files_.try_lock(part_ + ".lock");
    if (!lock_) throw Error{Errc::busy, "another attune is making this journal"};
    need_room();                 // it may just have made it
    remove_tree(files_, part_);  // left behind by one that was interrupted
    files_.make_directory(part_);
  }
  ~NewDirectory() {
    try {
      if (!kept_) undo();
      files_.remove(part_ + ".lock");
    } catch (const Error&) {
      // The next init or restore removes what is left.
    }
  }
  NewDirectory(const NewDirectory&) = delete;
  NewDirectory& operator=(const NewDirectory&) = delete;

  [[nodiscard]] const std::string& path() const noexcept { return part_; }
  void keep(const identity::Vault& vault, BytesView passphrase, const crypto::PassphraseCost& cost) {
    replace_file(files_, joined(part_, "vault"), identity::lock_vault(vault, passphrase, cost));
    need_room();  // a sync may have taken minutes, and the locks of a home that came meanwhile are in use
    for (const std::string& name : files_.children(home_)) {
      if (is_lock(name)) files_.remove(joined(home_, name));
    }
    files_.remove_directory(home_);
    inode_ = files_.facts(part_).value().inode;
    files_.rename(part_, home_);
    files_.sync_directory(parent_of(home_));
    kept_ = true;
  }

 private:
  void need_room() const {
    if (home_exists(home_, files_)) throw Error{Errc::exists, fmt::format("there is a journal in {} already", home_)};
    if (!std::ranges::all_of(files_.children(home_), is_lock)) {
      throw Error{Errc::exists, fmt::format("{} is not empty", home_), "choose another folder with --home"};
    }
  }
  // Also where it has its name already: a home whose words were never shown would stand in the way of the next one.
  // What opens all the rest goes first.
  void undo() {
    const auto named = files_.facts(home_);
    if (named && named->inode == inode_) files_.rename(home_, part_);
    files_.remove(joined(part_, "vault"));
    remove_tree(files_, part_);
    files_.sync_directory(parent_of(home_));
  }

  FileSystem& files_;
  std::string home_;
  std::string part_;
  std::unique_ptr<FileLock> lock_;
  std::uint64_t inode_ = 0;  // of what was named, once it was tried
  bool kept_ = false;
};

identity::Vault new_device(const identity::Root& root) {
  std::vector<identity::SelfKey> keys;
  keys.push_back(identity::self_key_from(root.self_seed, nullptr));
  return {root.id,
          root.backup_recipient,
          crypto::random_secret<crypto::DeviceSecret>(),
          crypto::random_secret<identity::StoreSecret>(),
          std::move(keys),
          false};
}

// The root says that this device is its person's.
void admit_this_device(Home& home, const identity::Root& root) {
  std::array<std::byte, 8> serial{};
  crypto::random_fill(serial);
  const identity::Admit admit{home.vault().device_id(), read_be64(serial)};
  home.people().add(root.id, {identity::sign_statement(root.signing, admit).wire});
}

// As the person wants it, unless another device of theirs has that name. false: it had that name already.
bool name_this_device(Home& home, const std::string& wanted) {
  const auto devices = home.book().profile().devices;
  const auto now = devices.find(home.vault().device_id());
  const std::string name = free_name(home, wanted);
  if (now != devices.end() && now->second.name == name) return false;
  home.book().name_device(home.vault().device_id(), name);
  return true;
}

// With those at these addresses, or with whoever can be found: a beacon tells the others of this device, and they dial.
asio::awaitable<SyncOutcome> sync_or_search(Node& node, std::vector<net::HostPort> named, Links::Told told) {
  if (!named.empty()) co_return co_await node.links().sync_now(std::move(named), std::move(told));
  const bool opened = node.open();
  std::function<bool()> never;
  const SyncLimits none;
  SyncOutcome outcome = co_await node.links().sync_search(kSearch, std::move(told), std::move(never), none);
  if (opened) co_await node.finish();
  co_return outcome;
}

// One sync while the words are here. Not reaching anybody is no failure of the restore.
bool sync_after_restore(std::unique_ptr<Home>& home, const std::vector<std::string>& peers, const Clock& clock,
                        const Progress& progress) {
  const Log log{clock};
  asio::io_context context{1};
  Node node{context, std::move(home), log, {}};
  std::vector<net::HostPort> named;
  for (const std::string& peer : peers) named.push_back(net::peer_address(peer));
  bool reached = false;
  Links::Told told = [&progress](const SyncOutcome& so_far) {
    progress("syncing", static_cast<double>(so_far.received), 0);
  };
  asio::co_spawn(context, sync_or_search(node, std::move(named), std::move(told)),
                 [&context, &reached](const std::exception_ptr& fault, const SyncOutcome& outcome) {
                   reached = !outcome.reached.empty();
                   if (fault) context.stop();  // the listener would go on
                 });
  context.run();
  home = node.release_home();
  return reached;
}

BackupFacts told(const backup::Facts& facts) {
  return {static_cast<std::uint32_t>(facts.entries), static_cast<double>(facts.bytes),
          rfc3339(facts.created_at, std::chrono::minutes{0})};
}

}  // namespace

bool home_exists(const std::string& home, const FileSystem& files) {
  return files.facts(HomePaths{home}.vault).has_value();
}

Created init_home(const NewHome& wanted, BytesView passphrase, FileSystem& files) {
  check_new_passphrase(passphrase);
  check_name(wanted.name, "a person");
  const std::string device = wanted.device.empty() ? host_name() : wanted.device;
  check_name(device, "a device");
  NewDirectory directory{files, wanted.home};

  const SystemClock clock;
  const auto entropy = crypto::random_secret<crypto::Entropy>();
  const identity::Root root = identity::root_from(entropy);
  auto home = std::make_unique<Home>(directory.path(), new_device(root), clock, std::make_unique<TableZones>(), files);
  admit_this_device(*home, root);
  home->book().set_name(wanted.name);
  home->book().name_device(home->vault().device_id(), device);
  const identity::Vault vault = home->close();
  directory.keep(vault, passphrase, wanted.cost);
  return {device, crypto::words_of(entropy)};
}

Restored restore_home(const Restore& wanted, const crypto::Entropy& entropy, BytesView passphrase,
                      const Progress& progress, FileSystem& files) {
  check_new_passphrase(passphrase);
  const std::string device = wanted.device.empty() ? host_name() : wanted.device;
  check_name(device, "a device");
  for (const std::string& peer : wanted.peers) static_cast<void>(net::peer_address(peer));
  NewDirectory directory{files, wanted.home};

  const SystemClock clock;
  const identity::Root root = identity::root_from(entropy);
  auto home = std::make_unique<Home>(directory.path(), new_device(root), clock, std::make_unique<TableZones>(), files);
  if (wanted.file) {
    backup::restore(home->files(), *wanted.file, root, home->book(), progress);
    home->people().reload();
  }
  home->take_self_keys(identity::self_keys_from(root.self_seed, home->people().own()));
  admit_this_device(*home, root);
  name_this_device(*home, device);
  home->ask_before_partner(!wanted.dial_partner);

  Restored restored;
  if (!wanted.peers.empty() || wanted.look) {
    // A revoke that is newer than the backup comes with the first contact, and the words give its key.
    for (bool again = true; again;) {
      const bool reached = sync_after_restore(home, wanted.peers, clock, progress);
      restored.synced = restored.synced || reached;
      again = home->keyring().lacks_newest();
      home->take_self_keys(identity::self_keys_from(root.self_seed, home->people().own()));
      // Only now are all the other names known; whoever is here shall know of it.
      again = (name_this_device(*home, device) && reached) || again;
    }
  }
  restored.device = home->book().profile().devices.at(home->vault().device_id()).name;
  restored.name = home->book().profile().name;
  restored.entries = static_cast<std::uint32_t>(home->book().entries());
  const identity::Vault vault = home->close();
  directory.keep(vault, passphrase, wanted.cost);
  return restored;
}

namespace {

void overwrite_with_noise(FileSystem& files, const std::string& path) {
  const auto file = files.facts(path);
  if (!file || file->size == 0) return;
  Bytes noise(file->size);
  crypto::random_fill(noise);
  files.overwrite(path, noise);
}

}  // namespace

void wipe_home(const std::string& home, FileSystem& files) {
  if (!home_exists(home, files)) throw Error{Errc::no_home, fmt::format("there is no journal in {}", home)};
  const HomePaths paths{home};
  auto lock = files.try_lock(paths.lock);
  if (!lock && stop_node(home)) lock = files.try_lock(paths.lock);
  const auto vault_lock = files.try_lock(paths.vault_lock);
  if (!lock || !vault_lock) throw Error{Errc::busy, "another attune command has this journal open", "end it first"};
  // Another wipe may just have ended.
  if (!files.facts(paths.vault)) throw Error{Errc::no_home, fmt::format("there is no journal in {}", home)};
  // The vault's bytes first, and those of another one that a change of passphrase left behind when it was interrupted:
  // from here on nobody can read what remains, whatever happens next.
  overwrite_with_noise(files, paths.vault);
  overwrite_with_noise(files, paths.vault + ".new");
  // Its name goes after all others: a wipe that was interrupted finds a home to go on with. Only the locks, which keep
  // everybody out meanwhile, outlive it; a folder that holds nothing else is as good as empty.
  for (const std::string& name : files.children(paths.home)) {
    const std::string path = joined(paths.home, name);
    if (path != paths.vault && !is_lock(name)) remove_tree(files, path);
  }
  remove_tree(files, paths.runtime);
  files.sync_directory(paths.home);
  files.remove(paths.vault);
  remove_tree(files, paths.home);
  files.sync_directory(parent_of(paths.home));
}

BackupFacts verify_backup(const std::string& file, const crypto::Entropy& entropy, const Progress& progress) {
  return told(backup::verify(posix_files(), file, identity::root_from(entropy), progress));
}

crypto::SecretBytes backup_identity(const crypto::Entropy& entropy) {
  return crypto::age_identity(identity::root_from(entropy).backup);
}

}  // namespace attune::node
