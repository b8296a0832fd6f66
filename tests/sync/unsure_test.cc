// Sessions that stay, in which a log was left out because nobody could tell whose it is: they end once somebody can,
// and in the next one it is left out no more. docs/protocol.md, section 5.5.
#include <gmock/gmock.h>

#include "identity/self_keys.h"
#include "sync/world.h"

namespace attune::test {
namespace {

using ::testing::UnorderedElementsAre;

// Ada's laptop revoked a device while her desk was off. Each of the two wrote since, and told Ben alone: the desk under
// the self key from before, which the lost device has, too.
class Unsure : public ::testing::Test {
 protected:
  Unsure() {
    pair(laptop, ben);
    meet(laptop, desk);
    meet(desk, ben);
    laptop.revoke(crypto::random_id<DeviceId>());
    laptop.write("laptop", true);
    meet(laptop, ben);
    desk.write("desk", true);
    meet(desk, ben);
    EXPECT_THAT(ben.bodies(), UnorderedElementsAre("laptop", "desk"));
    EXPECT_TRUE(desk.keyring().lacks_newest());
  }
  // Neither side has anything more to say, and both stay.
  static void expect_to_stay(Contact& contact, Device& one) {
    for (int i = 0; i < 2; ++i) {
      contact.run();
      EXPECT_TRUE(contact.one().exchange.level());
      EXPECT_TRUE(contact.other().exchange.level());
      EXPECT_FALSE(contact.over());
      EXPECT_EQ(one.bodies().size(), 1U);
      contact.one().exchange.changed();
      contact.other().exchange.changed();
    }
  }
  static void expect_the_end(Contact& contact, Contact::Side& notices) {
    notices.exchange.changed();
    contact.run();
    EXPECT_TRUE(contact.over());
  }
  void expect_all_is_told(Device& of_ada) {
    const auto next = meet(of_ada, ben);
    EXPECT_TRUE(next->one().exchange.so_far().up_to_date);
    EXPECT_EQ(of_ada.bodies(), ben.bodies());
    EXPECT_EQ(of_ada.book().waiting(), 0U);
  }
  void keep_keys_at_desk() {
    desk.keyring().keep_derived(identity::self_keys_from(ada_.root.self_seed, desk.people().own()));
  }

  ManualClock clock;
  Person ada_, ben_;
  Device laptop{ada_, clock}, desk{ada_, clock}, ben{ben_, clock};
};

TEST_F(Unsure, TheKeyComes) {
  Contact contact{desk, ben, true};
  expect_to_stay(contact, desk);
  keep_keys_at_desk();
  expect_the_end(contact, contact.one());
  expect_all_is_told(desk);
}

TEST_F(Unsure, TheLogComesByAnotherWay) {
  Contact contact{laptop, ben, true};
  expect_to_stay(contact, laptop);
  meet(desk, laptop);
  EXPECT_EQ(laptop.bodies(), ben.bodies());
  expect_the_end(contact, contact.one());
  expect_all_is_told(laptop);
}

// The session that refused it does not end before all is there that was named: in the next one the rest would be left
// out, and nobody would end that.
TEST_F(Unsure, TheLogComesByAnotherWayInParts) {
  for (int i = 0; i < 60; ++i) desk.write(std::string(8'000, 'x'), true);
  meet(desk, ben);
  Contact contact{laptop, ben, true};
  expect_to_stay(contact, laptop);
  meet_once(desk, laptop);  // for the key alone
  Contact own{desk, laptop, true};
  std::mt19937_64 random{3};
  while (laptop.bodies().size() == 1) own.run(random, 1);
  EXPECT_LT(laptop.bodies().size(), ben.bodies().size());
  contact.one().exchange.changed();
  contact.run();
  EXPECT_FALSE(contact.over());
  own.run();
  expect_the_end(contact, contact.one());
  expect_all_is_told(laptop);
}

// Also where such a session broke off in between, and the log is one that was known.
TEST_F(Unsure, TheRestOfALogComesByAnotherWay) {
  for (int i = 0; i < 60; ++i) desk.write(std::string(8'000, 'x'), true);
  meet(desk, ben);
  meet_once(desk, laptop);
  Contact own{desk, laptop, true};
  std::mt19937_64 random{3};
  while (laptop.bodies().size() == 1) own.run(random, 1);
  Contact contact{laptop, ben, true};
  contact.run();
  EXPECT_FALSE(contact.over());
  own.run();
  desk.write("the newest", true);
  own.one().exchange.changed();
  own.run();
  expect_the_end(contact, contact.one());
  EXPECT_EQ(laptop.bodies().size(), ben.bodies().size() + 1);
  expect_all_is_told(laptop);
}

TEST_F(Unsure, ASealUnderTheNewestKeyComesThere) {
  Contact contact{laptop, ben, true};
  expect_to_stay(contact, laptop);
  desk.write("more under the key from before", true);
  meet(desk, ben);
  expect_to_stay(contact, laptop);
  keep_keys_at_desk();
  desk.write("more under the newest", true);
  meet(desk, ben);
  expect_the_end(contact, contact.other());
  expect_all_is_told(laptop);
}

// One that this side had from an own device, and that it named itself: the seal that the other side told came later.
TEST(AfterARevoke, ASealUnderTheNewestKeyComesThereForALogThatWasNamedHere) {
  ManualClock clock;
  Person ada_, ben_;
  Device laptop{ada_, clock}, desk{ada_, clock}, phone{ada_, clock}, ben{ben_, clock};
  pair(laptop, ben);
  meet(laptop, desk);
  meet(laptop, phone);
  meet(desk, ben);
  desk.write("one", true);
  meet(desk, phone);
  laptop.revoke(crypto::random_id<DeviceId>());
  meet(phone, laptop);
  meet_once(laptop, ben);  // for the key alone
  Contact contact{laptop, ben, true};
  const auto run = [&] {
    for (auto* side : {&contact.one(), &contact.other()}) side->exchange.changed();
    contact.run();
  };
  contact.run();
  desk.write("two", true);
  meet(desk, ben);
  run();
  EXPECT_FALSE(contact.over());
  meet(phone, desk);  // which has the key now
  ben.book().observe([&](const book::Change&) { contact.other().exchange.changed(); });
  meet(desk, ben);
  ben.book().observe({});
  contact.run();
  EXPECT_TRUE(contact.over());
  meet(laptop, ben);
  EXPECT_EQ(laptop.bodies(), desk.bodies());
}

// It came while the other side was still saying that it is unsure.
TEST_F(Unsure, ASealUnderTheNewestKeyComesThereBeforeTheyHearThatOneIsWanted) {
  Contact contact{laptop, ben, true};
  std::string message, hold;
  for (int i = 0; i < 20; ++i) {
    if (hold.empty() && contact.one().exchange.next(message)) {
      parsed(message).has_hold() ? void(hold = message) : contact.other().exchange.take(message);
    }
    if (contact.other().exchange.next(message)) contact.one().exchange.take(message);
  }
  ASSERT_FALSE(hold.empty());
  keep_keys_at_desk();
  meet(desk, ben);
  contact.other().exchange.changed();
  contact.other().exchange.take(hold);
  contact.run();
  EXPECT_TRUE(contact.over());
  expect_all_is_told(laptop);
}

// A device was lost, removed, and is replaced: all that there is comes back from the partner.
TEST(AfterARevoke, ANewDeviceGetsAllFromThePartnerAtOnce) {
  constexpr int kEntries = 3'000;  // more than can be asked for at once, and than one batch holds
  ManualClock clock;
  Person ada_, ben_;
  Device laptop{ada_, clock}, fresh{ada_, clock}, ben{ben_, clock};
  pair(laptop, ben);
  for (int i = 0; i < kEntries; ++i) {
    laptop.write(std::to_string(i) + std::string(600, 'x'), true);
    if (i % 300 == 299) meet(laptop, ben);
  }
  identity::Revoke revoke{crypto::random_id<DeviceId>(), 1, {}, {}};
  for (const log::Held& held : laptop.book().logs().all()) {
    if (held.name.own_space() || held.name.author != laptop.root()) continue;
    revoke.cut_offs.push_back({held.name.id, held.n, *laptop.book().logs().link_at(held.number, held.n)});
  }
  const std::string statement = identity::sign_statement(ada_.root.signing, revoke).wire;
  for (Device* at : {&laptop, &fresh}) {
    at->people().add(ada_.root.id, {laptop.admit(), statement});
    at->keyring().keep_derived(identity::self_keys_from(ada_.root.self_seed, at->people().own()));
  }
  laptop.write("since", true);
  meet(laptop, ben);
  fresh.book().pair({ben.root(), "Partner", "able amber apple"}, laptop.people().couple_keys().front().key);
  fresh.people().reload();
  fresh.people().add(ben.root(), {ben.admit()});
  ben.people().add(fresh.root(), {fresh.admit()});
  EXPECT_TRUE(meet(fresh, ben)->one().exchange.so_far().up_to_date);
  EXPECT_EQ(fresh.bodies().size(), static_cast<std::size_t>(kEntries) + 1);
}

}  // namespace
}  // namespace attune::test
