// Every disk that a power cut can leave of a life that was recorded once, each tried once: most cuts leave what another
// one leaves, too, and would only be counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <utility>

#include "support/memory_files.h"

namespace attune::test {

// Of the cuts at one place all, or the worst one and in turn one of the others: a part that is quick.
enum class Cuts { all, some };

class EveryCut {
 public:
  explicit EveryCut(Cuts which) : which_{which} {}

  // Looks at the disks as a cut after n changes of what `life` recorded can leave them, but for those that were tried
  // with the same `acknowledged`: that stands for all that a disk is measured by. An Error is a failure of the test.
  // `look` may come here again, with what it recorded itself.
  using Look = std::function<void(MemoryFiles& disk)>;
  void after(std::size_t n, std::uint64_t acknowledged, const MemoryFiles& life, const Look& look);

  [[nodiscard]] std::size_t disks() const noexcept { return disks_.size(); }  // distinct ones
  void print() const;                                                         // as scripts/prove reads it

 private:
  Cuts which_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> tried_;  // fingerprints, and what was acknowledged
  std::set<std::uint64_t> disks_;
};

}  // namespace attune::test
