#include "cli/import.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/import_parts.h"
#include "core/error.h"
#include "core/text.h"
#include "journal/limits.h"

namespace attune::cli {
namespace importing {
namespace {

// Without what is around it; the indentation of a text's first line is its own.
std::string trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of("\r\n");
  if (first == std::string_view::npos) return {};
  const std::size_t last = text.find_last_not_of(kSpace);
  return last == std::string_view::npos ? std::string{} : std::string{text.substr(first, last + 1 - first)};
}

}  // namespace

void refuse(const std::string& place, std::string_view why) {
  throw Error{Errc::usage, fmt::format("{}: {}", place, why), "nothing was imported; mend the file and try again"};
}

void Gathering::add(journal::EntryContent content, const std::string& place) {
  content.title = trimmed(content.title);
  content.title.erase(0, std::min(content.title.find_first_not_of(' '), content.title.size()));
  content.body = trimmed(content.body);
  if (content.body.empty()) std::swap(content.title, content.body);
  if (content.body.empty()) return without_text();
  std::erase(content.tags, "");
  if (const auto broken = journal::broken_limit(content)) refuse(place, *broken);
  if (content.at.when < Instant{} || content.at.when > kLatestInstant) {
    refuse(place, "its time is outside the years 1970 to 9999");
  }
  if (imported_.entries.size() == kMaxImported) refuse(place, "a file may hold at most 100,000 entries");
  imported_.entries.push_back(std::move(content));
}

std::optional<journal::Zoned> wall_time(std::string_view text, const Zone& zone) {
  // The year's four digits and so on, each in its place: what a library reads more freely is not meant here.
  constexpr std::string_view kShape = "0000-00-00 00:00";
  if (text.size() != kShape.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == '0' ? !digit : text[i] != kShape[i]) return std::nullopt;
  }
  const auto number = [&](std::size_t at, std::size_t size) {
    unsigned value = 0;
    for (const char c : text.substr(at, size)) value = value * 10 + static_cast<unsigned>(c - '0');
    return value;
  };
  const date::year_month_day day{date::year{static_cast<int>(number(0, 4))}, date::month{number(5, 2)},
                                 date::day{number(8, 2)}};
  if (!day.ok() || number(0, 4) < 1970 || number(11, 2) > 23 || number(14, 2) > 59) return std::nullopt;
  const std::chrono::milliseconds wall =
      date::sys_days{day}.time_since_epoch() + std::chrono::hours{number(11, 2)} + std::chrono::minutes{number(14, 2)};
  const Instant when = zone.moment_at(wall);
  return journal::Zoned{when, zone.offset_at(when)};
}

}  // namespace importing

std::optional<ImportFormat> import_format_named(std::string_view name) {
  constexpr std::array kNames{std::pair{std::string_view{"json"}, ImportFormat::attune_json},
                              std::pair{std::string_view{"markdown"}, ImportFormat::markdown},
                              std::pair{std::string_view{"jrnl"}, ImportFormat::jrnl},
                              std::pair{std::string_view{"dayone"}, ImportFormat::day_one}};
  for (const auto& [known, format] : kNames) {
    if (known == name) return format;
  }
  return std::nullopt;
}

Imported parse_import(ImportFormat format, std::string_view bytes, const ImportZones& zones) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (bytes.size() > kMaxImport) importing::refuse("the file", "it is larger than 64 MiB");
  if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
  if (!valid_utf8(bytes)) importing::refuse("the file", "it is not UTF-8 text");
  if (format == ImportFormat::markdown) return importing::parse_markdown(bytes, zones);
  const std::size_t first = bytes.find_first_not_of(" \t\r\n");
  const bool json = first != std::string_view::npos && bytes[first] == '{';
  if (format == ImportFormat::jrnl && !json) return importing::parse_jrnl_text(bytes, zones);
  return importing::parse_json(format, bytes, zones);
}

}  // namespace attune::cli
