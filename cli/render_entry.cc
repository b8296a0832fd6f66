#include "cli/render_entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/named.h"
#include "cli/when.h"
#include "core/text.h"

namespace attune::cli {
namespace {

constexpr std::size_t kMaxHitLines = 3;
constexpr std::string_view kIndent = "        ";

std::string_view first_line(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  const auto end = text.find('\n', begin);
  return text.substr(begin, end == std::string_view::npos ? end : end - begin);
}

std::string heading(const api::v1::Entry& entry, int columns) {
  if (entry.erased()) return "(erased)";
  if (!entry.title().empty()) return clipped(entry.title(), columns);
  if (!entry.has_body()) return "(its text has not arrived yet)";
  const auto line = first_line(entry.body());
  return line.empty() ? "(no text)" : clipped(line, columns);
}

// "gratitude · calm 4 · #walk · shared · by Ben"
std::string facts_of(const api::v1::Entry& entry) {
  std::string facts;
  join(facts, harmless_line(entry.kind()));
  if (entry.has_mood()) join(facts, fmt::format("{} {}", harmless_line(entry.mood().word()), entry.mood().level()));
  std::string tags;
  for (const auto& tag : entry.tags()) tags += fmt::format("{}#{}", tags.empty() ? "" : " ", harmless_line(tag));
  join(facts, tags);
  join(facts, entry.shared() ? "shared" : "private");
  join(facts, entry.mine() ? "by you" : "by " + author_named(entry));
  if (entry.edited()) join(facts, "edited");
  if (entry.just_listen()) join(facts, "just listen");
  if (!entry.responses().empty()) {
    join(facts, "answered");
    const bool heard =
        std::ranges::any_of(entry.responses(), [](const auto& one) { return one.authors_word() == "understood"; });
    if (heard) join(facts, "heard");
  }
  return facts;
}

std::string painted_facts(const api::v1::Entry& entry, const Page& page) {
  std::string out;
  const int columns = std::max(page.columns - static_cast<int>(kIndent.size()), 10);
  for (const auto& line : wrapped(facts_of(entry), columns)) {
    out += fmt::format("{}{}\n", kIndent, page.paint.dim(line));
  }
  return out;
}

// Matches of the folded words, painted; the line is harmless already.
std::string highlighted(const std::string& line, const std::vector<std::string>& words, const Paint& paint) {
  std::string out;
  std::size_t from = 0;
  for (const auto& range : find_folded(line, words)) {
    out.append(line, from, range.begin - from);
    out += paint.match(std::string_view{line}.substr(range.begin, range.end - range.begin));
    from = range.end;
  }
  return out.append(line, from);
}

// "  1a2b  21:00  Heading"
std::string heading_line(const api::v1::Entry& entry, const Page& page, const std::vector<std::string>& words) {
  const std::string id = short_id(entry);
  const std::string time = time_of_day(entry.at());
  const int taken = 2 + display_width(id) + 2 + display_width(time) + 2;
  const std::string head = heading(entry, std::max(page.columns - taken, 10));
  const std::string shown = words.empty() ? page.paint.bold(head) : highlighted(head, words, page.paint);
  return fmt::format("  {}  {}  {}\n", page.paint.id(id), time, shown);
}

// The first lines of the text that hold a match.
std::string hit_lines(const api::v1::Entry& entry, const Page& page, const std::vector<std::string>& words) {
  std::string out;
  std::size_t shown = 0;
  const int columns = std::max(text_columns(page) - static_cast<int>(kIndent.size()), 10);
  for (const auto& line : wrapped(harmless(entry.body()), columns)) {
    if (shown == kMaxHitLines) break;
    if (find_folded(line, words).empty()) continue;
    out += fmt::format("{}{}\n", kIndent, highlighted(line, words, page.paint));
    ++shown;
  }
  return out;
}

template <class One>
std::string by_day(const Entries& entries, const Page& page, One&& one) {
  std::string out;
  std::string day;
  for (const auto& entry : entries) {
    const std::string its = day_in_words(entry.at());
    if (its != day) {
      out += fmt::format("{}{}\n\n", out.empty() ? "" : "\n", page.paint.bold(its));
      day = its;
    }
    out += one(entry);
  }
  return out;
}

std::string kind_in_words(std::string_view kind) {
  std::string shown = harmless_line(kind);
  std::ranges::replace(shown, '_', ' ');
  return shown;
}

std::string responses_of(const api::v1::Entry& entry, const Page& page) {
  std::string out;
  for (const auto& response : entry.responses()) {
    const std::string who = response.mine() ? "you" : author_named(response);
    std::string said = fmt::format("{}: {}", who, kind_in_words(response.kind()));
    if (response.authors_word() == "understood") said += " (heard)";
    if (response.of_other_text()) said += " (the text was changed since)";
    out += fmt::format("\n  {}  {} {}\n", page.paint.id(short_id(response)), page.paint.bold(said),
                       page.paint.dim(day_in_words(response.at())));
    if (!response.text().empty()) out += paragraph(response.text(), 4, page);
  }
  return out;
}

std::string versions_of(const api::v1::Entry& entry, const Page& page) {
  std::string out;
  for (const auto& version : entry.versions()) {
    out += fmt::format("\n  {}\n", page.paint.dim(fmt::format("earlier, written {}", moment(version.at()))));
    if (!version.title().empty()) out += paragraph(version.title(), 4, page);
    out += paragraph(version.body(), 4, page);
  }
  return out;
}

std::string erased_entry(const api::v1::Entry& entry) {
  std::string out = fmt::format("(erased)  {}\n", harmless_line(entry.id()));
  if (entry.has_erase_confirmed()) {
    out += fmt::format("confirmed by your partner's side: {}\n", entry.erase_confirmed() ? "yes" : "not yet");
  }
  return out;
}

}  // namespace

std::string render_list(const Entries& entries, const Page& page) {
  return by_day(entries, page, [&](const api::v1::Entry& entry) { return render_brief(entry, page); });
}

std::string render_hits(const Entries& entries, const std::vector<std::string>& words, const Page& page) {
  std::vector<std::string> wanted;
  for (const auto& word : words) wanted.push_back(folded(word));
  return by_day(entries, page, [&](const api::v1::Entry& entry) {
    return heading_line(entry, page, wanted) + hit_lines(entry, page, wanted) + painted_facts(entry, page);
  });
}

std::string render_brief(const api::v1::Entry& entry, const Page& page) {
  return heading_line(entry, page, {}) + painted_facts(entry, page);
}

std::string render_entry(const api::v1::Entry& entry, const Page& page) {
  if (entry.erased()) return erased_entry(entry);
  std::string out;
  if (!entry.title().empty()) {
    for (const auto& line : wrapped(harmless_line(entry.title()), text_columns(page))) {
      out += page.paint.bold(line) + "\n";
    }
  }
  std::string facts = moment(entry.at());
  join(facts, facts_of(entry));
  for (const auto& line : wrapped(facts, text_columns(page))) out += page.paint.dim(line) + "\n";
  out += page.paint.id(harmless_line(entry.id())) + "\n\n";
  out += entry.has_body() ? paragraph(entry.body(), 0, page) : std::string{"(its text has not arrived yet)\n"};
  return out + responses_of(entry, page) + versions_of(entry, page);
}

}  // namespace attune::cli
