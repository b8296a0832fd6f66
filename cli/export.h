// A journal as plain text: one JSON document, or one Markdown text to read. Pure: entries in, text out, the same for
// the same entries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attune/api.pb.h"

namespace attune::cli {

// First line of the Markdown; what carries it is not imported again, because JSON holds more.
inline constexpr std::string_view kMarkdownMark = "<!-- attune export -->";

// Each entry as `attune show --json` prints it, one a line.
[[nodiscard]] std::string exported_json(const std::vector<api::v1::Entry>& entries);
// Titles, texts and names stand there as text: nothing in them becomes markup, a link, a picture or a heading of ours,
// and nothing reaches a terminal that could change what it shows. The partner's texts are quoted and say whose they
// are.
[[nodiscard]] std::string exported_markdown(const std::vector<api::v1::Entry>& entries);

// One text as Markdown that shows it as it is; each line begins with `before`.
[[nodiscard]] std::string as_markdown(std::string_view text, std::string_view before);

}  // namespace attune::cli
