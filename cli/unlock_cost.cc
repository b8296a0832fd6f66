#include "cli/unlock_cost.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace attune::cli {

crypto::PassphraseCost unlock_cost_named(const std::string& name) {
  if (name == "interactive") return crypto::kInteractive;
  if (name.empty() || name == "moderate") return crypto::kModerate;
  if (name == "sensitive") return crypto::kSensitive;
  throw Error{Errc::usage, fmt::format("there is no unlock cost \"{}\"", harmless_line(name)),
              "choose interactive, moderate or sensitive"};
}

}  // namespace attune::cli
