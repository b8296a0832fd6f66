// Check-ins: both answer a few questions, and then both see. The rules are those of journal/check_in.h; the key of the
// answers is that of answers.h. docs/store-format.md, section 3.9.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "book/book.h"
#include "book/shelf.h"
#include "journal/check_in.h"

namespace attune::book {

// nullopt: there is none.
[[nodiscard]] std::optional<journal::CheckIn> check_in(const Shelf& shelf, const ObjectId& id);
[[nodiscard]] std::vector<journal::CheckIn> check_ins(const Book& book);  // the one begun last first

// One that waits is answered for so many days instead of beginning another.
inline constexpr std::chrono::days kAnswerable{7};
// The latest of these days that waits for this person's answers; nullopt: none, or nobody is paired.
[[nodiscard]] std::optional<journal::CheckIn> check_in_that_waits(const Book& book, journal::Day today);

// It waits, and on every wall it is too old to be answered.
[[nodiscard]] bool is_too_late(const journal::CheckIn& check_in, Instant now);

// What answers given on that date, on the asker's wall, would be to: the latest of these days that waits for them, else
// the one of the day itself.
struct Question {
  ObjectId id;
  CoupleId couple;
  std::optional<journal::CheckIn> begun;  // nullopt: it would begin with them
};
// Errc::not_paired; Errc::refused: that of the day is answered, and none waits.
[[nodiscard]] Question next_question(const Book& book, journal::Day today);

// One batch: the commitment in the couple's log, answers and key in one's own, and the opening where the partner's
// commitment is there. Errc::usage (nothing was answered, past a limit), and as next_question().
ObjectId answer(Book& book, const journal::Answers& answers, journal::Day today);

// Takes one's own answers back for good; they are gone from this disk when it returns. Errc::not_found, Errc::refused.
void take_back(Book& book, const ObjectId& id);

// Writes the openings that are due in these check-ins. After every change, since any own device may be the one that has
// both the answers and the news.
void open_answers(Shelf& shelf, const std::vector<ObjectId>& ids);
// The same for what a crash left over: when a home is opened.
void open_left_answers(Book& book);

}  // namespace attune::book
