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
  for (const identity::Statement* revoke : revokes()) {
    found_ = identity::self_key_from(root_.self_seed, revoke);
    if (found_->name() == name) return &*found_;
  }
  found_.reset();
  return nullptr;
}

std::vector<identity::SelfKey> KeysOfWords::all() const {
  std::vector<identity::SelfKey> keys;
  keys.push_back(identity::self_key_from(root_.self_seed, nullptr));
  for (const identity::Statement* revoke : revokes()) {
    keys.push_back(identity::self_key_from(root_.self_seed, revoke));
  }
  return keys;
}

std::vector<const identity::Statement*> KeysOfWords::revokes() const {
  std::vector<const identity::Statement*> revokes;
  for (const auto& [hash, statement] : roster_.statements()) {
    if (std::holds_alternative<identity::Revoke>(statement.says)) revokes.push_back(&statement);
  }
  // Statements come by hash; what is newer is told by the number, then by the hash.
  std::ranges::stable_sort(revokes, {},
                           [](const identity::Statement* s) { return std::get<identity::Revoke>(s->says).number; });
  return revokes;
}

}  // namespace attune::backup
