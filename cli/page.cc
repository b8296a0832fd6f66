#include "cli/page.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/when.h"

namespace attune::cli {
namespace {

constexpr int kWidest = 80;  // longer lines are hard to read
constexpr std::size_t kMaxHeading = 4096;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines{""};
  for (const char c : text) {
    if (c == '\n') {
      lines.emplace_back();
    } else {
      lines.back().push_back(c);
    }
  }
  return lines;
}

}  // namespace

Page page_of(const Context& context) {
  return {context.world.console.columns(), context.paint, !context.world.console.out_is_terminal()};
}

int text_columns(const Page& page) { return std::min(page.columns, kWidest); }

std::string clipped(std::string_view text, int columns) {
  const bool cut = text.size() > kMaxHeading;
  std::string line = harmless_line(text.substr(0, kMaxHeading));
  if (!cut && display_width(line) <= columns) return line;
  const auto lines = wrapped(line, std::max(columns - 1, 1));
  return lines.empty() ? line : lines.front() + "…";
}

std::string paragraph(std::string_view text, std::size_t indent, const Page& page) {
  std::string out;
  const int columns = std::max(text_columns(page) - static_cast<int>(indent), 10);
  for (const auto& line : page.as_written ? lines_of(harmless(text)) : wrapped(harmless(text), columns)) {
    out += line.empty() ? "\n" : fmt::format("{}{}\n", std::string(indent, ' '), line);
  }
  return out;
}

std::string moment(std::string_view rfc3339) {
  const std::string time = time_of_day(rfc3339);
  return time.empty() ? day_in_words(rfc3339) : fmt::format("{}, {}", day_in_words(rfc3339), time);
}

void join(std::string& facts, std::string_view fact) {
  if (fact.empty()) return;
  if (!facts.empty()) facts += " · ";
  facts += fact;
}

std::string render_history(const google::protobuf::RepeatedPtrField<api::v1::HistoryLine>& history, const Page& page) {
  std::string out;
  for (const auto& line : history) {
    const std::string who = line.mine() ? "you" : partner_named(line.by());
    out += fmt::format("  {}  {} {}\n", page.paint.dim(moment(line.at())), who, harmless_line(line.what()));
    if (!line.text().empty()) out += paragraph(line.text(), 6, page);
  }
  return out;
}

}  // namespace attune::cli
