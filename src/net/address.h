// Where a node listens and whom it dials: addresses as people type them, and how they are reached.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"

namespace attune::net {

using Tcp = asio::ip::tcp;

// "HOST:PORT", "[v6]:PORT"; ":PORT" stands for all addresses, to listen on. Throws Errc::usage.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};
[[nodiscard]] HostPort host_port(std::string_view text);
// The same for an address to dial: it names a host and a port. Throws Errc::usage.
[[nodiscard]] HostPort peer_address(std::string_view text);
// "192.168.1.7:7000", "[fe80::1%eth0]:7000"; a v4 address that came mapped into v6 is shown as v4.
[[nodiscard]] std::string to_string(const Tcp::endpoint& endpoint);
// Private, link-local or loopback: the only addresses that are dialled or accepted unless the person named them.
[[nodiscard]] bool near(const asio::ip::address& address);

// How a dial ended.
enum class DialEnd {
  connected,
  refused,      // the machine said that nobody listens there
  silence,      // nothing came back in time
  unreachable,  // no way there, or no such neighbour on this network
  forbidden,    // this machine does not let it out
};
struct Dialled {
  std::optional<Tcp::socket> socket;  // where it is connected
  DialEnd end = DialEnd::unreachable;
  std::string why;  // in the system's words, of the last address that was tried
};
// Connects, within `patience`. No DNS unless a name is given (the system's resolver cannot be hurried: a name may take
// longer). Throws Errc::usage without a host or port, Errc::unreachable where a name leads nowhere.
asio::awaitable<Dialled> try_dial(HostPort to, std::chrono::seconds patience);
[[nodiscard]] Error not_reached(const HostPort& to, const Dialled& dialled);  // Errc::unreachable
// The same for who only wants the connection: throws what not_reached() says.
asio::awaitable<Tcp::socket> dial(HostPort to, std::chrono::seconds patience);

// What every connection of ours gets: no delay for small messages; a dead other side is found within half a minute.
void tune(Tcp::socket& socket) noexcept;

}  // namespace attune::net
