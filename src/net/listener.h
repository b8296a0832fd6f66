// Accepts connections with limits: at most 64 that have not authenticated, the oldest goes when full, so that a flood
// of strangers does not keep the partner out.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <functional>
#include <memory>

#include "net/address.h"

namespace attune::net {

inline constexpr std::size_t kMaxStrangers = 64;  // connections that have not authenticated

class Listener {
 public:
  // `serve` runs once per accepted connection and calls `authenticated` when it knows who it is; from then on the
  // connection is its own affair. What it throws ends that connection only: it reports its own errors. It is kept as
  // long as one of its coroutines lives, so it may capture what lives longer.
  using Serve = std::function<asio::awaitable<void>(Tcp::socket socket, std::function<void()> authenticated)>;
  // Binds at once; port 0 draws one, an empty host means all addresses. Throws Errc::unreachable where the address
  // cannot be bound (in use: Errc::busy). `near_only`: connections are closed at accept unless both ends are near().
  Listener(asio::io_context& context, const HostPort& at, bool near_only);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  [[nodiscard]] Tcp::endpoint endpoint() const;
  asio::awaitable<void> run(Serve serve);  // until stop(); once
  void stop() noexcept;                    // closes the port, and the connections that have not authenticated

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace attune::net
