// The addresses of this machine at which a home network can reach it, and word of it when they change.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace attune::net {

// One address of an interface that is up; near(address) holds.
struct LocalAddress {
  asio::ip::address address;  // a link-local v6 one with its scope
  std::uint32_t interface = 0;
  std::uint8_t prefix = 0;                        // how many bits of it name its network
  std::optional<asio::ip::address_v4> broadcast;  // of a v4 address, where its network has one
  friend bool operator==(const LocalAddress&, const LocalAddress&) = default;
};
// Sorted, so that two answers can be compared. Point-to-point interfaces (tunnels) are left out: there is no home
// network behind them. Empty where the system does not tell.
[[nodiscard]] std::vector<LocalAddress> local_addresses();
// Whether that address is part of the network of one of these: then no router stands between.
[[nodiscard]] bool same_network(const std::vector<LocalAddress>& local, const asio::ip::address& address);
// Whether that is an address of this machine now, of any interface that is up, tunnels included; loopback always is.
[[nodiscard]] bool is_local(const asio::ip::address& address);
// The point-to-point interfaces that are up, by name: what local_addresses() leaves out.
[[nodiscard]] std::vector<std::string> tunnels();

// Hears from the kernel (rtnetlink) that addresses or links changed.
class InterfaceWatch {
 public:
  explicit InterfaceWatch(asio::io_context& context);
  ~InterfaceWatch();
  InterfaceWatch(const InterfaceWatch&) = delete;
  InterfaceWatch& operator=(const InterfaceWatch&) = delete;

  // Calls `changed` whenever local_addresses() is another list than before, until stop(). Ends at once where the kernel
  // does not tell (no netlink): then only time tells. Once.
  asio::awaitable<void> run(std::function<void()> changed);
  void stop() noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace attune::net
