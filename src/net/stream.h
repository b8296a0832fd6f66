// The thin skin between coroutines and a socket: a deadline that closes it, whole reads, whole writes.
// One io_context thread. What is borrowed (socket, bytes) is owned by a coroutine that awaits.
#pragma once

#include <asio/awaitable.hpp>
#include <chrono>
#include <memory>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/error.h"
#include "net/address.h"

namespace attune::net {

// Closes a socket when its time is up; a pending operation then ends. After a cancelled read the place in the stream is
// unknown, so nothing less than closing is ever done. Moving the time later costs nothing.
class Deadline {
 public:
  explicit Deadline(Tcp::socket& socket);  // the socket stays where it is and lives longer
  ~Deadline();
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void at(Steady when);
  void in(std::chrono::milliseconds time) { at(std::chrono::steady_clock::now() + time); }
  void off() noexcept;
  [[nodiscard]] bool passed() const noexcept;  // it closed the socket

 private:
  struct State;
  static void wait(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

// true: `into` is full. false: the connection ended first, for whatever reason.
asio::awaitable<bool> read_all(Tcp::socket& socket, std::span<std::byte> into);
// At least one byte; 0: the other side closed. nullopt: the connection broke.
asio::awaitable<std::optional<std::size_t>> read_some(Tcp::socket& socket, std::span<std::byte> into);
// false: the connection ended first.
asio::awaitable<bool> write_all(Tcp::socket& socket, BytesView bytes);
// The same, with a deadline that moves on with each piece that the other side takes.
asio::awaitable<bool> write_all(Tcp::socket& socket, BytesView bytes, Deadline& deadline,
                                std::chrono::milliseconds stall);

// Says goodbye and closes; a pending operation ends. Nothing to do where it is closed already.
void shut(Tcp::socket& socket) noexcept;
// Why an operation under this deadline did not succeed: Errc::unreachable.
[[nodiscard]] Error lost(const Deadline& deadline);

}  // namespace attune::net
