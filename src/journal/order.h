// The one canonical order of an object's ops, before any rule looks at them.
#pragma once

#include <vector>

#include "journal/op.h"

namespace attune::journal {

// Sorted by (op time, id, author), ops without payload first; what stands in several places is one op, and it is shared
// where any of them is. So the same set gives the same bytes, in whatever order and how often it came.
[[nodiscard]] std::vector<Seen> in_order(std::vector<Seen> ops);

}  // namespace attune::journal
