// A home on disk and what it takes to open one. docs/store-format.md, section 6.
//   vault      what only the passphrase opens          instance   drawn once; tells a copied home from the real one
//   store/     the sealed LevelDB                      heads      sealed: how far the own logs were, beside the store
//   lock       who has the home open                   vault.lock who replaces the vault
//   run/       control socket and log where XDG_RUNTIME_DIR is missing
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "book/book.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/stopping_files.h"
#include "core/zone.h"
#include "identity/vault.h"
#include "node/heads.h"
#include "storage/store.h"
#include "sync/keyring.h"
#include "sync/people.h"

namespace attune::node {

struct HomePaths {
  explicit HomePaths(const std::string& home_directory);
  std::string home, vault, store, heads, instance, lock;
  std::string vault_lock;  // who replaces the vault; a running node holds `lock` all the time
  std::string runtime;     // directory of the control socket and the log, 0700
  std::string control;     // the socket
  std::string log;
};

// Waits up to `patience` for whoever holds it. Throws Errc::busy.
[[nodiscard]] std::unique_ptr<FileLock> lock_file(FileSystem& files, const std::string& path,
                                                  std::chrono::milliseconds patience, const Clock& clock);

// An open home: the one object that holds keys, store and book together. Closing is its destruction.
class Home {
 public:
  // What is borrowed outlives it. Waits up to `patience` for whoever has it open. Throws Errc::no_home, busy,
  // wrong_passphrase, damaged, tampered, incompatible. After it, own logs that cannot be trusted to be the newest are
  // retired (notes() says so).
  Home(const std::string& directory, BytesView passphrase, std::chrono::milliseconds patience, const Clock& clock,
       std::unique_ptr<const Zones> zones = std::make_unique<TableZones>(), FileSystem& files = posix_files());
  // A directory that was just made for a new device, with its vault.
  Home(const std::string& directory, identity::Vault vault, const Clock& clock,
       std::unique_ptr<const Zones> zones = std::make_unique<TableZones>(), FileSystem& files = posix_files());
  ~Home();
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;

  [[nodiscard]] const HomePaths& paths() const noexcept { return paths_; }
  [[nodiscard]] FileSystem& files() noexcept { return files_; }
  [[nodiscard]] const identity::Vault& vault() const noexcept { return vault_; }
  [[nodiscard]] book::Book& book() noexcept { return *book_; }
  [[nodiscard]] const storage::Store& store() const noexcept { return *store_; }
  [[nodiscard]] sync::People& people() noexcept { return *people_; }
  [[nodiscard]] const Clock& clock() const noexcept { return clock_; }
  [[nodiscard]] const Zones& zones() const noexcept { return *zones_; }
  [[nodiscard]] book::Self self() const;
  // The vault's self keys and those that came since.
  [[nodiscard]] sync::Keyring& keyring() noexcept { return *keyring_; }
  // All self keys that the words give, oldest first, for the vault: a restore knows them only once the rosters are
  // there.
  void take_self_keys(std::vector<identity::SelfKey> keys);
  // Another device of this person revoked this one.
  [[nodiscard]] bool removed() const { return people_->own().revoked(vault_.device_id()); }
  void need_admitted() const;  // Errc::refused where it was
  void ask_before_partner(bool ask) noexcept { vault_.ask_before_partner = ask; }
  // What opening found that the person should know, one line each.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

  // Closes the store cleanly; only the vault's contents remain.
  [[nodiscard]] identity::Vault close();

  // After each commit to an own log; writes the heads file at most 64 commits or 60 s late, and when closing. Where
  // that fails, what was committed is saved all the same: it is the next change that is refused.
  void note_commit();

  // What is answered as one thing, and may take several commits: they are noted when it is over. Noted in between, a
  // heads file that fails would have the next of them refused, and the answer would be that nothing was written. One at
  // a time, and nothing is awaited meanwhile.
  class OneAct {
   public:
    explicit OneAct(Home& home);
    ~OneAct();
    OneAct(const OneAct&) = delete;
    OneAct& operator=(const OneAct&) = delete;

   private:
    Home& home_;
  };

 private:
  void open(const storage::StoreKey& key);
  void note_commits();

  HomePaths paths_;
  FileSystem& files_;
  StoppingFiles own_files_;  // the home's own: where one change failed, none follows, in whichever of them
  const Clock& clock_;
  std::unique_ptr<const Zones> zones_;
  std::unique_ptr<FileLock> lock_;
  identity::Vault vault_;
  std::vector<identity::SelfKey> self_keys_;  // the keyring's; the book and sessions look at it
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<book::Book> book_;
  std::unique_ptr<sync::People> people_;
  std::unique_ptr<sync::Keyring> keyring_;
  std::unique_ptr<HeadsFile> heads_;
  int unnoted_ = 0;  // commits
  bool in_one_act_ = false;
  std::vector<std::string> notes_;
};

}  // namespace attune::node
