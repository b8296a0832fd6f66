// Clocks on walls, made up: the rule of the European Union, and one that never changes.
#pragma once

#include <chrono>

#include "core/zone.h"

namespace attune::test {

// One hour more from the last Sunday of March to the last of October, from 01:00 UTC to 01:00 UTC.
class EuropeanZone final : public Zone {
 public:
  explicit EuropeanZone(std::chrono::minutes winter) : winter_{winter} {}

  [[nodiscard]] std::chrono::minutes offset_at(Instant when) const override {
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(when)};
    const bool summer =
        when >= change(date.year(), std::chrono::March) && when < change(date.year(), std::chrono::October);
    return winter_ + std::chrono::hours{summer ? 1 : 0};
  }

  [[nodiscard]] Instant moment_at(std::chrono::milliseconds wall) const override {
    const auto before = offset_at(Instant{wall - std::chrono::hours{24}});
    const auto after = offset_at(Instant{wall + std::chrono::hours{24}});
    const Instant as_before{wall - before};
    const Instant as_after{wall - after};
    return offset_at(as_before) != before && offset_at(as_after) == after ? as_after : as_before;
  }

 private:
  static Instant change(std::chrono::year year, std::chrono::month month) {
    return std::chrono::sys_days{year / month / std::chrono::Sunday[std::chrono::last]} + std::chrono::hours{1};
  }
  std::chrono::minutes winter_;
};

class FixedZone final : public Zone {
 public:
  explicit FixedZone(std::chrono::minutes offset) : offset_{offset} {}
  [[nodiscard]] std::chrono::minutes offset_at(Instant) const override { return offset_; }
  [[nodiscard]] Instant moment_at(std::chrono::milliseconds wall) const override { return Instant{wall - offset_}; }

 private:
  std::chrono::minutes offset_;
};

inline std::chrono::local_days on(int year, unsigned month, unsigned day) {
  return std::chrono::local_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(day)};
}

}  // namespace attune::test
