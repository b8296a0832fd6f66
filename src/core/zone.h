// A place's clock on the wall through the years. The tables of the world's zones stand behind it (zone.cc); whoever
// computes with one is handed it, as with the clock.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"

namespace attune {

class Zone {
 public:
  virtual ~Zone() = default;
  // Minutes east of UTC in force at that moment.
  [[nodiscard]] virtual std::chrono::minutes offset_at(Instant when) const = 0;
  // The moment at which the wall shows `wall` (milliseconds since 1970-01-01T00:00 on the wall). Where clocks go
  // forward and it never shows it: as far behind the jump as `wall` is (02:30 becomes 03:30). Shown twice: the first
  // time.
  [[nodiscard]] virtual Instant moment_at(std::chrono::milliseconds wall) const = 0;
};

// "Europe/Berlin" from the system's tables; nullptr: not there. The name may be anything, from anybody.
[[nodiscard]] std::unique_ptr<Zone> zone_named(const std::string& name);
// For TZ: a table's name, or a rule ("CET-1CEST,M3.5.0,M10.5.0/3") that the C library reads from the environment
// itself; without TZ the system's zone, else UTC.
[[nodiscard]] std::unique_ptr<Zone> local_zone(const std::optional<std::string>& tz);
// What the tables call it; nullopt: it is a rule, or there are no tables.
[[nodiscard]] std::optional<std::string> local_zone_name(const std::optional<std::string>& tz);

// The same distance from UTC for ever.
[[nodiscard]] std::unique_ptr<Zone> zone_at(std::chrono::minutes offset);

// Zones by their names. Whoever meets names that others wrote is handed one, as with the clock.
class Zones {
 public:
  virtual ~Zones() = default;
  // nullptr: there is none of that name here. Valid as long as this.
  [[nodiscard]] virtual const Zone* named(const std::string& name) const = 0;
};
// The system's tables. To find one costs; what was found is kept.
class TableZones final : public Zones {
 public:
  [[nodiscard]] const Zone* named(const std::string& name) const override;

 private:
  mutable std::map<std::string, std::unique_ptr<Zone>> found_;
};

}  // namespace attune
