#include "net/listener.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <asio/co_spawn.hpp>
#include <asio/ip/v6_only.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>
#include <map>
#include <optional>
#include <utility>

#include "core/error.h"
#include "net/stream.h"

namespace attune::net {
namespace {

// Out of descriptors or memory: the connection waits in the backlog, and asking again at once would only spin.
constexpr std::chrono::milliseconds kBreath{100};
constexpr std::size_t kHousehold = 8;  // connections from one address: more are a flood

// A second descriptor of a connection that somebody else owns, to end it from here. While it is open the number cannot
// be reused for another connection, which the owner's own number could.
class Grip {
 public:
  explicit Grip(Tcp::socket& socket) : fd_{::fcntl(socket.native_handle(), F_DUPFD_CLOEXEC, 0)} {}
  ~Grip() {
    if (fd_ >= 0) ::close(fd_);
  }
  Grip(const Grip&) = delete;
  Grip& operator=(const Grip&) = delete;
  [[nodiscard]] bool holds() const noexcept { return fd_ >= 0; }
  void end() const noexcept {
    if (fd_ >= 0) ::shutdown(fd_, SHUT_RDWR);  // what its owner reads or writes then ends
  }

 private:
  int fd_;
};

// Connections of one kind, up to a limit.
class Guests {
 public:
  explicit Guests(std::size_t most) : most_{most} {}
  // Ends one where there are too many. false: there is nothing to end this one by, so it cannot be taken in.
  bool add(std::uint64_t number, Tcp::socket& socket, const asio::ip::address& from) {
    make_room();
    const auto [guest, is_new] = all_.try_emplace(number, socket, from);
    if (guest->second.grip.holds()) return true;
    all_.erase(guest);
    return false;
  }
  void take(Guests& from, std::uint64_t number) {
    auto moved = from.all_.extract(number);
    if (!moved) return;
    make_room();
    all_.insert(std::move(moved));
  }
  void remove(std::uint64_t number) { all_.erase(number); }
  void end() noexcept {
    for (const auto& [number, guest] : all_) guest.grip.end();
    all_.clear();
  }

 private:
  struct Guest {
    Guest(Tcp::socket& socket, asio::ip::address address) : grip{socket}, from{std::move(address)} {}
    Grip grip;
    asio::ip::address from;
  };

  // The oldest of the address that has most: who floods from one address pushes out themselves, and nobody else. A
  // household that calls from one address is no flood.
  void make_room() {
    if (all_.size() < most_) return;
    std::map<asio::ip::address, std::size_t> counts;
    std::size_t largest = 0;
    for (const auto& [number, guest] : all_) largest = std::max(largest, ++counts[guest.from]);
    const auto of_a_flood = [&](const auto& one) {
      return largest <= kHousehold || counts[one.second.from] == largest;
    };
    const auto goes = std::ranges::find_if(all_, of_a_flood);
    goes->second.grip.end();
    all_.erase(goes);
  }

  std::size_t most_;
  std::map<std::uint64_t, Guest> all_;  // by number, so the oldest in front
};

Tcp::endpoint endpoint_of(asio::io_context& context, const HostPort& at) {
  if (at.host.empty()) return {asio::ip::address_v6::any(), at.port};
  asio::error_code error;
  const auto literal = asio::ip::make_address(at.host, error);
  if (!error) return {literal, at.port};
  Tcp::resolver resolver{context};
  const auto found = resolver.resolve(at.host, std::to_string(at.port), error);
  if (error || found.empty()) throw Error{Errc::unreachable, fmt::format("the name {} leads nowhere", at.host)};
  return found.begin()->endpoint();
}

asio::error_code bind(Tcp::acceptor& acceptor, const Tcp::endpoint& at, bool all_addresses) {
  asio::error_code error;
  acceptor.open(at.protocol(), error);
  if (!error) acceptor.set_option(Tcp::acceptor::reuse_address{true}, error);
  if (!error && at.protocol() == Tcp::v6()) acceptor.set_option(asio::ip::v6_only{!all_addresses}, error);
  if (!error) acceptor.bind(at, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  return error;
}

// Whom this connection comes from; nullopt: it has ended already.
std::optional<asio::ip::address> from_of(const Tcp::socket& socket) {
  asio::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return std::nullopt;
  return remote.address();
}

bool near_by(const Tcp::socket& socket) {
  asio::error_code error;
  const auto local = socket.local_endpoint(error);
  return !error && near(local.address());
}

}  // namespace

struct Listener::State {
  State(asio::io_context& context, bool only_near) : acceptor{context}, near_only{only_near} {}

  static void take_in(const std::shared_ptr<State>& state, Tcp::socket socket);
  static asio::awaitable<void> serve_one(std::shared_ptr<State> state, Tcp::socket socket, std::uint64_t number);
  void note(std::uint64_t number, Shown shown);
  void forget(std::uint64_t number);

  Tcp::acceptor acceptor;
  bool near_only;
  Serve serve;
  Guests strangers{kMaxStrangers};
  Guests key_holders{kMaxKeyHolders};
  std::uint64_t next_number = 0;
};

// Counts a connection in and begins to serve it.
void Listener::State::take_in(const std::shared_ptr<State>& state, Tcp::socket socket) {
  const auto from = from_of(socket);
  if (!from || (state->near_only && !(near(*from) && near_by(socket)))) return;
  tune(socket);
  const std::uint64_t number = state->next_number++;
  if (!state->strangers.add(number, socket, *from)) return;
  const auto executor = socket.get_executor();
  // Serve reports its own errors; an Error that escapes it ends this connection, and nothing but it. Anything else is a
  // fault of ours and ends the process, as a crash would.
  asio::co_spawn(executor, serve_one(state, std::move(socket), number), [state, number](std::exception_ptr error) {
    state->forget(number);
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const Error&) {
      // Said above: this connection is over.
    }
  });
}

asio::awaitable<void> Listener::State::serve_one(std::shared_ptr<State> state, Tcp::socket socket,
                                                 std::uint64_t number) {
  Note note = [weak = std::weak_ptr{state}, number](Shown shown) {
    if (const auto alive = weak.lock()) alive->note(number, shown);
  };
  auto serving = state->serve(std::move(socket), std::move(note));
  co_await std::move(serving);
}

void Listener::State::note(std::uint64_t number, Shown shown) {
  if (shown == Shown::key) {
    key_holders.take(strangers, number);
  } else {
    forget(number);
  }
}

void Listener::State::forget(std::uint64_t number) {
  strangers.remove(number);
  key_holders.remove(number);
}

Listener::Listener(asio::io_context& context, const HostPort& at, bool near_only)
    : state_{std::make_shared<State>(context, near_only)} {
  const bool all = at.host.empty();
  auto endpoint = endpoint_of(context, at);
  auto error = bind(state_->acceptor, endpoint, all);
  if (error == asio::error::address_family_not_supported && all) {  // a system without IPv6
    endpoint = {asio::ip::address_v4::any(), at.port};
    error = bind(state_->acceptor, endpoint, all);
  }
  if (error == asio::error::address_in_use) {
    throw Error{Errc::busy, fmt::format("{} is in use by another program", to_string(endpoint)), "choose another port"};
  }
  if (error)
    throw Error{Errc::unreachable, fmt::format("cannot listen on {}: {}", to_string(endpoint), error.message())};
}

Listener::~Listener() { stop(); }

Tcp::endpoint Listener::endpoint() const {
  asio::error_code error;
  const auto endpoint = state_->acceptor.local_endpoint(error);
  if (error) throw Error{Errc::unreachable, "this node does not listen any more"};
  return endpoint;
}

asio::awaitable<void> Listener::run(Serve serve) {
  const std::shared_ptr<State> state = state_;  // the Listener may go while we wait
  state->serve = std::move(serve);
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer breath{executor};
  while (state->acceptor.is_open()) {
    asio::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    Tcp::socket socket{executor};
    co_await state->acceptor.async_accept(socket, token);
    if (!state->acceptor.is_open()) co_return;
    if (!error) {
      State::take_in(state, std::move(socket));
    } else if (error != asio::error::connection_aborted) {
      breath.expires_after(kBreath);
      asio::error_code ignored;  // nobody cancels it
      auto rest = asio::redirect_error(asio::use_awaitable, ignored);
      co_await breath.async_wait(rest);
    }
  }
}

void Listener::stop() noexcept {
  asio::error_code ignored;  // closing what is closed already
  state_->acceptor.close(ignored);
  state_->strangers.end();
  state_->key_holders.end();
}

}  // namespace attune::net
