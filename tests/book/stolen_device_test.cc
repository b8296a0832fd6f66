// A stolen device of one's own person, until it is revoked: it writes whatever it likes about pairings and names, at
// the greatest time there is. What the person does afterwards takes effect all the same.
#include <gtest/gtest.h>

#include "book/book.h"
#include "book/home.h"
#include "book/key_op.h"
#include "core/error.h"
#include "identity/root.h"
#include "support/error_matcher.h"

namespace attune::book {
namespace {

using journal::Left;
using journal::Op;
using journal::Paired;
using test::Home;
using test::made_couple_key;

class StolenDevice : public ::testing::Test {
 protected:
  static constexpr int kMany = 20;  // of equal times the greater id counts: so many leave nothing to chance

  void SetUp() override {
    book().set_name("Ada");
    book().name_device(home_.device(), "laptop");
    home_.pair_with(ben_);
    test::bring(home_, phone_);
  }
  Book& book() { return home_.book(); }
  [[nodiscard]] ObjectId with(const test::Person& partner) const {
    return journal::pairing_object(ada_.root, identity::couple_of(ada_.root, partner.root));
  }
  void pairs(const test::Person& partner, std::vector<OpId> after = {}) {
    stolen_.say(with(partner), {kLatestInstant, Paired{partner.root, "Thief", "x y z", std::move(after)}});
  }
  void leaves(const test::Person& partner, std::vector<OpId> after = {}) {
    stolen_.say(with(partner), {kLatestInstant, Left{std::move(after)}});
  }
  // All of it that is new, to both of the person's devices.
  void hand_over() {
    for (Home* home : {&home_, &phone_}) test::deliver(stolen_.parcel(handed_ + 1), *home);
    handed_ = book().logs().find(stolen_.parcel().name.id)->n;
  }
  void hand_over_and_sync() {
    hand_over();
    sync();
  }
  void sync() {
    test::bring(home_, phone_);
    test::bring(phone_, home_);
  }
  void expect_partner(const std::optional<RootId>& partner) {
    for (Home* home : {&home_, &phone_}) {
      const auto pairing = home->book().pairing();
      EXPECT_EQ(pairing ? std::optional{pairing->partner} : std::nullopt, partner);
      EXPECT_TRUE(home->book().verify().problems.empty());
    }
  }

  test::ManualClock clock_;
  test::Person ada_, ben_, cleo_, mallory_;
  Home home_{ada_, clock_};
  Home phone_{ada_, clock_};
  test::Scribe stolen_{ada_.root, CoupleId{}};
  std::uint64_t handed_ = 0;
};

TEST_F(StolenDevice, CannotKeepItsPersonFromLeaving) {
  for (int i = 0; i < kMany; ++i) pairs(mallory_);
  for (int i = 0; i < kMany; ++i) pairs(ben_, {crypto::random_id<OpId>()});
  hand_over();
  ASSERT_TRUE(book().pairing());
  book().leave();
  sync();
  expect_partner(std::nullopt);
  EXPECT_ERROR(Errc::not_paired, book().leave());
  // What it kept back and did not see the leaving either changes nothing.
  for (int i = 0; i < kMany; ++i) pairs(ben_, {crypto::random_id<OpId>()});
  hand_over_and_sync();
  expect_partner(std::nullopt);
}

TEST_F(StolenDevice, CannotKeepItsPersonFromPairingAnew) {
  for (int i = 0; i < kMany; ++i) leaves(ben_);
  for (int i = 0; i < kMany; ++i) leaves(mallory_, {crypto::random_id<OpId>()});
  hand_over();
  expect_partner(std::nullopt);
  for (const test::Person* partner : {&cleo_, &ben_}) {
    const auto key = made_couple_key();
    book().meet({partner->root, "Met", "a b c"}, key);
    ASSERT_TRUE(book().meeting());
    EXPECT_TRUE(book().prove(key.hash()));
    sync();
    expect_partner(partner->root);
    EXPECT_EQ(phone_.book().couple_keys(partner->root)[0].key.hash(), key.hash());
    phone_.book().leave();
    sync();
    expect_partner(std::nullopt);
  }
}

TEST_F(StolenDevice, CannotKeepItsPersonFromActingByTheNumberOfItsActs) {
  constexpr std::size_t kActs = journal::kMaxAfter + 500;
  for (std::size_t i = 0; i < kActs; ++i) leaves(ben_, {crypto::random_id<OpId>()});
  hand_over();
  book().pair({cleo_.root, "Cleo", "a b c"}, made_couple_key());
  sync();
  expect_partner(cleo_.root);
  for (std::size_t i = 0; i < kActs; ++i) pairs(mallory_, {crypto::random_id<OpId>()});
  hand_over();
  ASSERT_TRUE(book().pairing());
  book().leave();
  sync();
  expect_partner(std::nullopt);
}

TEST_F(StolenDevice, CannotBringItsPersonBackByBeingRevoked) {
  for (int i = 0; i < kMany; ++i) pairs(mallory_);
  hand_over();
  ASSERT_EQ(book().pairing()->partner, mallory_.root);
  book().leave();
  const auto log = book().logs().find(stolen_.parcel().name.id)->number;
  book().disown({log, 1});
  EXPECT_EQ(book().pairing(), std::nullopt);
  EXPECT_TRUE(book().verify().problems.empty());
  home_.pair_with(ben_);
  EXPECT_EQ(book().pairing()->partner, ben_.root);
  book().vouch({log, kMany});
  EXPECT_EQ(book().pairing()->partner, ben_.root);
}

TEST_F(StolenDevice, CannotPutItsKeysBeforeThoseOfANewPairing) {
  const auto say_keys = [&](const OpId& pairing) {
    for (int i = 0; i < kMany; ++i) {
      const auto payload = key_payload(kLatestInstant, ben_.root, made_couple_key(), pairing);
      stolen_.say(with(ben_), std::string{as_text(payload.bytes())});
    }
  };
  say_keys({});
  say_keys(crypto::random_id<OpId>());
  for (int i = 0; i < kMany; ++i) leaves(ben_);
  hand_over();
  const auto key = made_couple_key();
  book().pair({ben_.root, "Ben", "a b c"}, key);
  sync();
  for (Home* home : {&home_, &phone_}) EXPECT_EQ(home->book().couple_keys(ben_.root)[0].key.hash(), key.hash());
  // Which is as old as it says, so that those before it end with it.
  EXPECT_EQ(book().couple_keys(ben_.root)[0].since, clock_.now());
}

TEST_F(StolenDevice, CannotPinNames) {
  const ObjectId profile = journal::profile_object(ada_.root);
  for (int i = 0; i < 5000; ++i) stolen_.say(profile, {kLatestInstant, journal::Profile{"Mallory"}});
  for (int i = 0; i < kMany; ++i) {
    stolen_.say(profile, {kLatestInstant, journal::DeviceNamed{home_.device(), "mine", clock_.now()}});
    stolen_.say(profile, {kLatestInstant, journal::Profile{"Mallory", {crypto::random_id<OpId>()}}});
  }
  hand_over();
  EXPECT_EQ(book().profile().name, "Mallory");
  book().set_name("Ada L.");
  book().name_device(home_.device(), "old laptop");
  sync();
  for (Home* home : {&home_, &phone_}) {
    EXPECT_EQ(home->book().profile().name, "Ada L.");
    EXPECT_EQ(home->book().profile().devices.at(home_.device()).name, "old laptop");
  }
}

TEST_F(StolenDevice, CannotEraseAPairingItsKeysOrNames) {
  const auto key = book().couple_keys(ben_.root)[0].key.hash();
  for (const ObjectId& object : {with(ben_), journal::profile_object(ada_.root)}) {
    stolen_.say(object, {clock_.now(), journal::Erase{}});
  }
  hand_over_and_sync();
  expect_partner(ben_.root);
  for (Home* home : {&home_, &phone_}) {
    home->reopen();
    EXPECT_EQ(home->book().profile().name, "Ada");
    EXPECT_EQ(home->book().profile().devices.at(home_.device()).name, "laptop");
    ASSERT_EQ(home->book().couple_keys(ben_.root).size(), 1U);
    EXPECT_EQ(home->book().couple_keys(ben_.root)[0].key.hash(), key);
  }
  book().leave();
  book().set_name("Ada L.");
  sync();
  expect_partner(std::nullopt);
  EXPECT_EQ(phone_.book().profile().name, "Ada L.");
}

// It hands over what others wrote without the payloads, as if they had been erased.
TEST_F(StolenDevice, CannotPassOffAPairingAsErasedToADeviceThatIsNew) {
  for (const ObjectId& object : {with(ben_), journal::profile_object(ada_.root)}) {
    stolen_.say(object, {clock_.now(), journal::Erase{}});
  }
  Home tablet{ada_, clock_};
  test::deliver(stolen_.parcel(), tablet);
  test::Parcel gutted = test::parcel(home_, book().logs().all().front(), 1, 100);
  for (log::Record& record : gutted.records) record.payload.reset();
  test::deliver(gutted, tablet);
  EXPECT_EQ(tablet.book().pairing(), std::nullopt);
  book().leave();
  home_.pair_with(ben_);
  test::bring(home_, tablet);
  EXPECT_EQ(tablet.book().pairing()->partner, ben_.root);
  EXPECT_EQ(tablet.book().profile().name, "Ada");
  EXPECT_EQ(tablet.book().couple_keys(ben_.root).size(), 2U);
  EXPECT_TRUE(tablet.book().verify().problems.empty());
}

// Only what own devices say in an own space is kept so: a partner's text goes, whatever they call it.
TEST_F(StolenDevice, IsNoReasonToKeepWhatAPartnerErased) {
  const CoupleId couple = identity::couple_of(ada_.root, ben_.root);
  test::Scribe ben{ben_.root, couple};
  const ObjectId entry{ben_.root, crypto::random_id<ObjectNumber>()};
  ben.say(entry, {clock_.now(), journal::Profile{"a text that is none"}});
  ben.say(entry, {clock_.now(), journal::Erase{}});
  test::deliver(ben.parcel(), home_);
  const auto log = book().logs().find(ben.parcel().name.id)->number;
  EXPECT_FALSE(book().logs().read({log, 1})->payload);
}

}  // namespace
}  // namespace attune::book
