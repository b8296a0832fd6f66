// Self keys in the order of the revokes that they belong to. docs/protocol.md, section 2.5.
#pragma once

#include <vector>

#include "identity/keys.h"
#include "identity/roster.h"

namespace attune::identity {

// All that the words give: the first one, and one for each revoke of the roster; oldest first.
[[nodiscard]] std::vector<SelfKey> self_keys_from(const SelfSeed& seed, const Roster& roster);

// Each once, oldest first. A key of a revoke that the roster does not hold (yet) is left out.
[[nodiscard]] std::vector<SelfKey> in_order(std::vector<SelfKey> keys, const Roster& roster);

// The key that devices of this person need with each other: that of the newest revoke. none: the first one.
[[nodiscard]] StatementHash newest_self_key(const Roster& roster);

}  // namespace attune::identity
