// An entry: the fold of its ops, and the rules of who may do what. Pure: any order of arrival gives the same value.
// Rules (docs/guide.md):
//  - only the creator's content, erase, shared_as and earlier_version count;
//  - the content that counts is the last by (op time, op id) of those that no other one replaces;
//  - only contents in a couple's log replace, and are replaced: a private entry keeps its versions where they are;
//  - erase wins over any content, however concurrent, and needs no order;
//  - a shared entry is one that any content of stands in a couple's log; SharedAs leads from the private entry to it.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "journal/op.h"

namespace attune::journal {

struct Version {
  OpId op;
  Instant time;
  EntryContent content;  // without `replaces` where it stands among earlier ones
  friend bool operator==(const Version&, const Version&) = default;
};

struct Entry {
  ObjectId id;
  bool erased = false;
  bool shared = false;
  bool edited = false;
  std::optional<Version> current;            // nullopt: erased, or its text has not arrived yet
  std::vector<Version> earlier;              // oldest first; what this side holds of them
  std::optional<ObjectNumber> shared_as;     // the first by (op time, op id)
  std::vector<ObjectNumber> also_shared_as;  // by devices that did not know of each other
  Instant newest;                            // greatest time of ops that have effect
  std::vector<OpId> contents;  // sorted ids of all contents known, replaced ones too: a new one names them all
  friend bool operator==(const Entry&, const Entry&) = default;
};

// nullopt: no op of these makes it an entry (yet).
[[nodiscard]] std::optional<Entry> fold_entry(const ObjectId& id, std::vector<Seen> ops);

// An op's time: max(now, newest + 1 ms), at most kLatestInstant.
[[nodiscard]] Instant next_time(Instant now, Instant newest);

// Of which author's ops the payloads must go: the same bytes may stand in the other one's log, and stay there.
using PayloadsToDrop = std::set<std::pair<RootId, OpId>>;

// Payloads that must go, given all ops of the object: everything but erases where the creator erased it; for a shared
// entry also contents that a later content of the creator replaces; what anybody took back of their own, from their own
// logs. Used to accept and to make erasures.
[[nodiscard]] PayloadsToDrop payloads_to_drop(const ObjectId& id, const std::vector<Seen>& ops);
// The same where only `causes`, some of `ops`, have effect: what they take out goes from all of them.
[[nodiscard]] PayloadsToDrop payloads_to_drop(const ObjectId& id, const std::vector<Seen>& causes,
                                              const std::vector<Seen>& ops);

}  // namespace attune::journal
