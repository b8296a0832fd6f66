// Being heard: what two people say to each other about a shared entry. The rules are those of journal/responses.h.
#pragma once

#include "book/book.h"
#include "journal/responses.h"

namespace attune::book {

// To a shared entry; of any other none.
[[nodiscard]] journal::Responses responses(const Book& book, const journal::Entry& entry);

// Returns the op's id. `response.to` counts for understood and not_quite alone; without it the one reflection is meant.
// Errc::usage (words that do not suit the kind), Errc::refused (not theirs to say, erased, private, of a pairing that
// is over), Errc::not_paired.
OpId respond(Book& book, const ObjectId& entry, journal::Response response);

}  // namespace attune::book
