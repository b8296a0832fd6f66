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

asio::awaitable<void> greet(Served& served, Tcp::socket socket, Listener::Note note) {
  note(Shown::device);
  note(Shown::key);  // a device is as much as there is to show
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
                                  Listener::Note note) {
  std::function<void()> key_shown = [&note] { note(Shown::key); };
  auto channel = co_await accept_channel(std::move(socket), node.context, std::move(key_shown));
  if (!channel) co_return;
  note(Shown::device);
  met = std::move(channel);
}

asio::awaitable<void> hold_and_tell(Tcp::socket socket, bool& ended) {
  co_await hold(std::move(socket));
  ended = true;
}

// Connects as many strangers as asked, from 127.0.0.`host`, which then say nothing.
struct Strangers {
  Strangers(asio::io_context& io, const Tcp::endpoint& to, std::size_t count, std::uint8_t host = 1) {
    for (std::size_t i = 0; i < count; ++i) {
      sockets.emplace_back(io, Tcp::endpoint{asio::ip::address_v4{{127, 0, 0, host}}, 0});
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
  const auto serve = [&](Tcp::socket socket, Listener::Note note) {
    return greet(served, std::move(socket), std::move(note));
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
  const auto serve = [&](Tcp::socket, Listener::Note) { return stumble(served); };
  auto running = test::spawn(io, listener.run(serve));
  const Strangers three{io, listener.endpoint(), 3};
  io.run();
  EXPECT_TRUE(running.get());
  EXPECT_EQ(served.count, 3);
}

TEST(Listener, EndsTheOldestStrangerWhereThereAreTooMany) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  const auto serve = [](Tcp::socket socket, Listener::Note) { return hold(std::move(socket)); };
  auto running = test::spawn(io, listener.run(serve));
  Strangers strangers{io, listener.endpoint(), kMaxStrangers + 3};
  for (std::size_t i = 0; i < strangers.sockets.size(); ++i) {
    EXPECT_EQ(closed_by_the_other_side(strangers.sockets[i]), i < 3) << i;
  }
  listener.stop();
  io.run();
  for (auto& socket : strangers.sockets) EXPECT_TRUE(closed_by_the_other_side(socket));
}

TEST(Listener, LetsAFloodFromOneAddressPushOutItselfAlone) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  const auto serve = [](Tcp::socket socket, Listener::Note) { return hold(std::move(socket)); };
  auto running = test::spawn(io, listener.run(serve));
  Strangers few{io, listener.endpoint(), 2, 7};
  Strangers flood{io, listener.endpoint(), 3 * kMaxStrangers, 8};
  Strangers late{io, listener.endpoint(), 1, 9};
  for (auto& socket : few.sockets) EXPECT_FALSE(closed_by_the_other_side(socket));
  EXPECT_FALSE(closed_by_the_other_side(late.sockets.front()));
  std::size_t left = 0;
  for (auto& socket : flood.sockets) left += closed_by_the_other_side(socket) ? 0U : 1U;
  EXPECT_EQ(left, kMaxStrangers - 3);
  EXPECT_FALSE(closed_by_the_other_side(flood.sockets.back()));
  listener.stop();
  io.run();
}

// As many as a family behind one router may have; docs/protocol.md, section 3.1.
TEST(Listener, TakesEightFromOneAddressForAHouseholdAndOneMoreForAFlood) {
  constexpr std::size_t kHousehold = 8;
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  const auto serve = [](Tcp::socket socket, Listener::Note) { return hold(std::move(socket)); };
  auto running = test::spawn(io, listener.run(serve));
  std::deque<Strangers> others;  // each from an address of their own
  const auto another = [&] {
    others.emplace_back(io, listener.endpoint(), 1, static_cast<std::uint8_t>(10 + others.size()));
  };
  const auto other_is_out = [&](std::size_t n) { return closed_by_the_other_side(others[n].sockets.front()); };
  while (others.size() < kMaxStrangers - kHousehold) another();
  Strangers household{io, listener.endpoint(), kHousehold, 7};
  while (others.size() < kMaxStrangers) another();
  for (auto& socket : household.sockets) EXPECT_FALSE(closed_by_the_other_side(socket));
  for (std::size_t i = 0; i < others.size(); ++i) EXPECT_EQ(other_is_out(i), i < kHousehold) << i;  // the oldest

  const Strangers ninth{io, listener.endpoint(), 1, 7};  // eight were no flood, so it is the oldest who goes
  EXPECT_TRUE(other_is_out(kHousehold));
  another();
  for (std::size_t i = 0; i < kHousehold; ++i) {
    EXPECT_EQ(closed_by_the_other_side(household.sockets[i]), i == 0) << i;
  }
  EXPECT_FALSE(other_is_out(kHousehold + 1));
  listener.stop();
  io.run();
}

TEST(Listener, EndsNobodyWhoHasShownAKeyForTheSakeOfStrangers) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  bool shows = true;
  const auto serve = [&](Tcp::socket socket, Listener::Note note) {
    if (shows) note(Shown::key);
    return hold(std::move(socket));
  };
  auto running = test::spawn(io, listener.run(serve));
  Strangers holders{io, listener.endpoint(), kMaxKeyHolders + 2};
  for (std::size_t i = 0; i < holders.sockets.size(); ++i) {
    EXPECT_EQ(closed_by_the_other_side(holders.sockets[i]), i < 2) << i;  // these have a limit of their own
  }
  shows = false;
  const Strangers strangers{io, listener.endpoint(), 3 * kMaxStrangers};
  for (std::size_t i = 2; i < holders.sockets.size(); ++i) EXPECT_FALSE(closed_by_the_other_side(holders.sockets[i]));
  listener.stop();
  io.run();
  EXPECT_TRUE(closed_by_the_other_side(holders.sockets.back()));
}

TEST(Listener, LeavesThoseWhoAuthenticatedOutOfTheCount) {
  asio::io_context io;
  Listener listener{io, kLoopback, true};
  bool first = true;
  const auto serve = [&](Tcp::socket socket, Listener::Note note) {
    if (std::exchange(first, false)) note(Shown::device);
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

// Ben listens; Ada has the key that they share.
class PartnerAmongStrangers : public ::testing::Test {
 protected:
  PartnerAmongStrangers() { test::share_a_key(ada, ben); }
  auto call(asio::io_context& from) {
    Tcp::socket socket{from};
    socket.connect(listener.endpoint());
    return test::spawn(from, test::open_with(std::move(socket), ada, 0));
  }
  void run_until_they_met() {
    while (!met && io.run_one() > 0) {
    }
    listener.stop();
    io.run();
    ASSERT_TRUE(met);
    EXPECT_EQ(met->peer().device, ada.id());
  }

  asio::io_context io;
  Listener listener{io, kLoopback, true};
  test::Node ada{"ada"};
  test::Node ben{"ben"};
  std::unique_ptr<Channel> met;
  test::Outcome<bool> running = test::spawn(io, listener.run([this](Tcp::socket socket, Listener::Note note) {
    return shake_hands(ben, met, std::move(socket), std::move(note));
  }));
};

TEST_F(PartnerAmongStrangers, ComesThroughAFlood) {
  const Strangers before{io, listener.endpoint(), 3 * kMaxStrangers};
  auto opened = call(io);
  const Strangers after{io, listener.endpoint(), kMaxStrangers / 2};
  run_until_they_met();
  EXPECT_TRUE(opened.get());
}

// As it is where messages take their time: strangers come between the partner's first message and their last.
TEST_F(PartnerAmongStrangers, FinishesAHandshakeThatBeganBeforeAFloodFromTheirOwnAddress) {
  asio::io_context far;  // where nothing moves while the strangers come
  auto opened = call(far);
  far.poll();  // message one is sent
  io.poll();   // and answered
  const Strangers flood{io, listener.endpoint(), 3 * kMaxStrangers};
  far.run();
  run_until_they_met();
  EXPECT_TRUE(opened.get());
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
  const auto serve = [&](Tcp::socket, Listener::Note) { return stumble(served); };
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
  Listener::Note late;
  const auto serve = [&](Tcp::socket socket, Listener::Note note) {
    late = std::move(note);
    return hold_and_tell(std::move(socket), ended);
  };
  auto running = test::spawn(io, listener->run(serve));
  const Strangers one{io, listener->endpoint(), 1};
  io.poll();
  listener.reset();
  io.run();
  EXPECT_TRUE(ended);
  late(Shown::key);  // nobody counts any more
}

}  // namespace
}  // namespace attune::net
