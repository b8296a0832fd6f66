// Beacons on the wire: UDP on one fixed port, to the broadcast address and to ff02::1. docs/protocol.md, section 7.
// Nothing is joined (everybody is a member of ff02::1), and nothing that arrives is ever answered here.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "net/beacon.h"
#include "net/interfaces.h"

namespace attune::net {

using Udp = asio::ip::udp;

// Of these addresses the ones that a listener bound like this is reached at: all of them where it listens everywhere
// (loopback among them, so that two homes on one machine meet), else the one that it is bound to.
[[nodiscard]] std::vector<LocalAddress> reachable_through(const asio::ip::tcp::endpoint& listener,
                                                          const std::vector<LocalAddress>& local);

// One datagram from that very address to everybody on its link, out of a socket and from a port of its own. Why it
// could not be sent, where it could not: nothing to act upon, since an address may have gone meanwhile, and the next
// beacon is soon. nullopt: from that address nobody can be reached so (loopback has no multicast).
std::optional<asio::error_code> send_beacon(asio::io_context& context, const LocalAddress& from,
                                            const SealedBeacon& datagram, std::uint16_t port = kBeaconPort) noexcept;

// Hears what arrives on the port, by v4 and v6; several may listen on one machine.
class BeaconEar {
 public:
  // Called for datagrams of the right size. `from`: v4 where it came mapped into v6, a link-local one with its scope.
  using Heard = std::function<void(const SealedBeacon& datagram, const Udp::endpoint& from)>;
  // Binds at once; port 0 draws one. Throws Errc::busy where another program holds the port for itself,
  // Errc::unreachable where the system lets nobody listen.
  explicit BeaconEar(asio::io_context& context, std::uint16_t port = kBeaconPort);
  ~BeaconEar();
  BeaconEar(const BeaconEar&) = delete;
  BeaconEar& operator=(const BeaconEar&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  asio::awaitable<void> run(Heard heard);  // until stop(); once
  void stop() noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace attune::net
