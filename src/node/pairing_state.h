// What a home remembers about its pairing. A pairing counts only after the first session under its key: until then a
// further `pair` replaces it.
#pragma once

#include "book/book.h"

namespace attune::node {

void pairing_unproven(book::Book& book, const RootId& partner);  // call before the pairing is stored
void pairing_proven(book::Book& book);                           // a session under its key was level
// The pairing that is shown: nullopt where there is none, or none that was proven.
[[nodiscard]] std::optional<book::Pairing> proven_pairing(const book::Book& book);

// After a restore that was to leave the partner alone: the person has asked for the partner since (sync, pair,
// up --partner). Kept in the home.
void ask_for_partner(book::Book& book);
[[nodiscard]] bool partner_asked_for(const book::Book& book);

}  // namespace attune::node
