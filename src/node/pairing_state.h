// What a home remembers about its pairing.
#pragma once

#include "book/book.h"

namespace attune::node {

// What came of a `pair`: nullopt while its first session is outstanding.
[[nodiscard]] std::optional<book::Pairing> concluded_pairing(const book::Book& book);

// The partner told that they have left. The pairing stays until this person leaves or pairs, too; nobody is dialled.
void note_partner_left(book::Book& book, const RootId& partner);
void note_partner_back(book::Book& book);
// Of the pairing that counts, and nobody has begun a new one since.
[[nodiscard]] bool partner_left(const book::Book& book);
// What the person is told then, wherever it matters.
inline constexpr auto* kPartnerLeft = "your partner has left: nothing goes to them or comes from them any more";
inline constexpr auto* kPartnerLeftHint =
    "attune pair goes on with them, if you both want it; attune leave ends it here, too";
inline constexpr auto* kStaysHere =
    "your partner has left: it stays here, and goes to them only if the two of you pair again";

// The couple's key under which the two were last level. Whatever other keys are claimed since, by somebody who got into
// one's own devices, this one goes on being dialled and heard: else who made up a key could keep the two apart, and the
// removal of that device from the partner.
void note_key_worked(book::Book& book, const identity::CoupleKeyHash& key);
[[nodiscard]] std::optional<identity::CoupleKeyHash> key_that_worked(const book::Book& book);

// After a restore that was to leave the partner alone: the person has asked for the partner since (sync, pair,
// up --partner). Kept in the home.
void ask_for_partner(book::Book& book);
[[nodiscard]] bool partner_asked_for(const book::Book& book);

}  // namespace attune::node
