#include "journal/schedule.h"

#include <algorithm>
#include <optional>

namespace attune::journal {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::year_month;
using std::chrono::year_month_day;

bool on_weekday(const Schedule& schedule, Day day) {
  const unsigned bit = std::chrono::weekday{day}.iso_encoding() - 1;  // Monday 0
  return ((schedule.weekdays >> bit) & 1U) != 0;
}

// Its day in that month.
Day in_month(const Schedule& schedule, year_month month) {
  const std::chrono::day last = (month / std::chrono::last).day();
  return Day{month / std::min(std::chrono::day{schedule.month_day}, last)};
}

// The first day from `from` on; nullopt: none any more.
std::optional<Day> first_from(const Schedule& schedule, Day from) {
  switch (schedule.every) {
    case Schedule::Every::once: return from <= schedule.from ? std::optional{schedule.from} : std::nullopt;
    case Schedule::Every::day: return from;
    case Schedule::Every::week:
      for (int i = 0; i < 7; ++i, from += days{1}) {
        if (on_weekday(schedule, from)) return from;
      }
      return std::nullopt;
    case Schedule::Every::month: {
      const year_month_day date{from};
      const year_month month{date.year(), date.month()};
      const Day day = in_month(schedule, month);
      return day >= from ? day : in_month(schedule, month + months{1});
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<Day> days_of(const Schedule& schedule, Day first, Day last) {
  std::vector<Day> found;
  last = std::min(last, kLatestDay);
  auto next = first_from(schedule, std::max({first, schedule.from, kEarliestDay}));
  while (next && *next <= last && found.size() < kMostDays) {
    found.push_back(*next);
    next = first_from(schedule, *next + days{1});
  }
  return found;
}

bool comes_on(const Schedule& schedule, Day day) { return !days_of(schedule, day, day).empty(); }

Instant moment_on(const Schedule& schedule, Day day, const Zone& zone) {
  return zone.moment_at(day.time_since_epoch() + schedule.at);
}

Day day_at(Instant when, const Zone& zone) {
  return Day{std::chrono::floor<days>(when.time_since_epoch() + zone.offset_at(when))};
}

}  // namespace attune::journal
