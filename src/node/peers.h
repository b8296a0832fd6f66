// What this node remembers of other devices: where they were last, when both were up to date, how their clocks differ.
// For this person alone: nothing of it is ever sent or shown to the partner, and of the partner only a day is shown.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "book/book.h"
#include "core/clock.h"
#include "sync/session.h"

namespace attune::node {

struct PeerMemory {
  DeviceId device;
  RootId root;
  bool own = false;
  std::string host;        // empty: never seen at an address
  std::uint16_t port = 0;  // 0: unknown
  std::optional<Instant> last_sync;
  std::chrono::milliseconds clock_ahead{0};
  sync::SetAside aside;  // by the last session in which both were up to date
  [[nodiscard]] bool dialable() const { return !host.empty() && port != 0; }
};

[[nodiscard]] std::vector<PeerMemory> remembered_peers(const book::Book& book);
[[nodiscard]] PeerMemory remembered_peer(const book::Book& book, const DeviceId& device);  // a blank one where unknown
void remember(book::Book& book, const PeerMemory& peer);

}  // namespace attune::node
