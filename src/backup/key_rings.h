// Within backup only: where the self keys come from that an archive's MAC and seals are checked with.
#pragma once

#include <optional>

#include "backup/archive.h"
#include "identity/root.h"
#include "identity/roster.h"

namespace attune::backup {

// A device's own keys, for reading back what it has just written.
class HeldKeys : public Receiver {
 public:
  explicit HeldKeys(const std::vector<identity::SelfKey>& keys) : keys_{keys} {}
  [[nodiscard]] const identity::SelfKey* key(const identity::KeyName& name) override;

 private:
  const std::vector<identity::SelfKey>& keys_;
};

// The keys that the words lead to: the first one, and one for each revocation that the archive's own roster tells of.
class KeysOfWords : public Receiver {
 public:
  explicit KeysOfWords(const identity::Root& root) : root_{root}, roster_{root.id} {}
  void statement(const identity::Statement& statement) override;
  [[nodiscard]] const identity::SelfKey* key(const identity::KeyName& name) override;

 private:
  const identity::Root& root_;
  identity::Roster roster_;
  std::optional<identity::SelfKey> found_;  // last
};

}  // namespace attune::backup
