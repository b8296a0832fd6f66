// Agreements as they were folded last. To read, open and fold a thousand of them anew for each `list`, `due` and
// `today` takes most of the time that such a command may take; nothing but a node that stays gains by it. Whatever
// touches an object forgets it here (work.h), as it renews its index keys: both are pure functions of its standing ops.
#pragma once

#include <cstddef>
#include <map>
#include <memory>

#include "core/id.h"
#include "journal/agreement.h"

namespace attune::book {

struct FoldedAgreement {
  journal::Agreement agreement;
  CoupleId couple;
};

class FoldedAgreements {
 public:
  using Kept = std::shared_ptr<const FoldedAgreement>;

  [[nodiscard]] Kept find(const ObjectId& id) const;  // nullptr: it is not kept
  // `acts`, `bytes`: what it was folded from, and their payloads. Only of those that are not over, and not where all of
  // them would take too much: whoever fills the other's journal fills no memory.
  void keep(const ObjectId& id, Kept agreement, std::size_t acts, std::size_t bytes);
  void forget(const ObjectId& id);

 private:
  struct Sized {
    Kept agreement;
    std::size_t bytes = 0;
  };
  std::map<ObjectId, Sized> kept_;
  std::size_t bytes_ = 0;
};

}  // namespace attune::book
