#include "net/stream.h"

#include <asio/buffer.hpp>
#include <asio/read.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

namespace attune::net {

struct Deadline::State {
  explicit State(Tcp::socket& guarded) : socket{&guarded}, timer{guarded.get_executor()} {}

  Tcp::socket* socket;  // null once the Deadline is gone: a handler may still be on its way then
  asio::steady_timer timer;
  Steady due = Steady::max();
  Steady rings = Steady::max();  // when the pending wait ends; max: none is pending
  bool passed = false;
};

Deadline::Deadline(Tcp::socket& socket) : state_{std::make_shared<State>(socket)} {}

Deadline::~Deadline() {
  state_->socket = nullptr;
  state_->timer.cancel();
}

void Deadline::at(Steady when) {
  state_->due = when;
  if (when < state_->rings) {
    state_->rings = when;
    wait(state_);
  }
}

void Deadline::off() noexcept {
  state_->due = Steady::max();
  state_->rings = Steady::max();
  state_->timer.cancel();
}

bool Deadline::passed() const noexcept { return state_->passed; }

// One wait is pending at most; when it ends before the time that is due by now, it waits on.
void Deadline::wait(std::shared_ptr<State> state) {
  State& here = *state;
  here.timer.expires_at(here.rings);  // ends an earlier wait with operation_aborted
  here.timer.async_wait([state = std::move(state)](const asio::error_code& error) {
    if (error || state->socket == nullptr) return;
    state->rings = Steady::max();
    if (state->due == Steady::max()) return;
    if (std::chrono::steady_clock::now() < state->due) {
      state->rings = state->due;
      wait(state);
      return;
    }
    state->passed = true;
    shut(*state->socket);
  });
}

asio::awaitable<bool> read_all(Tcp::socket& socket, std::span<std::byte> into) {
  asio::error_code error;
  const auto buffer = asio::buffer(into.data(), into.size());
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await asio::async_read(socket, buffer, token);
  co_return !error;
}

asio::awaitable<std::optional<std::size_t>> read_some(Tcp::socket& socket, std::span<std::byte> into) {
  asio::error_code error;
  const auto buffer = asio::buffer(into.data(), into.size());
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const std::size_t size = co_await socket.async_read_some(buffer, token);
  if (!error) co_return size;
  if (error == asio::error::eof) co_return 0;
  co_return std::nullopt;
}

asio::awaitable<bool> write_all(Tcp::socket& socket, BytesView bytes) {
  asio::error_code error;
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await asio::async_write(socket, buffer, token);
  co_return !error;
}

asio::awaitable<bool> write_all(Tcp::socket& socket, BytesView bytes, Deadline& deadline,
                                std::chrono::milliseconds stall) {
  while (!bytes.empty()) {
    deadline.in(stall);
    asio::error_code error;
    const auto buffer = asio::buffer(bytes.data(), bytes.size());
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const std::size_t size = co_await socket.async_write_some(buffer, token);
    if (error) co_return false;
    bytes = bytes.subspan(size);
  }
  deadline.off();
  co_return true;
}

void shut(Tcp::socket& socket) noexcept {
  // Ignored: a connection that the other side has ended already cannot be shut down, and need not be.
  asio::error_code ignored;
  socket.shutdown(Tcp::socket::shutdown_both, ignored);
  socket.close(ignored);
}

Error lost(const Deadline& deadline) {
  if (deadline.passed()) return Error{Errc::unreachable, "the other side did not answer in time"};
  return Error{Errc::unreachable, "the connection was closed"};
}

}  // namespace attune::net
