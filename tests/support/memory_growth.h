// How much more memory a piece of a test takes at its peak than before it: of the whole process, as the kernel counts
// it.
#pragma once

#include <cstddef>

namespace attune::test {

class MemoryGrowth {
 public:
  // Under a sanitizer it would be the sanitizer that is measured.
  [[nodiscard]] static bool measurable() noexcept;

  // From here on. Throws where the kernel gives no figures, as peak() does: what was not measured held no bound.
  // Measures nothing, and needs no figures, where that is not measurable.
  MemoryGrowth();
  // Bytes. REQUIRES: measurable().
  [[nodiscard]] std::size_t peak() const;

 private:
  std::size_t before_ = 0;
};

}  // namespace attune::test
