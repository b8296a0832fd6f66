// LevelDB's Env over a FileSystem, with everything sealed. docs/store-format.md, section 1.
// Derived from Env itself, not from EnvWrapper: a method that is forgotten must not write plain text.
// Nothing is thrown towards LevelDB. The first fault is kept for good: from then on nothing is changed any more, since
// after a failed write or sync nobody knows what the disk holds. Running out of memory ends the process.
// Threads: any.
#pragma once

#include <leveldb/env.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/file.h"
#include "storage/frames.h"
#include "storage/pages.h"
#include "storage/seal.h"
#include "storage/worker.h"

namespace attune::storage {

class SealedEnv final : public leveldb::Env {
 public:
  // `files` must outlive this.
  SealedEnv(FileSystem& files, std::string directory, const StoreKey& key);
  ~SealedEnv() override;

  [[nodiscard]] std::optional<Error> first_fault() const;
  // What LevelDB reads first of all: the manifest in force, or CURRENT where none was read yet.
  [[nodiscard]] std::string beginning() const;
  [[nodiscard]] Worker& worker() noexcept { return worker_; }
  [[nodiscard]] leveldb::Logger* no_log() noexcept { return no_log_.get(); }
  // The names that LevelDB removed are gone for good when it returns; nothing later needs them to be, so it syncs none.
  leveldb::Status sync_removals() noexcept;

  leveldb::Status NewSequentialFile(const std::string& path, leveldb::SequentialFile** result) noexcept override;
  leveldb::Status NewRandomAccessFile(const std::string& path, leveldb::RandomAccessFile** result) noexcept override;
  leveldb::Status NewWritableFile(const std::string& path, leveldb::WritableFile** result) noexcept override;
  leveldb::Status NewAppendableFile(const std::string& path, leveldb::WritableFile** result) noexcept override;
  bool FileExists(const std::string& path) noexcept override;
  leveldb::Status GetChildren(const std::string& directory, std::vector<std::string>* result) noexcept override;
  leveldb::Status RemoveFile(const std::string& path) noexcept override;
  leveldb::Status CreateDir(const std::string& path) noexcept override;
  leveldb::Status RemoveDir(const std::string& path) noexcept override;
  leveldb::Status GetFileSize(const std::string& path, std::uint64_t* size) noexcept override;  // of the plaintext
  leveldb::Status RenameFile(const std::string& from, const std::string& to) noexcept override;
  leveldb::Status LockFile(const std::string& path, leveldb::FileLock** lock) noexcept override;
  leveldb::Status UnlockFile(leveldb::FileLock* lock) noexcept override;
  void Schedule(void (*function)(void*), void* argument) noexcept override;
  void StartThread(void (*function)(void*), void* argument) noexcept override;
  leveldb::Status GetTestDirectory(std::string* path) noexcept override;
  leveldb::Status NewLogger(const std::string& path, leveldb::Logger** result) noexcept override;
  std::uint64_t NowMicros() noexcept override;
  void SleepForMicroseconds(int micros) noexcept override;

 private:
  class Frames;
  class Pages;

  leveldb::Status keep(const Error& fault) noexcept;
  [[nodiscard]] leveldb::Status status() const noexcept;
  template <class Work>
  leveldb::Status reading(Work&& work) noexcept;  // a fault is kept
  template <class Work>
  leveldb::Status changing(Work&& work) noexcept;  // refused after the first fault

  [[nodiscard]] std::unique_ptr<WriteFile> create(const std::string& path);
  void rename(const std::string& from, const std::string& to);  // durable when it returns
  void sync_names();  // every file that was created is then in the directory for good
  [[nodiscard]] Bytes read_frames(const std::string& path, const FileName& name, const ReadFile& file);
  void check_tails(const std::string& path, const FileName& name, const RecoveredFrames& found);
  // What a file of this type vouches for when it is closed: the logs for the manifest, the manifest for a log.
  [[nodiscard]] std::vector<Extent> vouched_by(FileType type) const;
  void set_extent(FileType type, const Extent& extent);

  FileSystem& files_;
  std::string directory_;
  StoreKey key_;
  std::unique_ptr<leveldb::Logger> no_log_;

  std::mutex names_mutex_;
  bool names_changed_ = false;  // since the directory was synced

  mutable std::mutex mutex_;
  std::optional<Error> fault_;
  // As far as they are known to be durable: the logs of this session that are still there, the manifest in force, and
  // one that CURRENT does not name yet.
  std::map<std::uint64_t, Extent> logs_;
  Extent manifest_;
  Extent fresh_manifest_;
  std::vector<Extent> vouched_logs_;  // by the manifest that was read
  std::vector<std::thread> threads_;
  Worker worker_;  // last: its jobs use all of the above
};

template <class Work>
leveldb::Status SealedEnv::reading(Work&& work) noexcept {
  try {
    work();
    return leveldb::Status::OK();
  } catch (const Error& fault) {
    return keep(fault);
  }
}

template <class Work>
leveldb::Status SealedEnv::changing(Work&& work) noexcept {
  if (auto fault = status(); !fault.ok()) return fault;
  return reading(std::forward<Work>(work));
}

}  // namespace attune::storage
