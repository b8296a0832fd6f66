// A place's clock on the wall through the years. The tables of the world's zones stand behind it (cli/zone.cc); whoever
// needs one is handed it, as with the clock.
#pragma once

#include <chrono>

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

}  // namespace attune
