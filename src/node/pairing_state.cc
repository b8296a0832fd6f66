#include "node/pairing_state.h"

namespace attune::node {
namespace {
constexpr std::string_view kUnproven = "pairing.unproven";   // value: the partner's root, or empty
constexpr std::string_view kAskedFor = "partner.asked_for";  // value: empty; there or not
}  // namespace

void pairing_unproven(book::Book& book, const RootId& partner) { book.set_meta(kUnproven, partner.raw()); }

void pairing_proven(book::Book& book) {
  if (const auto partner = book.meta(kUnproven); partner && !partner->empty()) book.set_meta(kUnproven, "");
}

std::optional<book::Pairing> proven_pairing(const book::Book& book) {
  auto pairing = book.pairing();
  const auto unproven = book.meta(kUnproven);
  if (pairing && unproven && *unproven == pairing->partner.raw()) return std::nullopt;
  return pairing;
}

void ask_for_partner(book::Book& book) { book.set_meta(kAskedFor, ""); }

bool partner_asked_for(const book::Book& book) { return book.meta(kAskedFor).has_value(); }

}  // namespace attune::node
