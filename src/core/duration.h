// Lengths of time as people write them: 45s, 20m, 1h, 2d.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace attune {

// A whole number above zero and one of s, m, h and d, up to 30 days; nullopt for anything else.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);
// In the largest of these units that fits without a rest. REQUIRES: above zero.
[[nodiscard]] std::string written_duration(std::chrono::seconds duration);

}  // namespace attune
