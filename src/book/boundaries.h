// Boundaries: what one person will not have, and what the other says to it. The rules are those of journal/boundary.h.
// Acts throw Errc::not_found, Errc::refused (not theirs to do, or of a pairing that is over), Errc::not_paired and
// Errc::usage (words), and then nothing is changed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "book/book.h"
#include "journal/boundary.h"

namespace attune::book {

struct BoundaryHere {
  journal::Boundary boundary;
  bool past = false;  // of a pairing that is over
};
[[nodiscard]] std::optional<BoundaryHere> boundary(const Book& book, const ObjectId& id);  // nullopt: it is none
// The newest words first. open: those that stand between this person and the partner of now.
[[nodiscard]] std::vector<BoundaryHere> boundaries(const Book& book, Book::Which which);

ObjectId state(Book& book, journal::BoundaryStated said);

struct BoundaryEdit {  // what is absent stays as it is
  std::optional<std::string> text, topic;
  std::optional<std::optional<journal::Day>> review_on;
};
// Nothing is written where nothing would change: an acknowledgement is not lost for it. A lifted one is stated again.
void revise(Book& book, const ObjectId& id, BoundaryEdit edit);
// Both name the newest revision here.
void acknowledge(Book& book, const ObjectId& id);
void lift(Book& book, const ObjectId& id);
OpId ask(Book& book, const ObjectId& id, std::string text);  // the ask's own id

// `response.to`: the ask; without it the only one that is there is meant. Errc::refused where there is none, or
// several.
OpId answer(Book& book, const ObjectId& id, journal::Response response);

}  // namespace attune::book
