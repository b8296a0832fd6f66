// A folder that is gone when its owner dies, on the disk that is to be measured (TMPDIR, else /var/tmp: not memory).
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace attune::bench {

class Scratch {
 public:
  Scratch() {
    const char* wanted = std::getenv("TMPDIR");
    std::string path = std::string{wanted != nullptr ? wanted : "/var/tmp"} + "/attune-bench-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error{"no temporary folder in " + path};
    path_ = path;
  }
  ~Scratch() {
    std::error_code ignored;  // What is left lies in a temporary folder; there is nobody to tell.
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace attune::bench
