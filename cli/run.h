// The whole command line as a function.
#pragma once

#include <string>
#include <vector>

#include "cli/world.h"

namespace attune::cli {

// `arguments` without the program's name. Returns the exit status; nothing is thrown.
[[nodiscard]] int run(const std::vector<std::string>& arguments, World& world);

}  // namespace attune::cli
