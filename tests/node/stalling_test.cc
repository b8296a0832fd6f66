// A device that stalls holds up nobody who asked for a sync.
#include <gmock/gmock.h>

#include <optional>

#include "node/linked.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

// A device of Ben that takes Ada's connection, or makes one, and then says nothing.
class Stalls : public Linked {
 protected:
  Stalls() : acceptor{io, {asio::ip::address_v4::loopback(), 0}} {}
  void SetUp() override {
    Linked::SetUp();
    partner.emplace(ben->node.home());
    answered = start(io, partner->answer(acceptor));
  }
  void TearDown() override {
    partner->hang_up();
    Linked::TearDown();
  }
  // One sync with it, which must end by itself.
  std::shared_ptr<Ran<bool>> synced(node::SyncLimits limits) {
    bool late = false;
    asio::steady_timer most{io, std::chrono::seconds{20}};  // a third of the usual patience
    most.async_wait([&](asio::error_code cancelled) { late = !cancelled; });
    const auto ran = start(io, ada->node.links().sync_at(
                                   {"127.0.0.1", acceptor.local_endpoint().port()}, false, outcome,
                                   [](const node::SyncOutcome&) {}, limits));
    run_until(io, [&] { return ran->done || late; });
    most.cancel();
    io.poll();
    return ran;
  }

  static std::string told(Ran<bool>& ran) {
    try {
      ran.get();
      return "nothing";
    } catch (const Error& error) {
      return error.what();
    }
  }

  asio::ip::tcp::acceptor acceptor;
  std::optional<Stalling> partner;
  std::shared_ptr<Ran<bool>> answered;
  node::SyncOutcome outcome;
};

TEST_F(Stalls, ASessionInWhichNothingMovesIsEnded) {
  node::SyncLimits limits;
  limits.stall = std::chrono::milliseconds{50};
  const auto ran = synced(limits);
  ASSERT_TRUE(ran->done);
  EXPECT_ERROR(Errc::unreachable, ran->get());
  EXPECT_THAT(told(*ran), ::testing::HasSubstr("nothing went to or came from"));
  EXPECT_TRUE(answered->done);  // it was no dial that failed
  EXPECT_TRUE(outcome.reached.empty());
  EXPECT_EQ(ada->node.links().linked(), 0U);
}

TEST_F(Stalls, ASessionIsEndedWhenTheTimeForAllOfThemIsOver) {
  node::SyncLimits limits;
  limits.stall = std::chrono::hours{1};
  limits.until = clock.steady() + std::chrono::milliseconds{50};
  const auto ran = synced(limits);
  ASSERT_TRUE(ran->done);
  EXPECT_ERROR(Errc::unreachable, ran->get());
  EXPECT_THAT(told(*ran), ::testing::HasSubstr("in time"));
  EXPECT_TRUE(answered->done);
  EXPECT_TRUE(outcome.reached.empty());
  EXPECT_EQ(ada->node.links().linked(), 0U);
}

TEST_F(Stalls, ALinkThatStandsAndSaysNothingIsWaitedForNoLonger) {
  const auto dialled = start(io, partner->dial(net::peer_address(ada->at)));
  run_until(io, [&] { return dialled->done && ada->node.links().linked() == 1; });
  const DeviceId nobody;
  const auto ran =
      start(io, ada->node.links().sync_without(nobody, std::chrono::seconds{1}, [](const node::SyncOutcome&) {}));
  io.restart();
  io.poll();
  clock.advance(std::chrono::seconds{1});
  run_until(io, [&] { return ran->done; });
  const node::SyncOutcome met = ran->get();
  EXPECT_TRUE(met.reached.empty());
  ASSERT_TRUE(met.failure);
  EXPECT_EQ(met.failure->code(), Errc::unreachable);
}

}  // namespace
}  // namespace attune::test
