#include "cli/when.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/error.h"
#include "core/text.h"

namespace attune::cli {
namespace {

using date::days;
using date::local_days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 7> kWeekdays{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                   "May",       "June",     "July",     "August",
                                                   "September", "October",  "November", "December"};

// What was said, before it becomes a moment.
struct Parts {
  std::optional<local_days> day;
  std::optional<milliseconds> time;  // since midnight
  std::optional<minutes> offset;
  std::optional<Instant> exact;  // "now", "2 hours ago"
};

// Exactly `size` digits at the front, taken off; nullopt and unchanged otherwise.
std::optional<int> take_digits(std::string_view& text, std::size_t size) {
  if (text.size() < size) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, size)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(size);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// "2026-11-20" at the front.
std::optional<local_days> take_date(std::string_view& text) {
  std::string_view rest = text;
  const auto year = take_digits(rest, 4);
  if (!year || !take(rest, '-')) return std::nullopt;
  const auto month = take_digits(rest, 2);
  if (!month || !take(rest, '-')) return std::nullopt;
  const auto day = take_digits(rest, 2);
  if (!day) return std::nullopt;
  const date::year_month_day date{date::year{*year}, date::month{static_cast<unsigned>(*month)},
                                  date::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  text = rest;
  return local_days{date};
}

// "21:00", "9:05", "21:00:30", "21:00:30.250" at the front.
std::optional<milliseconds> take_time(std::string_view& text) {
  std::string_view rest = text;
  auto hour = take_digits(rest, 2);
  if (!hour) hour = take_digits(rest, 1);
  if (!hour || *hour > 23 || !take(rest, ':')) return std::nullopt;
  const auto minute = take_digits(rest, 2);
  if (!minute || *minute > 59) return std::nullopt;
  milliseconds time = hours{*hour} + minutes{*minute};
  if (take(rest, ':')) {
    const auto second = take_digits(rest, 2);
    if (!second || *second > 59) return std::nullopt;
    time += seconds{*second};
    if (take(rest, '.')) {
      int weight = 100;
      std::size_t digits = 0;
      for (; const auto digit = take_digits(rest, 1); ++digits, weight /= 10) time += milliseconds{*digit * weight};
      if (digits == 0) return std::nullopt;
    }
  }
  text = rest;
  return time;
}

// "Z", "+01:00", "-0330" at the front.
std::optional<minutes> take_offset(std::string_view& text) {
  std::string_view rest = text;
  if (take(rest, 'z') || take(rest, 'Z')) {
    text = rest;
    return minutes{0};
  }
  const bool west = !rest.empty() && rest.front() == '-';
  if (!take(rest, '+') && !take(rest, '-')) return std::nullopt;
  const auto hour = take_digits(rest, 2);
  if (!hour || *hour > 18) return std::nullopt;
  take(rest, ':');
  const auto minute = take_digits(rest, 2);
  if (!minute || *minute > 59) return std::nullopt;
  text = rest;
  const minutes offset = hours{*hour} + minutes{*minute};
  return west ? -offset : offset;
}

std::optional<unsigned> weekday_named(std::string_view word) {
  for (unsigned i = 0; i < kWeekdays.size(); ++i) {
    if (word == kWeekdays[i] || word == kWeekdays[i].substr(0, 3)) return i;
  }
  return std::nullopt;
}

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
  std::erase(words, "at");
  return words;
}

class Reader {
 public:
  Reader(std::string_view text, Instant now, const Zone& zone, Toward toward = Toward::past)
      : words_{words_of(text)}, now_{now}, today_{date::floor<days>(wall(now, zone))}, toward_{toward} {}

  // nullopt: not a date.
  [[nodiscard]] std::optional<Parts> read() {
    if (words_.empty()) return std::nullopt;
    if (words_.size() == 1 && words_[0] == "now") return Parts{.day = {}, .time = {}, .offset = {}, .exact = now_};
    if (const auto distant = read_distance()) return distant;
    if (!read_day()) return std::nullopt;
    if (next_ < words_.size() && !read_time(words_[next_++])) return std::nullopt;
    if (next_ < words_.size() && parts_.time && !parts_.offset) {  // "2026-11-20 21:00 +01:00"
      std::string_view rest = words_[next_++];
      parts_.offset = take_offset(rest);
      if (!parts_.offset || !rest.empty()) return std::nullopt;
    }
    if (next_ < words_.size() || (!parts_.day && !parts_.time)) return std::nullopt;
    return parts_;
  }
  [[nodiscard]] local_days today() const { return today_; }

 private:
  static date::local_time<milliseconds> wall(Instant now, const Zone& zone) {
    return date::local_time<milliseconds>{now.time_since_epoch() + zone.offset_at(now)};
  }

  // "2 days ago", "in 2 days" are days, "2 hours ago" a moment.
  std::optional<Parts> read_distance() {
    if (words_.size() != 3) return std::nullopt;
    const bool ahead = words_[0] == "in";
    if (!ahead && words_[2] != "ago") return std::nullopt;
    std::string_view digits = words_[ahead ? 1 : 0];
    if (digits.empty() || digits.size() > 5) return std::nullopt;
    const auto number = take_digits(digits, digits.size());
    if (!number) return std::nullopt;
    const int count = ahead ? *number : -*number;
    std::string_view unit = words_[ahead ? 2 : 1];
    if (unit.ends_with('s')) unit.remove_suffix(1);
    Parts parts;
    if (unit == "minute") parts.exact = now_ + minutes{count};
    if (unit == "hour") parts.exact = now_ + hours{count};
    if (unit == "day") parts.day = today_ + days{count};
    if (unit == "week") parts.day = today_ + date::weeks{count};
    if (!parts.exact && !parts.day) return std::nullopt;
    return parts;
  }

  // false: it began as a day and went on as nonsense. No day at all is fine: perhaps it is a time.
  bool read_day() {
    const std::string& word = words_[0];
    std::string_view rest = word;
    if (word == "today") parts_.day = today_;
    if (word == "yesterday") parts_.day = today_ - days{1};
    if (word == "tomorrow") parts_.day = today_ + days{1};
    if (const auto weekday = weekday_named(word)) {
      parts_.day = toward_ == Toward::past ? last(*weekday, today_) : next(*weekday, today_);
    }
    if ((word == "last" || word == "next") && words_.size() > 1) {
      if (const auto weekday = weekday_named(words_[1])) {
        parts_.day = word == "last" ? last(*weekday, today_ - days{1}) : next(*weekday, today_ + days{1});
        next_ = 2;
        return true;
      }
    }
    if (parts_.day) {
      next_ = 1;
      return true;
    }
    parts_.day = take_date(rest);
    if (!parts_.day) return true;
    next_ = 1;
    return rest.empty() || (take(rest, 't') && read_time(rest));
  }

  static local_days last(unsigned weekday, local_days from) {
    return from - (date::weekday{from} - date::weekday{weekday});
  }
  static local_days next(unsigned weekday, local_days from) {
    return from + (date::weekday{weekday} - date::weekday{from});
  }

  bool read_time(std::string_view text) {
    if (parts_.time) return false;
    parts_.time = take_time(text);
    if (!parts_.time) return false;
    if (!text.empty()) parts_.offset = take_offset(text);
    return text.empty();
  }

  std::vector<std::string> words_;
  Instant now_;
  local_days today_;
  Toward toward_;
  std::size_t next_ = 0;
  Parts parts_;
};

[[noreturn]] void no_date(std::string_view text, Toward toward) {
  throw Error{Errc::usage, fmt::format("\"{}\" is no date or time", harmless_line(text.substr(0, 60))),
              toward == Toward::past
                  ? "say it like: today, yesterday 21:00, last sunday, 2026-11-20, 2026-11-20T21:00+01:00"
                  : "say it like: tomorrow, sunday, in 2 weeks, 2026-12-24; and times like 21:00, tomorrow 9:00"};
}

Instant in_range(Instant when) {
  if (when < Instant{} || when > kLatestInstant) {
    throw Error{Errc::usage, "only the years 1970 to 9999 can be named", "give another date"};
  }
  return when;
}

// A day's time on the wall as a moment.
Instant moment_of(local_days day, milliseconds time, std::optional<minutes> offset, const Zone& zone) {
  const milliseconds wall = day.time_since_epoch() + time;
  return in_range(offset ? Instant{wall - *offset} : zone.moment_at(wall));
}

// Where it was only a day: the moment that `bare` makes of it.
template <class Bare>
Said said(std::string_view text, Instant now, const Zone& zone, Bare&& bare) {
  Reader reader{text, now, zone, Toward::past};
  const auto parts = reader.read();
  if (!parts) no_date(text, Toward::past);
  Instant when{};
  if (parts->exact) {
    when = in_range(*parts->exact);
  } else if (parts->time) {
    when = moment_of(parts->day.value_or(reader.today()), *parts->time, parts->offset, zone);
  } else {
    when = bare(*parts->day, reader.today());
  }
  return {when, parts->offset.value_or(zone.offset_at(when))};
}

}  // namespace

Said moment_said(std::string_view text, Instant now, const Zone& zone) {
  return said(text, now, zone, [&](local_days day, local_days today) {
    return day == today ? now : moment_of(day, hours{12}, std::nullopt, zone);
  });
}

Instant since_said(std::string_view text, Instant now, const Zone& zone) {
  return said(text, now, zone,
              [&](local_days day, local_days) { return moment_of(day, milliseconds{0}, std::nullopt, zone); })
      .when;
}

Instant until_said(std::string_view text, Instant now, const Zone& zone) {
  return said(text, now, zone,
              [&](local_days day, local_days) { return moment_of(day + days{1}, milliseconds{0}, std::nullopt, zone); })
      .when;
}

std::string day_said(std::string_view text, Instant now, const Zone& zone, Toward toward) {
  const auto parts = Reader{text, now, zone, toward}.read();
  if (!parts || !parts->day || parts->time || parts->exact) {
    throw Error{Errc::usage, fmt::format("\"{}\" is no day", harmless_line(text.substr(0, 60))),
                "say it like: today, tomorrow, sunday, next sunday, in 3 days, 2026-12-24"};
  }
  const date::year_month_day date{*parts->day};
  if (date.year() < date::year{1970} || date.year() > date::year{9999}) {
    throw Error{Errc::usage, "only the years 1970 to 9999 can be named", "give another date"};
  }
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

Instant end_said(std::string_view text, Instant now, const Zone& zone, minutes longest) {
  Reader reader{text, now, zone, Toward::future};
  const auto parts = reader.read();
  if (!parts) no_date(text, Toward::future);
  if (parts->exact) return in_range(*parts->exact);
  const auto on = [&](local_days day) { return moment_of(day, parts->time.value_or(hours{12}), parts->offset, zone); };
  const local_days tomorrow = reader.today() + days{1};
  if (!parts->time && *parts->day == tomorrow) return std::min<Instant>(on(tomorrow), now + longest);
  if (parts->day) return on(*parts->day);
  const Instant today = on(reader.today());
  return today > now ? today : on(tomorrow);
}

std::optional<Said> parse_rfc3339(std::string_view text) {
  const auto day = take_date(text);
  if (!day || !(take(text, 'T') || take(text, 't'))) return std::nullopt;
  const auto time = take_time(text);
  if (!time) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return Said{Instant{day->time_since_epoch() + *time - *offset}, *offset};
}

std::string on_the_wall(const std::string& text, const Zone& zone) {
  const auto said = parse_rfc3339(text);
  return said ? rfc3339(said->when, zone.offset_at(said->when)) : text;
}

std::string day_in_words(std::string_view rfc3339) {
  std::string_view rest = rfc3339;
  const auto day = take_date(rest);
  if (!day) return harmless_line(rfc3339);
  const date::year_month_day date{*day};
  std::string weekday{kWeekdays[date::weekday{*day}.c_encoding()]};
  weekday[0] = static_cast<char>(weekday[0] - 'a' + 'A');
  return fmt::format("{}, {} {} {}", weekday, static_cast<unsigned>(date.day()),
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()));
}

std::string time_of_day(std::string_view rfc3339) {
  std::string_view rest = rfc3339;
  if (!take_date(rest) || !take(rest, 'T')) return {};
  const auto time = take_time(rest);
  if (!time) return {};
  const auto whole = std::chrono::floor<minutes>(*time);
  return fmt::format("{:02}:{:02}", whole / hours{1}, whole.count() % 60);
}

std::string age_in_words(Instant then, Instant now) {
  const auto age = now - then;
  const auto some = [](long long count, std::string_view unit) {
    return fmt::format("{} {}{} ago", count, unit, count == 1 ? "" : "s");
  };
  if (age < minutes{1}) return "just now";
  if (age < hours{1}) return some(age / minutes{1}, "minute");
  if (age < hours{48}) return some(age / hours{1}, "hour");
  if (age < days{60}) return some(age / days{1}, "day");
  if (age < days{730}) return some(age / days{30}, "month");
  return some(age / days{365}, "year");
}

}  // namespace attune::cli
