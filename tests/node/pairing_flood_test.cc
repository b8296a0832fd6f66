// A node that shows three words, and a thousand connections at once that each have a guess. A try counts when a share
// arrives and before it is answered, so three are answered, whoever they are from; and whoever has cost one is not
// pushed out, or ended, by those who have not.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <asio/write.hpp>
#include <deque>
#include <iostream>
#include <ranges>

#include "net/listener.h"
#include "net/padding.h"
#include "node/homes.h"
#include "pairing/agreement.h"
#include "pairing/messages.h"

namespace attune::test {
namespace {

using api::v1::Request;
using api::v1::Response;

using Endpoint = asio::ip::tcp::endpoint;

constexpr std::size_t kGuessers = 1000;
constexpr std::size_t kAtOnce = 50;

Bytes wire_of(BytesView message) {
  Bytes wire = to_bytes(net::be16(message.size()));
  append(wire, message);
  return wire;
}

// One that says its nonce, and once it has the other's its guess; how much it has heard.
class Guesser {
 public:
  Guesser(asio::io_context& io, const Endpoint& to) : socket_{io} {
    socket_.connect(to);
    socket_.non_blocking(true);
    say(pairing::write_start(pairing::Nonce{}));
  }
  void guess() { say(pairing::write_share(pairing::cpace_over(as_bytes("some-other-words"), {}).share())); }
  bool let_in() {
    hear();
    return heard_ >= start_size_;
  }
  bool answered() {
    hear();
    return heard_ > start_size_;
  }
  bool open() {
    hear();
    return open_;
  }

 private:
  void hear() {
    std::array<std::byte, 256> chunk;
    asio::error_code error;
    while (!error) heard_ += socket_.read_some(asio::buffer(chunk), error);
    open_ = error == asio::error::would_block;
  }
  void say(BytesView message) {
    const Bytes wire = wire_of(message);
    asio::error_code gone;  // it may have been closed to make room
    asio::write(socket_, asio::buffer(wire.data(), wire.size()), gone);
  }
  asio::ip::tcp::socket socket_;
  std::size_t start_size_ = wire_of(pairing::write_start(pairing::Nonce{})).size();
  std::size_t heard_ = 0;
  bool open_ = true;
};

using Guessers = std::deque<Guesser>;
std::size_t count(Guessers& guessers, bool (Guesser::*is)()) {
  return static_cast<std::size_t>(std::ranges::count_if(guessers, [&](Guesser& one) { return (one.*is)(); }));
}

// So many descriptors are more than the usual limit.
void allow_descriptors() {
  rlimit files{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &files), 0);
  files.rlim_cur = files.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &files), 0);
}

// Mia shows a code.
class PairingFlood : public ::testing::Test {
 protected:
  void SetUp() override {
    Request request;
    request.mutable_pair()->set_listen("127.0.0.1:0");
    shown = start(io, mia.service().answer(request, call));
    run_until(io, [&] { return !events.empty() || shown->done; });
    const net::HostPort at = net::host_port(events.front().pair_waiting().listening());
    listening = {asio::ip::make_address(at.host), at.port};
  }
  void settle() {
    io.restart();
    while (io.poll() > 0) {
    }
  }
  void come(Guessers& guessers, std::size_t count) {
    for (std::size_t i = 0; i < count && !shown->done; ++i) {
      guessers.emplace_back(io, listening);
      if (i % 50 == 49) settle();  // what waits to be accepted has room for more then
    }
    settle();
  }
  // Each has the node's nonce before there are so many more that it may be closed to make room.
  void let_all_in(Guessers& guessers) {
    static_assert(kAtOnce < net::kMaxStrangers && kGuessers % kAtOnce == 0);
    while (guessers.size() < kGuessers) {
      for (std::size_t i = 0; i < kAtOnce; ++i) guessers.emplace_back(io, listening);
      const auto newest = std::ranges::subrange{guessers.end() - kAtOnce, guessers.end()};
      ASSERT_NO_FATAL_FAILURE(
          run_until(io, [&] { return std::ranges::all_of(newest, [](Guesser& one) { return one.let_in(); }); }));
    }
  }
  void expect_the_code_is_used_up() {
    run_until(io, [&] { return shown->done; });
    EXPECT_EQ(shown->get().error().code(), "wrong_code");
    EXPECT_FALSE(mia.home().book().pairing());
    settle();  // nobody's connection is left
  }
  [[nodiscard]] auto tries_told() const { return std::ranges::count_if(events, &Response::has_pair_failed); }

  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  asio::io_context io{1};
  node::Node mia{io, bare_home(folder.at("mia"), drawn_person(), clock), log, [] {}};
  std::vector<Response> events;
  node::Call call{io, [this](const Response& event) { events.push_back(event); }};
  std::shared_ptr<Ran<Response>> shown;
  Endpoint listening;
};

TEST_F(PairingFlood, AThousandConnectionsHaveThreeTriesTogether) {
  ASSERT_NO_FATAL_FAILURE(allow_descriptors());
  Guessers guessers;
  ASSERT_NO_FATAL_FAILURE(let_all_in(guessers));
  EXPECT_EQ(count(guessers, &Guesser::let_in), 1000U);
  EXPECT_GE(count(guessers, &Guesser::open), net::kMaxStrangers);  // as many as there is room for guess at once
  for (Guesser& one : guessers) one.guess();
  const auto over = [&] { return count(guessers, &Guesser::open) <= 3 || count(guessers, &Guesser::answered) > 3; };
  ASSERT_NO_FATAL_FAILURE(run_until(io, over));
  EXPECT_EQ(count(guessers, &Guesser::answered), 3U);
  std::cout << guessers.size() << " connections to a node that shows a code, " << count(guessers, &Guesser::let_in)
            << " heard, " << count(guessers, &Guesser::answered) << " tries\n";
  guessers.clear();
  expect_the_code_is_used_up();
}

TEST_F(PairingFlood, PushesOutNobodyWhoHasCostATryAndWhoHasNotFirst) {
  Guesser waits{io, listening};
  Guesser tries{io, listening};
  settle();
  tries.guess();
  settle();
  Guessers flood;
  come(flood, 2 * net::kMaxStrangers);
  EXPECT_FALSE(waits.open());
  EXPECT_TRUE(tries.open());
  EXPECT_TRUE(tries.answered());
  EXPECT_EQ(tries_told(), 0) << "those who were pushed out have cost none";
  call.cancel();
  run_until(io, [&] { return shown->done; });
  settle();
  EXPECT_FALSE(tries.open());
}

TEST_F(PairingFlood, LeavesTheLastTryItsTimeWhoeverElseBreaksOff) {
  Guessers tries;
  come(tries, 3);
  for (Guesser& one : tries) one.guess();
  settle();
  {
    Guessers late;
    come(late, 2);
    late.front().guess();
    settle();
    EXPECT_FALSE(late.front().open());  // there is no try any more
  }
  settle();
  EXPECT_FALSE(shown->done);
  tries.pop_front();
  tries.pop_front();
  settle();
  EXPECT_FALSE(shown->done);
  EXPECT_TRUE(tries.front().open());
  tries.clear();
  expect_the_code_is_used_up();
}

}  // namespace
}  // namespace attune::test
