// Entries as people read them. All text that came from anybody is made harmless here, before it is measured,
// wrapped or painted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attune/api.pb.h"
#include "cli/paint.h"
#include "core/text.h"

namespace attune::cli {

struct Page {
  int columns = 80;
  Paint paint{false};
  bool as_written = false;  // no terminal: an entry's text keeps its own lines
};
using Entries = google::protobuf::RepeatedPtrField<api::v1::Entry>;

// Newest first as they come, grouped by day: id, time and heading, and below what kind of entry it is.
[[nodiscard]] std::string render_list(const Entries& entries, const Page& page);
// The same with the lines in which the words stand, matches painted.
[[nodiscard]] std::string render_hits(const Entries& entries, const std::vector<std::string>& words, const Page& page);
// One entry whole: text, responses, earlier versions.
[[nodiscard]] std::string render_entry(const api::v1::Entry& entry, const Page& page);
// Two lines without a day, as `watch` prints what arrives.
[[nodiscard]] std::string render_brief(const api::v1::Entry& entry, const Page& page);

// One line of at most `columns`, with an ellipsis where something is left out.
[[nodiscard]] std::string clipped(std::string_view text, int columns);
// The short id where there is one, else the id's first digits.
template <class Named>
[[nodiscard]] std::string short_id(const Named& named) {
  constexpr std::size_t kDigits = 8;
  return harmless_line(named.short_id().empty() ? named.id().substr(0, kDigits) : named.short_id());
}

}  // namespace attune::cli
