#include "net/freshness.h"

#include <algorithm>

#include "core/check.h"

namespace attune::net {

bool Freshness::accept(BytesView ephemeral, Instant sent, std::optional<std::chrono::milliseconds> known_offset) {
  ATTUNE_CHECK(ephemeral.size() == Key{}.size());
  if (!in_time(sent, known_offset)) return false;
  Key key{};
  std::ranges::copy(ephemeral, key.begin());
  if (!seen_.insert(key).second) return false;
  in_order_.push_back(key);
  if (in_order_.size() > kMaxSeen) {
    seen_.erase(in_order_.front());
    in_order_.pop_front();
  }
  return true;
}

bool Freshness::in_time(Instant sent, std::optional<std::chrono::milliseconds> known_offset) const {
  const Instant now = clock_.now();
  const auto within = [&](Instant middle, std::chrono::milliseconds window) {
    return sent >= middle - window && sent <= middle + window;
  };
  if (within(now, kWindow)) return true;
  if (known_offset && within(now + *known_offset, kWindow)) return true;
  return wide_until_ && clock_.steady() < *wide_until_ && within(now, kWideWindow);
}

void Freshness::widen() { wide_until_ = clock_.steady() + kWideFor; }

}  // namespace attune::net
