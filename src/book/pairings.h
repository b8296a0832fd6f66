// What the logs say about pairings. Internal to the book.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "book/shelf.h"
#include "book/work.h"

namespace attune::book {

struct PairingSeen {
  Pairing pairing;
  journal::PairingFacts facts;
};
struct PairingsSeen {
  std::vector<PairingSeen> all;    // one for each partner so far, in no order
  std::optional<std::size_t> now;  // of them the one in force; nullopt: none, or it was left
  journal::Turns turns;            // pairings and leavings
  Instant newest;                  // of those

  [[nodiscard]] const PairingSeen* in_force() const { return now ? &all[*now] : nullptr; }
  [[nodiscard]] const PairingSeen* with(const RootId& partner) const;  // nullptr: never
};
[[nodiscard]] PairingsSeen all_pairings(const Shelf& shelf);

// With whom something was shared at that moment; nullopt: nobody knows.
[[nodiscard]] std::optional<CoupleId> couple_at(const Shelf& shelf, Instant time);

[[nodiscard]] ObjectId pairing_object_with(const Shelf& shelf, const RootId& partner);
// `pairing`: the op of the pairing that it belongs to.
void append_key(Work& work, const Shelf& shelf, const RootId& partner, const identity::CoupleKey& key,
                const OpId& pairing);

// Appends a pairing that takes the place of everything known about any, whatever the clocks said.
void append_pairing(Work& work, const Shelf& shelf, const journal::Paired& pairing, const identity::CoupleKey& key);

// Appends an act that takes the place of all those. Where they are more than one act can name, several are written,
// each in the place of the one before.
template <class Act>
OpId append_turn(Work& work, const ObjectId& object, Instant time, Act act, const journal::Turns& turns) {
  std::vector<OpId> open = turns.open;
  for (; open.size() > journal::kMaxAfter; open.push_back(work.append(CoupleId{}, object, {time, act}))) {
    act.after.assign(open.end() - journal::kMaxAfter, open.end());
    open.resize(open.size() - journal::kMaxAfter);
  }
  // Those before them, too: a revoke may take away what stands between.
  act.after = std::move(open);
  const std::size_t room = std::min(journal::kMaxAfter - act.after.size(), turns.past.size());
  act.after.insert(act.after.end(), turns.past.begin(), turns.past.begin() + static_cast<std::ptrdiff_t>(room));
  return work.append(CoupleId{}, object, {time, std::move(act)});
}

}  // namespace attune::book
