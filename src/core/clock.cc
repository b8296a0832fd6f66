#include "core/clock.h"

#include <date/date.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace attune {

Instant SystemClock::now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Steady SystemClock::steady() const { return std::chrono::steady_clock::now(); }

std::string rfc3339(Instant when, std::chrono::minutes offset) {
  const Instant shown = std::clamp(when, kEarliestInstant, kLatestInstant);
  if (shown + offset < kEarliestInstant || shown + offset > kLatestInstant) offset = std::chrono::minutes{0};
  const auto local = shown + offset;
  const auto day = date::floor<date::days>(local);
  const date::year_month_day ymd{day};
  const date::hh_mm_ss time{local - day};
  const auto minutes = std::abs(offset.count());
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}{:02}:{:02}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(), time.subseconds().count(),
                     offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace attune
