// How much more memory a piece of a test takes at its peak than before it: of the whole process, as the kernel counts
// it.
#pragma once

#include <cstddef>
#include <optional>

namespace attune::test {

class MemoryGrowth {
 public:
  MemoryGrowth();  // from here on
  // Bytes; nullopt: not measured, because the kernel gives no figures or a sanitizer would be what is measured.
  [[nodiscard]] std::optional<std::size_t> peak() const;

 private:
  std::optional<std::size_t> before_;
};

}  // namespace attune::test
