// The self keys of this device: those that its home was made with, and those that came since, in the order of the
// revokes. docs/protocol.md, section 5.8.
#pragma once

#include <cstdint>
#include <vector>

#include "book/book.h"
#include "sync/people.h"

namespace attune::sync {

class Keyring {
 public:
  // Fills `all`, which the book seals with: never empty. Everything that is named here outlives it.
  Keyring(book::Book& book, const People& people, const std::vector<identity::SelfKey>& made_with,
          std::vector<identity::SelfKey>& all);

  [[nodiscard]] const std::vector<identity::SelfKey>& all() const noexcept { return all_; }  // oldest first
  // Durable when it returns; the heads of this device's logs are then sealed with the newest key.
  // A key whose revoke is not known here (yet) is kept and not used.
  // From another device: nothing where that revoke's key is here already.
  void keep(const identity::SelfKey& key);
  // From the words, which are never wrong: they take the place of what another device may have handed over.
  void keep_derived(const std::vector<identity::SelfKey>& keys);
  // After revokes came by another way than keep(): a key that was kept before may count now.
  void recompose();
  // Grows whenever other keys are in `all` than before.
  [[nodiscard]] std::uint64_t changes() const noexcept { return changes_; }
  // A device was revoked elsewhere, and its key has not come here yet.
  [[nodiscard]] bool lacks_newest() const;

 private:
  book::Book& book_;
  const People& people_;
  const std::vector<identity::SelfKey>& made_with_;
  std::vector<identity::SelfKey>& all_;
  std::uint64_t changes_ = 0;
};

}  // namespace attune::sync
