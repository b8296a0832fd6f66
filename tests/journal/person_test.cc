#include <gtest/gtest.h>

#include <algorithm>

#include "journal/person.h"

#include "journal/ops.h"

namespace attune::journal {
namespace {

using test::at_ms;
using test::gone;
using test::kAda;
using test::kBen;
using test::made_id;
using test::seen;

constexpr std::int64_t kLatest = 253402300799999;

TEST(Profile, TakesTheLatestNameAndTheLatestOfEachDevice) {
  const auto facts = fold_profile(kAda, {seen(5, 50, DeviceNamed{made_id<DeviceId>(1), "old laptop", at_ms(1)}),
                                         seen(2, 20, DeviceNamed{made_id<DeviceId>(1), "laptop", at_ms(1)}),
                                         seen(1, 10, Profile{"Ada"}), seen(3, 30, Profile{"Ada L."}),
                                         seen(4, 40, DeviceNamed{made_id<DeviceId>(2), "phone", at_ms(2)}), gone(9)});
  EXPECT_EQ(facts.name, "Ada L.");
  ASSERT_EQ(facts.devices.size(), 2U);
  EXPECT_EQ(facts.devices.at(made_id<DeviceId>(1)).name, "old laptop");
  EXPECT_EQ(facts.newest, at_ms(50));
}

TEST(Profile, ListensToNobodyElse) {
  const auto facts = fold_profile(kAda, {seen(1, 10, Profile{"Ada"}), seen(2, 20, Profile{"Mallory"}, kBen)});
  EXPECT_EQ(facts.name, "Ada");
  EXPECT_EQ(facts.newest, at_ms(10));
}

TEST(Profile, TakesTheNameThatTakesTheOthersPlaceWhateverTheTimesSay) {
  const OpId thiefs = made_id<OpId>(9);
  const DeviceId phone = made_id<DeviceId>(1);
  const auto facts = fold_profile(kAda, {seen(9, kLatest, Profile{"Mallory"}), seen(1, 10, Profile{"Ada", {thiefs}}),
                                         seen(8, kLatest, DeviceNamed{phone, "mine", at_ms(1)}),
                                         seen(2, 20, DeviceNamed{phone, "phone", at_ms(1), {made_id<OpId>(8)}})});
  EXPECT_EQ(facts.name, "Ada");
  EXPECT_EQ(facts.devices.at(phone).name, "phone");
}

TEST(Pairing, IsTheLatestOneOfOpsThatTakeNobodysPlaceAndKeyOpsSayNothing) {
  const Paired first{kBen, "Ben", "one two three"};
  const Paired second{kBen, "Ben", "four five six"};
  const auto facts = fold_pairings(kAda, {{seen(1, 10, first), seen(2, 20, second), seen(3, 30, KeyOp{})}});
  EXPECT_EQ(facts.now, 0U);
  EXPECT_EQ(facts.objects[0].paired, second);
  EXPECT_EQ(facts.objects[0].op, made_id<OpId>(2));
  EXPECT_EQ(facts.objects[0].since, at_ms(20));
  EXPECT_EQ(facts.newest, at_ms(20));
  EXPECT_EQ(fold_pairings(kAda, {{seen(3, 30, KeyOp{})}}).objects[0].paired, std::nullopt);
}

TEST(Pairing, EndsWhereItWasLeftAfterwardsAndAnotherOneBeginsAnew) {
  const Paired paired{kBen, "Ben", "one two three"};
  for (const bool first : {true, false}) {  // in whatever order they arrive
    std::vector<Seen> ops{seen(1, 10, paired), seen(2, 20, Left{}), seen(4, 15, KeyOp{})};
    if (first) std::ranges::reverse(ops);
    EXPECT_EQ(fold_pairings(kAda, {ops}).now, std::nullopt);
    EXPECT_EQ(fold_pairings(kAda, {ops}).objects[0].since, at_ms(10));
    ops.push_back(seen(3, 30, paired));
    EXPECT_EQ(fold_pairings(kAda, {ops}).now, 0U);
  }
  // Only the person's own.
  EXPECT_EQ(fold_pairings(kAda, {{seen(1, 10, paired), seen(2, 20, Left{}, kBen)}}).now, 0U);
  EXPECT_EQ(fold_pairings(kAda, {{seen(2, 20, Left{})}}).objects[0].paired, std::nullopt);
  EXPECT_EQ(fold_pairings(kAda, {}), PairingsFacts{});
}

TEST(PersonalObjects, AreTheCreatorsOwn) {
  EXPECT_EQ(profile_object(kAda), (ObjectId{kAda, ObjectNumber{}}));
  const ObjectId pairing = pairing_object(kAda, made_id<CoupleId>(0xC3));
  EXPECT_EQ(pairing, (ObjectId{kAda, made_id<ObjectNumber>(0xC3)}));
}

}  // namespace
}  // namespace attune::journal
