// The side that shows three words: one code, its listener, and the first session that proves the pairing.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/error.h"
#include "net/listener.h"
#include "node/home.h"
#include "node/links.h"
#include "node/pairing_beacons.h"
#include "pairing/pairing.h"

namespace attune::node {

// What this person brings to a pairing; borrows from the home.
[[nodiscard]] pairing::OwnSide own_side(Home& home);
// Stores what came of it, before the other side is told so. Throws Errc::refused while paired with somebody else.
void keep_met(Home& home, const pairing::Met& met);
// The other side refused it: nothing came of it.
void forget_met(Home& home);

class Showing {
 public:
  // Borrowed things outlive it. Binds at once; throws as net::Listener does. `calls`: whether beacons tell where.
  enum class Calls { no, yes };
  Showing(asio::io_context& context, Home& home, Links& links, const Log& log, const net::HostPort& listen,
          Calls calls);
  [[nodiscard]] std::string words() const;      // the code, to be read aloud
  [[nodiscard]] std::string listening() const;  // HOST:PORT

  // Until the first session is done (then the pairing is proven), or the code has died, or cancel(). Throws
  // Errc::wrong_code (three tries), Errc::unreachable (nobody came, or the first session did not finish),
  // Errc::refused. Somebody who knew the words and was not free to pair has used a try; the code lives on.
  static asio::awaitable<void> run(std::shared_ptr<Showing> self);
  void cancel();
  // Something in the journal did: the first session may have been one of another connection.
  void book_changed();
  // Told how many tries are left, after one that came to nothing and not to the code's end.
  void on_failed_try(std::function<void(int)> told) { failed_try_ = std::move(told); }

 private:
  static asio::awaitable<void> serve(std::shared_ptr<Showing> self, net::Tcp::socket socket, net::Listener::Note note);
  static asio::awaitable<void> call(std::shared_ptr<Showing> self);
  [[nodiscard]] bool concluded() const;
  asio::awaitable<void> meet(net::Tcp::socket socket, net::Listener::Note note);
  void came_to_nothing(const Error& why, bool kept, bool tried);  // a run: whether it kept the couple, and cost a try
  void end(std::optional<Error> failure);

  asio::io_context& context_;
  Home& home_;
  Links& links_;
  const Log& log_;
  net::Listener listener_;
  std::optional<PairingCall> call_;
  pairing::Code code_;
  asio::steady_timer finished_;  // expires with the code; cancelled at the end
  std::function<void(int)> failed_try_;
  bool met_ = false;
  std::string check_;  // the words of who was met
  int trying_ = 0;     // runs under way that have cost a try
  int sessions_ = 0;   // of this listener, under way
  bool over_ = false;
  std::optional<Error> failure_;
};

}  // namespace attune::node
