#include "node/pairing_state.h"

namespace attune::node {
namespace {
constexpr std::string_view kAskedFor = "partner.asked_for";  // value: empty; there or not
}  // namespace

std::optional<book::Pairing> concluded_pairing(const book::Book& book) {
  return book.meeting() ? std::nullopt : book.pairing();
}

void ask_for_partner(book::Book& book) { book.set_meta(kAskedFor, ""); }

bool partner_asked_for(const book::Book& book) { return book.meta(kAskedFor).has_value(); }

}  // namespace attune::node
