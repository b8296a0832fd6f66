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

TEST(Pairing, IsTheLatestOneAndKeyOpsOnlyMoveItsTime) {
  const Paired first{kBen, "Ben", "one two three"};
  const Paired second{kBen, "Ben", "four five six"};
  const auto facts = fold_pairing(kAda, {seen(1, 10, first), seen(2, 20, second), seen(3, 30, KeyOp{})});
  EXPECT_EQ(facts.paired, second);
  EXPECT_EQ(facts.since, at_ms(20));
  EXPECT_EQ(facts.newest, at_ms(30));
  EXPECT_EQ(fold_pairing(kAda, {seen(3, 30, KeyOp{})}).paired, std::nullopt);
}

TEST(Pairing, EndsWhereItWasLeftAfterwardsAndAnotherOneBeginsAnew) {
  const Paired paired{kBen, "Ben", "one two three"};
  for (const bool first : {true, false}) {  // in whatever order they arrive
    std::vector<Seen> ops{seen(1, 10, paired), seen(2, 20, Left{}), seen(4, 15, KeyOp{})};
    if (first) std::ranges::reverse(ops);
    EXPECT_TRUE(fold_pairing(kAda, ops).left);
    EXPECT_EQ(fold_pairing(kAda, ops).since, at_ms(10));
    EXPECT_EQ(fold_pairing(kAda, ops).changed, at_ms(20));
    ops.push_back(seen(3, 30, paired));
    EXPECT_FALSE(fold_pairing(kAda, ops).left);
    EXPECT_EQ(fold_pairing(kAda, ops).changed, at_ms(30));
  }
  EXPECT_FALSE(fold_pairing(kAda, {seen(1, 10, paired), seen(2, 20, Left{}, kBen)}).left);  // only the person's own
  EXPECT_EQ(fold_pairing(kAda, {seen(2, 20, Left{})}).paired, std::nullopt);
}

TEST(PersonalObjects, AreTheCreatorsOwn) {
  EXPECT_EQ(profile_object(kAda), (ObjectId{kAda, ObjectNumber{}}));
  const ObjectId pairing = pairing_object(kAda, made_id<CoupleId>(0xC3));
  EXPECT_EQ(pairing, (ObjectId{kAda, made_id<ObjectNumber>(0xC3)}));
}

}  // namespace
}  // namespace attune::journal
