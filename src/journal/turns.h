// Acts of which one alone is in force: of names one, of pairings and leavings one. A later act names all that its
// writer knew, and takes their place; a time is only what the writer's clock said, or what somebody made up.
// docs/store-format.md, section 3.2.
#pragma once

#include <optional>
#include <vector>

#include "journal/op.h"

namespace attune::journal {

struct Turn {
  OpId id;
  Instant time;
  std::vector<OpId> after;  // whose place it takes; none: nothing was known, or an older program wrote it
  bool ends = false;        // a leaving
  std::size_t object = 0;   // which of several it stands on
};

struct Turns {
  std::optional<OpId> in_force;  // nullopt: there are none
  std::vector<OpId> open;        // those whose place no other takes, and the one in force is the last of them
  std::vector<OpId> past;        // the others, latest first
  friend bool operator==(const Turns&, const Turns&) = default;
};
// Each id once. The same set gives the same answer, in whatever order it comes.
[[nodiscard]] Turns take_turns(const std::vector<Turn>& turns);

}  // namespace attune::journal
