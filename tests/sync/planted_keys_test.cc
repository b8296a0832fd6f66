// A lost device's keys, written while it was still one of Ada's, for the number of revokes that there would be once it
// is removed. docs/protocol.md, section 2.6.
#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "sync/world.h"

namespace attune::test {
namespace {

class PlantedKeys : public ::testing::Test {
 protected:
  PlantedKeys() {
    pair(ada, ben);
    meet(ada, phone);
    meet(ada, lost);
  }
  static identity::CoupleKeyHash newest(Device& device) { return device.people().couple_keys().front().key.hash(); }
  static void expect_key_session(Device& one, Device& other) {
    const auto contact = meet_once(one, other);
    EXPECT_TRUE(contact->one().exchange.so_far().key_session);
    EXPECT_TRUE(contact->other().exchange.so_far().key_session);
  }
  static void expect_real(Device& one, Device& other) {
    const auto contact = meet_once(one, other);
    EXPECT_TRUE(contact->over());
    EXPECT_FALSE(contact->one().exchange.so_far().key_session);
    EXPECT_TRUE(contact->one().exchange.so_far().up_to_date);
  }
  // Of many the one with the greatest hash: it goes before nearly every key that is made later.
  static identity::CoupleKey drawn(std::uint64_t revokes, const identity::RevokesHash& hash) {
    std::optional<identity::CoupleKey> best;
    for (int i = 0; i < 256; ++i) {
      identity::CoupleKey key{crypto::random_secret<identity::CoupleKeySecret>(), revokes, hash};
      if (!best || best->hash() < key.hash()) best = std::move(key);
    }
    return std::move(*best);
  }
  void expect_never_used(const identity::CoupleKey& planted) {
    for (Device* device : {&ada, &phone, &ben}) {
      for (const book::DatedKey& dated : device->people().couple_keys()) EXPECT_NE(dated.key.hash(), planted.hash());
    }
  }

  ManualClock clock;
  Person ada_, ben_;
  Device ada{ada_, clock}, phone{ada_, clock}, lost{ada_, clock}, ben{ben_, clock};
};

TEST_F(PlantedKeys, AreNotTheNewestAfterTheNextRevoke) {
  const identity::CoupleKey bare = drawn(1, {});
  const identity::CoupleKey guessed = drawn(1, crypto::random_id<identity::RevokesHash>());
  for (const identity::CoupleKey* key : {&bare, &guessed}) lost.book().add_couple_key(ben.root(), *key);
  meet(ada, lost);
  ASSERT_EQ(ada.book().couple_keys(ben.root()).size(), 3U);
  ada.revoke(lost.id());
  expect_key_session(ada, ben);
  for (int i = 0; i < 2; ++i) meet(phone, ada);
  EXPECT_EQ(newest(ada), newest(ben));
  EXPECT_EQ(newest(phone), newest(ben));
  EXPECT_TRUE(ada.people().fits(newest(ada)));
  for (const identity::CoupleKey* key : {&bare, &guessed}) expect_never_used(*key);
  expect_real(ada, ben);
  expect_real(ben, phone);
  EXPECT_EQ(ada.bodies(), ben.bodies());
}

// The couple's own key, which the lost device knows, in the clothes of a newer one.
TEST_F(PlantedKeys, AreNotTheKeyInUseUnderAnotherNumberEither) {
  const identity::CoupleKey used = ada.people().couple_keys().front().key.clone();
  lost.book().add_couple_key(ben.root(), {used.secret.clone(), 1, crypto::random_id<identity::RevokesHash>()});
  meet(ada, lost);
  ASSERT_EQ(ada.book().couple_keys(ben.root()).size(), 2U);
  EXPECT_EQ(newest(ada), used.hash());
  EXPECT_EQ(ada.people().couple_keys().front().key.revokes, 0U);
  ada.revoke(lost.id());
  expect_key_session(ben, ada);
  EXPECT_NE(newest(ada), used.hash());
  EXPECT_EQ(newest(ada), newest(ben));
  expect_real(ada, ben);
}

// So many of them leave room for the one that is made.
TEST_F(PlantedKeys, LeaveRoomForTheKeyThatIsMade) {
  for (int i = 0; i < 20; ++i) lost.book().add_couple_key(ben.root(), drawn(1, {}));
  for (int i = 0; i < 20; ++i) {
    lost.book().add_couple_key(ben.root(), drawn(1, crypto::random_id<identity::RevokesHash>()));
  }
  meet(ada, lost);
  ada.revoke(lost.id());
  meet(ada, ben);
  EXPECT_TRUE(ada.people().fits(newest(ada)));
  EXPECT_EQ(newest(ada), newest(ben));
  expect_real(ada, ben);
}

}  // namespace
}  // namespace attune::test
