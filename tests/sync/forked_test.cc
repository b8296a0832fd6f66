// Ada's disk was put back and she wrote on; Ben's device holds the other branch of her log. What an honest one gets,
// and what one that keeps no rule does not.
#include <gmock/gmock.h>

#include "log/chain.h"
#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Forked : public ::testing::Test {
 protected:
  Forked() {
    pair(ada, ben);
    ada.write("one", true);
    const MemoryDisk early = ada.snapshot();
    ada.write("two", true);
    ada.write("three", true);
    meet(ada, ben);
    ada.roll_back(early);
    ada.write("another second", true);
    couple = ada.book().pairing().value().couple;
  }

  // The one log of Ada's for the couple that she had before her disk was put back.
  [[nodiscard]] static log::Held forked(Device& at, const RootId& author, const CoupleId& space) {
    for (const log::Held& held : at.book().logs().all()) {
      if (held.name.author == author && held.name.couple == space) return held;
    }
    throw std::logic_error{"no such log"};
  }
  [[nodiscard]] log::Held adas() { return forked(ada, ada.root(), couple); }
  [[nodiscard]] log::Held bens() { return forked(ben, ada.root(), couple); }

  // --- Ben's device says what it likes, and Ada's answers.
  void begin() {
    exchange = std::make_unique<sync::Exchange>(ada.book(), ada.people(), ben.id(), setup_between(ada, ben, true));
    heard.clear();
    Message rosters;
    rosters.mutable_rosters();
    say(rosters);
  }
  void say(const Message& message) {
    exchange->take(message.SerializeAsString());
    std::string answer;
    while (exchange->next(answer)) heard.push_back(parsed(answer));
  }
  [[nodiscard]] Message inventory(std::uint64_t n, const Link& link, const std::string& seal) {
    Message message;
    auto& held = *message.mutable_inventory()->add_logs();
    held.set_log(std::string{bens().name.id.raw()});
    held.set_author(std::string{ada.root().raw()});
    held.set_couple(std::string{couple.raw()});
    held.set_n(n);
    held.set_link(std::string{link.raw()});
    held.set_seal(seal);
    return message;
  }
  [[nodiscard]] Message inventory() {
    const log::Held held = bens();
    return inventory(held.n, held.link, held.seal.value().bytes());
  }
  [[nodiscard]] Message differs() {
    Message message;
    message.mutable_differs()->set_log(std::string{bens().name.id.raw()});
    return message;
  }
  // Records first to last of the branch as Ben holds it, under the seal that he has for the last.
  [[nodiscard]] Message branch(std::uint64_t first, std::uint64_t last) {
    const log::Held held = bens();
    Message message;
    auto& batch = *message.mutable_batch();
    batch.set_log(std::string{held.name.id.raw()});
    batch.set_first(first);
    batch.set_branch(true);
    ben.book().logs().read_from(held.number, first, [&](std::uint64_t n, const log::Record& record) {
      if (n > last) return false;
      batch.add_records()->set_number(std::string{record.object.number.raw()});
      batch.mutable_records()->rbegin()->set_payload(*record.payload);
      batch.set_link(std::string{record.link.raw()});
      return true;
    });
    batch.set_seal(
        identity::make_seal(ada_.self_keys.back(), held.name.id, last, *ben.book().logs().link_at(held.number, last))
            .bytes());
    return message;
  }
  // Known to both, with the couple's key that it needs.
  void revoke_a_lost_one() {
    const Device lost{ada_, clock};
    ada.people().add(ada.root(), {lost.admit()});
    ada.revoke(lost.id());
    ben.people().add(ada.root(), ada.book().statements(ada.root()));
    identity::CoupleKey newer = made_couple_key();
    newer.revokes = 1;
    newer.revokes_hash = ada.people().revokes_hash();
    for (Device* device : {&ada, &ben}) device->book().add_couple_key((device == &ada ? ben : ada).root(), newer);
  }
  // Up to where Ada asks for the branch.
  void asked() {
    begin();
    say(inventory());
    say(differs());
    ASSERT_EQ(said(&Message::has_branch), 1);
  }
  [[nodiscard]] int said(bool (Message::*is)() const) const {
    return static_cast<int>(std::ranges::count_if(heard, [&](const Message& message) { return (message.*is)(); }));
  }
  void expect_nothing_taken() {
    EXPECT_THAT(ada.bodies(), UnorderedElementsAre("one", "another second"));
    EXPECT_THAT(ada.book().verify().problems, IsEmpty());
  }

  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
  CoupleId couple;
  std::unique_ptr<sync::Exchange> exchange;
  std::vector<Message> heard;
};

// --- honest devices

TEST_F(Forked, OneSessionHealsItAndBothAreUpToDate) {
  const auto contact = meet(ada, ben);
  EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
  EXPECT_TRUE(contact->other().exchange.so_far().up_to_date);
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("one", "two", "three", "another second"));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two", "three", "another second"));
  EXPECT_EQ(adas().closed, 1U);
  EXPECT_TRUE(adas().retired);
  EXPECT_EQ(ada.book().waiting(), 0U);
  EXPECT_GT(ada.book().doubts(), 0U);
  for (Device* device : {&ada, &ben}) EXPECT_THAT(device->book().verify().problems, IsEmpty());
}

TEST_F(Forked, WhatWasHealedIsNeverAskedForAgain) {
  meet(ada, ben);
  const auto doubts = ada.book().doubts();
  const auto again = meet(ada, ben);
  EXPECT_TRUE(again->one().exchange.so_far().up_to_date);
  for (const std::string& bytes : again->all_said()) {
    EXPECT_FALSE(parsed(bytes).has_branch());
    EXPECT_FALSE(parsed(bytes).has_batch());
  }
  EXPECT_EQ(ada.book().doubts(), doubts);
}

TEST_F(Forked, HealingThatWasCutAnywhereIsDoneAgainWithoutHarm) {
  for (std::size_t cut = 0; cut < 14; ++cut) {
    std::mt19937_64 random{cut};
    Contact{ada, ben}.run(random, cut);
    ada.reopen();
  }
  meet(ada, ben);
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("one", "two", "three", "another second"));
  EXPECT_EQ(ada.sees().size(), ben.sees().size());
  EXPECT_THAT(ada.book().verify().problems, IsEmpty());
}

TEST_F(Forked, WhatWasErasedStaysErased) {
  const auto entries = ben.book().list({});
  const auto three =
      std::ranges::find_if(entries, [](const journal::Entry& entry) { return entry.current->content.body == "three"; });
  ASSERT_NE(three, entries.end());
  const ObjectId id = three->id;
  Device second{ada_, clock};
  meet(ada, second);
  pair(second, ben);
  meet(second, ben);
  second.book().erase(id);
  meet(second, ben);
  meet(ada, ben);
  meet(ada, second);
  for (Device* device : {&ada, &ben, &second}) {
    EXPECT_THAT(device->bodies(), UnorderedElementsAre("one", "two", "another second"));
    EXPECT_THAT(device->book().verify().problems, IsEmpty());
  }
}

TEST_F(Forked, ADeviceThatHoldsMoreOfTheClosedBranchBringsItAnew) {
  Device second{ada_, clock};
  meet(second, ada);  // holds "another second"
  pair(second, ben);
  const auto contact = meet(second, ben);
  EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
  ada.write("written on", true);  // by whoever cannot know yet
  const auto own = meet(ada, second);
  EXPECT_TRUE(own->one().exchange.so_far().up_to_date);
  EXPECT_TRUE(own->other().exchange.so_far().up_to_date);
  meet(second, ben);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two", "three", "another second", "written on"));
  EXPECT_EQ(ada.sees(), second.sees());
}

// --- a device that keeps no rule

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
