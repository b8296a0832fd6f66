// How pauses look in API messages. `offset`: of the asker's wall.
#pragma once

#include <chrono>

#include "attune/api.pb.h"
#include "journal/pause.h"
#include "node/present.h"

namespace attune::node {

void present(const Presenter& presenter, const journal::Pause& pause, std::chrono::minutes offset, api::v1::Pause& out);

}  // namespace attune::node
