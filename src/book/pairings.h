// What the logs say about pairings. Internal to the book.
#pragma once

#include <vector>

#include "book/shelf.h"
#include "book/work.h"

namespace attune::book {

struct PairingSeen {
  Pairing pairing;
  journal::PairingFacts facts;
};
// One for each partner so far, in no order.
[[nodiscard]] std::vector<PairingSeen> all_pairings(const Shelf& shelf);

// With whom something was shared at that moment; nullopt: nobody knows.
[[nodiscard]] std::optional<CoupleId> couple_at(const Shelf& shelf, Instant time);

[[nodiscard]] journal::PairingFacts pairing_facts(const Shelf& shelf, const ObjectId& object);
void append_key(Work& work, const ObjectId& object, Instant time, const RootId& partner,
                const identity::CoupleKey& key);

// Appends a pairing that is later than everything known about any, so that it is the latest whatever the clocks said.
void append_pairing(Work& work, const Shelf& shelf, const journal::Paired& pairing, const identity::CoupleKey& key);

}  // namespace attune::book
