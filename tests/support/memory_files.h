// A file system in memory that can fail any call, stop at any call as a power cut would, and be damaged by hand.
// Threads: any. Files opened before a power cut fail afterwards. Paths: the working directory is the root.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/file.h"
#include "support/memory_disk.h"

namespace attune::test {

class MemoryFiles final : public FileSystem {
 public:
  MemoryFiles();
  explicit MemoryFiles(MemoryDisk disk);
  ~MemoryFiles() override;

  [[nodiscard]] std::unique_ptr<ReadFile> open(const std::string& path) const override;
  [[nodiscard]] std::unique_ptr<WriteFile> create(const std::string& path) override;
  [[nodiscard]] std::optional<FileFacts> facts(const std::string& path) const override;
  [[nodiscard]] std::vector<std::string> children(const std::string& directory) const override;
  void make_directory(const std::string& path) override;
  void remove_directory(const std::string& path) override;
  void overwrite(const std::string& path, BytesView bytes) override;
  bool remove(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  // The rename alone: a name that is gone has no bytes here.
  void rename_over(const std::string& from, const std::string& to, BytesView over) override;
  void sync_directory(const std::string& path) override;
  [[nodiscard]] std::unique_ptr<FileLock> try_lock(const std::string& path) override;

  // Mutating calls so far (create, append, sync, rename, remove, overwrite, directories), failed ones included.
  [[nodiscard]] std::size_t calls() const;
  [[nodiscard]] std::size_t reads() const;  // read_at calls so far
  [[nodiscard]] std::size_t looks() const;  // open, size, facts and children so far

  // Faults. Each but flip_read throws Error{Errc::disk}.
  enum class Fails {
    before,  // nothing was done
    half,    // of an append the first half was written, as on a disk that is full; else nothing was done
    after,   // it was done, and failed nevertheless
  };
  void fail_call(std::size_t nth, Fails how = Fails::before);  // the nth mutating call from now, 1 = the next
  void fail_next(Change::Kind kind, std::string in = {});      // the next of this kind on a path with `in` in it
  void fail_read(std::size_t nth);                             // the nth read from now
  void flip_read(std::size_t nth);                             // a bit of what it reads is another
  void fail_look(std::size_t nth);
  // Of a mutating call that failed as it was asked to: what it was; how often something was created, written, synced (a
  // directory, too) or renamed since.
  [[nodiscard]] std::optional<Change> fault() const;
  [[nodiscard]] std::size_t written_since_fault() const;
  // Power cuts: n more mutating calls succeed, all later ones fail until restart().
  void stop_after(std::size_t n);
  void restart(const PowerCut& cut);  // what was not synced is treated as `cut` says; locks are free

  // Enumerating: record(), run the workload once, then look at the disk as a cut after each change would leave it.
  void record();
  [[nodiscard]] std::size_t recorded() const;
  [[nodiscard]] std::string recorded_change(std::size_t n) const;       // in words, to name a failing point
  [[nodiscard]] std::vector<PowerCut> cuts_after(std::size_t n) const;  // power_cuts_of() what is there then
  [[nodiscard]] std::unique_ptr<MemoryFiles> cut_after(std::size_t n, const PowerCut& cut) const;
  [[nodiscard]] std::uint64_t fingerprint() const;  // of all names and contents

  // By hand, durable at once; nothing of it is counted or recorded. The file must exist.
  [[nodiscard]] Bytes contents(const std::string& path) const;
  void set_contents(const std::string& path, Bytes bytes);  // makes the file where it is missing
  void flip_bit(const std::string& path, std::uint64_t byte, unsigned bit = 0);
  void truncate(const std::string& path, std::uint64_t size);
  void swap_files(const std::string& a, const std::string& b);
  void set_mode(const std::string& path, std::uint32_t mode);
  [[nodiscard]] MemoryDisk snapshot() const;  // everything, as if synced
  void put_back(MemoryDisk disk);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with open files, which may outlive this
};

}  // namespace attune::test
