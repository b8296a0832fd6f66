// What stands in the journal, by what people know it as.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/id.h"

namespace attune::book {

enum class ObjectKind : std::uint8_t { entry = 0, boundary = 1, agreement = 2, check_in = 3, pause = 4 };
[[nodiscard]] std::string_view name_of(ObjectKind kind);  // "check-in": in messages to people

// An act that people name by itself, by its op's id: a response, an ask, a version of an agreement.
struct FoundAct {
  OpId op;
  ObjectId object;
};

}  // namespace attune::book
