// A file system that changes nothing any more once a change has failed: after a failed write or sync nobody knows what
// the disk holds, and what is written next could be believed although what it stands on is lost. Reading goes on.
// Threads: as FileSystem.
#pragma once

#include <functional>
#include <mutex>
#include <optional>

#include "core/error.h"
#include "core/file.h"

namespace attune {

class StoppingFiles final : public FileSystem {
 public:
  explicit StoppingFiles(FileSystem& files) : files_{files} {}  // outlives this

  [[nodiscard]] std::unique_ptr<ReadFile> open(const std::string& path) const override { return files_.open(path); }
  [[nodiscard]] std::unique_ptr<WriteFile> create(const std::string& path) override;
  [[nodiscard]] std::optional<FileFacts> facts(const std::string& path) const override { return files_.facts(path); }
  [[nodiscard]] std::vector<std::string> children(const std::string& directory) const override {
    return files_.children(directory);
  }
  void make_directory(const std::string& path) override;
  void remove_directory(const std::string& path) override;
  void overwrite(const std::string& path, BytesView bytes) override;
  bool remove(const std::string& path) override;
  void rename(const std::string& from, const std::string& to) override;
  void rename_over(const std::string& from, const std::string& to, BytesView over) override;
  void sync_directory(const std::string& path) override;
  // Something was found that a change would have built on: as if a change had failed with this.
  void stop(const Error& fault);
  [[nodiscard]] std::unique_ptr<FileLock> try_lock(const std::string& path) override { return files_.try_lock(path); }

 private:
  class Writing;
  // A change that fails is the last one.
  void change(const std::function<void()>& work);

  FileSystem& files_;
  std::mutex mutex_;
  std::optional<Error> fault_;
};

// What a person can do where nothing goes on until the store is opened anew.
inline constexpr std::string_view kBeginAnew =
    "see to the disk; where the node is up, attune down and attune up begin anew";

// What a change is answered that comes after the fault that stopped all changes; itself where it is such an answer.
[[nodiscard]] Error stopped_by(const Error& fault);

}  // namespace attune
