// Errc::disk in words.
#pragma once

#include <string_view>

#include "core/error.h"

namespace attune {

// What could not be done to what and why (an errno), and what helps against just that.
[[nodiscard]] Error disk_error(std::string_view doing, std::string_view path, int cause);
// Only the last; empty: nothing that the code's usual hint does not say.
[[nodiscard]] std::string_view disk_hint(int cause) noexcept;

}  // namespace attune
