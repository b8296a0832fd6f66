#include <gtest/gtest.h>

#include "net/listener.h"

#include <asio/connect.hpp>
#include <deque>

#include "core/error.h"
#include "net/two_nodes.h"
#include "support/error_matcher.h"

namespace attune::net {
namespace {

const HostPort kLoopback{"127.0.0.1", 0};

asio::awaitable<void> hold(Tcp::socket socket) {
  auto heard = test::everything(socket);
  co_await std::move(heard);
}

// What a listener of these tests serves, counted; it stops after `last`.
struct Served {
  Listener& listener;
  int last = 1;
  int count = 0;
  void add() {
    if (++count == last) listener.stop();
  }
};

asio::awaitable<void> greet(Served& served, Tcp::socket socket, std::function<void()> authenticated) {
  authenticated();
  authenticated();  // once more does nothing
  socket.close();
  served.add();
  co_return;
}

asio::awaitable<void> stumble(Served& served) {
  served.add();
  throw Error{Errc::peer_misbehaved, "for this test"};
  co_return;
}

asio::awaitable<void> shake_hands(test::Node& node, std::unique_ptr<Channel>& met, Tcp::socket socket,
                                  std::function<void()> authenticated) {
  auto channel = co_await accept_channel(std::move(socket), node.context);
  if (!channel) co_return;
  authenticated();
  met = std::move(channel);
}

asio::awaitable<void> hold_and_tell(Tcp::socket socket, bool& ended) {
  co_await hold(std::move(socket));
  ended = true;
}

// Connects as many strangers as asked, which then say nothing.
struct Strangers {
  Strangers(asio::io_context& io, const Tcp::endpoint& to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      sockets.emplace_back(io);
      sockets.back().connect(to);
      io.poll();
    }
  }
  std::deque<Tcp::socket> sockets;
};

bool closed_by_the_other_side(Tcp::socket& socket) {
  socket.non_blocking(true);
  std::array<std::byte, 1> byte;
  asio::error_code error;
  const auto buffer = asio::buffer(byte.data(), byte.size());
  socket.read_some(buffer, error);
  return error != asio::error::would_block;
}

TEST(Listener, DrawsAPortAndServesWhoConnects) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  EXPECT_NE(listener.endpoint().port(), 0);
  Served served{listener, 3};
  const auto serve = [&](Tcp::socket socket, std::function<void()> authenticated) {
    return greet(served, std::move(socket), std::move(authenticated));
  };
  auto running = test::spawn(io, listener.run(serve));
  const Strangers three{io, listener.endpoint(), 3};
  io.run();
  EXPECT_TRUE(running.get());
  EXPECT_EQ(served.count, 3);
}

TEST(Listener, GoesOnAfterAConnectionThatThrew) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  Served served{listener, 3};
  const auto serve = [&](Tcp::socket, std::function<void()>) { return stumble(served); };
  auto running = test::spawn(io, listener.run(serve));
  const Strangers three{io, listener.endpoint(), 3};
  io.run();
  EXPECT_TRUE(running.get());
  EXPECT_EQ(served.count, 3);
}

TEST(Listener, EndsTheOldestStrangerWhereThereAreTooMany) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  const auto serve = [](Tcp::socket socket, std::function<void()>) { return hold(std::move(socket)); };
  auto running = test::spawn(io, listener.run(serve));
  Strangers strangers{io, listener.endpoint(), kMaxStrangers + 3};
  for (std::size_t i = 0; i < strangers.sockets.size(); ++i) {
    EXPECT_EQ(closed_by_the_other_side(strangers.sockets[i]), i < 3) << i;
  }
  listener.stop();
  io.run();
  for (auto& socket : strangers.sockets) EXPECT_TRUE(closed_by_the_other_side(socket));
}

TEST(Listener, LeavesThoseWhoAuthenticatedOutOfTheCount) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  bool first = true;
  const auto serve = [&](Tcp::socket socket, std::function<void()> authenticated) {
    if (std::exchange(first, false)) authenticated();
    return hold(std::move(socket));
  };
  auto running = test::spawn(io, listener.run(serve));
  Strangers strangers{io, listener.endpoint(), 2 * kMaxStrangers};
  EXPECT_FALSE(closed_by_the_other_side(strangers.sockets[0]));
  EXPECT_TRUE(closed_by_the_other_side(strangers.sockets[1]));
  listener.stop();
  io.poll();
  EXPECT_FALSE(closed_by_the_other_side(strangers.sockets[0]));  // its own affair
}

TEST(Listener, LetsThePartnerInThroughAFloodOfStrangers) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  test::Node ada{"ada"};
  test::Node ben{"ben"};
  ada.keys.push_back(crypto::random_secret<crypto::NoisePsk>());
  ben.keys.push_back(ada.keys[0].clone());
  std::unique_ptr<Channel> met;
  const auto serve = [&](Tcp::socket socket, std::function<void()> authenticated) {
    return shake_hands(ben, met, std::move(socket), std::move(authenticated));
  };
  auto running = test::spawn(io, listener.run(serve));
  const Strangers before{io, listener.endpoint(), 3 * kMaxStrangers};
  Tcp::socket socket{io};
  socket.connect(listener.endpoint());
  auto opened = test::spawn(io, test::open_with(std::move(socket), ada, 0));
  const Strangers after{io, listener.endpoint(), kMaxStrangers / 2};
  while (!met && io.run_one() > 0) {
  }
  listener.stop();
  io.run();
  EXPECT_TRUE(opened.get());
  ASSERT_TRUE(met);
  EXPECT_EQ(met->peer().device, ada.id());
}

TEST(Listener, SaysWhereItsAddressIsTaken) {
  asio::io_context io;
  const Listener first{io, kLoopback, true};
  const HostPort same{"127.0.0.1", first.endpoint().port()};
  EXPECT_ERROR(Errc::busy, Listener{io, same, true});
  const HostPort elsewhere{"203.0.113.1", 0};  // of nobody's network
  EXPECT_ERROR(Errc::unreachable, Listener{io, elsewhere, true});
}

TEST(Listener, ListensOnAllAddressesWhereNoHostIsGiven) {
  asio::io_context io;
  Listener listener{io, HostPort{}, true};
  Served served{listener, 1};
  const auto serve = [&](Tcp::socket, std::function<void()>) { return stumble(served); };
  auto running = test::spawn(io, listener.run(serve));
  Tcp::socket socket{io};
  socket.connect(Tcp::endpoint{asio::ip::address_v4::loopback(), listener.endpoint().port()});
  io.run();
  EXPECT_EQ(served.count, 1);
}

TEST(Listener, MayDieBeforeWhatItServes) {
  asio::io_context io;
  auto listener = std::make_unique<Listener>(io, kLoopback, true);
  bool ended = false;
  std::function<void()> late;
  const auto serve = [&](Tcp::socket socket, std::function<void()> authenticated) {
    late = std::move(authenticated);
    return hold_and_tell(std::move(socket), ended);
  };
  auto running = test::spawn(io, listener->run(serve));
  const Strangers one{io, listener->endpoint(), 1};
  io.poll();
  listener.reset();
  io.run();
  EXPECT_TRUE(ended);
  late();  // nobody counts any more
}

}  // namespace
}  // namespace attune::net
