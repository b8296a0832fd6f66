// The sealed store: LevelDB on an encrypting Env; the only code that names LevelDB. docs/store-format.md, section 1.
// Everything below one directory is ciphertext: contents, keys, counts. Faults: Errc::disk (the world), Errc::damaged
// or Errc::tampered (authentication failed; the file is named), Errc::busy (another process).
// The first fault is final: every later commit throws it again; what can be read is still read, up to refuse().
// Threads: const calls from any thread, commits from one at a time. No iterator outlives one call.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/error.h"
#include "core/file.h"
#include "crypto/secret.h"
#include "storage/key.h"

namespace leveldb {
class WriteBatch;
}

namespace attune::storage {

using StoreKey = crypto::Secret<struct StoreKeyTag, 32>;

// Changes that become visible and durable together, or not at all.
class Batch {
 public:
  Batch();
  ~Batch();
  Batch(Batch&&) noexcept;
  Batch& operator=(Batch&&) noexcept;
  void put(std::string_view key, std::string_view value);
  void remove(std::string_view key);
  [[nodiscard]] bool empty() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept;
  void clear();

 private:
  friend class Store;
  std::unique_ptr<leveldb::WriteBatch> changes_;
  bool empty_ = true;
};

class Store {
 public:
  // Opens or creates. `files` must outlive the store. Throws Errc::busy, Errc::damaged, Errc::tampered, Errc::disk.
  Store(FileSystem& files, std::string directory, const StoreKey& key);
  ~Store();  // clean close: afterwards not even a cut tail goes unnoticed
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  [[nodiscard]] std::optional<std::string> get(std::string_view key) const;
  // Into a buffer that is reused; false: missing.
  [[nodiscard]] bool get(std::string_view key, std::string& value) const;
  // Returns when the batch is on the disk (fsync); an empty one does nothing. The batch stays as it is: clear() it to
  // use it again. Several threads are not allowed.
  void commit(Batch& batch);
  void check_writable() const;  // throws what every commit would

  // From now on every get, scan, commit and compact throws this: what is stored contradicts itself until it is opened
  // anew. Waits for nobody.
  void refuse(const Error& why);

  enum class Visit { go_on, stop };
  using Visitor = std::function<Visit(std::string_view key, std::string_view value)>;
  // Keys in [from, to), ascending or descending; `to` empty = no end.
  void scan(std::string_view from, std::string_view to, const Visitor& visit) const;
  void scan_back(std::string_view from, std::string_view to, const Visitor& visit) const;

  // Rewrites every table that holds keys of [from, to] and waits until no file is left that held what was removed
  // or overwritten there before the call; `to` empty = no end. Counts as a commit, and not from inside a visitor.
  // Throws Errc::busy where a read on another thread kept an old table: then nothing is lost, call again.
  void compact(std::string_view from, std::string_view to);
  // Reads every page of every file. Throws as the constructor does.
  void verify() const;
  [[nodiscard]] std::uint64_t disk_bytes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace attune::storage
