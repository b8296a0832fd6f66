// Heads of this device's own logs, kept beside the store in a sealed file: a store that was rolled back lags behind it,
// and a home that was copied or put back has another instance file. Either way the own logs are not continued: two
// records at one place would be a fork. docs/store-format.md, section 6.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/file.h"
#include "log/logs.h"
#include "storage/sealed_file.h"

namespace attune::node {

class HeadsFile {
 public:
  // Borrowed things outlive it. `instance` is made where it is missing and `fresh` says that the home is new.
  HeadsFile(FileSystem& files, std::string heads, std::string instance, const storage::StoreKey& key,
            const Clock& clock);

  // Why the own logs must not be continued; nullopt: they may be. Throws Errc::tampered.
  [[nodiscard]] std::optional<std::string> doubt(const log::Logs& logs) const;
  void note_commits(int commits, const log::Logs& logs);  // writes when 64 commits or 60 s have gathered
  void write(const log::Logs& logs);
  static void make_instance(FileSystem& files, const std::string& path);  // for a new home

 private:
  FileSystem& files_;
  std::string path_;
  std::string instance_;
  storage::StoreKey key_;
  const Clock& clock_;
  int unwritten_ = 0;
  Steady last_;
};

}  // namespace attune::node
