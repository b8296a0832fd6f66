// What two people share beside entries, as the units above the book read it and act on it: responses.h, boundaries.h,
// agreements.h, check_ins.h, pauses.h.
#pragma once

#include <string_view>
#include <vector>

#include "book/book.h"
#include "book/shelf.h"
#include "journal/seen.h"

namespace attune::book {

// The ops that count: of the logs of the one couple that the object is of, and of the own space. Whoever is a partner
// later has no part in it.
struct SharedObject {
  ObjectId id;
  CoupleId couple;
  std::vector<journal::Seen> ops;
};
[[nodiscard]] SharedObject shared_object(const Shelf& shelf, const ObjectId& id, std::vector<At> places);
[[nodiscard]] SharedObject load_shared(const Shelf& shelf, const ObjectId& id, Detail detail = Detail::full);

// Of that kind, by any prefix that is unambiguous. Errc::not_found, Errc::ambiguous, Errc::usage.
[[nodiscard]] ObjectId find_of(const Book& book, ObjectKind kind, std::string_view prefix);

// Under a new random number.
[[nodiscard]] ObjectId new_object(const Shelf& shelf);

// With whom something new is shared. Errc::not_paired.
[[nodiscard]] CoupleId couple_now(const Book& book);
// Nothing more can be said to somebody of before: Errc::not_paired, Errc::refused.
void check_still_shared(const Book& book, const SharedObject& object);

// Errc::refused with those words.
void check_allowed(const journal::Refusal& why_not);
// Errc::usage: no UTF-8, or nothing but white space where something is to be said.
void check_words(std::string_view text);
void check_utf8(std::string_view text);

// One act in one batch, into the couple's log. The op's time is `after` + 1 ms at least.
OpId append(Book& book, const CoupleId& couple, const ObjectId& object, Instant after, journal::Act act);

}  // namespace attune::book
