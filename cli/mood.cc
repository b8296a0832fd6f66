#include "cli/mood.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/text.h"

namespace attune::cli {

api::v1::Mood mood_said(std::string_view text) {
  const auto colon = text.rfind(':');
  const bool whole = colon != std::string_view::npos && colon > 0 && colon + 2 == text.size() &&
                     text[colon + 1] >= '1' && text[colon + 1] <= '5';
  if (!whole) {
    throw Error{Errc::usage, fmt::format("\"{}\" is no mood", harmless_line(text.substr(0, 60))),
                "say a word and how strong it is, from 1 to 5: --mood calm:4"};
  }
  api::v1::Mood mood;
  mood.set_word(std::string{text.substr(0, colon)});
  mood.set_level(static_cast<std::uint32_t>(text[colon + 1] - '0'));
  return mood;
}

}  // namespace attune::cli
