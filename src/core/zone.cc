// The zones of the world: the system's tables, read by Howard Hinnant's date library.
#include <date/tz.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <utility>

#include "core/zone.h"

namespace attune {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Where the library looks. Among the tables lie files that are none ("zone1970.tab", "leapseconds"), and the library
// aborts when it is asked for one of those. Names come from partners: a file has to say first that it is a table.
constexpr const char* kTables = "/usr/share/zoneinfo";
constexpr std::string_view kMagic = "TZif";
constexpr std::size_t kLongestName = 64;
constexpr std::uintmax_t kShortestTable = 44;  // its header
constexpr std::uintmax_t kLongestTable = std::uintmax_t{64} * 1024;

bool is_zone_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '+' ||
           c == '-' || c == '/';  // and no dot: neither ".." nor "zone.tab"
  };
  if (name.empty() || name.size() > kLongestName || name.front() == '/') return false;
  // Those two are whatever this machine was set to: the same word would mean another place for everybody.
  return std::ranges::all_of(name, is_plain) && name != "localtime" && name != "posixrules";
}

bool is_table(const std::string& name) {
  const std::filesystem::path file = std::filesystem::path{kTables} / name;
  std::error_code failed;
  if (!std::filesystem::is_regular_file(file, failed)) return false;
  const std::uintmax_t size = std::filesystem::file_size(file, failed);
  if (failed || size < kShortestTable || size > kLongestTable) return false;
  std::array<char, kMagic.size()> begin{};
  return std::ifstream{file, std::ios::binary}.read(begin.data(), begin.size()) &&
         std::string_view{begin.data(), begin.size()} == kMagic;
}

// nullptr: not there, or nothing that can be read as one.
const date::time_zone* table_named(const std::string& name) {
  try {
    if (!is_zone_name(name) || !is_table(name)) return nullptr;
    const date::time_zone* table = date::locate_zone(name);
    // The library reads a table when it is first asked, and throws then; later nobody expects it.
    (void)table->get_info(date::sys_seconds{});
    return table;
  } catch (const std::exception&) {  // the library's way to say "no such zone"
    return nullptr;
  }
}

// A zone of the system's tables.
class TableZone final : public Zone {
 public:
  explicit TableZone(const date::time_zone* table) : table_{table} {}

  [[nodiscard]] minutes offset_at(Instant when) const override {
    return std::chrono::floor<minutes>(table_->get_info(date::floor<seconds>(when)).offset);
  }

  [[nodiscard]] Instant moment_at(milliseconds wall) const override {
    const auto found = table_->get_info(date::floor<seconds>(date::local_time<milliseconds>{wall}));
    // `first` is the rule before a jump: right for a gap (go on as if it had not come) and for the first of two.
    return Instant{wall - found.first.offset};
  }

 private:
  const date::time_zone* table_;  // the library's, for ever
};

// What the C library makes of TZ: for rules like "CET-1CEST,M3.5.0,M10.5.0/3", which stand in no table.
class LibraryZone final : public Zone {
 public:
  LibraryZone() { ::tzset(); }

  [[nodiscard]] minutes offset_at(Instant when) const override {
    const std::time_t time = std::chrono::floor<seconds>(when).time_since_epoch().count();
    std::tm wall{};
    if (::localtime_r(&time, &wall) == nullptr) return minutes{0};
    return std::chrono::floor<minutes>(seconds{wall.tm_gmtoff});
  }

  [[nodiscard]] Instant moment_at(milliseconds wall) const override {
    constexpr std::chrono::hours kDay{24};  // clocks change at most once a day
    const minutes before = offset_at(Instant{wall - kDay});
    const minutes after = offset_at(Instant{wall + kDay});
    const Instant as_before{wall - before};
    const Instant as_after{wall - after};
    const bool changed = offset_at(as_before) != before && offset_at(as_after) == after;
    return changed ? as_after : as_before;  // in a gap neither holds: as if the change had not come
  }
};

std::unique_ptr<Zone> found_zone(const std::optional<std::string>& tz) {
  if (tz && !tz->empty()) {
    const bool colon = tz->front() == ':';  // POSIX: "the rest is up to the system", here a table's name
    if (auto zone = zone_named(colon ? tz->substr(1) : *tz)) return zone;
    return std::make_unique<LibraryZone>();
  }
  try {
    return std::make_unique<TableZone>(date::current_zone());
  } catch (const std::exception&) {  // a machine without tables; the C library says UTC then
    return std::make_unique<LibraryZone>();
  }
}

// The person's own zone. To open the tables takes longer than most commands, so only a date that has to be read opens
// them; the distance from UTC at a moment is the C library's, which reads one file.
class LocalZone final : public Zone {
 public:
  explicit LocalZone(std::optional<std::string> tz) : tz_{std::move(tz)} {}
  [[nodiscard]] minutes offset_at(Instant when) const override { return library_.offset_at(when); }
  [[nodiscard]] Instant moment_at(milliseconds wall) const override {
    if (!found_) found_ = found_zone(tz_);
    return found_->moment_at(wall);
  }

 private:
  std::optional<std::string> tz_;
  LibraryZone library_;
  mutable std::unique_ptr<Zone> found_;
};

class OffsetZone final : public Zone {
 public:
  explicit OffsetZone(minutes offset) : offset_{offset} {}
  [[nodiscard]] minutes offset_at(Instant /*when*/) const override { return offset_; }
  [[nodiscard]] Instant moment_at(milliseconds wall) const override { return Instant{wall - offset_}; }

 private:
  minutes offset_;
};

}  // namespace

std::unique_ptr<Zone> zone_named(const std::string& name) {
  const date::time_zone* table = table_named(name);
  return table == nullptr ? nullptr : std::make_unique<TableZone>(table);
}

std::optional<std::string> local_zone_name(const std::optional<std::string>& tz) {
  try {
    if (!tz || tz->empty()) return date::current_zone()->name();
    const date::time_zone* table = table_named(tz->front() == ':' ? tz->substr(1) : *tz);
    return table == nullptr ? std::nullopt : std::optional{table->name()};
  } catch (const std::exception&) {  // no tables
    return std::nullopt;
  }
}

std::unique_ptr<Zone> local_zone(const std::optional<std::string>& tz) { return std::make_unique<LocalZone>(tz); }

std::unique_ptr<Zone> zone_at(minutes offset) { return std::make_unique<OffsetZone>(offset); }

const Zone* TableZones::named(const std::string& name) const {
  if (const auto known = found_.find(name); known != found_.end()) return known->second.get();
  auto zone = zone_named(name);
  // What is not there is not kept: names come from other people, and there is no end of wrong ones.
  return zone == nullptr ? nullptr : found_.emplace(name, std::move(zone)).first->second.get();
}

}  // namespace attune
