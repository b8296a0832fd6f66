// Coroutines over real sockets of this machine, on ports that the system draws. Everything runs in io.run() on the
// test's own thread; what a coroutine threw comes out of Outcome::get().
#pragma once

#include <gtest/gtest.h>

#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <exception>
#include <memory>
#include <stdexcept>
#include <utility>

#include "core/bytes.h"
#include "net/stream.h"

namespace attune::test {

using Tcp = asio::ip::tcp;

// Boxed, because co_spawn wants results that can be made from nothing.
template <class T>
asio::awaitable<std::unique_ptr<T>> boxed(asio::awaitable<T> task) {
  T result = co_await std::move(task);
  co_return std::make_unique<T>(std::move(result));
}
// For coroutines that return nothing.
inline asio::awaitable<std::unique_ptr<bool>> boxed(asio::awaitable<void> task) {
  co_await std::move(task);
  co_return std::make_unique<bool>(true);
}

template <class T>
class Outcome {
 public:
  Outcome(asio::io_context& io, asio::awaitable<std::unique_ptr<T>> task) {
    asio::co_spawn(io, std::move(task), [state = state_](std::exception_ptr error, std::unique_ptr<T> value) {
      state->error = std::move(error);
      state->value = std::move(value);
      state->done = true;
    });
  }
  [[nodiscard]] bool done() const { return state_->done; }
  // What the coroutine returned, once; throws what it threw. Fails the test where it has not ended.
  T get() {
    if (!state_->done) throw std::logic_error{"the coroutine has not ended"};
    if (state_->error) std::rethrow_exception(state_->error);
    return std::move(*state_->value);
  }

 private:
  struct State {
    bool done = false;
    std::exception_ptr error;
    std::unique_ptr<T> value;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

template <class T>
[[nodiscard]] Outcome<T> spawn(asio::io_context& io, asio::awaitable<T> task) {
  return Outcome<T>{io, boxed(std::move(task))};
}
[[nodiscard]] inline Outcome<bool> spawn(asio::io_context& io, asio::awaitable<void> task) {
  return Outcome<bool>{io, boxed(std::move(task))};
}

// Two ends of one connection.
struct Ends {
  explicit Ends(asio::io_context& io) : Ends{io, io} {}
  Ends(asio::io_context& of_one, asio::io_context& of_other) : one{of_one}, other{of_other} {
    one.connect(acceptor().local_endpoint());
    do {  // whoever else came is nobody's
      other.close();
      acceptor().accept(other);
    } while (other.remote_endpoint() != one.local_endpoint());
  }
  Tcp::socket one;
  Tcp::socket other;

 private:
  // One for all: the port of each would not be free again for a minute, and there are 28,000 of them.
  static Tcp::acceptor& acceptor() {
    static asio::io_context io;
    static Tcp::acceptor listening{io, Tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
    return listening;
  }
};

// Whatever arrives until the other side closes (true) or the connection breaks (false).
inline asio::awaitable<std::pair<Bytes, bool>> everything(Tcp::socket& socket) {
  std::pair<Bytes, bool> heard;
  std::array<std::byte, 4096> chunk;
  for (;;) {
    const auto size = co_await net::read_some(socket, chunk);
    if (size.value_or(0) == 0) {
      heard.second = size.has_value();
      co_return heard;
    }
    append(heard.first, BytesView{chunk}.first(*size));
  }
}

}  // namespace attune::test
