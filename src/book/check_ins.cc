#include "book/check_ins.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "book/answers.h"
#include "book/pairings.h"
#include "book/shared_object.h"
#include "book/work.h"
#include "core/error.h"
#include "journal/entry.h"
#include "journal/responses.h"

namespace attune::book {
namespace {

using journal::CheckIn;
using journal::CheckInStatus;
using journal::Day;
using std::chrono::days;

// From the westernmost wall to the easternmost it is 26 hours: whoever began it may be that far ahead.
constexpr days kAhead{2};

// The other one of a couple; none: nothing of theirs is here, and no pairing.
RootId partner_in(const Shelf& shelf, const CoupleId& couple) {
  for (const log::Held& held : shelf.logs.all()) {
    if (held.name.couple == couple && held.name.author != shelf.self.root) return held.name.author;
  }
  const auto seen = all_pairings(shelf).all;
  const auto found = std::ranges::find(seen, couple, [](const PairingSeen& pairing) { return pairing.pairing.couple; });
  return found == seen.end() ? RootId{} : found->pairing.partner;
}

// Holds the secret in the open: wiped whatever becomes of the reading.
class OpenRecord {
 public:
  explicit OpenRecord(log::Record record) : record_{std::move(record)} {}
  ~OpenRecord() {
    if (record_.payload) crypto::wipe(*record_.payload);
  }
  OpenRecord(const OpenRecord&) = delete;
  OpenRecord& operator=(const OpenRecord&) = delete;
  [[nodiscard]] std::string_view payload() const {
    return record_.payload ? std::string_view{*record_.payload} : std::string_view{};
  }

 private:
  log::Record record_;
};

// Reads the key out of the record of the answers, which is the one place where it stands.
AnswersSecret key_of(const Shelf& shelf, const ObjectId& id, const OpId& answered) {
  const auto places = shelf.load(id, Detail::outline);
  const auto found = std::ranges::find_if(places, [&](const At& at) {
    return at.held && at.seen.id == answered && !at.seen.shared && at.seen.author == shelf.self.root;
  });
  if (found == places.end()) throw Error{Errc::damaged, "the answers of a check-in are not where they were"};
  return answers_key_in(OpenRecord{shelf.record_at(found->place)}.payload());
}

void check_answers(const journal::Answers& answers) {
  if (answers == journal::Answers{}) {
    throw Error{Errc::usage, "there is nothing in it, so nothing was saved",
                "answer one of the questions, or write something in your own words"};
  }
  for (const std::string* text :
       {&answers.mood_word, &answers.appreciated, &answers.hard, &answers.wish, &answers.text}) {
    check_utf8(*text);
  }
}

std::optional<CheckIn> check_in_of(const Shelf& shelf, SharedObject object) {
  const journal::Couple couple{.me = shelf.self.root, .partner = partner_in(shelf, object.couple)};
  return journal::fold_check_in(object.id, couple, std::move(object.ops), digests_of(object.id));
}

// REQUIRES: it is due; `key` is that of the answers.
void append_opening(Work& work, const Shelf& shelf, const CheckIn& check_in, AnswersSecret key) {
  const Instant time = journal::next_time(shelf.clock.now(), check_in.newest);
  const CoupleId couple{check_in.id.creator.bytes()};
  work.append(couple, check_in.id, {time, opening(*check_in.due, std::move(key))});
}

void open_one(Shelf& shelf, const CheckIn& check_in) {
  Work work{shelf, From::here};
  try {
    append_opening(work, shelf, check_in, key_of(shelf, check_in.id, check_in.due->answered));
    work.commit({.kind = Change::Kind::other});
  } catch (const Error& error) {
    // A device of one's own has filled it up: no reason to stop what arrives. It stays closed.
    if (error.code() != Errc::refused) throw;
  }
}

}  // namespace

std::optional<CheckIn> check_in(const Shelf& shelf, const ObjectId& id) {
  SharedObject object = load_shared(shelf, id);
  // Nobody is the creator of one: what stands on an object of somebody's is none.
  if (object.couple.raw() != id.creator.raw()) return std::nullopt;
  return check_in_of(shelf, std::move(object));
}

std::vector<CheckIn> check_ins(const Book& book) {
  std::vector<CheckIn> all;
  for (const ObjectId& id : book.all(ObjectKind::check_in, Book::Which::all)) {
    if (auto one = check_in(book.shelf(), id)) all.push_back(std::move(*one));
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, &CheckIn::begun);
  return all;
}

// By their dates, so that nobody's clock or invention decides which of them is meant.
std::optional<CheckIn> check_in_that_waits(const Book& book, Day today) {
  const auto pairing = book.pairing();
  if (!pairing) return std::nullopt;
  for (Day day = today + kAhead; day >= today - kAnswerable; day -= days{1}) {
    auto begun = check_in(book.shelf(), check_in_object(pairing->couple, day));
    if (begun && begun->status == CheckInStatus::waits_for_me && !journal::why_not_answer(begun)) return begun;
  }
  return std::nullopt;
}

bool is_too_late(const CheckIn& check_in, Instant now) {
  const bool waits =
      check_in.status == CheckInStatus::waits_for_me || check_in.status == CheckInStatus::waits_for_partner;
  if (!waits) return false;
  // Somewhere it may be a day earlier or later than here.
  const Day today{std::chrono::floor<days>(now.time_since_epoch())};
  const CoupleId couple{check_in.id.creator.bytes()};
  for (Day day = today + kAhead + days{1}; day >= today - kAnswerable - days{1}; day -= days{1}) {
    if (check_in.id == check_in_object(couple, day)) return false;
  }
  return true;
}

Question next_question(const Book& book, Day today) {
  const CoupleId couple = couple_now(book);
  if (auto waits = check_in_that_waits(book, today)) return {waits->id, couple, std::move(waits)};
  const ObjectId id = check_in_object(couple, today);
  Question question{id, couple, check_in(book.shelf(), id)};
  if (const auto why = journal::why_not_answer(question.begun)) {
    throw Error{Errc::refused, std::string{*why}, "there is one a day; attune checkin list shows them"};
  }
  return question;
}

ObjectId answer(Book& book, const journal::Answers& answers, Day today) {
  check_answers(answers);
  Shelf& shelf = book.shelf();
  const Question question = next_question(book, today);
  const ObjectId& id = question.id;
  const Instant time = journal::next_time(shelf.clock.now(), question.begun ? question.begun->newest : Instant{});
  AnswersSecret key = new_answers_key();
  Work work{shelf, From::here};
  const journal::Committed committed{digest_of(id, shelf.self.root, key.bytes(), answers)};
  const journal::Answered answered{work.append(question.couple, id, {time, committed}), answers};
  const AnsweredPayload payload{time, answered, key};
  const OpId own = work.append_payload(CoupleId{}, id, {time, answered}, payload.bytes());
  // In the same batch: whoever is told that this failed has not answered either.
  SharedObject object{id, question.couple, load_shared(shelf, id).ops};
  object.ops.push_back({answered.commitment, shelf.self.root, true, journal::Op{time, committed}});
  object.ops.push_back({own, shelf.self.root, false, journal::Op{time, answered}});
  const auto now = check_in_of(shelf, std::move(object));
  if (now && now->due) append_opening(work, shelf, *now, std::move(key));
  work.commit({.kind = Change::Kind::other});
  return id;
}

void take_back(Book& book, const ObjectId& id) {
  Shelf& shelf = book.shelf();
  const auto one = check_in(shelf, id);
  if (!one) throw Error{Errc::not_found, "no such check-in"};
  check_allowed(journal::why_not_erase(*one));
  if (!one->mine.erased) {
    Work work{shelf, From::here};
    const Instant time = journal::next_time(shelf.clock.now(), one->newest);
    work.append(CoupleId{id.creator.bytes()}, id, {time, journal::Erase{}});
    work.commit({.kind = Change::Kind::erased});
  }
  book.finish_erasures();
}

void open_answers(Shelf& shelf, const std::vector<ObjectId>& ids) {
  for (const ObjectId& id : ids) {
    const auto one = check_in(shelf, id);
    if (!one || !one->due) continue;
    // Nothing is opened to somebody who was left.
    const CoupleId couple{id.creator.bytes()};
    const auto pairings = all_pairings(shelf);
    if (const auto* now = pairings.in_force(); now != nullptr && now->pairing.couple == couple) {
      open_one(shelf, *one);
    }
  }
}

void open_left_answers(Book& book) { open_answers(book.shelf(), book.all(ObjectKind::check_in, Book::Which::open)); }

}  // namespace attune::book
