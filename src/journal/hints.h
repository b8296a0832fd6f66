// Words that close the other's ears: where a text says "you always" or "you never", the I-form is offered instead.
// It is an offer: nothing here changes a text, or says anything about who wrote it.
#pragma once

#include <optional>
#include <string_view>

namespace attune::journal {

struct Hint {
  std::string_view phrase;  // "you always": what the text says, in the table's words
  std::string_view i_form;  // "When ..., I feel ..., I would like ..."
};

// For the first such phrase in the text; nullopt: it says none. Whole words in any case, also over line breaks and with
// signs between them, but not over the end of a sentence or a paragraph. Lines that quote ("> ...") are somebody else's
// words, and are passed over. English and German; hints.cc says how another language joins them. Any bytes may come;
// time is linear.
[[nodiscard]] std::optional<Hint> hint_for(std::string_view text);

}  // namespace attune::journal
