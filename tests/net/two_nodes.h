// Two devices that share a key, for handshakes over loopback.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/error.h"
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
      live.push_back({{net::KeyChoice::Whose::partner, i, i == 0}, keys[i].clone(), clock_ahead});
    }
    return live;
  }
  [[nodiscard]] DeviceId id() const { return DeviceId{crypto::x25519_public(device.bytes())}; }

  ManualClock clock;
  net::Freshness freshness{clock};
  crypto::DeviceSecret device = crypto::random_secret<crypto::DeviceSecret>();
  std::vector<crypto::NoisePsk> keys;                    // newest first
  std::optional<std::chrono::milliseconds> clock_ahead;  // of the other, as was seen before
  bool trusting = true;
  std::vector<net::PeerProof> asked;
  net::HandshakeContext context;
};

inline asio::awaitable<std::unique_ptr<net::Channel>> open_with(Tcp::socket socket, Node& node, std::size_t key) {
  const auto live = node.live_keys();
  auto channel = co_await net::open_channel(std::move(socket), live.at(key), node.context);
  co_return channel;
}

inline void share_a_key(Node& one, Node& other) {
  one.keys.push_back(crypto::random_secret<crypto::NoisePsk>());
  other.keys.push_back(one.keys.back().clone());
}

// How a handshake ended: with a channel, which goes to `channel`, with nobody, or with an error's name.
inline std::string code_of(Outcome<std::unique_ptr<net::Channel>>& outcome, std::unique_ptr<net::Channel>& channel) {
  try {
    channel = outcome.get();
    return channel ? "a channel" : "nobody";
  } catch (const Error& error) {
    return std::string{name_of(error.code())};
  }
}

}  // namespace attune::test
