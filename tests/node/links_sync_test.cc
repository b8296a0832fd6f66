// What a person who asked for a sync is told where a link ends under it, or another one takes its place.
#include <gmock/gmock.h>

#include <optional>
#include <utility>

#include "node/peers.h"
#include "node/speaking.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A device of Ben is linked with Ada and has said nothing. She asks for a sync, which waits for it.
class OverALink : public Linked {
 protected:
  void SetUp() override {
    Linked::SetUp();
    partner.emplace(ben->node.home(), ada->node.home());
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
  // An entry of Ben's has come by the link, and there may be more.
  void bring_one() {
    write(ben->node.home(), "one", true);
    const auto spoken = start(io, partner->speak(Speaking::UpTo::first_records));
    run_until(io, [&] { return spoken->done && !seen(*ada).empty(); });
    EXPECT_FALSE(waiting->done);
  }
  std::uint64_t records() { return records_of(ben->node.home(), ada->node.home()); }

  std::optional<Speaking> partner;
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

TEST_F(OverALink, ASyncCountsWhatWentByItAndByTheOneThatTookItsPlace) {
  bring_one();
  const std::uint64_t before = records();
  write(ben->node.home(), "two", true);
  node::Call call{io, [](const Response&) {}};
  const auto bens = sync(*ben, call, {ada->at});
  const node::SyncOutcome met = outcome();
  EXPECT_THAT(seen(*ada), UnorderedElementsAre("one", "two"));
  EXPECT_GT(before, 0U);
  EXPECT_GT(records(), before);
  EXPECT_EQ(met.received, records());
  run_until(io, [&] { return bens->done; });
}

TEST_F(OverALink, WhatWentByItIsCountedThoughItEnded) {
  bring_one();
  partner->hang_up();
  const node::SyncOutcome met = outcome();
  EXPECT_THAT(met.reached, IsEmpty());
  EXPECT_GT(met.received, 0U);
  EXPECT_EQ(met.received, records());
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

// Ada's sync dials a device of Ben.
class OverADial : public Linked {
 protected:
  OverADial() : acceptor{io, {asio::ip::address_v4::loopback(), 0}} {}
  std::shared_ptr<Ran<bool>> synced(net::HostPort at) {
    const node::SyncLimits limits;
    return start(io, ada->node.links().sync_at(std::move(at), false, outcome, [](const node::SyncOutcome&) {}, limits));
  }

  asio::ip::tcp::acceptor acceptor;
  node::SyncOutcome outcome;
};

TEST_F(OverADial, ASyncCountsWhatWentByItAndByTheOneThatTookItsPlace) {
  node::Home& bens = ben->node.home();
  Speaking dialled{bens, ada->node.home()};
  const auto answered = start(io, dialled.answer(acceptor));
  const auto ran = synced({"127.0.0.1", acceptor.local_endpoint().port()});
  run_until(io, [&] { return answered->done && ada->node.links().linked() == 1; });
  write(bens, "one", true);
  const auto begun = start(io, dialled.speak(Speaking::UpTo::first_records));
  run_until(io, [&] { return begun->done && !seen(*ada).empty(); });
  const std::uint64_t before = records_of(bens, ada->node.home());
  EXPECT_GT(before, 0U);

  write(bens, "two", true);
  clock.advance(std::chrono::seconds{15});  // else they had dialled at once, and either may be the one that goes
  Speaking dials{bens, ada->node.home()};
  const auto replaced = start(io, dialled.listen());
  const auto dialling = start(io, dials.dial(net::peer_address(ada->at)));
  run_until(io, [&] { return dialling->done && replaced->done; });
  io.poll();
  EXPECT_FALSE(ran->done) << "it goes on with the other one";
  const auto spoken = start(io, dials.speak(Speaking::UpTo::end));
  run_until(io, [&] { return ran->done; });
  ran->get();
  EXPECT_THAT(outcome.reached, ElementsAre(bens.vault().device_id()));
  EXPECT_GT(records_of(bens, ada->node.home()), before);
  EXPECT_EQ(outcome.received, records_of(bens, ada->node.home()));
  dials.close();
  run_until(io, [&] { return spoken->done; });
}

// It stood before, was given up when nothing moved in it any more, and is waited for once more at its address.
TEST_F(OverADial, OfALinkThatStoodCountsWhatWentSinceTheSyncBegan) {
  node::Home& bens = ben->node.home();
  Speaking dialled{bens, ada->node.home()};
  const auto answered = start(io, dialled.answer(acceptor));
  const net::HostPort at{"127.0.0.1", acceptor.local_endpoint().port()};
  ada->node.links().found(at, false);
  run_until(io, [&] { return answered->done && ada->node.links().linked() == 1; });
  write(bens, "one", true);
  const auto begun = start(io, dialled.speak(Speaking::UpTo::first_records));
  run_until(io, [&] { return begun->done && !seen(*ada).empty(); });
  const std::uint64_t before = records_of(bens, ada->node.home());
  EXPECT_GT(before, 0U);

  clock.advance(std::chrono::seconds{1});
  const auto waiting = start(io, ada->node.links().sync_now({at}, [](const node::SyncOutcome&) {}));
  io.poll();
  write(bens, "meanwhile", true);
  const auto more = start(io, dialled.speak(Speaking::UpTo::first_records));
  run_until(io, [&] { return more->done && records_of(bens, ada->node.home()) > before; });
  io.poll();  // the sync sees it
  clock.advance(node::SyncLimits{}.stall);
  write(ada->node.home(), "from ada", true);  // something is said, and nobody confirms it
  io.poll();
  EXPECT_FALSE(waiting->done);
  write(bens, "two", true);
  const auto spoken = start(io, dialled.speak(Speaking::UpTo::end));
  run_until(io, [&] { return waiting->done; });
  const node::SyncOutcome met = waiting->get();
  EXPECT_TRUE(met.failure) << "it was not given up before";
  EXPECT_THAT(met.reached, ElementsAre(bens.vault().device_id()));
  EXPECT_EQ(met.received, records_of(bens, ada->node.home()) - before);
  dialled.close();
  run_until(io, [&] { return spoken->done; });
}

// Both have said that they are up to date, and only the other side's goodbye is still to come.
TEST_F(OverADial, WhatIsWrittenWhileItEndsDoesNotCountAsDelivered) {
  node::Home& bens = ben->node.home();
  Speaking dialled{bens, ada->node.home()};
  const auto answered = start(io, dialled.answer(acceptor));
  const auto ran = synced({"127.0.0.1", acceptor.local_endpoint().port()});
  run_until(io, [&] { return answered->done; });
  const auto level = start(io, dialled.speak(Speaking::UpTo::their_end));
  run_until(io, [&] { return level->done; });
  write(ada->node.home(), "late", true);
  const auto waiting = start(io, ada->node.links().sync_now({}, [](const node::SyncOutcome&) {}));
  io.poll();
  EXPECT_FALSE(ran->done || waiting->done);
  const auto ended = start(io, dialled.speak(Speaking::UpTo::end));
  run_until(io, [&] { return ended->done && ran->done && waiting->done; });
  ran->get();
  EXPECT_THAT(outcome.reached, ElementsAre(bens.vault().device_id()));  // it was asked for before
  const node::SyncOutcome met = waiting->get();
  EXPECT_THAT(met.reached, IsEmpty());
  ASSERT_TRUE(met.failure);
  EXPECT_EQ(met.failure->code(), Errc::unreachable) << met.failure->what();
  EXPECT_THAT(seen(*ben), IsEmpty());
}

// A link of Ben to Ada stands. She hears that his device was removed at the moment when her sync has dialled it, too.
class RemovedMeanwhile : public Linked {
 protected:
  void SetUp() override {
    auto ada_home = bare_home(folder.at("ada"), drawn_person(), clock);
    auto ben_home = bare_home(folder.at("ben"), bens, clock);
    pair(*ada_home, *ben_home);
    ada = std::make_unique<Stays>(io, std::move(ada_home), log);
    ben = std::make_unique<Stays>(io, std::move(ben_home), log);
    dial(*ben, *ada);
    run_until(io, [this] { return linked() && !node::remembered_peers(ada->node.home().book()).empty(); });
  }
  void remove() {
    const identity::Revoke revoke{ben->node.home().vault().device_id(), 1, {}, {}};
    ada->node.home().people().add(bens.id, {identity::sign_statement(bens.signing, revoke).wire});
    ada->node.links().rosters_changed();
  }

  identity::Root bens = drawn_person();
};

TEST_F(RemovedMeanwhile, ItIsNotReachedByTheLinkThatHasNotEndedYet) {
  bool removed = false;
  ada->node.links().on_attempt([&](const node::Attempt& attempt) {
    if (attempt.end == node::AttemptEnd::opened && !std::exchange(removed, true)) remove();
  });
  node::SyncOutcome outcome;
  const node::SyncLimits limits;
  const auto ran = start(io, ada->node.links().sync_at(
                                 net::peer_address(ben->at), false, outcome, [](const node::SyncOutcome&) {}, limits));
  run_until(io, [&] { return ran->done; });
  ada->node.links().on_attempt({});
  EXPECT_TRUE(removed);
  EXPECT_ERROR(Errc::refused, ran->get());
  EXPECT_THAT(outcome.reached, IsEmpty());
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
