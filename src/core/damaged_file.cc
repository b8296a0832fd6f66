#include "core/damaged_file.h"

#include <fmt/format.h>

namespace attune {

bool is_damage(Errc code) noexcept { return code == Errc::damaged || code == Errc::tampered; }

Error in_file(const std::string& path, const Error& error, std::string_view hint) {
  return Error{error.code(), fmt::format("{}: {}", path, error.what()),
               error.hint().empty() ? std::string{hint} : error.hint()};
}

}  // namespace attune
