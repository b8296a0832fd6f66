// What every rendering for people is made of. All text that came from anybody is made harmless here.
#pragma once

#include <string>
#include <string_view>

#include "attune/api.pb.h"
#include "cli/context.h"
#include "cli/named.h"
#include "cli/paint.h"
#include "core/text.h"

namespace attune::cli {

struct Page {
  int columns = 80;
  Paint paint{false};
  bool as_written = false;  // no terminal: an entry's text keeps its own lines
};
[[nodiscard]] Page page_of(const Context& context);
[[nodiscard]] int text_columns(const Page& page);  // longer lines are hard to read

// One line of at most `columns`, with an ellipsis where something is left out.
[[nodiscard]] std::string clipped(std::string_view text, int columns);
// The short id where there is one, else the id's first digits.
template <class Named>
[[nodiscard]] std::string short_id(const Named& named) {
  constexpr std::size_t kDigits = 8;
  return harmless_line(named.short_id().empty() ? named.id().substr(0, kDigits) : named.short_id());
}

// Wrapped to the page, or with its own lines.
[[nodiscard]] std::string paragraph(std::string_view text, std::size_t indent, const Page& page);
// "Friday, 20 November 2026, 21:00"
[[nodiscard]] std::string moment(std::string_view rfc3339);
// "gratitude · calm 4": adds one more; an empty one adds nothing.
void join(std::string& facts, std::string_view fact);
// Who did what, when: a line each.
[[nodiscard]] std::string render_history(const google::protobuf::RepeatedPtrField<api::v1::HistoryLine>& history,
                                         const Page& page);

}  // namespace attune::cli
