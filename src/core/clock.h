// The one place that reads time. Everything that needs "now" is handed a Clock; tests hand in their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace attune {

// A moment of the calendar, milliseconds since 1970-01-01T00:00:00Z.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
// For intervals and deadlines; goes on through changes of the calendar clock.
using Steady = std::chrono::steady_clock::time_point;

// 0001-01-01T00:00:00Z; no calendar that people write down in four digits begins earlier.
inline constexpr Instant kEarliestInstant{std::chrono::milliseconds{-62135596800000}};
// The latest moment an op may carry (9999-12-31T23:59:59.999Z); a later one counts as this.
inline constexpr Instant kLatestInstant{std::chrono::milliseconds{253402300799999}};

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual Steady steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Steady steady() const override;
};

// "2026-11-20T21:00:00.000+01:00" (RFC 3339), shown at the given distance from UTC; in UTC where the year on the wall
// would not be 1 to 9999. A moment before kEarliestInstant or after kLatestInstant is shown as these.
[[nodiscard]] std::string rfc3339(Instant when, std::chrono::minutes offset);

}  // namespace attune
