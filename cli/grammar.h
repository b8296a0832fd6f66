// What may be typed: commands, options and their help, by CLI11. The only units that know CLI11 are grammar*.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/context.h"

namespace attune::cli {

struct Parsed {
  Globals globals;
  std::function<int(Context&)> action;  // the command, with its options
};

// `arguments` without the program's name. Throws Errc::usage. --help and --version are actions too.
[[nodiscard]] Parsed parse(const std::vector<std::string>& arguments, const Environment& environment);

// For errors that come before --json could be read properly.
[[nodiscard]] bool wants_json(const std::vector<std::string>& arguments);
[[nodiscard]] Color color_wanted(const std::vector<std::string>& arguments);

}  // namespace attune::cli
