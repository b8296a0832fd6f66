// Boundaries as people read them. All text that came from anybody is made harmless here.
#pragma once

#include <string>

#include "attune/api.pb.h"
#include "cli/page.h"

namespace attune::cli {

// One's own, then the partner's; whole texts.
[[nodiscard]] std::string render_boundaries(const api::v1::BoundaryList& list, const Page& page);
// One whole: what was asked and answered, and its history.
[[nodiscard]] std::string render_boundary(const api::v1::Boundary& boundary, const Page& page);
// As `watch` prints what arrives.
[[nodiscard]] std::string render_boundary_brief(const api::v1::Boundary& boundary, const Page& page);

}  // namespace attune::cli
