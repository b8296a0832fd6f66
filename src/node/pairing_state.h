// What a home remembers about its pairing.
#pragma once

#include "book/book.h"

namespace attune::node {

// What came of a `pair`: nullopt while its first session is outstanding.
[[nodiscard]] std::optional<book::Pairing> concluded_pairing(const book::Book& book);

// The partner told that they have left. The pairing stays until this person leaves or pairs, too; nobody is dialled.
void note_partner_left(book::Book& book, const RootId& partner);
void note_partner_back(book::Book& book);
[[nodiscard]] bool partner_left(const book::Book& book);  // of the pairing that counts

// After a restore that was to leave the partner alone: the person has asked for the partner since (sync, pair,
// up --partner). Kept in the home.
void ask_for_partner(book::Book& book);
[[nodiscard]] bool partner_asked_for(const book::Book& book);

}  // namespace attune::node
