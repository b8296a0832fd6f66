// A private entry and what it was shared as are one, and are erased together.
#pragma once

#include <vector>

#include "book/shelf.h"

namespace attune::book {

// All that are one with `id`, itself included.
[[nodiscard]] std::vector<ObjectId> all_of_one(const Shelf& shelf, const ObjectId& id);

// With whom that was shared whose log has not come to this device yet; nullopt: nobody knows.
[[nodiscard]] std::optional<CoupleId> couple_of_unseen(const Shelf& shelf, const ObjectId& shared);

// Writes what erases are missing of those that changes have marked as torn apart, in one batch that takes the marks
// away; what the erases dropped is still to be compacted. false: none was missing.
bool mend_torn(Shelf& shelf);

}  // namespace attune::book
