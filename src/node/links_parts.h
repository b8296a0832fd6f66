// What the parts of Links share: a session that runs, an address that is dialled again and again, waiting.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <optional>

#include "node/links.h"

namespace attune::node {

struct Links::Live {
  net::Channel& channel;
  sync::Session& session;
  net::PeerProof proof;
  DeviceId initiator;
  asio::steady_timer moved;  // cancelled at each step and at the end
  asio::steady_timer old;    // the handshake's hour
  std::optional<Steady> remembered;
  bool ended = false;
};

struct Links::Target {
  net::HostPort at;
  std::optional<DeviceId> device;
  std::optional<bool> own;  // whose device is expected there
  asio::steady_timer pause;
  bool kicked = false;
};

// Waits until the timer expires or is cancelled.
asio::awaitable<void> wait(asio::steady_timer& timer);

}  // namespace attune::node
