// What a device that keeps no rule gets by a log that forked: nothing.
#include "sync/forked.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST_F(Forked, AnotherBranchWithoutAnOwnSealIsNotTaken) {
  begin();
  const log::Held held = bens();
  say(inventory(2, *ben.book().logs().link_at(held.number, 2), std::string(40, 's')));
  EXPECT_EQ(said(&Message::has_not_mine), 1);
  EXPECT_EQ(said(&Message::has_branch), 0);
  expect_nothing_taken();
  EXPECT_FALSE(adas().retired);
}

TEST_F(Forked, WhoeverSaysThatWeDifferIsAnsweredAlsoWhereTheyAreNotBelieved) {
  begin();
  const log::Held held = bens();
  say(inventory(2, *ben.book().logs().link_at(held.number, 2), std::string(40, 's')));
  say(differs());
  EXPECT_EQ(said(&Message::has_hold), 1);
  expect_nothing_taken();
}

TEST_F(Forked, ABatchOfABranchWithoutAnOwnSealIsNotMine) {
  asked();
  Message message = branch(2, 3);
  message.mutable_batch()->set_seal(std::string(40, 's'));
  say(message);
  EXPECT_EQ(said(&Message::has_not_mine), 1);
  expect_nothing_taken();
  say(branch(2, 3));  // given up: dropped
  expect_nothing_taken();
}

TEST_F(Forked, ABatchOfABranchUnderAKeyFromBeforeARevocationIsLeftWhereItIs) {
  revoke_a_lost_one();
  asked();
  say(branch(2, 3));
  EXPECT_EQ(said(&Message::has_hold), 1);
  EXPECT_EQ(said(&Message::has_not_mine), 0);
  expect_nothing_taken();
  // What Ada wrote goes on in another log all the same.
  EXPECT_EQ(adas().closed, 1U);
}

TEST_F(Forked, AKeyFromBeforeARevocationSaysNothingOfALogThatWasBegunSince) {
  const identity::SelfKey older = ada_.self_keys.back().clone();
  revoke_a_lost_one();
  ada.book().doubt();
  ada.write("since", true);
  std::optional<log::Held> since;
  for (const log::Held& held : ada.book().logs().all()) {
    if (held.name.couple == couple && held.mine && !held.retired) since = held;
  }
  ASSERT_TRUE(since.has_value());
  const auto doubts = ada.book().doubts();
  for (const std::uint64_t n : {since->n, since->n + 5}) {
    const auto made_up = Link::from(std::string(Link::size, 'x')).value();
    Message message = inventory(n, made_up, identity::make_seal(older, since->name.id, n, made_up).bytes());
    message.mutable_inventory()->mutable_logs(0)->set_log(std::string{since->name.id.raw()});
    begin();
    say(message);
    EXPECT_EQ(said(&Message::has_branch), 0);
    EXPECT_EQ(said(&Message::has_not_mine), 0);
    EXPECT_EQ(ada.book().doubts(), doubts);
    EXPECT_FALSE(ada.book().logs().find(since->number)->retired);
  }
}

TEST_F(Forked, ABranchWhoseRecordsLeadElsewhere) {
  asked();
  Message message = branch(2, 3);
  message.mutable_batch()->mutable_records(0)->mutable_payload()->back() ^= 1;
  EXPECT_ERROR(Errc::peer_misbehaved, say(message));
  expect_nothing_taken();
}

TEST_F(Forked, ABranchThatIsNotTheOneThatWasNamed) {
  asked();
  Message message = branch(2, 3);
  const Link other = *ben.book().logs().link_at(bens().number, 1);
  message.mutable_batch()->set_link(std::string{other.raw()});
  EXPECT_ERROR(Errc::peer_misbehaved, say(message));
  expect_nothing_taken();
}

TEST_F(Forked, ABranchWithAGap) {
  asked();
  EXPECT_ERROR(Errc::peer_misbehaved, say(branch(3, 3)));
  expect_nothing_taken();
}

TEST_F(Forked, ABranchThatNeverEnds) {
  asked();
  say(branch(2, 2));
  Message message = branch(3, 3);
  auto& batch = *message.mutable_batch();
  for (int i = 0; i < 4; ++i) *batch.add_records() = batch.records(0);  // past what was named
  EXPECT_ERROR(Errc::peer_misbehaved, say(message));
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("one", "another second", "two"));
  EXPECT_THAT(ada.book().verify().problems, IsEmpty());
}

TEST_F(Forked, TheSameStretchAgainAndAgain) {
  asked();
  say(branch(2, 2));
  EXPECT_ERROR(Errc::peer_misbehaved, say(branch(2, 2)));
}

TEST_F(Forked, ABranchThatNobodyAskedFor) {
  begin();
  say(inventory());
  EXPECT_ERROR(Errc::peer_misbehaved, say(branch(2, 3)));
  expect_nothing_taken();
}

TEST_F(Forked, ADifferenceWhereThereIsNone) {
  begin();
  const log::Held held = bens();
  say(inventory(1, *ben.book().logs().link_at(held.number, 1), {}));
  EXPECT_ERROR(Errc::peer_misbehaved, say(differs()));
  expect_nothing_taken();
  EXPECT_EQ(adas().closed, std::nullopt);
}

TEST_F(Forked, ADifferenceToldTwice) {
  asked();
  EXPECT_ERROR(Errc::peer_misbehaved, say(differs()));
}

TEST_F(Forked, ADifferenceInALogOfTheirOwn) {
  ben.write("ben's", true);
  begin();
  say(inventory());
  Message message = differs();
  message.mutable_differs()->set_log(std::string{forked(ben, ben.root(), couple).name.id.raw()});
  EXPECT_ERROR(Errc::peer_misbehaved, say(message));
}

TEST_F(Forked, SomebodyElsesLogCannotBeClosed) {
  begin();
  Message message = inventory();
  message.mutable_inventory()->mutable_logs(0)->set_closed(true);
  EXPECT_ERROR(Errc::peer_misbehaved, say(message));
  EXPECT_EQ(adas().closed, std::nullopt);
}

// --- and asking for what one holds

// Ada's side as it is asked by Ben for a branch of a log of his.
class Asked : public Forked {
 protected:
  Asked() {
    ben.write("ben's one", true);
    ben.write("ben's two", true);
    meet(ada, ben);
    begin();
    Message message;
    message.mutable_inventory();
    say(message);
    heard.clear();
  }
  [[nodiscard]] Message wanted(const RootId& author, std::vector<std::pair<std::uint64_t, Link>> known = {}) {
    Message message;
    message.mutable_branch()->set_log(std::string{forked(ada, author, couple).name.id.raw()});
    for (const auto& [n, link] : known) {
      auto& place = *message.mutable_branch()->add_known();
      place.set_n(n);
      place.set_link(std::string{link.raw()});
    }
    return message;
  }
};

TEST_F(Asked, TheirOwnLogIsGivenFromTheFirstPlaceThatTheyKnow) {
  const log::Held held = forked(ada, ben.root(), couple);
  say(wanted(ben.root(), {{2, Link{}}, {1, *ada.book().logs().link_at(held.number, 1)}}));
  ASSERT_EQ(said(&Message::has_batch), 1);
  const auto& batch = std::ranges::find_if(heard, &Message::has_batch)->batch();
  EXPECT_TRUE(batch.branch());
  EXPECT_EQ(batch.first(), 2U);
  EXPECT_EQ(batch.records_size(), 1);
}

TEST_F(Asked, AndOnlyOnceInASession) {
  say(wanted(ben.root()));
  EXPECT_ERROR(Errc::peer_misbehaved, say(wanted(ben.root())));
}

TEST_F(Asked, NotALogOfOurs) { EXPECT_ERROR(Errc::peer_misbehaved, say(wanted(ada.root()))); }

TEST_F(Asked, NotALogOfTheOwnSpace) {
  ada.write("private", false);
  Message message;
  message.mutable_branch()->set_log(std::string{forked(ada, ada.root(), CoupleId{}).name.id.raw()});
  EXPECT_ERROR(Errc::peer_misbehaved, say(message));
}

TEST_F(Asked, NotWhereTheyHoldItAll) {
  const log::Held held = forked(ada, ben.root(), couple);
  EXPECT_ERROR(Errc::peer_misbehaved, say(wanted(ben.root(), {{held.n, held.link}})));
}

TEST_F(Asked, PlacesOutOfOrderOrTooMany) {
  EXPECT_ERROR(Errc::peer_misbehaved, say(wanted(ben.root(), {{1, Link{}}, {2, Link{}}})));
  std::vector<std::pair<std::uint64_t, Link>> many;
  for (std::uint64_t n = 65; n > 0; --n) many.emplace_back(n, Link{});
  EXPECT_ERROR(Errc::peer_misbehaved, say(wanted(ben.root(), many)));
}

}  // namespace
}  // namespace attune::test
