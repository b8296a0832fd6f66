#include "cli/export.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/json.h"
#include "cli/named.h"
#include "cli/when.h"
#include "core/text.h"

namespace attune::cli {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// What means something anywhere in a line; < and & would be HTML, @ an address.
constexpr std::string_view kAnywhere = R"(\`*_{}[]<>&|~$^@)";

bool opens_www(std::string_view line, std::size_t dot) {
  if (dot < 3) return false;
  return std::ranges::all_of(line.substr(dot - 3, 3), [](char c) { return c == 'w' || c == 'W'; });
}

// Whether the character would be more than itself there.
bool means_something(std::string_view line, std::size_t at, std::size_t first) {
  const char c = line[at];
  if (kAnywhere.find(c) != std::string_view::npos) return true;
  if (c == ':') return line.substr(at + 1).starts_with("//");
  if (c == '.' && opens_www(line, at)) return true;
  if (at == first) return c == '#' || c == '+' || c == '-' || c == '=' || c == ':';
  if (c != '.' && c != ')') return false;
  return std::ranges::all_of(line.substr(first, at - first), is_digit);  // "1." begins a list
}

std::string escaped_line(std::string_view line) {
  const std::size_t first = std::min(line.find_first_not_of(" \t"), line.size());
  std::string out;
  for (const char c : line.substr(0, first)) out += c == '\t' ? "\u00a0\u00a0\u00a0\u00a0" : "\u00a0";  // no code block
  for (std::size_t at = first; at < line.size(); ++at) {
    if (means_something(line, at, first)) out += '\\';
    out += line[at];
  }
  return out;
}

std::string one_line(std::string_view text) { return escaped_line(harmless_line(text)); }

std::string details(const api::v1::Entry& entry) {
  std::string text = fmt::format("*{}{} · {}", one_line(entry.mine() ? entry.author() : author_named(entry)),
                                 entry.mine() || entry.author().empty() ? "" : " (your partner)",
                                 entry.shared() ? "shared" : "private");
  if (!entry.kind().empty() && entry.kind() != "note") text += " · " + one_line(entry.kind());
  if (entry.has_mood()) text += fmt::format(" · {} {}", one_line(entry.mood().word()), entry.mood().level());
  for (const std::string& tag : entry.tags()) text += " · tag " + one_line(tag);
  if (entry.edited()) text += " · edited";
  return text + "*\n";
}

std::string markdown_of(const api::v1::Entry& entry) {
  std::string text = fmt::format("## {}, {}{}{}\n\n{}\n", day_in_words(entry.at()), time_of_day(entry.at()),
                                 entry.title().empty() ? "" : " · ", one_line(entry.title()), details(entry));
  text += as_markdown(entry.body(), entry.mine() ? "" : "> ");
  for (const auto& response : entry.responses()) {
    text += fmt::format("\n*{}{}, {}*\n\n", one_line(response.author()), response.mine() ? "" : " (your partner)",
                        one_line(response.kind()));
    text += as_markdown(response.text(), response.mine() ? "" : "> ");
  }
  return text;
}

}  // namespace

std::string as_markdown(std::string_view text, std::string_view before) {
  const std::string safe = harmless(text);
  std::string out;
  for (std::size_t from = 0; from <= safe.size();) {
    const std::size_t end = std::min(safe.find('\n', from), safe.size());
    const std::string line = escaped_line(std::string_view{safe}.substr(from, end - from));
    // Two spaces at the end keep the line break; an empty line stays one.
    out += line.empty() ? fmt::format("{}\n", before) : fmt::format("{}{}  \n", before, line);
    from = end + 1;
  }
  return out;
}

std::string exported_json(const std::vector<api::v1::Entry>& entries) {
  std::string text = "{\"format\":\"attune\",\"version\":1,\"entries\":[";
  for (std::size_t i = 0; i < entries.size(); ++i)
    text += fmt::format("{}\n{}", i == 0 ? "" : ",", to_json(entries[i]));
  return text + "\n]}\n";
}

std::string exported_markdown(const std::vector<api::v1::Entry>& entries) {
  std::string text = fmt::format("{}\n\n# Journal\n", kMarkdownMark);
  for (const auto& entry : entries) text += "\n" + markdown_of(entry);
  return text;
}

}  // namespace attune::cli
