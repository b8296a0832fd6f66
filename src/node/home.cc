#include "node/home.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include "book/check_ins.h"
#include "core/check.h"
#include "core/damaged_file.h"
#include "core/error.h"
#include "crypto/hash.h"
#include "node/doubts.h"
#include "node/words.h"

namespace attune::node {
namespace {

constexpr std::chrono::milliseconds kLockPoll{20};

std::string runtime_directory(const std::string& home) {
  const char* base = std::getenv("XDG_RUNTIME_DIR");
  if (base == nullptr || *base == '\0') return joined(home, "run");
  const auto name = crypto::hash128("attune home v1", as_bytes(home));
  return joined(joined(base, "attune"), to_hex(name));
}

// One home has one name, however it was written: the runtime directory is found by it.
std::string absolute(const std::string& path) {
  std::string text = std::filesystem::absolute(path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

storage::StoreKey store_key(const identity::Vault& vault) { return storage::StoreKey::copied(vault.store.bytes()); }

}  // namespace

HomePaths::HomePaths(const std::string& home_directory)
    : home{absolute(home_directory)},
      vault{joined(home, "vault")},
      store{joined(home, "store")},
      heads{joined(home, "heads")},
      instance{joined(home, "instance")},
      lock{joined(home, "lock")},
      vault_lock{joined(home, "vault.lock")},
      runtime{runtime_directory(home)},
      control{joined(runtime, "ctl")},
      log{joined(runtime, "node.log")} {}

std::unique_ptr<FileLock> lock_file(FileSystem& files, const std::string& path, std::chrono::milliseconds patience,
                                    const Clock& clock) {
  const Steady until = clock.steady() + patience;
  for (;;) {
    if (auto lock = files.try_lock(path)) return lock;
    if (clock.steady() >= until) {
      throw Error{Errc::busy, "another attune command, such as watch or pair, has this journal open",
                  "end it; while the node is up (attune up) all commands run side by side"};
    }
    std::this_thread::sleep_for(kLockPoll);  // the kernel tells nobody when a lock is let go
  }
}

namespace {

identity::Vault unlocked(FileSystem& files, const HomePaths& paths, BytesView passphrase) {
  const auto vault = read_file(files, paths.vault, identity::kMaxVault);
  if (!vault) throw Error{Errc::no_home, fmt::format("there is no journal in {}", paths.home)};
  return naming_file(paths.vault, [&] { return identity::unlock_vault(*vault, passphrase); });
}

std::unique_ptr<FileLock> lock_home(FileSystem& files, const HomePaths& paths, std::chrono::milliseconds patience,
                                    const Clock& clock) {
  if (!files.facts(paths.vault)) throw Error{Errc::no_home, fmt::format("there is no journal in {}", paths.home)};
  check_private_directory(files, paths.home);
  return lock_file(files, paths.lock, patience, clock);
}

}  // namespace

Home::Home(const std::string& directory, BytesView passphrase, std::chrono::milliseconds patience, const Clock& clock,
           std::unique_ptr<const Zones> zones, FileSystem& files)
    : paths_{directory},
      files_{files},
      own_files_{files},
      clock_{clock},
      zones_{std::move(zones)},
      lock_{lock_home(files_, paths_, patience, clock)},
      vault_{unlocked(files_, paths_, passphrase)} {
  open(store_key(vault_));
  if (const auto doubt = heads_->doubt(book_->logs())) {
    notes_.push_back(fmt::format("{}; what you write from now on goes into new logs, and nothing is lost", *doubt));
    note_doubt(*book_, notes_.back());  // first: also where a crash follows it will be told
    book_->doubt();
    HeadsFile::make_instance(own_files_, paths_.instance);
    heads_->write(book_->logs());
  }
  // Only now, so that nothing is written into a log that is in doubt.
  book::open_left_answers(*book_);
}

Home::Home(const std::string& directory, identity::Vault vault, const Clock& clock, std::unique_ptr<const Zones> zones,
           FileSystem& files)
    : paths_{directory},
      files_{files},
      own_files_{files},
      clock_{clock},
      zones_{std::move(zones)},
      lock_{lock_file(files_, paths_.lock, std::chrono::milliseconds{0}, clock)},
      vault_{std::move(vault)} {
  HeadsFile::make_instance(own_files_, paths_.instance);
  open(store_key(vault_));
  heads_->write(book_->logs());
}

void Home::open(const storage::StoreKey& key) {
  store_ = std::make_unique<storage::Store>(own_files_, paths_.store, key);
  for (const identity::SelfKey& made_with : vault_.self_keys) self_keys_.push_back(made_with.clone());
  book_ = std::make_unique<book::Book>(*store_, self(), clock_);
  book_->finish_erasures();
  people_ = std::make_unique<sync::People>(*book_, vault_.root);
  keyring_ = std::make_unique<sync::Keyring>(*book_, *people_, vault_.self_keys, self_keys_);
  heads_ = std::make_unique<HeadsFile>(own_files_, paths_.heads, paths_.instance, key, clock_);
}

Home::~Home() {
  try {
    if (heads_ && book_) heads_->write(book_->logs());
  } catch (const Error&) {
    // Closing goes on: a heads file that is behind costs nothing but a later warning of a rollback.
  }
}

identity::Vault Home::close() {
  heads_->write(book_->logs());
  keyring_.reset();
  people_.reset();
  book_.reset();
  store_.reset();
  return std::move(vault_);
}

book::Self Home::self() const { return {vault_.root, vault_.device_id(), &self_keys_}; }

void Home::take_self_keys(std::vector<identity::SelfKey> keys) {
  vault_.self_keys = std::move(keys);
  keyring_->recompose();
}

void Home::need_admitted() const {
  if (removed()) throw Error{Errc::refused, std::string{kRemoved}, std::string{kRemovedHint}};
}

void Home::note_commit() {
  ++unnoted_;
  if (!in_one_act_) note_commits();
}

void Home::note_commits() {
  try {
    heads_->note_commits(std::exchange(unnoted_, 0), book_->logs());
  } catch (const Error& fault) {
    own_files_.stop(fault);  // nobody shall be told that their entry was not saved, and write it twice
  }
}

Home::OneAct::OneAct(Home& home) : home_{home} { ATTUNE_CHECK(!std::exchange(home_.in_one_act_, true)); }

Home::OneAct::~OneAct() {
  home_.in_one_act_ = false;
  if (home_.unnoted_ > 0) home_.note_commits();
}

}  // namespace attune::node
