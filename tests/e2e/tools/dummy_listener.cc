// A program with nothing to hide, which a node that is left alone must look like: takes connections on a port that the
// system draws and prints, reads what comes, says nothing, and closes after two seconds and up to half of one more,
// drawn to the nanosecond, or when the other side does.
#include <array>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <random>

namespace {

using Tcp = asio::ip::tcp;

std::chrono::nanoseconds patience() {
  static std::random_device chance;
  static std::uniform_int_distribution<std::int64_t> drawn{2'000'000'000, 2'499'999'999};
  return std::chrono::nanoseconds{drawn(chance)};
}

class Guest : public std::enable_shared_from_this<Guest> {
 public:
  explicit Guest(Tcp::socket socket) : socket_{std::move(socket)}, deadline_{socket_.get_executor(), patience()} {
    socket_.set_option(Tcp::no_delay{true});
  }
  void begin() {
    deadline_.async_wait([self = shared_from_this()](asio::error_code cancelled) {
      if (!cancelled) self->close();
    });
    read_on();
  }

 private:
  void read_on() {
    socket_.async_read_some(asio::buffer(dropped_), [self = shared_from_this()](asio::error_code error, std::size_t) {
      if (!error) {
        self->read_on();
      } else {
        self->deadline_.cancel();
        self->close();
      }
    });
  }
  void close() {
    asio::error_code ignored;  // the other side was first
    socket_.shutdown(Tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
  }

  Tcp::socket socket_;
  asio::steady_timer deadline_;
  std::array<char, 1024> dropped_{};
};

void take(Tcp::acceptor& acceptor) {
  acceptor.async_accept([&acceptor](asio::error_code error, Tcp::socket socket) {
    if (!error) std::make_shared<Guest>(std::move(socket))->begin();
    take(acceptor);
  });
}

}  // namespace

int main() {
  asio::io_context io{1};
  Tcp::acceptor acceptor{io, Tcp::endpoint{Tcp::v6(), 0}};
  std::cout << acceptor.local_endpoint().port() << std::endl;
  take(acceptor);
  io.run();
  return 0;
}
