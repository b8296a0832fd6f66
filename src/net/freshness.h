// Is a first handshake message new? docs/protocol.md, section 3.4. Who records one and sends it again must not learn
// from an answer that this device belongs to the couple.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <optional>
#include <set>

#include "core/bytes.h"
#include "core/clock.h"

namespace attune::net {

// Remembers first messages, in memory: a restart forgets them. Asked only about messages that were authentic, so that
// strangers cannot fill it.
class Freshness {
 public:
  static constexpr std::chrono::seconds kWindow{90};
  static constexpr std::chrono::hours kWideWindow{24};
  static constexpr std::chrono::minutes kWideFor{10};
  // They are forgotten by number, not by time: clocks jump, offsets change, and a window that closed can open again.
  static constexpr std::size_t kMaxSeen = 8192;

  explicit Freshness(const Clock& clock) : clock_{clock} {}
  // true: `sent` is within 90 s of our clock (or of our clock shifted by `known_offset`), or within 24 h while widened,
  // and this ephemeral key (32 bytes) was not seen before.
  [[nodiscard]] bool accept(BytesView ephemeral, Instant sent, std::optional<std::chrono::milliseconds> known_offset);
  void widen();  // for ten minutes: the person ran sync or doctor --network

 private:
  using Key = std::array<std::byte, 32>;
  [[nodiscard]] bool in_time(Instant sent, std::optional<std::chrono::milliseconds> known_offset) const;

  const Clock& clock_;
  std::set<Key> seen_;
  std::deque<Key> in_order_;  // the one seen first in front
  std::optional<Steady> wide_until_;
};

}  // namespace attune::net
