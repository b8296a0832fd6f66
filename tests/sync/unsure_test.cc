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

}  // namespace
}  // namespace attune::test
