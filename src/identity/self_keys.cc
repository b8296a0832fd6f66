#include "identity/self_keys.h"

#include <algorithm>
#include <utility>

namespace attune::identity {

std::vector<SelfKey> self_keys_from(const SelfSeed& seed, const Roster& roster) {
  std::vector<SelfKey> keys;
  keys.push_back(self_key_from(seed, nullptr));
  for (const Statement* revoke : roster.revokes_in_order()) keys.push_back(self_key_from(seed, revoke));
  return keys;
}

std::vector<SelfKey> in_order(std::vector<SelfKey> keys, const Roster& roster) {
  std::vector<SelfKey> ordered;
  const auto take = [&](const StatementHash& revoke) {
    const auto found = std::ranges::find(keys, revoke, &SelfKey::revoke);
    if (found != keys.end()) ordered.push_back(std::move(*found));
  };
  take(StatementHash{});
  for (const Statement* revoke : roster.revokes_in_order()) take(revoke->hash);
  return ordered;
}

StatementHash newest_self_key(const Roster& roster) {
  const Statement* newest = roster.newest_revoke();
  return newest == nullptr ? StatementHash{} : newest->hash;
}

}  // namespace attune::identity
