// The addresses of this machine at which a home network can reach it, and word of it when they change.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/address.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace attune::net {

// One address of an interface that is up; near(address) holds.
struct LocalAddress {
  asio::ip::address address;  // a link-local v6 one with its scope
  std::uint32_t interface = 0;
  std::optional<asio::ip::address_v4> broadcast;  // of a v4 address, where its network has one
  friend bool operator==(const LocalAddress&, const LocalAddress&) = default;
};
// Sorted, so that two answers can be compared. Point-to-point interfaces (tunnels) are left out: there is no home
// network behind them. Empty where the system does not tell.
[[nodiscard]] std::vector<LocalAddress> local_addresses();

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
