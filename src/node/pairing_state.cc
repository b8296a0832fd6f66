#include "node/pairing_state.h"

namespace attune::node {
namespace {
constexpr std::string_view kLeft = "partner.left";           // value: the partner's root, or empty
constexpr std::string_view kWorked = "partner.key";          // value: a couple's key's hash
constexpr std::string_view kAskedFor = "partner.asked_for";  // value: empty; there or not
}  // namespace

std::optional<book::Pairing> concluded_pairing(const book::Book& book) {
  return book.meeting() ? std::nullopt : book.pairing();
}

void note_partner_left(book::Book& book, const RootId& partner) { book.set_meta(kLeft, partner.raw()); }

void note_partner_back(book::Book& book) {
  if (const auto left = book.meta(kLeft); left && !left->empty()) book.set_meta(kLeft, "");
}

bool partner_left(const book::Book& book) {
  const auto left = book.meta(kLeft);
  const auto pairing = book.pairing();
  return left && pairing && *left == pairing->partner.raw() && !book.meeting();
}

void note_key_worked(book::Book& book, const identity::CoupleKeyHash& key) {
  if (key_that_worked(book) != key) book.set_meta(kWorked, key.raw());
}

std::optional<identity::CoupleKeyHash> key_that_worked(const book::Book& book) {
  return identity::CoupleKeyHash::from(book.meta(kWorked).value_or(""));
}

void ask_for_partner(book::Book& book) { book.set_meta(kAskedFor, ""); }

bool partner_asked_for(const book::Book& book) { return book.meta(kAskedFor).has_value(); }

}  // namespace attune::node
