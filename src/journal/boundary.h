// A boundary: one person's limit. Pure: any order of arrival gives the same value, and where it is not clear what
// holds, the reading that protects the owner wins. Rules (docs/store-format.md, section 3.6):
//  - Only what stands in the couple's log counts. The owner is the object's creator.
//  - It stands from the moment its owner states it, and needs nobody's agreement. Only the owner states, revises,
//  lifts.
//  - What holds is the newest revision by (op time, op id), also where two were made apart on two of the owner's
//  devices.
//  - The partner's acknowledgement and the owner's lift each name the revision that they saw. Of any but the newest
//  they
//    say nothing: the boundary stands, unacknowledged. So it stands after a lift and a later revision made apart.
//  - Where an act of the owner's is known of but its text is not there, it may be a newer revision: until it comes the
//    boundary stands, unacknowledged, in the newest words that are there. (If the owner has erased their answers here,
//    what is missing is such an answer: nobody erases a revision.)
//  - The partner may ask about it. An ask is answered with an ordinary response (not with what belongs to an apology)
//  by
//    either of the two, and asks for nothing. What one of them erased of their answers does not come back; if the owner
//    erased, no answer does.
//  - Everything else has no effect: acts by the wrong person, and acts about what is not there.
#pragma once

#include <string>
#include <vector>

#include "journal/responses.h"
#include "journal/seen.h"

namespace attune::journal {

enum class BoundaryStatus { stated, acknowledged, lifted };
[[nodiscard]] std::string_view name_of(BoundaryStatus status);

struct BoundaryRevision {
  OpId op;
  Instant time;
  BoundaryStated stated;
  friend bool operator==(const BoundaryRevision&, const BoundaryRevision&) = default;
};

struct BoundaryAnswer {
  OpId op;
  RootId author;
  Instant time;
  Response response;
  friend bool operator==(const BoundaryAnswer&, const BoundaryAnswer&) = default;
};

struct BoundaryAsk {
  OpId op;
  RootId author;
  Instant time;
  std::string text;
  std::vector<BoundaryAnswer> answers;
  friend bool operator==(const BoundaryAsk&, const BoundaryAsk&) = default;
};

struct Boundary {
  ObjectId id;  // its creator is the owner
  BoundaryStatus status = BoundaryStatus::stated;
  BoundaryRevision current;                // with topic and review day
  std::optional<Instant> acknowledged_at;  // of this revision
  std::optional<Instant> lifted_at;
  std::vector<BoundaryAsk> asks;
  // Revisions, asks, answers, and the acknowledgements and lifts of whichever revision: by (op time, op id). The first
  // revision stated it; a lift or acknowledgement of another revision than `current` is no longer one.
  std::vector<Done> history;
  Instant newest;                  // greatest time of revisions and lifts: whatever the partner does, it is the owner's
  std::vector<RootId> taken_back;  // who erased their answers
  friend bool operator==(const Boundary&, const Boundary&) = default;
};

// nullopt: its owner has not stated it in any of these ops (yet).
[[nodiscard]] std::optional<Boundary> fold_boundary(const ObjectId& id, std::vector<Seen> ops);

// --- what a person may do now. A lifted boundary may be stated again by revising it.
[[nodiscard]] Refusal why_not_revise(const Boundary& boundary, const RootId& who);
[[nodiscard]] Refusal why_not_lift(const Boundary& boundary, const RootId& who);
[[nodiscard]] Refusal why_not_acknowledge(const Boundary& boundary, const RootId& who);
[[nodiscard]] Refusal why_not_ask(const Boundary& boundary, const RootId& who, const BoundaryAsked& asked);
[[nodiscard]] Refusal why_not_answer(const Boundary& boundary, const RootId& who, const Response& response);

}  // namespace attune::journal
