// A node that shows three words, and a thousand connections at once that each have a guess. A try counts when a share
// arrives and before it is answered, so three are answered, whoever they are from.
#include <gtest/gtest.h>

#include <asio/write.hpp>
#include <deque>
#include <iostream>

#include "net/padding.h"
#include "node/homes.h"
#include "pairing/agreement.h"
#include "pairing/messages.h"

namespace attune::test {
namespace {

using api::v1::Request;
using api::v1::Response;

constexpr std::size_t kGuessers = 1000;

Bytes wire_of(BytesView message) {
  Bytes wire = to_bytes(net::be16(message.size()));
  append(wire, message);
  return wire;
}

// One that says its nonce, and once it has the other's its guess; how much it has heard.
class Guesser {
 public:
  Guesser(asio::io_context& io, const asio::ip::tcp::endpoint& to) : socket_{io} {
    socket_.connect(to);
    socket_.non_blocking(true);
    say(pairing::write_start(pairing::Nonce{}));
  }
  void guess() { say(pairing::write_share(pairing::cpace_over(as_bytes("some-other-words"), {}).share())); }
  std::size_t heard() {
    std::array<std::byte, 256> chunk;
    asio::error_code error;
    heard_ += socket_.read_some(asio::buffer(chunk), error);
    return heard_;
  }

 private:
  void say(BytesView message) {
    const Bytes wire = wire_of(message);
    asio::error_code gone;  // it may have been closed to make room
    asio::write(socket_, asio::buffer(wire.data(), wire.size()), gone);
  }
  asio::ip::tcp::socket socket_;
  std::size_t heard_ = 0;
};

TEST(PairingFlood, AThousandConnectionsHaveThreeTriesTogether) {
  Folder folder;
  ManualClock clock;
  const node::Log log{clock};
  asio::io_context io{1};
  node::Node mia{io, bare_home(folder.at("mia"), drawn_person(), clock), log, [] {}};
  std::vector<Response> events;
  node::Call call{io, [&](const Response& event) { events.push_back(event); }};
  Request request;
  request.mutable_pair()->set_listen("127.0.0.1:0");
  const auto shown = start(io, mia.service().answer(request, call));
  run_until(io, [&] { return !events.empty() || shown->done; });
  const net::HostPort at = net::host_port(events.front().pair_waiting().listening());
  const asio::ip::tcp::endpoint listening{asio::ip::make_address(at.host), at.port};

  const auto settle = [&io] {
    io.restart();
    while (io.poll() > 0) {
    }
  };
  const std::size_t start_size = wire_of(pairing::write_start(pairing::Nonce{})).size();
  std::deque<Guesser> guessers;
  for (std::size_t i = 0; i < kGuessers && !shown->done; ++i) {
    guessers.emplace_back(io, listening);
    if (i % 50 == 49) settle();  // what waits to be accepted has room for more then
  }
  settle();
  std::size_t let_in = 0;
  for (Guesser& one : guessers) let_in += one.heard() >= start_size ? 1 : 0;
  EXPECT_GE(let_in, 60U);  // as many as there is room for were really under way at once
  for (Guesser& one : guessers) one.guess();
  settle();
  std::size_t answered = 0;
  for (Guesser& one : guessers) answered += one.heard() > start_size ? 1 : 0;
  EXPECT_EQ(answered, 3U);
  std::cout << guessers.size() << " connections to a node that shows a code, " << let_in << " heard, " << answered
            << " tries\n";
  guessers.clear();
  run_until(io, [&] { return shown->done; });
  EXPECT_EQ(shown->get().error().code(), "wrong_code");
  EXPECT_FALSE(mia.home().book().pairing());
}

}  // namespace
}  // namespace attune::test
