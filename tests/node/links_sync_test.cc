// What a person who asked for a sync is told where a link that stood already ends under it.
#include <gmock/gmock.h>

#include <optional>

#include "node/linked.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A device of Ben is linked with Ada and has said nothing. She asks for a sync, which waits for it.
class OverALink : public Linked {
 protected:
  void SetUp() override {
    Linked::SetUp();
    partner.emplace(ben->node.home());
    const auto dialled = start(io, partner->dial(net::peer_address(ada->at)));
    run_until(io, [&] { return dialled->done && ada->node.links().linked() == 1; });
    waiting = start(io, ada->node.links().sync_now({}, [](const node::SyncOutcome&) {}));
    io.restart();
    io.poll();
    EXPECT_FALSE(waiting->done);
  }
  void TearDown() override {
    partner->hang_up();
    Linked::TearDown();
  }
  node::SyncOutcome outcome() {
    run_until(io, [this] { return waiting->done; });
    return waiting->get();
  }

  std::optional<Stalling> partner;
  std::shared_ptr<Ran<node::SyncOutcome>> waiting;
};

TEST_F(OverALink, ASyncGoesOnWithTheOneThatTakesItsPlace) {
  write(ben->node.home(), "from ben", true);
  node::Call call{io, [](const Response&) {}};
  const auto bens = sync(*ben, call, {ada->at});
  const node::SyncOutcome met = outcome();
  EXPECT_THAT(met.reached, ElementsAre(ben->node.home().vault().device_id()));
  EXPECT_FALSE(met.failure) << met.failure->what();
  EXPECT_THAT(seen(*ada), ElementsAre("from ben"));
  run_until(io, [&] { return bens->done; });
  EXPECT_EQ(bens->get().sync().peers(), 1U);
}

TEST_F(OverALink, WhatBrokeItIsTold) {
  const auto said = start(io, partner->say("\xFF\xFF"));  // no message of this protocol
  const node::SyncOutcome met = outcome();
  EXPECT_TRUE(said->done);
  EXPECT_THAT(met.reached, IsEmpty());
  ASSERT_TRUE(met.failure);
  EXPECT_EQ(met.failure->code(), Errc::peer_misbehaved) << met.failure->what();
}

TEST_F(OverALink, ThatItEndedIsToldWhereNothingElseIsKnown) {
  partner->hang_up();
  const node::SyncOutcome met = outcome();
  EXPECT_THAT(met.reached, IsEmpty());
  ASSERT_TRUE(met.failure);
  EXPECT_EQ(met.failure->code(), Errc::unreachable) << met.failure->what();
}

TEST_F(Linked, ASyncWhoseTimeIsOverSaysSoAndNotThatThereIsNobody) {
  node::SyncOutcome outcome;
  node::SyncLimits limits;
  limits.until = clock.steady();
  const auto ran = start(io, ada->node.links().sync_at(
                                 net::peer_address(ben->at), false, outcome, [](const node::SyncOutcome&) {}, limits));
  run_until(io, [&] { return ran->done; });
  EXPECT_ERROR(Errc::unreachable, ran->get());
  EXPECT_THAT(outcome.reached, IsEmpty());
}

}  // namespace
}  // namespace attune::test
