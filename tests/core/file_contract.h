// What every FileSystem promises; PosixFiles and the double both pass it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "core/file.h"
#include "support/error_matcher.h"
#include "support/memory_files.h"

namespace attune::test {

struct PosixPlace {
  PosixPlace() {
    std::string pattern = (std::filesystem::temp_directory_path() / "attune-files-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
  }
  ~PosixPlace() { std::filesystem::remove_all(directory); }
  PosixFiles files;
  std::string directory;
};

struct MemoryPlace {
  MemoryPlace() { files.make_directory(directory); }
  MemoryFiles files;
  std::string directory = "/home";
};

template <class Place>
class FileContract : public ::testing::Test {
 protected:
  [[nodiscard]] FileSystem& files() { return place_.files; }
  [[nodiscard]] const std::string& directory() const { return place_.directory; }
  [[nodiscard]] std::string at(std::string_view name) const { return joined(place_.directory, name); }
  void write(const std::string& path, std::string_view text) {
    const auto file = files().create(path);
    file->append(as_bytes(text));
    file->sync();
    file->close();
  }
  [[nodiscard]] std::string text_of(const std::string& path) {
    const auto bytes = read_file(files(), path, 1 << 20);
    return bytes ? to_string(*bytes) : "(missing)";
  }

 private:
  Place place_;
};

}  // namespace attune::test
