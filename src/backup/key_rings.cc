#include "backup/key_rings.h"

#include <algorithm>

namespace attune::backup {

const identity::SelfKey* HeldKeys::key(const identity::KeyName& name) {
  const auto found = std::ranges::find_if(keys_, [&](const identity::SelfKey& key) { return key.name() == name; });
  return found == keys_.end() ? nullptr : &*found;
}

void KeysOfWords::statement(const identity::Statement& statement) {
  if (statement.root == root_.id) roster_.add(statement);
}

const identity::SelfKey* KeysOfWords::key(const identity::KeyName& name) {
  if (found_ && found_->name() == name) return &*found_;
  found_ = identity::self_key_from(root_.self_seed, nullptr);
  if (found_->name() == name) return &*found_;
  for (const auto& [hash, statement] : roster_.statements()) {
    if (!std::holds_alternative<identity::Revoke>(statement.says)) continue;
    found_ = identity::self_key_from(root_.self_seed, &statement);
    if (found_->name() == name) return &*found_;
  }
  found_.reset();
  return nullptr;
}

}  // namespace attune::backup
