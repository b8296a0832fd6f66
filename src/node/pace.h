// When the next beacon is due, and the next try at a link. docs/protocol.md, section 7.3.
#pragma once

#include <chrono>

#include "core/clock.h"

namespace attune::node {

// Between three quarters and five quarters of a pause, so that two nodes that lost each other do not act in step.
[[nodiscard]] std::chrono::milliseconds jittered(std::chrono::milliseconds pause);

// At once, then after 2 s, 4 s, ... up to ten minutes; anew whenever there is a reason to expect somebody. Never more
// than one every two seconds, whatever happens.
class Pace {
 public:
  static constexpr std::chrono::milliseconds kFirstPause{2'000};
  static constexpr std::chrono::milliseconds kLongestPause{600'000};

  explicit Pace(const Clock& clock) : clock_{clock}, due_{clock.steady()} {}
  [[nodiscard]] Steady due() const noexcept { return due_; }
  [[nodiscard]] bool is_due() const { return clock_.steady() >= due_; }
  [[nodiscard]] bool quiet_for(std::chrono::milliseconds time) const;  // nothing was sent in that time
  void anew();                                                         // now, and often again
  void once(std::chrono::milliseconds from);                           // one more, that long from now at the latest
  void sent();                                                         // it was; the pause grows

 private:
  [[nodiscard]] Steady earliest() const;  // not before this

  const Clock& clock_;
  Steady due_;
  bool any_sent_ = false;
  Steady last_{};
  std::chrono::milliseconds pause_ = kFirstPause;
};

// How long to wait before somebody is dialled again: a second, then two, four, ... up to a minute; a second again after
// a session. Sessions that end soon, one after the other, count as tries: what a partner's device brings could end them
// for ever.
class DialPace {
 public:
  static constexpr std::chrono::milliseconds kFirstPause{1'000};
  static constexpr std::chrono::milliseconds kLongestPause{60'000};
  static constexpr std::chrono::seconds kSoon{60};
  static constexpr int kMostShort = 8;

  void ended(std::chrono::nanoseconds lasted);           // a session, on purpose
  void broke_off(std::chrono::nanoseconds lasted);       // by itself: a try, where that was soon
  void anew() noexcept { pause_ = kFirstPause; }         // somebody is to be expected
  [[nodiscard]] std::chrono::milliseconds next_pause();  // and it grows

 private:
  std::chrono::milliseconds pause_ = kFirstPause;
  int short_ones_ = 0;
};

}  // namespace attune::node
