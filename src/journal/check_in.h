// A check-in: both answer the same few questions, and neither sees the other's answers before giving their own. Pure:
// any order of arrival gives the same value, for one reader.
// Rules (docs/store-format.md, section 3.9):
//  - nobody is its creator; only acts of the two count, and of them each has the same rights;
//  - a commitment counts where it stands in the couple's log; the answers themselves wait sealed in one's own log;
//  - an opening counts if it names a commitment of its author; the partner's, if it names one of the reader's, too. An
//    id is a hash, so nobody can open in answer to a commitment that was not there yet;
//  - of a person's several commitments the one that the other's first opening names counts; before any, their first;
//  - the partner's answers are shown once both commitments stand and theirs is opened, as matching or not;
//  - who erases takes back their own answers alone, for good. Taken back before they were opened, the check-in stays
//    closed for both: nobody's answers leave for nothing, and nobody sees without giving;
//  - one that is never answered stays as it is, and says nothing about anybody.
// Order decides only among the acts of one person, so no clock of the other's can turn it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journal/op.h"
#include "journal/seen.h"

namespace attune::journal {

struct Couple {
  RootId me;  // who reads
  RootId partner;
};

// What a commitment of that author to those answers has to say. The journal has no cryptography: the book knows how.
using DigestOf = std::function<AnswersDigest(const RootId& author, const AnswersKey& key, const Answers& answers)>;

enum class CheckInStatus {
  waits_for_me,       // the partner has answered
  waits_for_partner,  // I have
  opening,            // both have; theirs are on their way
  open,
  closed,  // one of the two took their answers back before they were opened
};
[[nodiscard]] std::string_view name_of(CheckInStatus status);  // "waits_for_me"

struct CheckInSide {
  std::optional<OpId> commitment;  // the one that counts
  std::optional<Instant> answered_at;
  std::optional<Answers> answers;  // mine: where this device holds them; the partner's: only where they are revealed
  bool opened = false;
  bool matches = true;  // false: opened, and not what was committed to
  bool erased = false;
  friend bool operator==(const CheckInSide&, const CheckInSide&) = default;
};

// What has to be written into the couple's log now. The key is read out of the payload of `answered`.
struct OpeningDue {
  OpId answered;
  OpId commitment;
  OpId theirs;
  Answers answers;
  friend bool operator==(const OpeningDue&, const OpeningDue&) = default;
};

struct CheckInEvent {
  enum class What { answered, opened, erased };
  RootId author;
  Instant time;
  What what = What::answered;
  friend bool operator==(const CheckInEvent&, const CheckInEvent&) = default;
};
[[nodiscard]] std::string_view name_of(CheckInEvent::What what);

struct CheckIn {
  ObjectId id;
  CheckInStatus status = CheckInStatus::waits_for_me;
  CheckInSide mine;
  CheckInSide partners;
  bool revealed = false;  // the partner's answers are shown
  // Asked whenever something of it has arrived. Any own device that holds the answers may write it, and two may.
  std::optional<OpeningDue> due;
  Instant begun;   // the first commitment that is known
  Instant newest;  // greatest time of the reader's own acts that have effect: what a new one is timed after
  std::vector<CheckInEvent> history;
  friend bool operator==(const CheckIn&, const CheckIn&) = default;
};

// nullopt: neither commitment has come.
[[nodiscard]] std::optional<CheckIn> fold_check_in(const ObjectId& id, const Couple& couple, std::vector<Seen> ops,
                                                   const DigestOf& digest_of);

[[nodiscard]] Refusal why_not_answer(const std::optional<CheckIn>& check_in);
[[nodiscard]] Refusal why_not_erase(const CheckIn& check_in);

// What a commitment is made over: the same answers always give the same bytes, others always others.
[[nodiscard]] std::string canonical(const Answers& answers);

}  // namespace attune::journal
