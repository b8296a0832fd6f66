// Today, as people read it: one calm screen. Nothing on it counts what somebody did not do.
#pragma once

#include <string>
#include <string_view>

#include "attune/api.pb.h"
#include "cli/page.h"

namespace attune::cli {

// `now`: RFC 3339, on the reader's wall.
[[nodiscard]] std::string render_today(const api::v1::TodayResponse& today, std::string_view now, const Page& page);

}  // namespace attune::cli
