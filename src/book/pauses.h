// Pauses: time to calm down, with the moment of return agreed. The rules are those of journal/pause.h. Acts throw
// Errc::not_paired, Errc::usage (how long, words) and Errc::refused, and then nothing is changed.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "book/book.h"
#include "journal/pause.h"

namespace attune::book {

[[nodiscard]] std::optional<journal::Pause> pause(const Book& book, const ObjectId& id);  // nullopt: it is none
// Between this person and the partner of now: of each of the two at most one, the one that ends last. The one that ends
// first comes first.
[[nodiscard]] std::vector<journal::Pause> pauses_in_force(const Book& book);

struct PauseSaid {
  std::optional<std::string> text;              // absent: as it was
  std::optional<std::chrono::minutes> lasting;  // from now on
  std::optional<Instant> until;                 // neither: as it was, and twenty minutes from now at least
};
struct CalledPause {
  ObjectId id;
  Instant until;
};
// Changes the one in force that this person called, else calls one.
CalledPause call_pause(Book& book, const PauseSaid& said);
// Ends whatever this person called. Errc::refused where nothing of theirs is in force; only who called a pause ends it.
ObjectId resume(Book& book);

}  // namespace attune::book
