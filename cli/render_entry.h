// Entries as people read them. All text that came from anybody is made harmless here, before it is measured,
// wrapped or painted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attune/api.pb.h"
#include "cli/page.h"

namespace attune::cli {

using Entries = google::protobuf::RepeatedPtrField<api::v1::Entry>;

// Newest first as they come, grouped by day: id, time and heading, and below what kind of entry it is.
[[nodiscard]] std::string render_list(const Entries& entries, const Page& page);
// The same with the lines in which the words stand, matches painted.
[[nodiscard]] std::string render_hits(const Entries& entries, const std::vector<std::string>& words, const Page& page);
// One entry whole: text, responses, earlier versions.
[[nodiscard]] std::string render_entry(const api::v1::Entry& entry, const Page& page);
// Two lines without a day, as `watch` prints what arrives.
[[nodiscard]] std::string render_brief(const api::v1::Entry& entry, const Page& page);

}  // namespace attune::cli
