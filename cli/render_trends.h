// One's own weeks as plots. Every week has its place, also where nothing was noted; nothing is summed up to one number
// about anybody.
#pragma once

#include <string>

#include "attune/api.pb.h"
#include "cli/page.h"

namespace attune::cli {

// What the plots are drawn with: Unicode's blocks, or what every terminal has.
enum class Plot { blocks, ascii };
// By LC_ALL, LC_CTYPE and LANG, the first of them that is set.
[[nodiscard]] Plot plot_of(const Environment& environment);

[[nodiscard]] std::string render_trends(const api::v1::TrendsResponse& trends, const Page& page, Plot plot);

}  // namespace attune::cli
