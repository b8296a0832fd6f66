#include "core/duration.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace attune {
namespace {

constexpr std::chrono::seconds kLongest = std::chrono::hours{24 * 30};

struct Unit {
  char letter;
  std::chrono::seconds length;
};
constexpr std::array kUnits{Unit{'d', std::chrono::hours{24}}, Unit{'h', std::chrono::hours{1}},
                            Unit{'m', std::chrono::minutes{1}}, Unit{'s', std::chrono::seconds{1}}};

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  for (const Unit& unit : kUnits) {
    if (!text.ends_with(unit.letter)) continue;
    const char* end = text.data() + text.size() - 1;
    std::uint32_t count = 0;
    const auto read = std::from_chars(text.data(), end, count);
    if (read.ec != std::errc{} || read.ptr != end || count == 0 || count > kLongest / unit.length) return std::nullopt;
    return count * unit.length;
  }
  return std::nullopt;
}

std::string written_duration(std::chrono::seconds duration) {
  for (const Unit& unit : kUnits) {
    if (duration % unit.length == std::chrono::seconds{0})
      return fmt::format("{}{}", duration / unit.length, unit.letter);
  }
  return {};
}

}  // namespace attune
