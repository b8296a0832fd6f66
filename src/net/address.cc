#include "net/address.h"

#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <asio/ip/address.hpp>
#include <charconv>

#include "core/error.h"

namespace attune::net {
namespace {

constexpr std::size_t kMaxHost = 253;  // the longest name DNS knows

[[noreturn]] void not_an_address(std::string_view why) {
  throw Error{Errc::usage, fmt::format("this is no address: {}", why),
              "write HOST:PORT, for example 192.168.1.7:7000 or [::1]:7000"};
}

std::uint16_t port_from(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size())
    not_an_address("the port is a number up to 65535");
  return port;
}

bool name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool near_v4(asio::ip::address_v4 address) {
  const auto value = address.to_uint();
  const auto within = [value](std::uint32_t net, unsigned bits) {
    return value >> (32U - bits) == net >> (32U - bits);
  };
  return within(0x0A000000, 8) || within(0xAC100000, 12) || within(0xC0A80000, 16) || within(0xA9FE0000, 16) ||
         within(0x7F000000, 8);
}

}  // namespace

HostPort host_port(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) not_an_address("the port is missing");
  std::string_view host = text.substr(0, colon);
  const std::uint16_t port = port_from(text.substr(colon + 1));
  if (host.size() > kMaxHost) not_an_address("the host is too long");
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) not_an_address("a bracket is missing");
    host = host.substr(1, host.size() - 2);
    asio::error_code error;
    static_cast<void>(asio::ip::make_address_v6(std::string{host}, error));  // only whether it is one
    if (error) not_an_address("brackets are for IPv6 addresses");
  } else if (host.find(':') != std::string_view::npos) {
    not_an_address("an IPv6 address stands in brackets");
  } else if (!std::ranges::all_of(host, name_character)) {
    not_an_address("the host has a character that no host has");
  }
  return HostPort{std::string{host}, port};
}

HostPort peer_address(std::string_view text) {
  HostPort at = host_port(text);
  if (at.host.empty() || at.port == 0)
    throw Error{Errc::usage, "an address to dial names a host and a port, HOST:PORT"};
  return at;
}

std::string to_string(const Tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v4()) return fmt::format("{}:{}", address.to_string(), endpoint.port());
  if (address.to_v6().is_v4_mapped()) {
    const auto v4 = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return fmt::format("{}:{}", v4.to_string(), endpoint.port());
  }
  return fmt::format("[{}]:{}", address.to_string(), endpoint.port());
}

bool near(const asio::ip::address& address) {
  if (address.is_v4()) return near_v4(address.to_v4());
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return near_v4(asio::ip::make_address_v4(asio::ip::v4_mapped, v6));
  const bool unique_local = (v6.to_bytes()[0] & 0xFEU) == 0xFCU;  // fc00::/7
  return v6.is_loopback() || v6.is_link_local() || unique_local;
}

void tune(Tcp::socket& socket) noexcept {
  const auto set = [fd = socket.native_handle()](int level, int name, int value) {
    // Ignored: on a connection that is gone already it fails, and the next operation says so better.
    static_cast<void>(::setsockopt(fd, level, name, &value, sizeof value));
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
}

}  // namespace attune::net
