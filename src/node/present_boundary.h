// How boundaries look in API messages. `offset`: of the asker's wall.
#pragma once

#include <chrono>

#include "attune/api.pb.h"
#include "book/boundaries.h"
#include "node/present.h"

namespace attune::node {

// Without its history.
void present(const Presenter& presenter, const book::BoundaryHere& here, std::chrono::minutes offset,
             api::v1::Boundary& out);
// Who did what, when: for both, all of it went to both.
void present_history(const Presenter& presenter, const journal::Boundary& boundary, std::chrono::minutes offset,
                     api::v1::Boundary& out);

}  // namespace attune::node
