// Somebody between two ends of a connection, who holds what each of them says until they pass something on.
#pragma once

#include <asio/write.hpp>

#include "net/loopback.h"

namespace attune::test {

// Everything that can happen before the next word from outside.
inline void settle(asio::io_context& io) {
  io.restart();
  while (io.poll() > 0) {
  }
}

class Middle {
 public:
  explicit Middle(asio::io_context& io) : io_{io} {
    near_.other.non_blocking(true);
    far_.other.non_blocking(true);
    // As a node's own connections: else a small message may wait for the acknowledgement of the one before.
    for (Tcp::socket* socket : {&near_.one, &far_.one}) socket->set_option(Tcp::no_delay{true});
  }
  // To be given to the two ends.
  [[nodiscard]] Tcp::socket take_one() { return std::move(near_.one); }
  [[nodiscard]] Tcp::socket take_other() { return std::move(far_.one); }

  // All that the one end, or the other, has said since it was asked last.
  [[nodiscard]] Bytes from_one() { return from(near_.other); }
  [[nodiscard]] Bytes from_other() { return from(far_.other); }
  void to_one(BytesView bytes) { to(near_.other, bytes); }
  void to_other(BytesView bytes) { to(far_.other, bytes); }
  void hang_up() {
    for (Tcp::socket* socket : {&near_.other, &far_.other}) {
      asio::error_code ignored;  // it may have ended already
      socket->close(ignored);
    }
    settle(io_);
  }

 private:
  Bytes from(Tcp::socket& socket) {
    settle(io_);
    Bytes heard;
    std::array<std::byte, 4096> chunk;
    asio::error_code error;
    for (;;) {
      const std::size_t size = socket.read_some(asio::buffer(chunk.data(), chunk.size()), error);
      if (error) return heard;
      append(heard, BytesView{chunk}.first(size));
    }
  }
  void to(Tcp::socket& socket, BytesView bytes) {
    asio::error_code gone;  // whoever has hung up hears nothing more
    asio::write(socket, asio::buffer(bytes.data(), bytes.size()), gone);
    settle(io_);
  }

  asio::io_context& io_;
  Ends near_{io_};
  Ends far_{io_};
};

}  // namespace attune::test
