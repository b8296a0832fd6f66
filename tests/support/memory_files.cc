#include "support/memory_files.h"

#include <unistd.h>

#include <algorithm>

#include "core/error.h"
#include "support/memory_state.h"

namespace attune::test {
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
    if (state.flip_read_at == state.reads && count > 0) into[state.reads * 7919 % count] ^= std::byte{1};
    return count;
  }
  std::uint64_t size() const override {
    const std::lock_guard lock{handle_.state().mutex};
    handle_.state().look("the size of a file");
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

}  // namespace

MemoryFiles::MemoryFiles() : state_{std::make_shared<State>()} {}
MemoryFiles::MemoryFiles(MemoryDisk disk) : MemoryFiles{} { state_->disk = std::move(disk); }
MemoryFiles::~MemoryFiles() = default;

std::unique_ptr<ReadFile> MemoryFiles::open(const std::string& path) const {
  const std::lock_guard lock{state_->mutex};
  state_->look(path);
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
  state_->look(path);
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
  state_->look(directory);
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
  const std::lock_guard lock{state_->mutex};
  state_->step(to);
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

void MemoryFiles::overwrite(const std::string& path, BytesView bytes) {
  const std::lock_guard lock{state_->mutex};
  const auto inode = state_->disk.find(path);
  if (!inode) return;
  state_->change({Change::Kind::overwrite, path, {}, Bytes{bytes.begin(), bytes.end()}, *inode});
  state_->change({Change::Kind::sync, path, {}, {}, *inode});
}

}  // namespace attune::test
