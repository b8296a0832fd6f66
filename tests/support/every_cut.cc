#include "support/every_cut.h"

#include <gtest/gtest.h>

#include <iostream>

#include "core/error.h"

namespace attune::test {
namespace {

// Those beside each other are much alike: places beside each other get some that are far apart.
constexpr std::size_t kStride = 17;

std::vector<PowerCut> some_of(const std::vector<PowerCut>& all, std::size_t n) {
  return {all.front(), all.at(1 + n * kStride % (all.size() - 1))};
}

}  // namespace

void EveryCut::after(std::size_t n, std::uint64_t acknowledged, const MemoryFiles& life, const Look& look) {
  const auto all = life.cuts_after(n);
  for (const PowerCut& cut : which_ == Cuts::all ? all : some_of(all, n)) {
    const auto disk = life.cut_after(n, cut);
    const std::uint64_t fingerprint = disk->fingerprint();
    if (!tried_.emplace(fingerprint, acknowledged).second) continue;
    disks_.insert(fingerprint);
    SCOPED_TRACE(life.recorded_change(n) + "; " + in_words(cut));
    try {
      look(*disk);
    } catch (const Error& error) {
      ADD_FAILURE() << error.what();
    }
  }
}

void EveryCut::print() const { std::cout << "distinct disks: " << disks() << '\n'; }

}  // namespace attune::test
