// Sessions over real sockets of this machine.
#include "sync/session.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include "net/two_nodes.h"
#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::UnorderedElementsAre;

// Bytes between two ends, through somebody who can cut both.
class Relay {
 public:
  Relay(asio::io_context& io, Ends& one, Ends& other) : one_{one.other}, other_{other.other} {
    forth_ = spawn(io, pass(one_, other_));
    back_ = spawn(io, pass(other_, one_));
  }
  void cut_after(std::size_t bytes) { left_ = bytes; }

 private:
  asio::awaitable<void> pass(Tcp::socket& from, Tcp::socket& to) {
    std::array<std::byte, 16384> chunk;
    for (;;) {
      asio::error_code error;
      auto token = asio::redirect_error(asio::use_awaitable, error);
      auto into = asio::buffer(chunk);
      const std::size_t size = co_await from.async_read_some(into, token);
      if (error || size > left_) break;
      left_ -= size;
      auto bytes = asio::buffer(chunk.data(), size);
      co_await asio::async_write(to, bytes, token);
      if (error) break;
    }
    asio::error_code ignored;
    from.close(ignored);
    to.close(ignored);
  }

  Tcp::socket& one_;
  Tcp::socket& other_;
  std::size_t left_ = SIZE_MAX;
  std::optional<Outcome<bool>> forth_, back_;
};

class Sessions : public ::testing::Test {
 protected:
  Sessions() { pair(ada, ben); }

  // One side of a session: a channel of its own and the session on it.
  struct Side {
    Side(asio::io_context& io, Device& at, Device& peer, bool stay, std::unique_ptr<net::Channel> over)
        : device{at},
          channel{std::move(over)},
          session{io.get_executor(), *channel, at.book(), at.people(), setup_between(at, peer, stay)} {
      at.book().observe([this](const book::Change&) { session.changed(); });
    }
    ~Side() { device.book().observe({}); }
    Device& device;
    std::unique_ptr<net::Channel> channel;
    sync::Session session;
  };

  void connect(bool stay, bool relayed = false) {
    Node ada_node{"ada"};
    Node ben_node{"ben", bens != nullptr ? kSmallReads : kLong};
    for (const auto& [node, device] : {std::pair{&ada_node, &ada}, std::pair{&ben_node, &ben}}) {
      node->device = crypto::DeviceSecret::copied(device->secret().bytes());
      node->keys.push_back(psk.clone());
    }
    asio::io_context& there = bens != nullptr ? *bens : io;
    near = std::make_unique<Ends>(io, there);
    handle = near->one.native_handle();
    if (relayed) {
      far = std::make_unique<Ends>(io);
      relay = std::make_unique<Relay>(io, *near, *far);
    }
    Tcp::socket& mine = near->one;
    Tcp::socket& theirs = relayed ? far->one : near->other;
    io.restart();  // which ran out of work, here and below
    auto opened = spawn(io, open_with(std::move(mine), ada_node, 0));
    auto accepted = spawn(there, net::accept_channel(std::move(theirs), ben_node.context));
    run_until([&] { return opened.done() && accepted.done(); });
    io.restart();
    if (bens != nullptr) bens->restart();
    one = std::make_unique<Side>(io, ada, ben, stay, opened.get());
    other = std::make_unique<Side>(there, ben, ada, stay, accepted.get());
    one_ran = spawn(io, one->session.run());
    other_ran = spawn(there, other->session.run());
  }
  template <class Until>
  void run_until(Until until) {
    while (!until()) {
      if (bens == nullptr) {
        ASSERT_GT(io.run_one(), 0U);
      } else {
        io.poll();
        bens->poll();
      }
    }
  }
  void run_to_the_end() {
    run_until([this] { return one_ran->done() && other_ran->done(); });
  }

  asio::io_context io;
  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
  crypto::NoisePsk psk = crypto::random_secret<crypto::NoisePsk>();
  asio::io_context* bens = nullptr;  // where Ben's side runs apart, so that it can be held up
  int handle = -1;                   // Ada's socket
  std::unique_ptr<Ends> near, far;
  std::unique_ptr<Relay> relay;
  std::unique_ptr<Side> one, other;
  std::optional<Outcome<sync::Summary>> one_ran, other_ran;
};

// Two sides that wrote without reading would fill both windows and wait for ever.
TEST_F(Sessions, AFirstSyncOfManyMebibytesEachWayDoesNotStandStill) {
  for (int i = 0; i < 8; ++i) {
    ada.write(std::string(1'000'000, static_cast<char>('a' + i)), true);
    ben.write(std::string(1'000'000, static_cast<char>('n' + i)), true);
  }
  connect(false);
  run_to_the_end();
  for (auto* ran : {&*one_ran, &*other_ran}) {
    const sync::Summary summary = ran->get();
    EXPECT_TRUE(summary.up_to_date);
    EXPECT_EQ(summary.sent, 8U);
    EXPECT_EQ(summary.received, 8U);
  }
  EXPECT_EQ(ada.bodies(), ben.bodies());
}

TEST_F(Sessions, ACutIsUnreachableAndNobodySaysUpToDate) {
  for (int i = 0; i < 4; ++i) ada.write(std::string(700'000, 'a'), true);
  connect(false, true);
  relay->cut_after(1'500'000);
  run_to_the_end();
  EXPECT_ERROR(Errc::unreachable, one_ran->get());
  EXPECT_ERROR(Errc::unreachable, other_ran->get());
  EXPECT_FALSE(one->session.so_far().up_to_date);
  EXPECT_FALSE(other->session.so_far().up_to_date);
  // And the next one brings the rest.
  one.reset();
  other.reset();
  connect(false);
  run_to_the_end();
  EXPECT_TRUE(one_ran->get().up_to_date);
  EXPECT_EQ(ben.bodies().size(), 4U);
}

// Ben's machine is busy when the connection breaks, and he has something to send, too: what had arrived by then counts
// all the same.
TEST_F(Sessions, WhatArrivedBeforeABreakIsKeptThoughNothingCanBeSent) {
  asio::io_context apart;
  bens = &apart;
  connect(true);
  run_until([this] { return one->session.level() && other->session.level(); });
  for (const char* text : {"one", "two", "three"}) {
    ada.write(text, true);
    while (io.poll() > 0) {
    }
  }
  ben.write("never sent", true);
  const linger reset{1, 0};
  ASSERT_EQ(::setsockopt(handle, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
  one->channel->close();
  run_to_the_end();
  EXPECT_ERROR(Errc::unreachable, other_ran->get());
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two", "three", "never sent"));
  one.reset();
  other.reset();
}

TEST_F(Sessions, AClosedChannelEndsASessionThatStays) {
  connect(true);
  run_until([this] { return one->session.level() && other->session.level(); });
  one->channel->close();
  run_to_the_end();
  EXPECT_ERROR(Errc::unreachable, one_ran->get());
  EXPECT_ERROR(Errc::unreachable, other_ran->get());
  EXPECT_FALSE(one->session.so_far().up_to_date);
}

TEST_F(Sessions, WhatIsWrittenWhileBothStayIsPushedAtOnce) {
  connect(true);
  run_until([this] { return one->session.level() && other->session.level(); });
  ada.write("live from ada", true);
  EXPECT_FALSE(one->session.level());
  run_until([this] { return one->session.level() && other->session.level() && ben.bodies().size() == 1; });
  ben.write("live from ben", true);
  run_until([this] { return one->session.level() && other->session.level() && ada.bodies().size() == 2; });
  other->session.end();
  run_to_the_end();
  EXPECT_TRUE(one_ran->get().up_to_date);
  EXPECT_TRUE(other_ran->get().up_to_date);
}

TEST_F(Sessions, WhatIsErasedWhileBothStayIsConfirmedWithoutAnEnd) {
  const ObjectId id = ada.write("to be erased", true);
  connect(true);
  run_until([this] { return one->session.level() && other->session.level() && ben.bodies().size() == 1; });
  ada.book().erase(id);
  run_until([&] { return one->session.level() && other->session.level() && ada.book().erase_confirmed(id); });
  EXPECT_TRUE(ben.bodies().empty());
  EXPECT_FALSE(ben.book().erasures_waiting());
  one->session.end();
  run_to_the_end();
}

TEST_F(Sessions, WhatIsErasedGoesFromTheDiskAlsoWhereTheConnectionEndsFirst) {
  const ObjectId id = ada.write("to be erased", true);
  connect(true);
  run_until([this] { return one->session.level() && other->session.level() && ben.bodies().size() == 1; });
  ada.book().erase(id);
  run_until([this] { return ben.bodies().empty(); });
  other->channel->close();
  run_to_the_end();
  EXPECT_ERROR(Errc::unreachable, other_ran->get());
  EXPECT_FALSE(ben.book().erasures_waiting());
}

TEST_F(Sessions, EitherSideMayEndEvenBothAtOnce) {
  for (const int who : {1, 2, 3}) {
    one.reset();
    other.reset();
    ada.write("before " + std::to_string(who), true);
    connect(true);
    if ((who & 1) != 0) one->session.end();
    if ((who & 2) != 0) other->session.end();
    run_to_the_end();
    EXPECT_TRUE(one_ran->get().up_to_date) << who;
    EXPECT_TRUE(other_ran->get().up_to_date) << who;
    EXPECT_EQ(ben.bodies().size(), static_cast<std::size_t>(who));
  }
}

TEST_F(Sessions, ASideThatMayNotSpeakEndsItForBoth) {
  ben.people().add(ben.root(), {ben_.revoke(ben.id())});
  ada.write("for nobody", true);
  connect(true);
  run_to_the_end();
  EXPECT_ERROR(Errc::refused, one_ran->get());
  try {
    other_ran->get();
    ADD_FAILURE() << "ended as if nothing were wrong";
  } catch (const Error& error) {
    EXPECT_TRUE(error.code() == Errc::refused || error.code() == Errc::unreachable);
  }
  EXPECT_TRUE(ben.bodies().empty());
}

TEST_F(Sessions, ADiskThatFailsEndsTheSessionWithThatError) {
  ada.write("entry", true);
  ben.files().fail_next(Change::Kind::append);
  connect(false);
  run_to_the_end();
  EXPECT_ERROR(Errc::disk, other_ran->get());
  EXPECT_ERROR(Errc::unreachable, one_ran->get());
  EXPECT_EQ(ada.book().waiting(), 1U);
}

}  // namespace
}  // namespace attune::test
