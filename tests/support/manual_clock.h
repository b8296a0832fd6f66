// A clock that stands still until the test moves it.
#pragma once

#include "core/clock.h"

namespace attune::test {

class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start = Instant{std::chrono::milliseconds{1'790'000'000'000}}) : now_{start} {}
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] Steady steady() const override { return steady_; }
  void advance(std::chrono::milliseconds by) {
    now_ += by;
    steady_ += by;
  }
  void set(Instant now) { now_ = now; }  // the calendar jumps, intervals do not

 private:
  Instant now_;
  Steady steady_{};
};

}  // namespace attune::test
