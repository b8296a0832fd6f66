// Accepts connections with limits: at most 64 that have not authenticated, the oldest goes when full, so that a flood
// of strangers does not keep the partner out.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <functional>
#include <memory>

#include "net/channel.h"

namespace attune::net {

class Listener {
 public:
  // Binds at once; port 0 draws one. Throws Errc::unreachable where the address cannot be bound (in use: Errc::busy).
  // `serve` runs once per accepted connection and reports through the returned awaitable; its errors end that connection only.
  using Serve = std::function<asio::awaitable<void>(Tcp::socket socket, std::function<void()> authenticated)>;
  Listener(asio::io_context& context, const HostPort& at, bool near_only);
  ~Listener();
  [[nodiscard]] Tcp::endpoint endpoint() const;
  asio::awaitable<void> run(Serve serve);   // until stop()
  void stop() noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace attune::net
