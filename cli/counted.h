// "1 entry", "2 entries". Counts as the messages hold them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace attune::cli {

[[nodiscard]] inline std::string counted(double count, std::string_view one, std::string_view many) {
  return fmt::format("{:.0f} {}", count, count == 1 ? one : many);
}

}  // namespace attune::cli
