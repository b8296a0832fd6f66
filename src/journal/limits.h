// The limits of op.h, checked in one place for what is written and for what is read.
#pragma once

#include <optional>
#include <string_view>

#include "journal/op.h"

namespace attune::journal {

// In words, the first limit that is broken; nullopt: none.
[[nodiscard]] std::optional<std::string_view> broken_limit(const EntryContent& content);
[[nodiscard]] std::optional<std::string_view> broken_limit(const Act& act);

}  // namespace attune::journal
