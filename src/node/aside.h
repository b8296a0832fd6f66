// What did not travel although both sides said all they had, in words for the person: what, why, and what to do.
#pragma once

#include <string>
#include <vector>

#include "book/book.h"
#include "node/peers.h"

namespace attune::node {

// One line for each thing to know about these devices, as their last session left them; of the partner's and this
// person's own alone.
[[nodiscard]] std::vector<std::string> aside_notes(const book::Book& book, const std::vector<PeerMemory>& peers);

}  // namespace attune::node
