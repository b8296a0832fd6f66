// How the one who types three words finds the one who shows them. docs/protocol.md, section 7.4.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <map>
#include <vector>

#include "core/clock.h"
#include "net/address.h"
#include "net/beacon.h"
#include "net/beacons.h"

namespace attune::node {

// What helps where the other side is not found, or somebody else answers in its place.
inline constexpr auto* kNameThePeer = "add --peer HOST:PORT, as the other screen shows it";

// While a code is shown: a beacon every second, from each address at which its listener can be reached.
class PairingCall {
 public:
  PairingCall(asio::io_context& context, const Clock& clock, const net::Tcp::endpoint& listener,
              std::uint16_t port = net::kBeaconPort);
  asio::awaitable<void> run();  // until stop()
  void stop();

 private:
  void send() const;

  asio::io_context& context_;
  const Clock& clock_;
  net::Tcp::endpoint listener_;
  std::uint16_t port_;
  net::PairingTag tag_{};
  asio::steady_timer timer_;
  bool stopped_ = false;
};

// How long the search waits for a first beacon, and then for one of somebody else.
struct SearchPatience {
  std::chrono::milliseconds first{20'000};
  std::chrono::milliseconds other{2'500};
};

// Listens, and sends nothing.
class PairingSearch {
 public:
  static constexpr std::size_t kMostAddresses = 8;

  // Binds at once; throws as net::BeaconEar does, with what helps. The clock outlives it.
  PairingSearch(asio::io_context& context, const Clock& clock, SearchPatience patience = {},
                std::uint16_t port = net::kBeaconPort);
  [[nodiscard]] std::uint16_t port() const { return ear_.port(); }
  // The addresses of the one who shows a code, in the order in which they were heard. Throws Errc::unreachable where
  // nobody does, or more than one, or it was stopped.
  asio::awaitable<std::vector<net::HostPort>> run();
  void stop();

 private:
  void heard(const net::SealedBeacon& datagram, const net::Udp::endpoint& from);

  asio::io_context& context_;
  const Clock& clock_;
  SearchPatience patience_;
  net::BeaconEar ear_;
  asio::steady_timer timer_;
  net::BeaconKeys keys_;  // made anew each day, not for each datagram that a stranger sends
  std::map<net::PairingTag, std::vector<net::HostPort>> shown_;
  bool stopped_ = false;
};

}  // namespace attune::node
