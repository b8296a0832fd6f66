// Two devices that share a key, for handshakes over loopback.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"
#include "crypto/curve.h"
#include "crypto/random.h"
#include "net/channel.h"
#include "net/loopback.h"
#include "support/manual_clock.h"

namespace attune::test {

// Small enough for a test to wait for, large enough for a handshake on a busy machine.
inline constexpr net::Limits kShort{std::chrono::milliseconds{60}, std::chrono::milliseconds{150},
                                    std::chrono::milliseconds{150}};
inline constexpr net::Limits kLong{std::chrono::seconds{60}, std::chrono::seconds{60}, std::chrono::seconds{60}};
inline constexpr net::Limits kSmallReads{std::chrono::seconds{60}, std::chrono::seconds{60}, std::chrono::seconds{60},
                                         512};

// One device: its keys, what it believes, and what it was asked.
struct Node {
  explicit Node(std::string its_admit, net::Limits limits = kLong) {
    context.clock = &clock;
    context.freshness = &freshness;
    context.device = &device;
    context.admit = std::move(its_admit);
    context.keys = [this] { return live_keys(); };
    context.believes = [this](const net::PeerProof& proof) {
      asked.push_back(proof);
      return trusting;
    };
    context.limits = limits;
  }

  [[nodiscard]] std::vector<net::LivePsk> live_keys() const {
    std::vector<net::LivePsk> live;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      live.push_back({{net::KeyChoice::Whose::partner, i, i == 0}, keys[i].clone()});
    }
    return live;
  }
  [[nodiscard]] DeviceId id() const { return DeviceId{crypto::x25519_public(device.bytes())}; }

  ManualClock clock;
  net::Freshness freshness{clock};
  crypto::DeviceSecret device = crypto::random_secret<crypto::DeviceSecret>();
  std::vector<crypto::NoisePsk> keys;  // newest first
  bool trusting = true;
  std::vector<net::PeerProof> asked;
  net::HandshakeContext context;
};

inline asio::awaitable<std::unique_ptr<net::Channel>> open_with(Tcp::socket socket, Node& node, std::size_t key) {
  const auto live = node.live_keys();
  auto channel = co_await net::open_channel(std::move(socket), live.at(key), node.context);
  co_return channel;
}

}  // namespace attune::test
