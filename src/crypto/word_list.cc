#include "crypto/word_list.h"

#include <algorithm>
#include <array>

namespace attune::crypto {
namespace {

constexpr std::size_t kPrefix = 4;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool before(std::string_view word, std::string_view typed) {
  return std::ranges::lexicographical_compare(word, typed, {}, {}, lower);
}

bool begins_with(std::string_view word, std::string_view typed) {
  return typed.size() <= word.size() && std::ranges::equal(typed, word.substr(0, typed.size()), {}, lower);
}

// In UTF-8: no-break, en to hair, narrow no-break, ideographic space, and the mark that some editors begin a file with.
constexpr std::array<std::string_view, 15> kWideSpaces{"\u00a0", "\u2000", "\u2001", "\u2002", "\u2003",
                                                       "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
                                                       "\u2009", "\u200a", "\u202f", "\u3000", "\ufeff"};
constexpr std::array<std::string_view, 7> kDashes{"-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "\u2212"};

std::size_t size_of_one(std::span<const std::string_view> of, std::string_view text) {
  const auto found = std::ranges::find_if(of, [&](std::string_view one) { return text.starts_with(one); });
  return found == of.end() ? 0 : found->size();
}

}  // namespace

std::optional<std::uint16_t> word_number(std::span<const std::string_view> list, std::string_view typed) {
  const auto found = std::ranges::lower_bound(list, typed, before);
  if (found == list.end() || typed.empty() || !begins_with(*found, typed)) return std::nullopt;
  if (typed.size() < kPrefix && typed.size() != found->size()) return std::nullopt;
  return static_cast<std::uint16_t>(found - list.begin());
}

std::size_t WordSplitter::separator_size(std::size_t at) const {
  const std::string_view text = rest_.substr(at);
  if (text.front() == ' ' || (text.front() >= '\t' && text.front() <= '\r')) return 1;
  if (at_ == At::spaces_and_dashes) {
    if (const auto size = size_of_one(kDashes, text); size != 0) return size;
  }
  return size_of_one(kWideSpaces, text);
}

std::optional<std::string_view> WordSplitter::next() {
  while (!rest_.empty()) {
    const auto size = separator_size(0);
    if (size == 0) break;
    rest_.remove_prefix(size);
  }
  if (rest_.empty()) return std::nullopt;
  std::size_t end = 1;
  while (end < rest_.size() && separator_size(end) == 0) ++end;
  const std::string_view word = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return word;
}

}  // namespace attune::crypto
