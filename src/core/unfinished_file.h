// A file that is being written and goes away unless it was finished.
#pragma once

#include <string>
#include <utility>

#include "core/error.h"
#include "core/file.h"

namespace attune {

class UnfinishedFile {
 public:
  // `files` outlives it. The file need not be there yet.
  UnfinishedFile(FileSystem& files, std::string path) : files_{files}, path_{std::move(path)} {}
  ~UnfinishedFile() {
    if (finished_) return;
    try {
      files_.remove(path_);
    } catch (const Error&) {
      // Another error is on its way to the person; what is left is sealed, under a name that nothing reads.
    }
  }
  UnfinishedFile(const UnfinishedFile&) = delete;
  UnfinishedFile& operator=(const UnfinishedFile&) = delete;
  void finished() noexcept { finished_ = true; }

 private:
  FileSystem& files_;
  std::string path_;
  bool finished_ = false;
};

}  // namespace attune
