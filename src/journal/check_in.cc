#include "journal/check_in.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/bytes.h"
#include "core/check.h"
#include "journal/order.h"

namespace attune::journal {
namespace {

using InOrder = std::vector<const Seen*>;

// What one of the two did, in canonical order.
struct Person {
  RootId root;
  InOrder commitments{};
  std::set<OpId> committed{};
  InOrder openings{};        // those that count
  bool ever_opened = false;  // also where the opening is erased
  bool erased = false;
  InOrder erasures{};

  bool lacking = false;  // a payload in the couple's log

  [[nodiscard]] bool took_back() const { return erased && !ever_opened; }
  // What is lacking may be an opening: until it is here again, nothing may be opened in answer to something else.
  [[nodiscard]] bool unsure() const { return lacking && !erased; }
};

void add(Person& person, const Seen& seen) {
  if (act_of<Erase>(seen) != nullptr) {
    person.erased = true;
    person.erasures.push_back(&seen);
  }
  if (!seen.shared) return;
  if (act_of<Committed>(seen) != nullptr) {
    person.commitments.push_back(&seen);
    person.committed.insert(seen.id);
  }
  // An erased opening cannot be told from any other word that its author erased: of those here an honest program shares
  // openings alone, and what counts must be the same before and after their payloads are gone.
  const bool word =
      act_of<Opened>(seen) != nullptr || act_of<Answered>(seen) != nullptr || act_of<Response>(seen) != nullptr;
  if (!seen.op) person.lacking = true;
  if (!seen.op || word) person.ever_opened = true;
  if (act_of<Opened>(seen) != nullptr) person.openings.push_back(&seen);
}

// Whether the payloads of an erased opening are gone already must make no difference.
void keep_openings_that_count(Person& person, const std::set<OpId>* must_name) {
  if (person.erased) person.openings.clear();
  std::erase_if(person.openings, [&](const Seen* seen) {
    const auto& opened = *act_of<Opened>(*seen);
    return !person.committed.contains(opened.commitment) ||
           (must_name != nullptr && !must_name->contains(opened.theirs));
  });
}

const Seen* commitment_named(const Person& person, const OpId& id) {
  const auto found = std::ranges::find(person.commitments, id, &Seen::id);
  return found == person.commitments.end() ? nullptr : *found;
}

// Of one person's commitments the one that counts; nullptr: there is none.
const Seen* counting(const Person& person, const Person& other) {
  if (person.commitments.empty()) return nullptr;
  if (!other.openings.empty()) {
    return commitment_named(person, act_of<Opened>(*other.openings.front())->theirs);
  }
  // The other's opening told it, and is erased: a second opening of one's own was in answer to that one.
  if (other.erased && !person.openings.empty()) {
    return commitment_named(person, act_of<Opened>(*person.openings.back())->commitment);
  }
  return person.commitments.front();
}

struct Shown {
  const Opened* opened = nullptr;
  bool matches = true;
};

// Of several openings of one commitment the first that matches; else the first.
Shown opening_of(const Person& person, const Seen& commitment, const DigestOf& digest_of) {
  Shown shown;
  for (const Seen* seen : person.openings) {
    const auto* opened = act_of<Opened>(*seen);
    if (opened->commitment != commitment.id) continue;
    const bool matches = digest_of(person.root, opened->key, opened->answers) == act_of<Committed>(commitment)->digest;
    if (matches) return {opened, true};
    if (shown.opened == nullptr) shown = {opened, false};
  }
  return shown;
}

CheckInSide side_of(const Person& person, const Person& other, const DigestOf& digest_of) {
  CheckInSide side;
  side.erased = person.erased;
  side.opened = person.ever_opened && person.erased;
  const Seen* commitment = counting(person, other);
  if (commitment == nullptr) return side;
  side.commitment = commitment->id;
  side.answered_at = commitment->op->time;
  const Shown shown = opening_of(person, *commitment, digest_of);
  if (shown.opened == nullptr) return side;
  side.opened = true;
  side.matches = shown.matches;
  side.answers = shown.opened->answers;
  return side;
}

CheckInStatus status_of(const CheckIn& check_in, const Person& me, const Person& partner) {
  if (me.took_back() || partner.took_back()) return CheckInStatus::closed;
  if (!check_in.mine.commitment) return CheckInStatus::waits_for_me;
  if (!check_in.partners.commitment) return CheckInStatus::waits_for_partner;
  return check_in.partners.opened && !me.unsure() ? CheckInStatus::open : CheckInStatus::opening;
}

// The answers to each commitment that stand in the reader's own log; the first in order where there are several.
std::map<OpId, const Seen*> answered_by(const RootId& me, const std::vector<Seen>& ops) {
  std::map<OpId, const Seen*> answered;
  for (const Seen& seen : ops) {
    const auto* act = act_of<Answered>(seen);
    if (act != nullptr && seen.author == me) answered.emplace(act->commitment, &seen);
  }
  return answered;
}

// Nothing leaves for nothing: the partner's commitment stands, and neither took anything back.
void add_own_answers(CheckIn& check_in, const std::map<OpId, const Seen*>& answered) {
  CheckInSide& mine = check_in.mine;
  if (mine.erased || !mine.commitment) return;
  const auto found = answered.find(*mine.commitment);
  if (found == answered.end()) return;
  const Seen& own = *found->second;
  mine.answers = act_of<Answered>(own)->answers;
  if (mine.opened || !check_in.partners.commitment || check_in.partners.erased) return;
  check_in.due = OpeningDue{own.id, *mine.commitment, *check_in.partners.commitment, *mine.answers};
}

void add_events(CheckIn& check_in, const Person& person) {
  const auto add_all = [&](const InOrder& acts, CheckInEvent::What what) {
    for (const Seen* seen : acts) check_in.history.push_back({person.root, seen->op->time, what});
  };
  add_all(person.commitments, CheckInEvent::What::answered);
  add_all(person.openings, CheckInEvent::What::opened);
  add_all(person.erasures, CheckInEvent::What::erased);
}

void add_times(CheckIn& check_in, const Person& me, const Person& partner) {
  for (const InOrder* acts : {&me.commitments, &me.openings, &me.erasures}) {
    for (const Seen* seen : *acts) check_in.newest = std::max(check_in.newest, seen->op->time);
  }
  check_in.begun = kLatestInstant;
  for (const Person* person : {&me, &partner}) {
    if (!person->commitments.empty()) check_in.begun = std::min(check_in.begun, person->commitments.front()->op->time);
    add_events(check_in, *person);
  }
  std::ranges::sort(check_in.history, {},
                    [](const CheckInEvent& event) { return std::tuple{event.time, event.what, event.author}; });
}

void add_text(std::string& bytes, const std::string& text) {
  append(bytes, be64(text.size()));
  bytes += text;
}

}  // namespace

std::optional<CheckIn> fold_check_in(const ObjectId& id, const Couple& couple, std::vector<Seen> ops,
                                     const DigestOf& digest_of) {
  ops = in_order(std::move(ops));
  Person me{.root = couple.me};
  Person partner{.root = couple.partner};
  for (const Seen& seen : ops) {
    if (seen.author == me.root) add(me, seen);
    if (seen.author == partner.root) add(partner, seen);
  }
  if (me.commitments.empty() && partner.commitments.empty()) return std::nullopt;
  keep_openings_that_count(partner, &me.committed);
  // One's own is binding also where what it names is not here (yet, or any more): nothing takes that one's place.
  keep_openings_that_count(me, nullptr);
  CheckIn check_in;
  check_in.id = id;
  check_in.mine = side_of(me, partner, digest_of);
  check_in.partners = side_of(partner, me, digest_of);
  check_in.status = status_of(check_in, me, partner);
  check_in.revealed = check_in.status == CheckInStatus::open && check_in.partners.answers.has_value();
  if (!check_in.revealed) check_in.partners.answers.reset();
  add_own_answers(check_in, answered_by(couple.me, ops));
  if (me.unsure()) check_in.due.reset();
  add_times(check_in, me, partner);
  return check_in;
}

Refusal why_not_answer(const std::optional<CheckIn>& check_in) {
  if (!check_in) return std::nullopt;
  if (check_in->mine.erased) return "you took your answers to this check-in back, for good";
  if (check_in->mine.commitment) return "you have answered this check-in";
  if (check_in->status == CheckInStatus::closed) return "this check-in was taken back";
  return std::nullopt;
}

Refusal why_not_erase(const CheckIn& check_in) {
  if (!check_in.mine.commitment) return "there is nothing of yours in this check-in";
  return std::nullopt;
}

std::string canonical(const Answers& answers) {
  std::string bytes;
  bytes += static_cast<char>(answers.mood_level);
  bytes += static_cast<char>(answers.closeness);
  for (const std::string* text :
       {&answers.mood_word, &answers.appreciated, &answers.hard, &answers.wish, &answers.text})
    add_text(bytes, *text);
  return bytes;
}

std::string_view name_of(CheckInStatus status) {
  switch (status) {
    case CheckInStatus::waits_for_me: return "waits_for_me";
    case CheckInStatus::waits_for_partner: return "waits_for_partner";
    case CheckInStatus::opening: return "opening";
    case CheckInStatus::open: return "open";
    case CheckInStatus::closed: return "closed";
  }
  ATTUNE_CHECK(false);
}

std::string_view name_of(CheckInEvent::What what) {
  switch (what) {
    case CheckInEvent::What::answered: return "answered";
    case CheckInEvent::What::opened: return "opened";
    case CheckInEvent::What::erased: return "erased";
  }
  ATTUNE_CHECK(false);
}

}  // namespace attune::journal
