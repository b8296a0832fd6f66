// A connection of a pairing: every step has the same patience. docs/protocol.md, section 4.1.
#pragma once

#include <asio/awaitable.hpp>
#include <optional>

#include "net/stream.h"

namespace attune::pairing {

// Threads: one. Whoever owns it awaits its coroutines.
class Line {
 public:
  Line(net::Tcp::socket socket, std::chrono::milliseconds patience)
      : socket_{std::move(socket)}, deadline_{socket_}, patience_{patience} {}

  // nullopt: the connection ended first. Throws Errc::peer_misbehaved where a length is beyond `most`.
  asio::awaitable<std::optional<Bytes>> read_message(std::size_t most);
  asio::awaitable<bool> write_message(Bytes message);  // false: the connection ended
  [[nodiscard]] bool timed_out() const noexcept { return deadline_.passed(); }
  [[nodiscard]] Error lost() const { return net::lost(deadline_); }
  [[nodiscard]] net::Tcp::socket release();

 private:
  net::Tcp::socket socket_;
  net::Deadline deadline_;
  std::chrono::milliseconds patience_;
};

}  // namespace attune::pairing
