// dial(): one address after the other, each under its share of the time.
#include <fmt/format.h>

#include <asio/ip/address.hpp>
#include <asio/redirect_error.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <vector>

#include "core/error.h"
#include "net/address.h"
#include "net/stream.h"

namespace attune::net {
namespace {

using Endpoints = std::vector<Tcp::endpoint>;

DialEnd end_of(const asio::error_code& error) {
  if (error == asio::error::connection_refused) return DialEnd::refused;
  if (error == asio::error::timed_out) return DialEnd::silence;
  if (error == asio::error::no_permission || error == asio::error::access_denied) return DialEnd::forbidden;
  return DialEnd::unreachable;
}

asio::awaitable<Endpoints> look_up(HostPort to) {
  Endpoints found;
  asio::error_code error;
  const auto literal = asio::ip::make_address(to.host, error);
  if (!error) {
    found.emplace_back(literal, to.port);
    co_return found;
  }
  const auto executor = co_await asio::this_coro::executor;
  Tcp::resolver resolver{executor};
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const std::string port = std::to_string(to.port);
  const auto results = co_await resolver.async_resolve(to.host, port, token);
  if (error) throw Error{Errc::unreachable, fmt::format("the name {} leads nowhere: {}", to.host, error.message())};
  for (const auto& result : results) found.push_back(result.endpoint());
  co_return found;
}

}  // namespace

asio::awaitable<Dialled> try_dial(HostPort to, std::chrono::seconds patience) {
  if (to.host.empty() || to.port == 0) throw Error{Errc::usage, "an address to dial has a host and a port"};
  const Steady end = std::chrono::steady_clock::now() + patience;
  const Endpoints endpoints = co_await look_up(to);
  const auto executor = co_await asio::this_coro::executor;
  Dialled dialled;
  dialled.why = "no address";
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= left.zero()) break;
    Tcp::socket socket{executor};
    Deadline deadline{socket};
    deadline.at(end - left + left / static_cast<int>(endpoints.size() - i));
    asio::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    co_await socket.async_connect(endpoints[i], token);
    if (!error && !deadline.passed()) {
      deadline.off();
      tune(socket);
      dialled.end = DialEnd::connected;
      dialled.socket = std::move(socket);
      co_return std::move(dialled);
    }
    dialled.end = deadline.passed() ? DialEnd::silence : end_of(error);
    dialled.why = deadline.passed() ? "no answer in time" : error.message();
  }
  co_return std::move(dialled);
}

Error not_reached(const HostPort& to, const Dialled& dialled) {
  return Error{Errc::unreachable, fmt::format("{}:{} cannot be reached: {}", to.host, to.port, dialled.why)};
}

asio::awaitable<Tcp::socket> dial(HostPort to, std::chrono::seconds patience) {
  HostPort at = to;
  Dialled dialled = co_await try_dial(std::move(at), patience);
  if (!dialled.socket) throw not_reached(to, dialled);
  co_return std::move(*dialled.socket);
}

}  // namespace attune::net
