// A private entry and what it was shared as are one, and are erased together.
#pragma once

#include <vector>

#include "book/shelf.h"

namespace attune::book {

// All that are one with `id`, itself included.
[[nodiscard]] std::vector<ObjectId> all_of_one(const Shelf& shelf, const ObjectId& id);

// With whom that was shared whose log has not come to this device yet; nullopt: nobody knows.
[[nodiscard]] std::optional<CoupleId> couple_of_unseen(const Shelf& shelf, const ObjectId& shared);

// Writes what erases are missing, in one batch; what they dropped is still to be compacted. false: none was missing.
bool erase_together(Shelf& shelf, const std::vector<ObjectId>& objects);

}  // namespace attune::book
