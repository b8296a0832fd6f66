// An agreement: what both commit to. The fold of its ops, and the rules of who may do what.
//  - A version is one proposal, named by its op. Proposing it is accepting it; the other's accept names it.
//  - The latest version that both accepted (by proposal: op time, then op id) is in force, and only while neither has
//    declined it. So a standing version stays until both accept a newer one; accepting an older one brings it back
//    never; and where the latest was declined after all, none of the older ones is in force again.
//  - A decline beats an accept of the same person and version, whichever came first.
//  - A withdrawal by either ends all of it for good, whatever else there is and in whatever order it came.
//  - The same words proposed again are another version, and bind nobody anew.
//  - It begins with its creator: without a proposal or an answer of theirs there is none, so nobody can begin one in
//    another's name.
//  - Only what stands in the couple's log counts.
//  - Where the payload of an act is not here it may be a withdrawal: nothing is in force until it comes. The same where
//    somebody accepted a version that only a newer program can read.
//  - What is marked changes nothing of this. Of a person's marks on one day the last (op time, op id) is shown.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/seen.h"

namespace attune::journal {

enum class AgreementStatus { proposed, in_force, declined, withdrawn };
[[nodiscard]] std::string_view name_of(AgreementStatus status);  // "in_force"

// What became of one version.
enum class VersionStatus {
  pending,    // it waits for an accept
  in_force,   // it binds both
  held,       // it would, but a part of the agreement is not here yet
  declined,   // by one or both; where both had accepted it, it ended the older ones too
  overtaken,  // both accepted a newer one
  withdrawn,  // the whole agreement was
};
[[nodiscard]] std::string_view name_of(VersionStatus status);

// One person's yes, no or withdrawal: the first such op of theirs.
struct Stance {
  RootId by;
  Instant when;
  std::string why;
  friend bool operator==(const Stance&, const Stance&) = default;
};

struct AgreementVersion {
  OpId op;
  RootId by;
  Instant when;
  Proposed said;
  VersionStatus status = VersionStatus::pending;
  std::vector<Stance> accepted{};  // at most one of each: the one who proposed it first
  std::vector<Stance> declined{};  // at most one of each
  friend bool operator==(const AgreementVersion&, const AgreementVersion&) = default;
};

struct Mark {
  OpId op;
  RootId by;
  Instant when;
  Marked said;
  friend bool operator==(const Mark&, const Mark&) = default;
};

struct Agreement {
  ObjectId id;
  AgreementStatus status = AgreementStatus::proposed;
  bool incomplete = false;                 // a part of it is not here, or only a newer program can read it
  std::vector<AgreementVersion> versions;  // oldest proposal first; at least one
  std::optional<OpId> in_force;
  std::vector<OpId> pending;        // oldest first
  std::vector<Stance> withdrawals;  // at most one of each person
  std::vector<Mark> marks;          // by (day, person); of each person one for each day
  std::vector<Mark> moves;          // every Marked that moves, oldest first: due.h says which of them do
  Instant newest;                   // greatest time of its versions: only their order binds anybody
  std::vector<Done> history;        // Proposed, Accepted, Declined, Withdrawn and Marked, oldest first
  friend bool operator==(const Agreement&, const Agreement&) = default;
};

// nullopt: no op of these makes it an agreement (yet).
[[nodiscard]] std::optional<Agreement> fold_agreement(const ObjectId& id, std::vector<Seen> ops);

// Declined or withdrawn: nothing of it can come due, or be answered.
[[nodiscard]] bool is_over(const Agreement& agreement);

// nullptr: no such version here. Valid as long as the agreement is.
[[nodiscard]] const AgreementVersion* version_of(const Agreement& agreement, const OpId& op);
// The version to show where there is room for one: in force; else the newest that waits; else, of what is over, the
// last that both accepted; else the newest.
[[nodiscard]] const AgreementVersion& foremost(const Agreement& agreement);
// The greatest time of that person's marks: the time of their next one stands after it. The other's are not looked at,
// since nothing of theirs may make somebody's `moved` late.
[[nodiscard]] Instant newest_mark(const Agreement& agreement, const RootId& who);

// Why that person may not do it now. From a peer such an act comes all the same, and does
// nothing, or ends what is in force (an accept of what was declined); it binds nobody. For marks: due.h.
[[nodiscard]] Refusal why_not_accept(const Agreement& agreement, const RootId& who, const OpId& version);
[[nodiscard]] Refusal why_not_decline(const Agreement& agreement, const RootId& who, const OpId& version);
[[nodiscard]] Refusal why_not_amend(const Agreement& agreement, const RootId& who);
[[nodiscard]] Refusal why_not_withdraw(const Agreement& agreement);  // either may
// Of the acts that a person may write on one object (docs/store-format.md, section 3.2) the last are kept free:
// whatever was marked through the years, one can always decline and withdraw.
inline constexpr std::size_t kMostActs = 4000;
[[nodiscard]] Refusal why_no_more(const Agreement& agreement, const RootId& who);

// Which version is meant where only the agreement is named: the one that is pending, by whomever. Who said "yes" to one
// of two must say to which.
struct OnePending {
  std::optional<OpId> version;
  std::string_view why_not;  // where there is none
  bool several = false;      // that is why
};
[[nodiscard]] OnePending one_pending(const Agreement& agreement);

}  // namespace attune::journal
