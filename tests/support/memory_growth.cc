#include "support/memory_growth.h"

#include <malloc.h>

#include <fstream>
#include <string>

namespace attune::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// A line of /proc/self/status such as "VmHWM:     1752 kB".
std::optional<std::size_t> status(const std::string& name) {
  std::ifstream file{"/proc/self/status"};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1)) << 10U;
  }
  return std::nullopt;
}

// The peak becomes what is in use now.
bool reset_peak() {
  std::ofstream file{"/proc/self/clear_refs"};
  file << "5" << std::flush;
  return file.good();
}

}  // namespace

MemoryGrowth::MemoryGrowth() {
  if (kSanitized) return;
  ::malloc_trim(0);  // what was freed before would otherwise be taken again without being counted
  if (reset_peak()) before_ = status("VmRSS");
}

std::optional<std::size_t> MemoryGrowth::peak() const {
  const auto peak = status("VmHWM");
  if (!before_ || !peak) return std::nullopt;
  return *peak > *before_ ? *peak - *before_ : 0;
}

}  // namespace attune::test
