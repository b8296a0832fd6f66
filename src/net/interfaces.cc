#include "net/interfaces.h"

#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <bit>
#include <span>

#include "net/address.h"

namespace attune::net {
namespace {

// Glibc fills these structures; as the families say, they are what they are cast to.
asio::ip::address_v4 v4_of(const sockaddr* address) {
  return asio::ip::address_v4{ntohl(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr)};
}

asio::ip::address_v6 v6_of(const sockaddr* address) {
  const auto& in6 = *reinterpret_cast<const sockaddr_in6*>(address);
  asio::ip::address_v6::bytes_type bytes{};
  std::ranges::copy(in6.sin6_addr.s6_addr, bytes.begin());
  return asio::ip::address_v6{bytes, in6.sin6_scope_id};
}

// By the mask, not by what the interface was told: an address may have been added without a broadcast address. Networks
// of one or two addresses have none.
std::optional<asio::ip::address_v4> broadcast_of(const ifaddrs& entry) {
  if (entry.ifa_netmask == nullptr) return std::nullopt;
  const std::uint32_t hosts = ~v4_of(entry.ifa_netmask).to_uint();
  if (hosts <= 1) return std::nullopt;
  return asio::ip::address_v4{v4_of(entry.ifa_addr).to_uint() | hosts};
}

std::uint8_t bits_of(std::span<const std::uint8_t> mask) {
  int bits = 0;
  for (const std::uint8_t byte : mask) bits += std::popcount(byte);
  return static_cast<std::uint8_t>(bits);
}

std::uint8_t prefix_of(const ifaddrs& entry) {
  if (entry.ifa_netmask == nullptr) return 0;
  if (entry.ifa_addr->sa_family == AF_INET) return bits_of(v4_of(entry.ifa_netmask).to_bytes());
  return bits_of(v6_of(entry.ifa_netmask).to_bytes());
}

bool is_up(const ifaddrs& entry) {
  constexpr unsigned kUp = IFF_UP | IFF_RUNNING;
  return (entry.ifa_flags & kUp) == kUp;
}

bool is_tunnel(const ifaddrs& entry) { return (entry.ifa_flags & IFF_POINTOPOINT) != 0; }

std::optional<LocalAddress> local_address(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr || !is_up(entry) || is_tunnel(entry)) return std::nullopt;
  LocalAddress local;
  local.interface = ::if_nametoindex(entry.ifa_name);
  if (entry.ifa_addr->sa_family == AF_INET) {
    local.address = v4_of(entry.ifa_addr);
    local.broadcast = broadcast_of(entry);
  } else if (entry.ifa_addr->sa_family == AF_INET6) {
    local.address = v6_of(entry.ifa_addr);
  } else {
    return std::nullopt;
  }
  if (!near(local.address)) return std::nullopt;
  local.prefix = prefix_of(entry);
  return local;
}

// Calls `each` with everything that the system tells of interfaces; nothing where it does not tell.
template <class Each>
void each_entry(Each each) {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner{first, &::freeifaddrs};
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) each(*entry);
}

template <class Bytes>
bool same_begin(const Bytes& one, const Bytes& other, unsigned bits) {
  for (std::size_t i = 0; i < one.size() && bits > 0; ++i) {
    const unsigned here = std::min(bits, 8U);
    if (((one[i] ^ other[i]) >> (8U - here)) != 0) return false;
    bits -= here;
  }
  return true;
}

int netlink_socket() {
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd < 0) return -1;
  sockaddr_nl from{};
  from.nl_family = AF_NETLINK;
  from.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) == 0) return fd;
  ::close(fd);
  return -1;
}

}  // namespace

std::vector<LocalAddress> local_addresses() {
  std::vector<LocalAddress> all;
  each_entry([&all](const ifaddrs& entry) {
    if (auto one = local_address(entry)) all.push_back(*one);
  });
  std::ranges::sort(all, [](const LocalAddress& one, const LocalAddress& other) {
    return std::tie(one.interface, one.address) < std::tie(other.interface, other.address);
  });
  return all;
}

bool same_network(const std::vector<LocalAddress>& local, const asio::ip::address& address) {
  return std::ranges::any_of(local, [&](const LocalAddress& one) {
    if (one.address.is_v4() != address.is_v4()) return false;
    if (address.is_v4()) return same_begin(one.address.to_v4().to_bytes(), address.to_v4().to_bytes(), one.prefix);
    const auto scope = address.to_v6().scope_id();
    if (scope != 0 && scope != one.interface) return false;
    return same_begin(one.address.to_v6().to_bytes(), address.to_v6().to_bytes(), one.prefix);
  });
}

bool is_local(const asio::ip::address& address) {
  bool found = address.is_loopback();
  each_entry([&](const ifaddrs& entry) {
    if (entry.ifa_addr == nullptr || !is_up(entry)) return;
    if (entry.ifa_addr->sa_family == AF_INET) found = found || address == v4_of(entry.ifa_addr);
    if (entry.ifa_addr->sa_family == AF_INET6) found = found || address == v6_of(entry.ifa_addr);
  });
  return found;
}

std::vector<std::string> tunnels() {
  std::vector<std::string> names;
  each_entry([&names](const ifaddrs& entry) {
    if (is_up(entry) && is_tunnel(entry) && std::ranges::find(names, entry.ifa_name) == names.end()) {
      names.emplace_back(entry.ifa_name);
    }
  });
  std::ranges::sort(names);
  return names;
}

struct InterfaceWatch::State {
  explicit State(asio::io_context& context) : kernel{context} {
    const int fd = netlink_socket();
    if (fd >= 0) kernel.assign(fd);
  }
  asio::posix::stream_descriptor kernel;
};

InterfaceWatch::InterfaceWatch(asio::io_context& context) : state_{std::make_shared<State>(context)} {}
InterfaceWatch::~InterfaceWatch() { stop(); }

asio::awaitable<void> InterfaceWatch::run(std::function<void()> changed) {
  const std::shared_ptr<State> state = state_;  // the watch may go while we wait
  std::vector<LocalAddress> known = local_addresses();
  // What the messages say is not read: many of them tell of nothing that matters here (a router that renews a
  // lifetime), some are lost where too many come at once, and the list is at hand.
  std::array<std::byte, 8192> unread{};
  while (state->kernel.is_open()) {
    asio::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    auto buffer = asio::buffer(unread);
    co_await state->kernel.async_read_some(buffer, token);
    if (!state->kernel.is_open()) co_return;
    if (error && error != asio::error::no_buffer_space) co_return;
    std::vector<LocalAddress> now = local_addresses();
    if (now == known) continue;
    known = std::move(now);
    changed();
  }
}

void InterfaceWatch::stop() noexcept {
  asio::error_code ignored;  // closing what is closed already
  state_->kernel.close(ignored);
}

}  // namespace attune::net
