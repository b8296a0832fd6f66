// jrnl's plain text journal, and Markdown with a dated heading for each entry.
//   [2013-06-09 15:39] A title.            ## 2013-06-09 15:39 A title
//   its text                               its text
#include <fmt/format.h>

#include <algorithm>

#include "cli/export.h"
#include "cli/import_parts.h"

namespace attune::cli::importing {
namespace {

constexpr std::size_t kTimeSize = 16;  // 2013-06-09 15:39

std::string without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string{line};
}

// A line is a heading if it is `before`, a time and `after`, and then the title.
struct Shape {
  std::string_view before, after;
};

std::optional<std::string_view> time_in(std::string_view line, const Shape& shape) {
  if (!line.starts_with(shape.before)) return std::nullopt;
  line.remove_prefix(shape.before.size());
  if (line.size() < kTimeSize || !line.substr(kTimeSize).starts_with(shape.after)) return std::nullopt;
  const std::string_view time = line.substr(0, kTimeSize);
  const bool like_one =
      std::ranges::all_of(time, [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == ':' || c == ' '; });
  return like_one ? std::optional{time} : std::nullopt;
}

Imported parse_lines(std::string_view bytes, const Shape& shape, const ImportZones& zones) {
  Gathering gathering;
  std::optional<journal::EntryContent> entry;
  std::string place;
  std::size_t number = 0;
  for (std::size_t from = 0; from < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', from), bytes.size());
    const std::string line = without_carriage_return(bytes.substr(from, end - from));
    from = end + 1;
    ++number;
    if (const auto time = time_in(line, shape)) {
      if (entry) gathering.add(std::move(*entry), place);
      place = fmt::format("line {}", number);
      const auto at = wall_time(*time, zones.local);
      if (!at) refuse(place, "there is no such time");
      entry.emplace();
      entry->at = *at;
      entry->title = line.substr(shape.before.size() + kTimeSize + shape.after.size());
    } else if (entry) {
      entry->body += line + "\n";
    } else if (line.find_first_not_of(" \t") != std::string::npos && !line.starts_with("# ")) {
      refuse(fmt::format("line {}", number),
             fmt::format("text before the first \"{}2026-11-20 21:00{}\"", shape.before, shape.after));
    }
  }
  if (entry) gathering.add(std::move(*entry), place);
  return gathering.take();
}

}  // namespace

Imported parse_jrnl_text(std::string_view bytes, const ImportZones& zones) {
  return parse_lines(bytes, {"[", "] "}, zones);
}

Imported parse_markdown(std::string_view bytes, const ImportZones& zones) {
  if (bytes.starts_with(kMarkdownMark)) {
    refuse("the file", "attune export wrote it for reading; export --format json writes what import takes");
  }
  return parse_lines(bytes, {"## ", ""}, zones);
}

}  // namespace attune::cli::importing
