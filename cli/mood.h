// --mood calm:4
#pragma once

#include <string_view>

#include "attune/api.pb.h"

namespace attune::cli {

// A word and a level from 1 to 5. Errc::usage otherwise.
[[nodiscard]] api::v1::Mood mood_said(std::string_view text);

}  // namespace attune::cli
