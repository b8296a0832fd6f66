#include "support/memory_growth.h"

#include <malloc.h>

#include <fstream>
#include <stdexcept>
#include <string>

#include "core/check.h"

namespace attune::test {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

// A line of /proc/self/status such as "VmHWM:     1752 kB".
std::size_t status(const std::string& name) {
  std::ifstream file{"/proc/self/status"};
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1)) << 10U;
  }
  throw std::runtime_error{"memory cannot be measured: the kernel does not tell " + name};
}

// The peak becomes what is in use now.
void reset_peak() {
  std::ofstream file{"/proc/self/clear_refs"};
  file << "5" << std::flush;
  if (!file.good()) throw std::runtime_error{"memory cannot be measured: the peak cannot be reset"};
}

}  // namespace

bool MemoryGrowth::measurable() noexcept { return !kSanitized; }

MemoryGrowth::MemoryGrowth() {
  if (!measurable()) return;
  ::malloc_trim(0);  // what was freed before would otherwise be taken again without being counted
  reset_peak();
  before_ = status("VmRSS");
}

std::size_t MemoryGrowth::peak() const {
  ATTUNE_CHECK(measurable());
  const std::size_t peak = status("VmHWM");
  return peak > before_ ? peak - before_ : 0;
}

}  // namespace attune::test
