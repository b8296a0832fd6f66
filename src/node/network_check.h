// Finds out what keeps this device apart from others, by what it can observe alone: its interfaces, whether its own
// beacons come back, how calls end, what beacons are heard. Sends what a sync sends, to whom a sync sends it, and
// nothing else: beacons on its own networks, calls to addresses that are remembered or that a beacon names.
// What is heard counts for this one answer and is not kept: it would tell when somebody is at home.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "node/discovery.h"
#include "node/home.h"
#include "node/links.h"
#include "node/network_findings.h"

namespace attune::node {

class NetworkCheck {
 public:
  // Borrowed things outlive it; one at a time. From now on it notes what they do.
  NetworkCheck(asio::io_context& context, Home& home, Links& links, Discovery& discovery);
  ~NetworkCheck();
  NetworkCheck(const NetworkCheck&) = delete;
  NetworkCheck& operator=(const NetworkCheck&) = delete;

  using Told = std::function<void(std::string_view what)>;
  // Listens, then calls; at most about fifteen seconds, less where everybody is reached. `listener`: where this node is
  // called, nullopt where it cannot be.
  asio::awaitable<NetworkObservations> run(std::optional<net::Tcp::endpoint> listener, Told told);

 private:
  [[nodiscard]] bool everybody_reached() const;
  [[nodiscard]] bool echoed() const;
  [[nodiscard]] bool answered() const;  // every call that is due has ended
  asio::awaitable<void> wait_while(std::function<bool()> waiting, std::chrono::milliseconds patience);
  asio::awaitable<void> call_own_addresses();
  asio::awaitable<void> look_at_neighbours();
  void call_remembered();
  void note_attempt(const Attempt& attempt);
  void note_sent(const net::LocalAddress& from, asio::error_code why);
  void note_heard(const net::Beacon& beacon, const asio::ip::address& from, bool own);
  void observe_this_device();
  void find_parties();
  [[nodiscard]] Party* party(bool own);

  asio::io_context& context_;
  Home& home_;
  Links& links_;
  Discovery& discovery_;
  std::optional<net::Tcp::endpoint> listener_;
  asio::steady_timer timer_;
  NetworkObservations seen_;
  std::vector<net::HostPort> announced_;
  std::vector<net::HostPort> due_;  // remembered, and to be called
};

}  // namespace attune::node
