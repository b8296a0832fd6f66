#include "sync/keyring.h"

#include <algorithm>
#include <utility>

#include "core/check.h"
#include "identity/self_keys.h"

namespace attune::sync {

Keyring::Keyring(book::Book& book, const People& people, const std::vector<identity::SelfKey>& made_with,
                 std::vector<identity::SelfKey>& all)
    : book_{book}, people_{people}, made_with_{made_with}, all_{all} {
  recompose();
}

void Keyring::keep(const identity::SelfKey& key) {
  if (std::ranges::find(all_, key.revoke, &identity::SelfKey::revoke) != all_.end()) return;
  book_.keep_self_key(key);
  recompose();
}

void Keyring::keep_derived(const std::vector<identity::SelfKey>& keys) {
  for (const identity::SelfKey& key : keys) book_.keep_self_key(key);
  recompose();
}

void Keyring::recompose() {
  std::vector<identity::SelfKey> held = book_.self_keys();
  for (const identity::SelfKey& key : made_with_) held.push_back(key.clone());
  std::vector<identity::SelfKey> now = identity::in_order(std::move(held), people_.own());
  const bool same = std::ranges::equal(now, all_, {}, &identity::SelfKey::name, &identity::SelfKey::name);
  if (!same) ++changes_;
  all_ = std::move(now);
  ATTUNE_CHECK(!all_.empty());  // every home is made with the first key
  book_.reseal();
}

bool Keyring::lacks_newest() const { return all_.back().revoke != identity::newest_self_key(people_.own()); }

}  // namespace attune::sync
