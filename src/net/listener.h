// Accepts connections with limits, so that a flood of strangers does not keep the partner out: at most 64 that have
// shown nothing, and beside them 64 that have shown a key and not yet a device. docs/protocol.md, section 3.1.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <functional>
#include <memory>

#include "net/address.h"

namespace attune::net {

inline constexpr std::size_t kMaxStrangers = 64;   // connections that have shown nothing
inline constexpr std::size_t kMaxKeyHolders = 64;  // and those whose handshake is under way

// What a connection has shown: that it knows a key of ours, or a guess at the words of a pairing that has cost a try;
// then which device it is. Of either of the first there is only so much; whoever just connects has shown nothing.
enum class Shown { key, device };

class Listener {
 public:
  // `serve` runs once per accepted connection and calls `note` with what it shows; once that is a device, the
  // connection is its own affair. What it throws ends that connection only: it reports its own errors. It is kept as
  // long as one of its coroutines lives, so it may capture what lives longer.
  using Note = std::function<void(Shown)>;
  using Serve = std::function<asio::awaitable<void>(Tcp::socket socket, Note note)>;
  // Binds at once; port 0 draws one, an empty host means all addresses. Throws Errc::unreachable where the address
  // cannot be bound (in use: Errc::busy). `near_only`: connections are closed at accept unless both ends are near().
  Listener(asio::io_context& context, const HostPort& at, bool near_only);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  [[nodiscard]] Tcp::endpoint endpoint() const;
  asio::awaitable<void> run(Serve serve);  // until stop(); once
  void stop() noexcept;                    // closes the port, and the connections that have shown no device

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace attune::net
