// How long unlocking takes, by name: interactive, moderate (where the name is empty) or sensitive.
#pragma once

#include <string>

#include "crypto/kdf.h"

namespace attune::cli {

[[nodiscard]] crypto::PassphraseCost unlock_cost_named(const std::string& name);  // Errc::usage

}  // namespace attune::cli
