#include "net/beacons.h"

#include <algorithm>
#include <array>
#include <asio/ip/multicast.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>

#include "core/error.h"

namespace attune::net {
namespace {

// After an error of the socket: asking again at once would only spin.
constexpr std::chrono::milliseconds kBreath{100};

// Where a datagram from this address goes; nullopt: nowhere. Loopback has no multicast.
std::optional<Udp::endpoint> everybody_near(const LocalAddress& from, std::uint16_t port) {
  if (from.broadcast) return Udp::endpoint{*from.broadcast, port};
  if (from.address.is_v4() || from.address.is_loopback()) return std::nullopt;
  auto all_nodes = asio::ip::make_address_v6("ff02::1");
  all_nodes.scope_id(from.interface);
  return Udp::endpoint{all_nodes, port};
}

asio::error_code bind(Udp::socket& socket, const Udp::endpoint& at) {
  asio::error_code error;
  socket.open(at.protocol(), error);
  if (!error) socket.set_option(Udp::socket::reuse_address{true}, error);  // a second home on this machine hears, too
  if (!error && at.protocol() == Udp::v6()) socket.set_option(asio::ip::v6_only{false}, error);
  if (!error) socket.bind(at, error);
  return error;
}

}  // namespace

std::vector<LocalAddress> reachable_through(const asio::ip::tcp::endpoint& listener,
                                            const std::vector<LocalAddress>& local) {
  const auto bound = plain_address(listener.address());
  const bool everywhere = bound.is_unspecified();
  const bool v4_alone = everywhere && bound.is_v4();
  std::vector<LocalAddress> through;
  for (const LocalAddress& one : local) {
    if (everywhere ? !v4_alone || one.address.is_v4() : plain_address(one.address) == bound) through.push_back(one);
  }
  return through;
}

std::optional<asio::error_code> send_beacon(asio::io_context& context, const LocalAddress& from,
                                            const SealedBeacon& datagram, std::uint16_t port) noexcept {
  const auto to = everybody_near(from, port);
  if (!to) return std::nullopt;
  asio::error_code error;
  Udp::socket socket{context};
  socket.open(to->protocol(), error);
  if (!error && from.broadcast) socket.set_option(Udp::socket::broadcast{true}, error);
  if (!error && !from.broadcast) socket.set_option(asio::ip::multicast::outbound_interface{from.interface}, error);
  if (!error) socket.non_blocking(true, error);
  if (!error) socket.bind(Udp::endpoint{from.address, 0}, error);
  if (!error) socket.send_to(asio::buffer(datagram), *to, 0, error);
  asio::error_code ignored;  // it was sent, or it was not
  socket.close(ignored);
  return error;
}

struct BeaconEar::State {
  explicit State(asio::io_context& context) : socket{context} {}
  Udp::socket socket;
};

BeaconEar::BeaconEar(asio::io_context& context, std::uint16_t port) : state_{std::make_shared<State>(context)} {
  auto error = bind(state_->socket, {Udp::v6(), port});  // both families
  if (error == asio::error::address_family_not_supported) {
    asio::error_code ignored;  // it was not opened
    state_->socket.close(ignored);
    error = bind(state_->socket, {Udp::v4(), port});
  }
  if (error == asio::error::address_in_use) throw Error{Errc::busy, "the port of beacons is in use by another program"};
  if (error) throw Error{Errc::unreachable, "nothing can be heard on the port of beacons: " + error.message()};
}

BeaconEar::~BeaconEar() { stop(); }

std::uint16_t BeaconEar::port() const {
  asio::error_code error;
  const auto endpoint = state_->socket.local_endpoint(error);
  return error ? std::uint16_t{0} : endpoint.port();
}

asio::awaitable<void> BeaconEar::run(Heard heard) {
  const std::shared_ptr<State> state = state_;  // the ear may go while we wait
  asio::steady_timer breath{state->socket.get_executor()};
  std::array<std::byte, kBeaconSize + 1> datagram{};  // one more shows what is too long
  while (state->socket.is_open()) {
    Udp::endpoint from;
    asio::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    auto buffer = asio::buffer(datagram);
    const std::size_t size = co_await state->socket.async_receive_from(buffer, from, token);
    if (!state->socket.is_open()) co_return;
    if (error) {
      breath.expires_after(kBreath);
      asio::error_code ignored;  // nobody cancels it
      auto rest = asio::redirect_error(asio::use_awaitable, ignored);
      co_await breath.async_wait(rest);
      continue;
    }
    if (size != kBeaconSize) continue;
    SealedBeacon beacon{};
    std::copy_n(datagram.begin(), kBeaconSize, beacon.begin());
    auto address = from.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped()) address = plain_address(address);
    heard(beacon, Udp::endpoint{address, from.port()});
  }
}

void BeaconEar::stop() noexcept {
  asio::error_code ignored;  // closing what is closed already
  state_->socket.close(ignored);
}

}  // namespace attune::net
