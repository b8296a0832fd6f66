#include "journal/schedule_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace attune::journal {
namespace {

using std::chrono::minutes;

constexpr std::array<std::string_view, 7> kWeekdays{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};

// "Week on Sun, Mon at 9" is six words; commas and spaces are the same.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words{""};
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == ',') {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back().push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// All of it digits, at least `least` and at most `most` of them.
std::optional<unsigned> number_of(std::string_view text, std::size_t least, std::size_t most) {
  unsigned value = 0;
  if (text.size() < least || text.size() > most) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional{value} : std::nullopt;
}

std::optional<std::uint8_t> weekday_bit(std::string_view word) {
  for (unsigned i = 0; i < kWeekdays.size(); ++i) {
    if (word == kWeekdays[i] || word == kWeekdays[i].substr(0, 3)) return static_cast<std::uint8_t>(1U << i);
  }
  return std::nullopt;
}

// "18:00", "7:30", "9".
std::optional<minutes> time_of(std::string_view word) {
  const std::size_t colon = word.find(':');
  const auto hour = number_of(word.substr(0, colon), 1, 2);
  const auto minute = colon == std::string_view::npos ? std::optional{0U} : number_of(word.substr(colon + 1), 2, 2);
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return std::chrono::hours{*hour} + minutes{*minute};
}

using Words = std::vector<std::string>;

// "on mon wed": what stands between the unit and the time. false: it says no such days.
bool read_days(const Words& words, std::size_t begin, Schedule& schedule) {
  if (schedule.every == Schedule::Every::day) return begin == words.size();
  if (begin + 1 >= words.size() || words[begin] != "on") return false;
  if (schedule.every == Schedule::Every::month) {
    const auto day = number_of(words[begin + 1], 1, 2);
    if (!day || *day < 1 || *day > 31 || begin + 2 != words.size()) return false;
    schedule.month_day = static_cast<std::uint8_t>(*day);
    return true;
  }
  for (std::size_t i = begin + 1; i < words.size(); ++i) {
    const auto bit = weekday_bit(words[i]);
    if (!bit) return false;
    schedule.weekdays = static_cast<std::uint8_t>(schedule.weekdays | *bit);
  }
  return true;
}

// false: it is no schedule. `schedule` comes with its first day.
bool read(Words words, Schedule& schedule) {
  if (words.size() < 3 || words[words.size() - 2] != "at") return false;
  const auto at = time_of(words.back());
  if (!at) return false;
  schedule.at = *at;
  words.resize(words.size() - 2);
  if (const auto date = parse_day(words[0])) {
    schedule.every = Schedule::Every::once;
    schedule.from = *date;
    return words.size() == 1;
  }
  const std::size_t unit = words[0] == "every" ? 1 : 0;
  if (unit == words.size()) return false;
  if (words[unit] == "day") {
    schedule.every = Schedule::Every::day;
  } else if (words[unit] == "week") {
    schedule.every = Schedule::Every::week;
  } else if (words[unit] == "month") {
    schedule.every = Schedule::Every::month;
  } else {
    return false;
  }
  return read_days(words, unit + 1, schedule);
}

std::string weekdays_in_words(std::uint8_t bits) {
  std::string names;
  for (unsigned i = 0; i < kWeekdays.size(); ++i) {
    if (((bits >> i) & 1U) == 0) continue;
    if (!names.empty()) names += ',';
    names += kWeekdays[i].substr(0, 3);
  }
  return names;
}

std::string days_in_words(const Schedule& schedule) {
  switch (schedule.every) {
    case Schedule::Every::day: return "day";
    case Schedule::Every::week: return "week on " + weekdays_in_words(schedule.weekdays);
    case Schedule::Every::month: return fmt::format("month on {}", schedule.month_day);
    case Schedule::Every::once: return in_words(schedule.from);
  }
  return {};
}

}  // namespace

Schedule schedule_said(std::string_view text, std::string zone, Day today) {
  Schedule schedule;
  schedule.from = today;
  schedule.zone = std::move(zone);
  if (read(words_of(text), schedule)) {
    if (schedule.from >= today) return schedule;
    throw Error{Errc::usage, "that day is over", "name one to come, as in: 2026-12-24 at 18:00"};
  }
  throw Error{Errc::usage, fmt::format("\"{}\" is no schedule", harmless_line(text.substr(0, 60))),
              "say it like: day at 7:30, week on sun at 18:00, week on mon,wed at 9:00, month on 1 at 9:00, "
              "2026-12-24 at 18:00"};
}

std::string in_words(const Schedule& schedule) {
  const auto minute = schedule.at.count();
  return fmt::format("{} at {:02}:{:02}", days_in_words(schedule), minute / 60, minute % 60);
}

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number_of(text.substr(0, 4), 4, 4);
  const auto month = number_of(text.substr(5, 2), 2, 2);
  const auto day = number_of(text.substr(8), 2, 2);
  if (!year || !month || !day || *year == 0) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(*year)}, std::chrono::month{*month},
                                         std::chrono::day{*day}};
  return date.ok() ? std::optional{Day{date}} : std::nullopt;
}

std::string in_words(Day day) {
  const std::chrono::year_month_day date{day};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

}  // namespace attune::journal
