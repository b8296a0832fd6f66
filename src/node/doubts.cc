#include "node/doubts.h"

#include <charconv>

namespace attune::node {
namespace {

constexpr std::string_view kWhy = "doubt.why";    // empty: told
constexpr std::string_view kTold = "doubt.told";  // how many doubts of the book, decimal
constexpr std::string_view kFound =
    "this journal was put back to an older state, or was written on in two places; what others still had of it was "
    "fetched back, and nothing that any of your devices or your partner's still has is lost";

std::uint64_t told(const book::Book& book) {
  const std::string value = book.meta(kTold).value_or("0");
  std::uint64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

}  // namespace

void note_doubt(book::Book& book, std::string_view why) { book.set_meta(kWhy, why); }

std::optional<std::string> untold_doubt(const book::Book& book) {
  if (auto why = book.meta(kWhy); why && !why->empty()) return why;
  if (book.doubts() > told(book)) return std::string{kFound};
  return std::nullopt;
}

void doubt_told(book::Book& book) {
  book.set_meta(kWhy, "");
  book.set_meta(kTold, std::to_string(book.doubts()));
}

}  // namespace attune::node
