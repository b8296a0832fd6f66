// What did not travel although both sides said all they had, in words for the person: what, why, and what to do.
#pragma once

#include <string>
#include <vector>

#include "node/home.h"
#include "node/peers.h"

namespace attune::node {

// One line for each thing to know about these devices, as their last session left them; of the partner's and this
// person's own alone, and of those that were not removed.
[[nodiscard]] std::vector<std::string> aside_notes(Home& home, const std::vector<PeerMemory>& peers);

}  // namespace attune::node
