// A device of Ada's was stolen and revoked. Who believes whom, and what travels to whom.
#include <gmock/gmock.h>

#include "support/error_matcher.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using Counts = sync::SetAside;

class Trusted : public ::testing::Test {
 protected:
  Trusted() {
    pair(laptop, ben);
    meet(laptop, stolen);
    meet(laptop, phone);
    for (Device* device : {&stolen, &phone}) {
      device->people().reload();
      ben.people().add(laptop.root(), {device->admit()});
    }
    meet(laptop, tablet);
    ben.people().add(laptop.root(), {tablet.admit()});
  }

  // At the laptop: the cut-offs are what it holds.
  void revoke_the_stolen() {
    identity::Revoke revoke{.device = stolen.id(), .number = 1, .random = {}, .cut_offs = {}};
    std::vector<identity::CutOff> own;
    for (const log::Held& held : laptop.book().logs().all()) {
      if (held.name.author != laptop.root()) continue;
      (held.name.own_space() ? own : revoke.cut_offs).push_back({held.name.id, held.n, held.link});
    }
    const auto shared = identity::sign_statement(ada_.root.signing, revoke);
    const auto own_too = identity::sign_statement(ada_.root.signing, identity::OwnCutOffs{shared.hash, own});
    ada_.self_keys.push_back(identity::self_key_from(ada_.root.self_seed, &shared));
    laptop.people().add(laptop.root(), {shared.wire, own_too.wire});
  }

  static log::Held log_of(Device& writer, Device& at, bool own_space = false) {
    for (const log::Held& held : writer.book().logs().all()) {
      if (!held.mine || held.retired || held.name.own_space() != own_space) continue;
      if (const log::Held* there = at.book().logs().find(held.name.id)) return *there;
    }
    return {};
  }
  static std::uint64_t standing(Device& writer, Device& at) { return at.book().standing(log_of(writer, at).number); }
  // What the stolen device says goes on being believed by those who did not hear of it. Its own home does not know.
  void meet_stolen(Device& other) { meet(stolen, other); }

  static void expect_level(Contact& contact) {
    EXPECT_TRUE(contact.over());
    for (auto* side : {&contact.one(), &contact.other()}) {
      EXPECT_TRUE(side->exchange.so_far().up_to_date);
      EXPECT_EQ(side->exchange.so_far().aside, Counts{});
    }
  }
  static bool was_said(const Contact& contact, const std::string& needle) {
    return std::ranges::any_of(contact.all_said(),
                               [&](const std::string& message) { return message.find(needle) != std::string::npos; });
  }
  static std::size_t records_said(const Contact::Side& side) {
    std::size_t records = 0;
    for (const std::string& message : side.said)
      records += static_cast<std::size_t>(parsed(message).batch().records_size());
    return records;
  }
  void expect_clean() {
    for (Device* device : {&laptop, &phone, &tablet, &ben}) EXPECT_THAT(device->book().verify().problems, IsEmpty());
  }

  ManualClock clock;
  crypto::Entropy words_ = crypto::random_secret<crypto::Entropy>();
  Person ada_{words_};
  Person thief_{words_};
  Person ben_;
  Device laptop{ada_, clock};
  Device stolen{thief_, clock};
  Device phone{ada_, clock};
  Device tablet{ada_, clock};
  Device ben{ben_, clock};
};

TEST_F(Trusted, WhatItWroteBeforeCountsAndWhatItWroteAfterDoesNot) {
  stolen.write("before", true);
  meet_stolen(laptop);
  revoke_the_stolen();
  stolen.write("after", true);
  meet_stolen(ben);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("before", "after"));
  expect_level(*meet(laptop, ben));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("before"));
  EXPECT_THAT(laptop.bodies(), UnorderedElementsAre("before"));
  EXPECT_FALSE(can_meet(ben, stolen));
  expect_clean();
}

// Both know of the revoke then, and a full session follows: what still stands in the book must not be vouched for.
TEST_F(Trusted, ADeviceThatCouldNotStoreARevokeVouchesForNothing) {
  Device other{ben_, clock};
  meet(ben, other);
  other.people().reload();
  stolen.write("before", true);
  meet_stolen(laptop);
  revoke_the_stolen();
  stolen.write("after", true);
  meet_stolen(ben);
  meet(ben, other);
  EXPECT_THAT(other.bodies(), UnorderedElementsAre("before", "after"));
  meet(laptop, other);
  EXPECT_THAT(other.bodies(), UnorderedElementsAre("before"));
  ben.files().fail_call(1);
  EXPECT_ERROR(Errc::disk, meet(laptop, ben));
  EXPECT_FALSE(can_meet(ben, stolen));
  EXPECT_ERROR(Errc::disk, meet(ben, other));
  EXPECT_THAT(other.bodies(), UnorderedElementsAre("before"));
  ben.reopen();
  expect_level(*meet(laptop, ben));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("before"));
}

TEST_F(Trusted, AStragglersWordForItsOwnLogMakesItCount) {
  revoke_the_stolen();
  phone.write("written while off", true);
  meet(laptop, ben);
  expect_level(*meet(phone, ben));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("written while off"));
  expect_level(*meet(laptop, phone));
  EXPECT_THAT(laptop.bodies(), UnorderedElementsAre("written while off"));
  EXPECT_EQ(standing(phone, laptop), 1U);
  expect_clean();
}

// The partner holds the records already; all that is missing is somebody's word.
TEST_F(Trusted, AnInventoryIsWordEnough) {
  phone.write("heard of before", true);
  meet(phone, ben);
  revoke_the_stolen();
  meet(laptop, ben);
  EXPECT_THAT(ben.bodies(), IsEmpty());  // the laptop had never heard of it, and cut it off
  const auto contact = meet(phone, ben);
  expect_level(*contact);
  EXPECT_EQ(records_said(contact->one()) + records_said(contact->other()), 0U);
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("heard of before"));
  expect_clean();
}

TEST_F(Trusted, WhatIsNotVouchedForTravelsAmongOwnDevicesOnceAndStaysSo) {
  phone.write("a straggler's", true);
  meet(phone, tablet);
  revoke_the_stolen();
  meet(laptop, ben);
  tablet.people().add(laptop.root(), laptop.book().statements(laptop.root()));
  EXPECT_EQ(standing(phone, tablet), 0U);
  const auto contact = meet(tablet, laptop);
  expect_level(*contact);
  EXPECT_EQ(log_of(phone, laptop).n, 1U);
  EXPECT_EQ(standing(phone, laptop), 0U);
  EXPECT_THAT(laptop.bodies(), IsEmpty());
  EXPECT_EQ(records_said(contact->one()), 1U);
  const auto again = meet(tablet, laptop);
  expect_level(*again);
  EXPECT_EQ(records_said(again->one()) + records_said(again->other()), 0U);

  // To the partner it does not travel.
  const auto with_ben = meet(laptop, ben);
  expect_level(*with_ben);
  EXPECT_FALSE(was_said(*with_ben, "a straggler's"));
  EXPECT_EQ(log_of(phone, ben).n, 0U);
  EXPECT_EQ(laptop.book().waiting(), 0U);

  // And the author's word reaches everybody.
  expect_level(*meet(phone, laptop));
  expect_level(*meet(laptop, tablet));
  expect_level(*meet(laptop, ben));
  for (Device* device : {&laptop, &tablet, &ben}) EXPECT_THAT(device->bodies(), UnorderedElementsAre("a straggler's"));
  expect_clean();
}

TEST_F(Trusted, WhatThePartnerHoldsOfTheStolenDeviceComesBackAndDoesNotCount) {
  stolen.write("before", true);
  meet_stolen(laptop);
  meet(laptop, ben);
  revoke_the_stolen();
  stolen.write("after", true);
  meet_stolen(ben);
  const auto contact = meet(ben, laptop);
  expect_level(*contact);
  EXPECT_EQ(log_of(stolen, laptop).n, 2U);
  EXPECT_EQ(standing(stolen, laptop), 1U);
  EXPECT_THAT(laptop.bodies(), UnorderedElementsAre("before"));
  const auto again = meet(ben, laptop);
  expect_level(*again);
  EXPECT_EQ(records_said(again->one()) + records_said(again->other()), 0U);
  expect_level(*meet(laptop, tablet));
  EXPECT_EQ(standing(stolen, tablet), 1U);
  EXPECT_THAT(tablet.bodies(), UnorderedElementsAre("before"));
  expect_clean();
}

TEST_F(Trusted, AnEraseByTheStolenDeviceTakesNothingFromWhoHeardOfTheRevokeFirst) {
  const ObjectId id = laptop.write("kept", true);
  meet(laptop, stolen);
  meet(laptop, ben);
  revoke_the_stolen();
  stolen.book().erase(id);
  Device bens_other{ben_, clock};
  meet(ben, bens_other);
  bens_other.people().reload();
  meet_stolen(bens_other);
  meet(laptop, ben);
  expect_level(*meet(ben, bens_other));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("kept"));
  EXPECT_THAT(bens_other.bodies(), UnorderedElementsAre("kept"));  // and got its words back
  expect_clean();
}

// Heard of by way of the partner, who does not know how far own space is believed.
TEST_F(Trusted, WhatStandsOnlyUntilCutOffsComeIsPassedOnAsThatAlone) {
  phone.write("the phone's own", false);
  meet(laptop, phone);
  revoke_the_stolen();
  stolen.write("planted", false);
  meet_stolen(phone);
  meet(laptop, ben);
  for (Device* device : {&phone, &tablet}) meet(*device, ben);
  phone.write("written since", false);
  EXPECT_THAT(phone.bodies(), UnorderedElementsAre("the phone's own", "planted", "written since"));
  expect_level(*meet(phone, tablet));
  EXPECT_EQ(tablet.bodies(), phone.bodies());
  meet(laptop, tablet);
  meet(laptop, phone);
  for (Device* device : {&laptop, &phone, &tablet}) {
    EXPECT_THAT(device->bodies(), UnorderedElementsAre("the phone's own", "written since"));
  }
  expect_clean();
}

// All own devices but one are gone; the partner has the records, and the seals under the newest key say which count.
TEST_F(Trusted, ARestoredDeviceBelievesSealsUnderTheNewestKeyByWayOfThePartner) {
  stolen.write("before", true);
  meet_stolen(laptop);
  revoke_the_stolen();
  stolen.write("after", true);
  meet_stolen(ben);
  phone.people().add(laptop.root(), laptop.book().statements(laptop.root()));
  phone.write("after it, by the phone", true);
  meet(phone, ben);
  meet(laptop, ben);
  laptop.write("after it, by the laptop", true);
  meet(laptop, ben);
  Device restored{ada_, clock};
  pair(restored, ben);
  meet(restored, ben);
  expect_level(*meet(restored, ben));
  EXPECT_THAT(restored.bodies(), IsSupersetOf({"before", "after it, by the phone", "after it, by the laptop"}));
  EXPECT_THAT(restored.bodies(), Each(Not("after")));
  EXPECT_THAT(restored.book().verify().problems, IsEmpty());
}

// A device that was not given the newest key yet must not call its person's records not theirs.
TEST_F(Trusted, ADeviceWithoutTheNewestKeyDisownsNothing) {
  meet(laptop, ben);
  const std::vector<identity::SelfKey>* all = &ada_.self_keys;
  std::vector<identity::SelfKey> old;
  old.push_back(all->front().clone());
  revoke_the_stolen();
  laptop.write("under the new key", true);
  meet(laptop, ben);
  auto setup = setup_between(phone, ben);
  setup.self_keys = &old;
  sync::Exchange at_phone{phone.book(), phone.people(), ben.id(), setup};
  sync::Exchange at_ben{ben.book(), ben.people(), phone.id(), setup_between(ben, phone)};
  std::string message;
  for (bool moved = true; moved;) {
    moved = false;
    while (at_phone.next(message)) {
      EXPECT_FALSE(parsed(message).has_not_mine());
      at_ben.take(message);
      moved = true;
    }
    while (at_ben.next(message)) {
      at_phone.take(message);
      moved = true;
    }
  }
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("under the new key"));
  expect_level(*meet(phone, ben));
  EXPECT_THAT(phone.bodies(), UnorderedElementsAre("under the new key"));
}

TEST_F(Trusted, NotMineTakesALogsWordAwayUntilItsAuthorVouchesAgain) {
  phone.write("one", true);
  phone.write("two", true);
  meet(phone, ben);
  const log::Held held = log_of(phone, ben);
  sync::Exchange at_ben{ben.book(), ben.people(), laptop.id(), setup_between(ben, laptop, true)};
  std::string said;
  const auto listen = [&] {
    while (at_ben.next(said)) {
    }
  };
  Message message;
  message.mutable_rosters();
  at_ben.take(message.SerializeAsString());
  listen();
  message.mutable_inventory();
  at_ben.take(message.SerializeAsString());
  listen();
  message.mutable_not_mine()->set_log(std::string{held.name.id.raw()});
  message.mutable_not_mine()->set_n(2);
  at_ben.take(message.SerializeAsString());
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one"));
  message.mutable_not_mine()->set_n(0);
  EXPECT_ERROR(Errc::peer_misbehaved, at_ben.take(message.SerializeAsString()));
  expect_level(*meet(phone, ben));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("one", "two"));
}

TEST_F(Trusted, APartnerHasNoWordOverTheLogsOfTheOther) {
  laptop.write("ada's", true);
  meet(laptop, ben);
  const log::Held held = log_of(laptop, ben);
  sync::Exchange at_laptop{laptop.book(), laptop.people(), ben.id(), setup_between(laptop, ben, true)};
  std::string said;
  Message message;
  message.mutable_rosters();
  at_laptop.take(message.SerializeAsString());
  message.mutable_inventory();
  while (at_laptop.next(said)) {
  }
  at_laptop.take(message.SerializeAsString());
  message.mutable_not_mine()->set_log(std::string{held.name.id.raw()});
  message.mutable_not_mine()->set_n(1);
  at_laptop.take(message.SerializeAsString());
  EXPECT_THAT(laptop.bodies(), UnorderedElementsAre("ada's"));
  message.mutable_batch()->set_log(std::string{held.name.id.raw()});
  message.mutable_batch()->set_unvouched(true);
  EXPECT_ERROR(Errc::peer_misbehaved, at_laptop.take(message.SerializeAsString()));
}

// Sessions that stay: the word for a log comes by another session than its records.
TEST_F(Trusted, AWordThatComesLaterIsPassedOnInSessionsThatStay) {
  phone.write("a straggler's", true);
  meet(phone, tablet);
  meet(phone, ben);
  revoke_the_stolen();
  meet(laptop, ben);
  meet(laptop, tablet);
  Contact live{laptop, tablet, true};
  Contact with_ben{laptop, ben, true};
  live.run();
  with_ben.run();
  EXPECT_THAT(ben.bodies(), IsEmpty());
  EXPECT_EQ(standing(phone, tablet), 0U);
  meet(phone, laptop);
  live.run();
  with_ben.run();
  EXPECT_EQ(standing(phone, tablet), 1U);
  EXPECT_THAT(tablet.bodies(), UnorderedElementsAre("a straggler's"));
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("a straggler's"));
}

TEST_F(Trusted, ASessionEndsWhereARevokeComesByAnotherWay) {
  Contact with_stolen{ben, stolen, true};
  with_stolen.run();
  revoke_the_stolen();
  meet(laptop, ben);
  ben.write("not for the thief", true);
  std::string message;
  EXPECT_ERROR(Errc::unreachable, static_cast<void>(with_stolen.one().exchange.next(message)));
  stolen.write("to be believed", true);
  while (with_stolen.other().exchange.next(message)) {
    EXPECT_ERROR(Errc::unreachable, with_stolen.one().exchange.take(message));
  }
  EXPECT_THAT(ben.bodies(), UnorderedElementsAre("not for the thief"));
}

}  // namespace
}  // namespace attune::test
