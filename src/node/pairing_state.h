// What a home remembers about its pairing.
#pragma once

#include "book/book.h"

namespace attune::node {

// What came of a `pair`: nullopt while its first session is outstanding.
[[nodiscard]] std::optional<book::Pairing> concluded_pairing(const book::Book& book);

// After a restore that was to leave the partner alone: the person has asked for the partner since (sync, pair,
// up --partner). Kept in the home.
void ask_for_partner(book::Book& book);
[[nodiscard]] bool partner_asked_for(const book::Book& book);

}  // namespace attune::node
