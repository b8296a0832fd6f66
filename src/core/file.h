// The one place that touches files (LevelDB reaches them through storage's sealed Env, which stands on this too).
// PosixFiles is the real thing; MemoryFiles (tests/support) is the double that can crash, tear and fail.
// Faults are thrown as Error{Errc::disk}; a missing file is never an error of its own: nullptr or nullopt.
// Threads: a FileSystem may be used from any thread; one WriteFile from one thread at a time; ReadFile from any.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"

namespace attune {

class ReadFile {
 public:
  virtual ~ReadFile() = default;
  // Reads up to `into.size()` bytes at `offset`; fewer only at the end of the file. Concurrent calls are fine.
  [[nodiscard]] virtual std::size_t read_at(std::uint64_t offset, std::span<std::byte> into) const = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // What the system keeps of it in memory is dropped as far as it can be: the next read asks the disk. Mere advice.
  virtual void drop_cached() const {}
};

class WriteFile {
 public:
  virtual ~WriteFile() = default;  // closes; what was not synced may be lost by a crash
  virtual void append(BytesView bytes) = 0;
  // Returns when everything appended so far is on the disk (fdatasync). After a failure the file must not be used.
  virtual void sync() = 0;
  virtual void close() = 0;
};

// An advisory lock on a file, released when it dies (also by the kernel when the process does).
class FileLock {
 public:
  virtual ~FileLock() = default;
};

struct FileFacts {
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t born_ns = 0;  // birth time, nanoseconds since 1970; 0 where the file system does not tell
  std::uint32_t owner = 0;   // uid
  std::uint32_t mode = 0;    // permission bits
  bool directory = false;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  [[nodiscard]] virtual std::unique_ptr<ReadFile> open(const std::string& path) const = 0;  // nullptr: no such file
  // A new empty file of mode 0600; an existing one is emptied. Symbolic links are not followed.
  [[nodiscard]] virtual std::unique_ptr<WriteFile> create(const std::string& path) = 0;
  [[nodiscard]] virtual std::optional<FileFacts> facts(const std::string& path) const = 0;  // links are not followed
  [[nodiscard]] virtual std::vector<std::string> children(
      const std::string& directory) const = 0;                 // names; empty: none or missing
  virtual void make_directory(const std::string& path) = 0;    // mode 0700; no error where it exists as a directory
  virtual void remove_directory(const std::string& path) = 0;  // must be empty; no error where it is missing
  // Over the file's present bytes, in place and durably, never past its end: for what must not be read again.
  // No error where it is missing.
  virtual void overwrite(const std::string& path, BytesView bytes) = 0;
  virtual bool remove(const std::string& path) = 0;  // false: was missing
  virtual void rename(const std::string& from, const std::string& to) = 0;
  // As rename, durably; then `over` goes over the bytes of the file that `to` named before, in place and durably, as
  // overwrite does it. A crash in between leaves those bytes on the disk without a name. `to` must exist.
  virtual void rename_over(const std::string& from, const std::string& to, BytesView over) = 0;
  virtual void sync_directory(const std::string& path) = 0;
  // nullptr: somebody else holds it. The file is created where missing.
  [[nodiscard]] virtual std::unique_ptr<FileLock> try_lock(const std::string& path) = 0;
};

class PosixFiles final : public FileSystem {
 public:
  [[nodiscard]] std::unique_ptr<ReadFile> open(const std::string& path) const override;
  [[nodiscard]] std::unique_ptr<WriteFile> create(const std::string& path) override;
  [[nodiscard]] std::optional<FileFacts> facts(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> children(const std::string& directory) const override;
  void make_directory(const std::string& path) override;
  void remove_directory(const std::string& path) override;
  void overwrite(const std::string& path, BytesView bytes) override;
  bool remove(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  void rename_over(const std::string& from, const std::string& to, BytesView over) override;
  void sync_directory(const std::string& path) override;
  [[nodiscard]] std::unique_ptr<FileLock> try_lock(const std::string& path) override;
};

// The one that the program works on; PosixFiles holds nothing.
[[nodiscard]] FileSystem& posix_files();

// Whole contents; nullopt: missing. Throws Errc::damaged where it is larger than `limit`, before memory is taken.
[[nodiscard]] std::optional<Bytes> read_file(const FileSystem& files, const std::string& path, std::uint64_t limit);

// Afterwards `path` holds either its old contents or `bytes`, whatever happens:
// write "<path>.new", fsync, rename, fsync of the directory.
void replace_file(FileSystem& files, const std::string& path, BytesView bytes);
// The same for what must not be read again: the old contents are overwritten with `over` once the new ones are there.
void replace_file_over(FileSystem& files, const std::string& path, BytesView bytes, BytesView over);

// Throws Errc::refused where the directory is not ours, or anyone else may read or write it.
void check_private_directory(const FileSystem& files, const std::string& path);

// Removes a directory with everything below it. No error where it is missing.
void remove_tree(FileSystem& files, const std::string& path);

[[nodiscard]] std::string parent_of(const std::string& path);  // "." for a bare name
[[nodiscard]] std::string joined(const std::string& directory, std::string_view name);

}  // namespace attune
