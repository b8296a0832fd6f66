#include "support/memory_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>

#include "core/error.h"

namespace attune::test {

struct MemoryFiles::State {
  mutable std::mutex mutex;
  MemoryDisk disk;
  std::map<std::uint64_t, int> open;  // handles to each inode
  std::set<std::string> locks;
  std::uint64_t restarts = 0;
  std::size_t calls = 0;
  mutable std::size_t reads = 0;
  std::optional<std::size_t> stop_at, fail_at, fail_read_at;
  std::optional<Change::Kind> fail_kind;
  bool recording = false;
  std::vector<Change> recorded;
  std::optional<MemoryDisk> base;  // the disk when recording began
  // Where the last cut_after() stood, since callers go forward.
  std::optional<MemoryDisk> replayed;
  std::size_t replayed_changes = 0;

  std::uint64_t change(Change what) {
    ++calls;
    if (stop_at && calls > *stop_at) throw Error{Errc::disk, "the machine has stopped"};
    if (fail_at == calls || fail_kind == what.kind) {
      fail_at.reset();
      fail_kind.reset();
      throw Error{Errc::disk, what.path + ": a fault was asked for"};
    }
    const std::uint64_t inode = disk.apply(what);
    if (recording) recorded.push_back(std::move(what));
    if (!recording && !stop_at) disk.collect(open);
    return inode;
  }
  void closed(std::uint64_t inode) {
    const auto handle = open.find(inode);
    if (handle != open.end() && --handle->second == 0) open.erase(handle);
  }
  MemoryDisk::Node& file(const std::string& path) {
    const auto inode = disk.find(path);
    if (!inode) throw std::invalid_argument{path + ": no such file"};
    return disk.node(*inode);
  }
};

namespace {

template <class State>
class Handle {
 public:
  Handle(std::shared_ptr<State> state, std::uint64_t inode)
      : state_{std::move(state)}, inode_{inode}, restarts_{state_->restarts} {
    ++state_->open[inode_];
  }
  ~Handle() {
    const std::lock_guard lock{state_->mutex};
    if (alive()) state_->closed(inode_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  [[nodiscard]] State& state() const { return *state_; }
  [[nodiscard]] std::uint64_t inode() const { return inode_; }
  [[nodiscard]] bool alive() const { return restarts_ == state_->restarts; }
  [[nodiscard]] MemoryDisk::Node& node() const {
    if (!alive()) throw Error{Errc::disk, "opened before the power cut"};
    return state_->disk.node(inode_);
  }

 private:
  std::shared_ptr<State> state_;
  std::uint64_t inode_;
  std::uint64_t restarts_;
};

template <class State>
class MemoryReadFile final : public ReadFile {
 public:
  MemoryReadFile(std::shared_ptr<State> state, std::uint64_t inode) : handle_{std::move(state), inode} {}
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const override {
    State& state = handle_.state();
    const std::lock_guard lock{state.mutex};
    if (state.fail_read_at == ++state.reads) throw Error{Errc::disk, "a read fault was asked for"};
    const Bytes& bytes = handle_.node().now;
    if (offset >= bytes.size()) return 0;
    const std::size_t count = std::min(into.size(), bytes.size() - static_cast<std::size_t>(offset));
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
    return count;
  }
  std::uint64_t size() const override {
    const std::lock_guard lock{handle_.state().mutex};
    return handle_.node().now.size();
  }

 private:
  Handle<State> handle_;
};

template <class State>
class MemoryWriteFile final : public WriteFile {
 public:
  MemoryWriteFile(std::shared_ptr<State> state, std::uint64_t inode, std::string path)
      : handle_{std::move(state), inode}, path_{std::move(path)} {}
  void append(BytesView bytes) override { change(Change::Kind::append, to_bytes(bytes)); }
  void sync() override { change(Change::Kind::sync, {}); }
  void close() override {}

 private:
  void change(Change::Kind kind, Bytes bytes) {
    const std::lock_guard lock{handle_.state().mutex};
    static_cast<void>(handle_.node());
    handle_.state().change({kind, path_, {}, std::move(bytes), handle_.inode()});
  }
  Handle<State> handle_;
  std::string path_;
};

template <class State>
class MemoryLock final : public FileLock {
 public:
  MemoryLock(std::shared_ptr<State> state, std::string path)
      : state_{std::move(state)}, path_{std::move(path)}, restarts_{state_->restarts} {}
  ~MemoryLock() override {
    const std::lock_guard lock{state_->mutex};
    if (restarts_ == state_->restarts) state_->locks.erase(path_);
  }

 private:
  std::shared_ptr<State> state_;
  std::string path_;
  std::uint64_t restarts_;
};

const char* name_of(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::create: return "create";
    case Change::Kind::append: return "append";
    case Change::Kind::sync: return "sync";
    case Change::Kind::rename: return "rename";
    case Change::Kind::remove: return "remove";
    case Change::Kind::make_directory: return "make_directory";
    case Change::Kind::remove_directory: return "remove_directory";
    case Change::Kind::sync_directory: return "sync_directory";
  }
  return "";
}

}  // namespace

MemoryFiles::MemoryFiles() : state_{std::make_shared<State>()} {}
MemoryFiles::MemoryFiles(MemoryDisk disk) : MemoryFiles{} { state_->disk = std::move(disk); }
MemoryFiles::~MemoryFiles() = default;

std::unique_ptr<ReadFile> MemoryFiles::open(const std::string& path) const {
  const std::lock_guard lock{state_->mutex};
  const auto inode = state_->disk.find(path);
  if (!inode) return nullptr;
  if (state_->disk.node(*inode).directory) throw Error{Errc::disk, path + " is not a plain file"};
  return std::make_unique<MemoryReadFile<State>>(state_, *inode);
}

std::unique_ptr<WriteFile> MemoryFiles::create(const std::string& path) {
  const std::lock_guard lock{state_->mutex};
  const std::uint64_t inode = state_->change({Change::Kind::create, path, {}, {}, 0});
  return std::make_unique<MemoryWriteFile<State>>(state_, inode, path);
}

std::optional<FileFacts> MemoryFiles::facts(const std::string& path) const {
  const std::lock_guard lock{state_->mutex};
  const auto inode = state_->disk.find(path);
  if (!inode) return std::nullopt;
  const auto& node = state_->disk.node(*inode);
  FileFacts facts;
  facts.size = node.now.size();
  facts.inode = *inode;
  facts.born_ns = node.born_ns;
  facts.owner = ::geteuid();
  facts.mode = node.mode;
  facts.directory = node.directory;
  return facts;
}

std::vector<std::string> MemoryFiles::children(const std::string& directory) const {
  const std::lock_guard lock{state_->mutex};
  const auto inode = state_->disk.find(directory);
  if (!inode) return {};
  if (!state_->disk.node(*inode).directory) throw Error{Errc::disk, directory + " is not a directory"};
  std::vector<std::string> names;
  for (const auto& [name, child] : state_->disk.node(*inode).children_now) names.push_back(name);
  return names;
}

void MemoryFiles::make_directory(const std::string& path) {
  const std::lock_guard lock{state_->mutex};
  state_->change({Change::Kind::make_directory, path, {}, {}, 0});
}

void MemoryFiles::remove_directory(const std::string& path) {
  const std::lock_guard lock{state_->mutex};
  state_->change({Change::Kind::remove_directory, path, {}, {}, 0});
}

bool MemoryFiles::remove(const std::string& path) {
  const std::lock_guard lock{state_->mutex};
  return state_->change({Change::Kind::remove, path, {}, {}, 0}) != 0;
}

void MemoryFiles::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock{state_->mutex};
  state_->change({Change::Kind::rename, from, to, {}, 0});
}

void MemoryFiles::rename_over(const std::string& from, const std::string& to, BytesView /*over*/) {
  rename(from, to);
  sync_directory(parent_of(to));
}

void MemoryFiles::sync_directory(const std::string& path) {
  const std::lock_guard lock{state_->mutex};
  state_->change({Change::Kind::sync_directory, path, {}, {}, 0});
}

std::unique_ptr<FileLock> MemoryFiles::try_lock(const std::string& path) {
  const std::lock_guard lock{state_->mutex};
  if (!state_->disk.find(path)) state_->change({Change::Kind::create, path, {}, {}, 0});
  if (!state_->locks.insert(path).second) return nullptr;
  return std::make_unique<MemoryLock<State>>(state_, path);
}

std::size_t MemoryFiles::calls() const {
  const std::lock_guard lock{state_->mutex};
  return state_->calls;
}

std::size_t MemoryFiles::reads() const {
  const std::lock_guard lock{state_->mutex};
  return state_->reads;
}

void MemoryFiles::fail_call(std::size_t nth) {
  const std::lock_guard lock{state_->mutex};
  state_->fail_at = state_->calls + nth;
}

void MemoryFiles::fail_next(Change::Kind kind) {
  const std::lock_guard lock{state_->mutex};
  state_->fail_kind = kind;
}

void MemoryFiles::fail_read(std::size_t nth) {
  const std::lock_guard lock{state_->mutex};
  state_->fail_read_at = state_->reads + nth;
}

void MemoryFiles::stop_after(std::size_t n) {
  const std::lock_guard lock{state_->mutex};
  state_->stop_at = state_->calls + n;
}

void MemoryFiles::restart(const PowerCut& cut) {
  const std::lock_guard lock{state_->mutex};
  state_->disk = state_->disk.after(cut);
  state_->open.clear();
  state_->locks.clear();
  ++state_->restarts;
  state_->stop_at.reset();
  state_->fail_at.reset();
  state_->fail_read_at.reset();
  state_->fail_kind.reset();
}

void MemoryFiles::record() {
  const std::lock_guard lock{state_->mutex};
  state_->base = state_->disk;
  state_->recorded.clear();
  state_->replayed.reset();
  state_->recording = true;
}

std::size_t MemoryFiles::recorded() const {
  const std::lock_guard lock{state_->mutex};
  return state_->recorded.size();
}

std::string MemoryFiles::recorded_change(std::size_t n) const {
  const std::lock_guard lock{state_->mutex};
  if (n == 0) return "nothing";
  const Change& change = state_->recorded.at(n - 1);
  return std::to_string(n) + " " + name_of(change.kind) + " " + change.path +
         (change.bytes.empty() ? "" : " " + std::to_string(change.bytes.size()) + " bytes");
}

std::unique_ptr<MemoryFiles> MemoryFiles::cut_after(std::size_t n, const PowerCut& cut) const {
  const std::lock_guard lock{state_->mutex};
  if (!state_->base) throw std::logic_error{"record() first"};
  if (!state_->replayed || state_->replayed_changes > n) {
    state_->replayed = state_->base;
    state_->replayed_changes = 0;
  }
  for (; state_->replayed_changes < n; ++state_->replayed_changes) {
    state_->replayed->apply(state_->recorded.at(state_->replayed_changes));
  }
  return std::make_unique<MemoryFiles>(state_->replayed->after(cut));
}

Bytes MemoryFiles::contents(const std::string& path) const {
  const std::lock_guard lock{state_->mutex};
  return state_->file(path).now;
}

void MemoryFiles::set_contents(const std::string& path, Bytes bytes) {
  const std::lock_guard lock{state_->mutex};
  if (!state_->disk.find(path)) state_->disk.apply({Change::Kind::create, path, {}, {}, 0});
  state_->file(path).now = std::move(bytes);
  state_->disk.settle();
}

void MemoryFiles::overwrite(const std::string& path, BytesView bytes) {
  const std::lock_guard lock{state_->mutex};
  if (!state_->disk.find(path)) return;
  auto& now = state_->file(path).now;
  std::copy_n(bytes.begin(), std::min(bytes.size(), now.size()), now.begin());
  state_->disk.settle();
}

void MemoryFiles::flip_bit(const std::string& path, std::uint64_t byte, unsigned bit) {
  const std::lock_guard lock{state_->mutex};
  state_->file(path).now.at(static_cast<std::size_t>(byte)) ^= static_cast<std::byte>(1U << bit);
  state_->disk.settle();
}

void MemoryFiles::truncate(const std::string& path, std::uint64_t size) {
  const std::lock_guard lock{state_->mutex};
  state_->file(path).now.resize(static_cast<std::size_t>(size));
  state_->disk.settle();
}

void MemoryFiles::swap_files(const std::string& a, const std::string& b) {
  const std::lock_guard lock{state_->mutex};
  std::swap(state_->file(a).now, state_->file(b).now);
  state_->disk.settle();
}

void MemoryFiles::set_mode(const std::string& path, std::uint32_t mode) {
  const std::lock_guard lock{state_->mutex};
  state_->file(path).mode = mode;
}

MemoryDisk MemoryFiles::snapshot() const {
  const std::lock_guard lock{state_->mutex};
  MemoryDisk copy = state_->disk;
  copy.settle();
  return copy;
}

void MemoryFiles::put_back(MemoryDisk disk) {
  const std::lock_guard lock{state_->mutex};
  state_->disk = std::move(disk);
  state_->open.clear();
  ++state_->restarts;
  state_->locks.clear();
}

}  // namespace attune::test
