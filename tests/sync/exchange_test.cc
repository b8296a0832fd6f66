// What two honest devices say to each other.
#include "sync/exchange.h"

#include <gmock/gmock.h>

#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class Exchanges : public ::testing::Test {
 protected:
  ManualClock clock;
  Person ada_;
  Person ben_;
  Device ada{ada_, clock};
  Device ben{ben_, clock};
};

// The records among what was said: log and place of each.
std::vector<std::pair<std::string, std::uint64_t>> records_in(const std::vector<std::string>& said) {
  std::vector<std::pair<std::string, std::uint64_t>> all;
  for (const std::string& bytes : said) {
    const Message message = parsed(bytes);
    if (!message.has_batch()) continue;
    const auto& batch = message.batch();
    for (int i = 0; i < batch.records_size(); ++i) {
      const auto n = batch.filling() ? batch.records(i).n() : batch.first() + static_cast<std::uint64_t>(i);
      all.emplace_back(batch.log(), n);
    }
  }
  return all;
}

TEST_F(Exchanges, SharedEntriesGoBothWaysAndBothSidesAreUpToDate) {
  pair(ada, ben);
  ada.write("from ada", true);
  ben.write("from ben", true);
  const auto contact = meet(ada, ben);
  EXPECT_TRUE(contact->over());
  for (auto* side : {&contact->one(), &contact->other()}) {
    EXPECT_TRUE(side->exchange.so_far().up_to_date);
    EXPECT_EQ(side->exchange.so_far().sent, 1U);
    EXPECT_EQ(side->exchange.so_far().received, 1U);
    EXPECT_THAT(side->device.bodies(), UnorderedElementsAre("from ada", "from ben"));
    EXPECT_EQ(side->device.book().waiting(), 0U);
  }
}

TEST_F(Exchanges, AnOwnDeviceLearnsOfThePairingAndCanMeetThePartnerWithoutARestart) {
  Device second{ada_, clock};
  pair(ada, ben);
  ada.write("shared", true);
  ada.write("private", false);
  EXPECT_FALSE(can_meet(second, ben));
  meet(ada, second);
  EXPECT_THAT(second.bodies(), UnorderedElementsAre("shared", "private"));
  ASSERT_TRUE(can_meet(second, ben));
  meet(second, ben);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("shared"));
}

TEST_F(Exchanges, AnErasedEntryGoesFromTheOtherSideAndIsConfirmedOnlyThen) {
  pair(ada, ben);
  const ObjectId id = ada.write("to be erased", true);
  meet(ada, ben);
  ASSERT_THAT(ben.bodies(), UnorderedElementsAre("to be erased"));
  ada.book().erase(id);
  EXPECT_FALSE(ada.book().erase_confirmed(id));
  meet(ada, ben);
  EXPECT_THAT(ben.bodies(), IsEmpty());
  EXPECT_TRUE(ada.book().erase_confirmed(id));
  for (const auto& [key, value] : ben.contents()) EXPECT_EQ(value.find("to be erased"), std::string::npos);
}

TEST_F(Exchanges, AnErasureIsNotConfirmedWhenTheOtherSideCouldNotCompact) {
  pair(ada, ben);
  const ObjectId id = ada.write("to be erased", true);
  meet(ada, ben);
  ada.book().erase(id);
  {
    Contact contact{ada, ben};
    std::string message;
    std::vector<std::string> said;
    // Up to Ada's batch; then Ben's disk is full while it compacts.
    auto& a = contact.one().exchange;
    auto& b = contact.other().exchange;
    ASSERT_TRUE(a.next(message));
    b.take(message);
    ASSERT_TRUE(b.next(message));
    a.take(message);
    ASSERT_TRUE(a.next(message));
    b.take(message);
    ASSERT_TRUE(b.next(message));
    a.take(message);
    ASSERT_TRUE(a.next(message));
    ASSERT_TRUE(parsed(message).has_batch());
    b.take(message);
    ASSERT_TRUE(b.next(message));
    EXPECT_TRUE(parsed(message).has_sent());
    EXPECT_FALSE(b.next(message));
    EXPECT_TRUE(b.unsettled());
    ben.files().fail_next(Change::Kind::create);  // the batch is appended to a log file; compacting makes a new one
    EXPECT_ERROR(Errc::disk, b.settle());
    EXPECT_FALSE(b.next(message));
  }
  EXPECT_FALSE(ada.book().erase_confirmed(id));
  ben.reopen();
  meet(ada, ben);
  EXPECT_TRUE(ada.book().erase_confirmed(id));
}

TEST_F(Exchanges, AContactWithNothingNewIsSmall) {
  pair(ada, ben);
  for (int i = 0; i < 20; ++i) ada.write("entry " + std::to_string(i), true);
  ben.write("one", true);
  meet(ada, ben);
  const auto idle = meet(ada, ben);
  EXPECT_TRUE(idle->over());
  EXPECT_THAT(records_in(idle->all_said()), IsEmpty());
  // Two rosters of two statements and an inventory of two logs each way, and nothing that grows with the journal.
  EXPECT_LT(idle->bytes(), 2'500U);
}

TEST_F(Exchanges, ACutContactGoesOnWhereItWasConfirmed) {
  pair(ada, ben);
  for (int i = 0; i < 12; ++i) {
    ada.book().write_all({{words(std::string(700'000, 'a')), true}});
    if (i % 3 == 0) ben.write(std::string(300'000, 'b'), true);
  }
  std::mt19937_64 random{7};
  std::vector<std::pair<std::string, std::uint64_t>> confirmed;
  for (int cut = 0; cut < 40; ++cut) {
    Contact contact{ada, ben};
    contact.run(random, 9);
    for (const auto& record : records_in(contact.all_said())) {
      EXPECT_EQ(std::ranges::count(confirmed, record), 0) << "place " << record.second << " was sent again";
    }
    // What was confirmed, as the one who was told knows it.
    confirmed.clear();
    for (Device* device : {&ada, &ben}) {
      Device& peer = device == &ada ? ben : ada;
      for (const auto& held : device->book().logs().all()) {
        const auto known = device->book().confirmed(peer.id(), held.number);
        for (std::uint64_t n = 1; n <= known; ++n) confirmed.emplace_back(std::string{held.name.id.raw()}, n);
      }
    }
    if (contact.over()) break;
    EXPECT_FALSE(contact.one().exchange.so_far().up_to_date);
  }
  EXPECT_EQ(ada.bodies().size(), 16U);
  EXPECT_EQ(ben.bodies().size(), 16U);
}

// Whatever is cut is sent again as a whole batch: on a line that carries little before it breaks, it still comes
// through.
TEST_F(Exchanges, BatchesBeginSmallAndGrow) {
  pair(ada, ben);
  for (int i = 0; i < 400; ++i) ada.write(std::string(10'000, 'a'), true);
  std::vector<std::size_t> sizes;
  const auto contact = meet(ada, ben);
  for (const std::string& message : contact->all_said()) {
    if (parsed(message).has_batch()) sizes.push_back(message.size());
  }
  ASSERT_GE(sizes.size(), 6U);
  EXPECT_LE(sizes.front(), 64'000U);
  for (std::size_t i = 1; i < sizes.size(); ++i) EXPECT_LE(sizes[i], 2 * sizes[i - 1] + 12'000U);
  EXPECT_GE(*std::ranges::max_element(sizes), 700'000U) << "and a fast line is not held up by them";
  EXPECT_EQ(ben.bodies().size(), 400U);
}

TEST_F(Exchanges, WhatIsWrittenWhileASessionStaysGoesOverAtOnce) {
  pair(ada, ben);
  Contact contact{ada, ben, true};
  contact.run();
  EXPECT_FALSE(contact.over());
  EXPECT_TRUE(contact.one().exchange.level());
  ada.write("live", true);
  contact.one().exchange.changed();
  EXPECT_FALSE(contact.one().exchange.level());
  contact.run();
  EXPECT_TRUE(contact.one().exchange.level());
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("live"));
  contact.one().exchange.end();
  contact.run();
  EXPECT_TRUE(contact.over());
  EXPECT_TRUE(contact.one().exchange.so_far().up_to_date);
  EXPECT_TRUE(contact.other().exchange.so_far().up_to_date);
}

TEST_F(Exchanges, ThreeDevicesThatStayPassOnWhatNoneOfTwoWrote) {
  Device second{ada_, clock};
  pair(ada, ben);
  meet(ada, second);
  meet(second, ben);
  Contact own{ada, second, true};
  Contact partner{second, ben, true};
  own.run();
  partner.run();
  for (int i = 0; i < 3; ++i) {
    ada.write("from the first " + std::to_string(i), true);  // a log that the partner has not heard of yet
    ben.write("from ben " + std::to_string(i), true);
    for (int round = 0; round < 4; ++round) {
      own.one().exchange.changed();
      own.run();
      partner.one().exchange.changed();
      partner.other().exchange.changed();
      partner.run();
      own.other().exchange.changed();
    }
  }
  EXPECT_EQ(ben.bodies().size(), 6U);
  EXPECT_EQ(ada.bodies().size(), 6U);
}

// A learns of a log from B, gets more of it from C, and pushes that to B, who named it first.
TEST_F(Exchanges, ALogThatTheOtherSideNamedFirstCanBePushedBackToIt) {
  Device second{ada_, clock};
  Device third{ada_, clock};
  pair(ada, ben);
  ada.write("first", true);
  meet(ada, second);
  Contact with_second{third, second, true};
  with_second.run();
  Contact with_ada{third, ada, true};
  with_ada.run();
  ada.write("second", true);
  with_ada.other().exchange.changed();
  with_ada.run();
  with_second.one().exchange.changed();
  with_second.run();
  EXPECT_THAT(second.bodies(), UnorderedElementsAre("first", "second"));
}

// `between` has heard of a new log, and holds nothing of it yet, when its session with `to` looks what there is to say.
void expect_a_new_log_to_pass(Device& from, Device& between, Device& to) {
  Contact onwards{between, to, true};
  onwards.run();
  from.write("in a new log", true);
  Contact contact{from, between, true};
  std::vector<std::string> batches;  // held up, and what follows them
  std::string message;
  for (int i = 0; i < 20; ++i) {
    if (contact.one().exchange.next(message)) {
      const bool held_up = !batches.empty() || parsed(message).has_batch();
      held_up ? batches.push_back(message) : contact.other().exchange.take(message);
    }
    if (contact.other().exchange.next(message)) contact.one().exchange.take(message);
  }
  ASSERT_FALSE(batches.empty());
  onwards.one().exchange.changed();
  onwards.run();
  for (const std::string& batch : batches) contact.other().exchange.take(batch);
  onwards.one().exchange.changed();
  onwards.run();
  EXPECT_THAT(to.bodies(), ElementsAre("in a new log"));
}

TEST_F(Exchanges, ALogWithoutAnythingInItIsNotNamedByThePartnerBeforeThereIs) {
  Device second{ada_, clock};
  pair(ada, ben);
  meet(ada, second);
  meet(second, ben);
  expect_a_new_log_to_pass(ada, ben, second);
}

TEST_F(Exchanges, ALogWithoutAnythingInItIsNotNamedByAnOwnDeviceBeforeThereIs) {
  Device second{ada_, clock}, third{ada_, clock};
  pair(ada, ben);
  meet(ada, second);
  meet(second, third);
  expect_a_new_log_to_pass(ada, second, third);
}

TEST_F(Exchanges, WhoLeavesSaysItAndNothingElseAndHearsNothingElse) {
  pair(ada, ben);
  Contact contact{ada, ben, true};
  contact.run();
  ASSERT_TRUE(contact.one().exchange.level());
  ben.write("crosses it", true);
  ada.write("must not go", true);
  const std::size_t before = contact.one().said.size();
  contact.one().exchange.leave();
  contact.other().exchange.changed();
  contact.run();
  EXPECT_TRUE(contact.over());
  EXPECT_TRUE(contact.one().exchange.told_left());
  EXPECT_TRUE(contact.other().exchange.peer_left());
  EXPECT_FALSE(contact.one().exchange.peer_left());
  ASSERT_EQ(contact.one().said.size(), before + 2);
  EXPECT_TRUE(parsed(contact.one().said[before]).has_left());
  EXPECT_TRUE(parsed(contact.one().said[before + 1]).has_end());
  EXPECT_THAT(ada.bodies(), UnorderedElementsAre("must not go"));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("crosses it"));
}

TEST_F(Exchanges, AnOwnDeviceThatSaysItHasLeftSaysNothing) {
  Device phone{ada_, clock};
  Contact contact{ada, phone, true};
  contact.run();
  contact.one().exchange.leave();
  contact.run();
  EXPECT_FALSE(contact.other().exchange.peer_left());
}

TEST_F(Exchanges, ARevokedDeviceGetsNothing) {
  pair(ada, ben);
  ada.write("from ada", true);
  ben.people().add(ben.root(), {ben_.revoke(ben.id())});
  Contact contact{ada, ben};
  EXPECT_ERROR(Errc::refused, contact.run());
  for (const std::string& message : contact.one().said) EXPECT_TRUE(parsed(message).has_rosters());
  EXPECT_THAT(ben.bodies(), IsEmpty());
  EXPECT_FALSE(can_meet(ada, ben));
}

TEST_F(Exchanges, StatementsForOwnDevicesDoNotReachThePartner) {
  pair(ada, ben);
  const auto revoke = identity::check_statement(ada.root(), ada_.revoke(crypto::random_id<DeviceId>()));
  const identity::OwnCutOffs own_cut_offs{.revoke = revoke.hash, .cut_offs = {}};
  const std::string wire = identity::sign_statement(ada_.root.signing, own_cut_offs).wire;
  ada.people().add(ada.root(), {wire});
  Device second{ada_, clock};
  const auto to_ben = meet(ada, ben);
  for (const std::string& message : to_ben->one().said) EXPECT_EQ(message.find(wire), std::string::npos);
  meet(ada, second);
  EXPECT_EQ(second.people().own().statements().size(), 3U);
}

}  // namespace
}  // namespace attune::test
