// Words that people type: from any spelling of a list's word to its number, and from typed text to its words.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace attune::crypto {

// The number of the word in a sorted list whose words differ in their first four letters. Any case; from four letters
// on the beginning of a word stands for it. Copies nothing: what is typed may be secret.
[[nodiscard]] std::optional<std::uint16_t> word_number(std::span<const std::string_view> list, std::string_view typed);

// Splits text at white space, also that which phones and word processors put in; with hyphens and dashes where asked.
class WordSplitter {
 public:
  enum class At { spaces, spaces_and_dashes };
  WordSplitter(std::string_view text, At at) : rest_{text}, at_{at} {}
  // The next word, a view into the text; nullopt at the end.
  [[nodiscard]] std::optional<std::string_view> next();

 private:
  [[nodiscard]] std::size_t separator_size(std::size_t at) const;  // 0: a character of a word
  std::string_view rest_;
  At at_;
};

}  // namespace attune::crypto
