#include "node/pace.h"

#include <algorithm>

#include "crypto/random.h"

namespace attune::node {

std::chrono::milliseconds jittered(std::chrono::milliseconds pause) {
  const auto quarter = static_cast<std::uint32_t>(pause.count() / 4);
  return pause - std::chrono::milliseconds{quarter} + std::chrono::milliseconds{crypto::random_below(2 * quarter + 1)};
}

Steady Pace::earliest() const { return any_sent_ ? std::max(clock_.steady(), last_ + kFirstPause) : clock_.steady(); }

bool Pace::quiet_for(std::chrono::milliseconds time) const { return !any_sent_ || clock_.steady() - last_ >= time; }

void Pace::anew() {
  pause_ = kFirstPause;
  due_ = earliest();
}

void Pace::once(std::chrono::milliseconds from) { due_ = std::min(due_, std::max(earliest(), clock_.steady() + from)); }

void Pace::sent() {
  any_sent_ = true;
  last_ = clock_.steady();
  due_ = last_ + std::max(kFirstPause, jittered(pause_));
  pause_ = std::min(pause_ * 2, kLongestPause);
}

void DialPace::ended(std::chrono::nanoseconds lasted) {
  short_ones_ = lasted < kSoon ? short_ones_ + 1 : 0;
  if (short_ones_ <= kMostShort) anew();
}

void DialPace::broke_off(std::chrono::nanoseconds lasted) {
  if (lasted >= kSoon) ended(lasted);
}

std::chrono::milliseconds DialPace::next_pause() {
  const auto now = pause_;
  pause_ = std::min(pause_ * 2, kLongestPause);
  return jittered(now);
}

}  // namespace attune::node
