#include "storage/sealed_env.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include "core/clock.h"
#include "core/damaged_file.h"

namespace attune::storage {
namespace {

using leveldb::Slice;
using leveldb::Status;

class NoLog final : public leveldb::Logger {
 public:
  void Logv(const char*, std::va_list) override {}  // LevelDB's log holds user keys in plain text
};

class NoLock final : public leveldb::FileLock {};

// A whole file, opened and authenticated before LevelDB sees the first byte.
class OpenedFile final : public leveldb::SequentialFile {
 public:
  explicit OpenedFile(Bytes plain) : plain_{std::move(plain)} {}
  Status Read(std::size_t n, Slice* result, char*) noexcept override {
    const std::size_t count = std::min(n, plain_.size() - at_);
    *result = Slice{reinterpret_cast<const char*>(plain_.data()) + at_, count};
    at_ += count;
    return Status::OK();
  }
  Status Skip(std::uint64_t n) noexcept override {
    at_ += static_cast<std::size_t>(std::min<std::uint64_t>(n, plain_.size() - at_));
    return Status::OK();
  }

 private:
  Bytes plain_;
  std::size_t at_ = 0;
};

[[noreturn]] void fail_missing(const std::string& path) {
  throw Error{Errc::damaged, fmt::format("{} is missing", path)};
}

class TableFile final : public leveldb::RandomAccessFile {
 public:
  using Keep = std::function<Status(const Error&)>;
  TableFile(std::unique_ptr<PageReader> pages, Keep keep) : pages_{std::move(pages)}, keep_{std::move(keep)} {}
  Status Read(std::uint64_t offset, std::size_t n, Slice* result, char* scratch) const noexcept override {
    try {
      *result = Slice{scratch, pages_->read(offset, std::as_writable_bytes(std::span{scratch, n}))};
      return Status::OK();
    } catch (const Error& fault) {
      *result = Slice{};
      return keep_(fault);
    }
  }

 private:
  std::unique_ptr<PageReader> pages_;
  Keep keep_;
};

}  // namespace

SealedEnv::SealedEnv(FileSystem& files, std::string directory, const StoreKey& key)
    : files_{files}, directory_{std::move(directory)}, key_{key.clone()}, no_log_{std::make_unique<NoLog>()} {}

SealedEnv::~SealedEnv() {
  for (std::thread& thread : threads_) thread.join();
}

std::optional<Error> SealedEnv::first_fault() const {
  const std::lock_guard lock{mutex_};
  return fault_;
}

std::string SealedEnv::beginning() const {
  const std::lock_guard lock{mutex_};
  return joined(directory_, manifest_.number == 0 ? "CURRENT" : fmt::format("MANIFEST-{:06}", manifest_.number));
}

Status SealedEnv::keep(const Error& fault) noexcept {
  const std::lock_guard lock{mutex_};
  if (!fault_) fault_ = fault;
  return is_damage(fault.code()) ? Status::Corruption(fault.what()) : Status::IOError(fault.what());
}

Status SealedEnv::status() const noexcept {
  const std::lock_guard lock{mutex_};
  return fault_ ? Status::IOError("refused after an earlier fault", fault_->what()) : Status::OK();
}

Bytes SealedEnv::read_frames(const std::string& path, const FileName& name, const ReadFile& file) {
  auto found = recover_frames(file, path, name, key_);
  check_tails(path, name, found);
  return std::move(found.plain);
}

// A file that was closed cleanly names its counterparts and how much of them was durable then: less than that, or
// another file in the place, is no crash. LevelDB reads the manifest first, then the logs.
void SealedEnv::check_tails(const std::string& path, const FileName& name, const RecoveredFrames& found) {
  const auto falls_short = [](const Extent& there, const Extent& vouched) {
    return there.number != vouched.number || there.id != vouched.id || there.upto < vouched.upto;
  };
  const Extent here{name.number, found.id, found.extent};
  const std::lock_guard lock{mutex_};
  if (name.type == FileType::manifest) {
    manifest_ = here;
    vouched_logs_ = found.others;
    for (const Extent& vouched : vouched_logs_) {
      const auto log = joined(directory_, fmt::format("{:06}.log", vouched.number));
      if (!files_.facts(log)) fail_missing(log);
    }
    return;
  }
  for (const Extent& vouched : vouched_logs_) {
    if (vouched.number == name.number && falls_short(here, vouched)) throw tampered(path);
  }
  for (const Extent& vouched : found.others) {
    if (falls_short(manifest_, vouched)) {
      throw tampered(joined(directory_, fmt::format("MANIFEST-{:06}", manifest_.number)));
    }
  }
}

Status SealedEnv::NewSequentialFile(const std::string& path, leveldb::SequentialFile** result) noexcept {
  *result = nullptr;
  const auto name = file_name(path);
  if (!name) return Status::NotSupported(path);
  bool missing = false;
  const auto done = reading([&] {
    auto file = files_.open(path);
    missing = !file;
    if (missing) return;
    Bytes plain;
    if (name->type == FileType::log || name->type == FileType::manifest) {
      plain = read_frames(path, *name, *file);
    } else {
      const PageReader pages{std::move(file), path, *name, key_};
      plain.resize(static_cast<std::size_t>(pages.size()));
      plain.resize(pages.read(0, plain));
    }
    *result = new OpenedFile{std::move(plain)};
  });
  return missing ? Status::NotFound(path) : done;
}

Status SealedEnv::NewRandomAccessFile(const std::string& path, leveldb::RandomAccessFile** result) noexcept {
  *result = nullptr;
  const auto name = file_name(path);
  if (!name || name->type != FileType::table) return Status::NotSupported(path);
  return reading([&] {
    auto file = files_.open(path);
    // Never NotFound: LevelDB would pass it on from Get(), where it means that there is no such key.
    if (!file) fail_missing(path);
    auto pages = std::make_unique<PageReader>(std::move(file), path, *name, key_);
    *result = new TableFile{std::move(pages), [this](const Error& fault) { return keep(fault); }};
  });
}

Status SealedEnv::NewAppendableFile(const std::string& path, leveldb::WritableFile** result) noexcept {
  *result = nullptr;
  return Status::NotSupported(path);
}

bool SealedEnv::FileExists(const std::string& path) noexcept {
  // In doubt yes: for LevelDB a CURRENT that is not there means an empty store, and it then removes what it finds.
  bool exists = true;
  static_cast<void>(reading([&] { exists = files_.facts(path).has_value(); }));  // the fault is kept
  return exists;
}

Status SealedEnv::GetChildren(const std::string& directory, std::vector<std::string>* result) noexcept {
  result->clear();
  return reading([&] { *result = files_.children(directory); });
}

Status SealedEnv::RemoveFile(const std::string& path) noexcept {
  bool existed = true;
  const auto done = changing([&] {
    existed = files_.remove(path);
    const auto name = file_name(path);
    const std::lock_guard lock{mutex_};
    if (name && name->type == FileType::log) logs_.erase(name->number);
  });
  return existed ? done : Status::NotFound(path);
}

Status SealedEnv::CreateDir(const std::string& path) noexcept {
  return changing([&] {
    if (!files_.facts(path)) files_.make_directory(path);
  });
}

Status SealedEnv::RemoveDir(const std::string& path) noexcept {
  return changing([&] { files_.remove_directory(path); });
}

Status SealedEnv::GetFileSize(const std::string& path, std::uint64_t* size) noexcept {
  *size = 0;
  const auto name = file_name(path);
  if (!name) return Status::NotSupported(path);
  return reading([&] {
    auto file = files_.open(path);
    if (!file) fail_missing(path);
    if (name->type == FileType::log || name->type == FileType::manifest) {
      *size = recover_frames(*file, path, *name, key_).plain.size();
    } else {
      *size = plain_size(file->size());  // authenticated when the file is opened to be read
    }
  });
}

Status SealedEnv::RenameFile(const std::string& from, const std::string& to) noexcept {
  const auto source = file_name(from);
  // Only *.dbtmp is sealed so that it opens under its new name; it was synced when it was closed.
  if (!source || source->type != FileType::current || to != joined(directory_, "CURRENT")) {
    return Status::NotSupported(from, to);
  }
  return changing([&] {
    rename(from, to);
    const std::lock_guard lock{mutex_};
    manifest_ = fresh_manifest_;
  });
}

// The store holds the lock: LevelDB gives its own back before it has closed its files.
Status SealedEnv::LockFile(const std::string&, leveldb::FileLock** lock) noexcept {
  *lock = new NoLock;
  return Status::OK();
}

Status SealedEnv::UnlockFile(leveldb::FileLock* lock) noexcept {
  delete lock;
  return Status::OK();
}

void SealedEnv::Schedule(void (*function)(void*), void* argument) noexcept {
  worker_.run([function, argument] { function(argument); });
}

void SealedEnv::StartThread(void (*function)(void*), void* argument) noexcept {
  const std::lock_guard lock{mutex_};
  threads_.emplace_back([function, argument] { function(argument); });
}

Status SealedEnv::GetTestDirectory(std::string* path) noexcept {
  path->clear();
  return Status::NotSupported("no test directory");
}

Status SealedEnv::NewLogger(const std::string&, leveldb::Logger** result) noexcept {
  *result = new NoLog;
  return Status::OK();
}

std::uint64_t SealedEnv::NowMicros() noexcept {
  const auto since = SystemClock{}.steady().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(since).count());
}

void SealedEnv::SleepForMicroseconds(int micros) noexcept {
  std::this_thread::sleep_for(std::chrono::microseconds{micros});
}

}  // namespace attune::storage
