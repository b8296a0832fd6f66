// What every fold asks of an op, and how it tells what was done.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "journal/op.h"

namespace attune::journal {

// nullptr: another act, or its payload is not there.
template <class A>
[[nodiscard]] const A* act_of(const Seen& seen) {
  return seen.op ? std::get_if<A>(&seen.op->act) : nullptr;
}

// One line of an object's history: who did what, and when.
struct Done {
  OpId op;
  RootId author;
  Instant time;
  Act act;
  friend bool operator==(const Done&, const Done&) = default;
};

// Why a person may not do something now, in words for them; nullopt: they may.
using Refusal = std::optional<std::string_view>;

}  // namespace attune::journal
