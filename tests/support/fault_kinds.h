// The ways in which a call to a MemoryFiles fails, for sweeps in which each call fails in its turn.
#pragma once

#include <array>
#include <string_view>

#include "support/memory_files.h"

namespace attune::test {

struct FaultKind {
  std::string_view name;
  std::size_t (MemoryFiles::*counted)() const;
  void (*ask)(MemoryFiles& files, std::size_t nth);  // from now on
  bool changes = false;                              // of calls that change the disk
  bool wrong_bytes = false;                          // nothing fails: something else is read than stands there
};

inline constexpr std::array kFaultKinds{
    FaultKind{"call", &MemoryFiles::calls,
              [](MemoryFiles& files, std::size_t nth) { files.fail_call(nth, MemoryFiles::Fails::before); }, true},
    FaultKind{"half of call", &MemoryFiles::calls,
              [](MemoryFiles& files, std::size_t nth) { files.fail_call(nth, MemoryFiles::Fails::half); }, true},
    FaultKind{"done call", &MemoryFiles::calls,
              [](MemoryFiles& files, std::size_t nth) { files.fail_call(nth, MemoryFiles::Fails::after); }, true},
    FaultKind{"read", &MemoryFiles::reads, [](MemoryFiles& files, std::size_t nth) { files.fail_read(nth); }},
    FaultKind{"look", &MemoryFiles::looks, [](MemoryFiles& files, std::size_t nth) { files.fail_look(nth); }},
    FaultKind{"flipped read", &MemoryFiles::reads, [](MemoryFiles& files, std::size_t nth) { files.flip_read(nth); },
              false, true}};

// Only an append has a half: of all other calls that is the same point as the first kind's.
[[nodiscard]] inline bool counts(const FaultKind& kind, const MemoryFiles& files) {
  return kind.name != "half of call" || (files.fault() && files.fault()->kind == Change::Kind::append);
}

}  // namespace attune::test
