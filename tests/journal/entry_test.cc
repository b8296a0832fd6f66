#include <gtest/gtest.h>

#include "journal/entry.h"

#include <algorithm>

#include "journal/ops.h"

namespace attune::journal {
namespace {

using test::at_ms;
using test::gone;
using test::kAda;
using test::kBen;
using test::kEntry;
using test::made_id;
using test::said;
using test::seen;

constexpr bool kShared = true;

EntryContent instead_of(std::string body, std::vector<OpId> replaced) {
  EntryContent content = said(std::move(body));
  content.replaces = std::move(replaced);
  return content;
}

Entry folded_of(std::vector<Seen> ops) {
  auto entry = fold_entry(kEntry, std::move(ops));
  EXPECT_TRUE(entry.has_value());
  return entry.value_or(Entry{});
}

TEST(Entry, IsNothingBeforeAnOpMakesItOne) {
  EXPECT_EQ(fold_entry(kEntry, {}), std::nullopt);
  EXPECT_EQ(fold_entry(kEntry, {gone(1)}), std::nullopt);
  EXPECT_EQ(fold_entry(kEntry, {seen(1, 1, Unknown{}), seen(2, 2, Profile{"x"})}), std::nullopt);
}

TEST(Entry, IsPrivateUntilAContentStandsInACouplesLog) {
  EXPECT_FALSE(folded_of({seen(1, 10, said("a"))}).shared);
  EXPECT_TRUE(folded_of({seen(1, 10, said("a"), kAda, kShared)}).shared);
}

TEST(Entry, ShowsTheContentWithTheLatestOpTime) {
  const Entry entry = folded_of({seen(3, 30, said("third")), seen(9, 10, said("first")), seen(1, 20, said("second"))});
  ASSERT_TRUE(entry.current);
  EXPECT_EQ(entry.current->content.body, "third");
  EXPECT_TRUE(entry.edited);
  ASSERT_EQ(entry.earlier.size(), 2U);
  EXPECT_EQ(entry.earlier[0].content.body, "first");
  EXPECT_EQ(entry.earlier[1].content.body, "second");
}

TEST(Entry, BreaksATieOfTimesByTheOpsId) {
  EXPECT_EQ(folded_of({seen(2, 10, said("two")), seen(1, 10, said("one"))}).current->content.body, "two");
}

TEST(Entry, IgnoresContentByTheOther) {
  const Entry entry = folded_of({seen(1, 10, said("mine")), seen(2, 99, said("forged"), kBen, kShared)});
  EXPECT_EQ(entry.current->content.body, "mine");
  EXPECT_FALSE(entry.shared);
  EXPECT_FALSE(entry.edited);
  EXPECT_EQ(entry.newest, at_ms(10));
  EXPECT_EQ(fold_entry(kEntry, {seen(2, 99, said("forged"), kBen, kShared)}), std::nullopt);
}

TEST(Entry, IgnoresAnEraseByTheOther) {
  const std::vector<Seen> ops{seen(1, 10, said("mine"), kAda, kShared), seen(2, 99, Erase{}, kBen, kShared)};
  EXPECT_FALSE(folded_of(ops).erased);
  EXPECT_TRUE(test::ids_to_drop(kEntry, ops).empty());
}

TEST(Entry, StaysErasedHoweverConcurrentAnEditIs) {
  const std::vector<Seen> ops{seen(1, 10, said("a")), seen(2, 5, Erase{}), seen(3, 999, said("later"))};
  const Entry entry = folded_of(ops);
  EXPECT_TRUE(entry.erased);
  EXPECT_EQ(entry.current, std::nullopt);
  EXPECT_TRUE(entry.earlier.empty());
  EXPECT_TRUE(entry.contents.empty());
  EXPECT_EQ(test::ids_to_drop(kEntry, ops), (std::vector{made_id<OpId>(1), made_id<OpId>(3)}));
}

TEST(Entry, IsErasedTheSameWhetherTheTextIsStillThereOrGone) {
  const auto before = fold_entry(kEntry, {seen(1, 10, said("a"), kAda, kShared), seen(2, 20, Erase{}, kAda, kShared),
                                          seen(3, 30, SharedAs{made_id<ObjectNumber>(1)})});
  const auto after = fold_entry(kEntry, {gone(1, kAda, kShared), seen(2, 20, Erase{}, kAda, kShared), gone(3)});
  EXPECT_EQ(before, after);
}

TEST(Entry, DropsAlsoResponsesOfTheOtherWhenErasedButNoErase) {
  const std::vector<Seen> ops{seen(1, 1, said("a"), kAda, kShared), seen(2, 2, Erase{}, kAda, kShared),
                              seen(3, 3, Unknown{}, kBen, kShared), seen(4, 4, Erase{}, kBen, kShared), gone(5)};
  EXPECT_EQ(test::ids_to_drop(kEntry, ops), (std::vector{made_id<OpId>(1), made_id<OpId>(3), made_id<OpId>(5)}));
}

TEST(Entry, DropsWhatALaterContentInTheCouplesLogReplaces) {
  const std::vector<Seen> ops{seen(1, 10, said("a"), kAda, kShared),
                              seen(2, 20, instead_of("b", {made_id<OpId>(1)}), kAda, kShared)};
  EXPECT_EQ(test::ids_to_drop(kEntry, ops), std::vector{made_id<OpId>(1)});
  const Entry entry = folded_of({gone(1, kAda, kShared), ops[1]});
  EXPECT_EQ(entry.current->content.body, "b");
  EXPECT_TRUE(entry.edited);
  EXPECT_EQ(entry.contents, (std::vector{made_id<OpId>(1), made_id<OpId>(2)}));
}

TEST(Entry, KeepsVersionsOfAPrivateEntryWhereTheyAre) {
  const std::vector<Seen> ops{seen(1, 10, said("a")), seen(2, 20, instead_of("b", {made_id<OpId>(1)}))};
  EXPECT_TRUE(test::ids_to_drop(kEntry, ops).empty());
  EXPECT_EQ(folded_of(ops).earlier.size(), 1U);
}

TEST(Entry, LetsNobodyElseReplaceContent) {
  const std::vector<Seen> ops{seen(1, 10, said("a"), kAda, kShared),
                              seen(2, 20, instead_of("b", {made_id<OpId>(1)}), kBen, kShared)};
  EXPECT_TRUE(test::ids_to_drop(kEntry, ops).empty());
  EXPECT_EQ(folded_of(ops).current->content.body, "a");
}

TEST(Entry, KeepsBothOfTwoConcurrentEditsUntilOneNamesBoth) {
  const std::vector<Seen> ops{gone(1, kAda, kShared), seen(2, 20, instead_of("b", {made_id<OpId>(1)}), kAda, kShared),
                              seen(3, 21, instead_of("c", {made_id<OpId>(1)}), kAda, kShared)};
  const Entry entry = folded_of(ops);
  EXPECT_EQ(entry.current->content.body, "c");
  EXPECT_EQ(entry.contents.size(), 3U);
  EXPECT_EQ(test::ids_to_drop(kEntry, ops), std::vector{made_id<OpId>(1)});
}

TEST(Entry, NeverShowsAReplacedContentEvenAtTheLatestTime) {
  const auto latest = kLatestInstant.time_since_epoch().count();
  const Entry entry = folded_of(
      {seen(9, latest, said("a"), kAda, kShared), seen(1, latest, instead_of("b", {made_id<OpId>(9)}), kAda, kShared)});
  EXPECT_EQ(entry.current->content.body, "b");
}

TEST(Entry, HoldsForItsAuthorTheVersionsThatEditsTookOut) {
  const EarlierVersion copy{made_id<OpId>(1), at_ms(10), said("a")};
  const std::vector<Seen> ops{gone(1, kAda, kShared), seen(3, 20, copy), seen(4, 21, copy),
                              seen(2, 22, instead_of("b", {made_id<OpId>(1)}), kAda, kShared)};
  const Entry entry = folded_of(ops);
  ASSERT_EQ(entry.earlier.size(), 1U);
  EXPECT_EQ(entry.earlier[0], (Version{made_id<OpId>(1), at_ms(10), said("a")}));
  // And the same while the old text is still in the couple's log.
  std::vector<Seen> before = ops;
  before[0] = seen(1, 10, said("a"), kAda, kShared);
  EXPECT_EQ(fold_entry(kEntry, before), fold_entry(kEntry, ops));
}

TEST(Entry, LeadsToTheSharedOneThatWasFirst) {
  const Entry entry = folded_of({seen(1, 10, said("a")), seen(3, 30, SharedAs{made_id<ObjectNumber>(8)}),
                                 seen(2, 20, SharedAs{made_id<ObjectNumber>(9)})});
  EXPECT_EQ(entry.shared_as, made_id<ObjectNumber>(9));
  EXPECT_EQ(entry.also_shared_as, std::vector{made_id<ObjectNumber>(8)});
  EXPECT_FALSE(entry.shared);
}

TEST(Entry, CountsAnOpThatStandsInTwoLogsOnce) {
  const Entry entry =
      folded_of({seen(1, 10, said("a")), seen(1, 10, said("a"), kAda, kShared), gone(1, kAda, kShared)});
  EXPECT_TRUE(entry.shared);
  EXPECT_FALSE(entry.edited);
  EXPECT_EQ(entry.contents.size(), 1U);
}

TEST(Entry, IsNotChangedByACopyOfItsOpInTheOthersLog) {
  const Entry entry = folded_of({seen(1, 10, said("a")), seen(1, 10, said("a"), kBen, kShared)});
  EXPECT_FALSE(entry.shared);
  EXPECT_FALSE(entry.edited);
}

TEST(Entry, WithTextThatHasNotArrivedIsThereWithoutIt) {
  const Entry entry = folded_of({seen(3, 20, EarlierVersion{made_id<OpId>(1), at_ms(10), said("a")})});
  EXPECT_EQ(entry.current, std::nullopt);
  EXPECT_EQ(entry.earlier.size(), 1U);
}

TEST(OpTime, IsNowOrJustAfterTheNewestOfThatObject) {
  EXPECT_EQ(next_time(at_ms(500), at_ms(100)), at_ms(500));
  EXPECT_EQ(next_time(at_ms(500), at_ms(500)), at_ms(501));
  EXPECT_EQ(next_time(at_ms(500), at_ms(900)), at_ms(901));
  EXPECT_EQ(next_time(at_ms(500), kLatestInstant), kLatestInstant);
  EXPECT_EQ(next_time(at_ms(-5), at_ms(-9)), at_ms(0));
}

TEST(OpTime, LooksOnlyAtOpsOfTheCreatorThatHaveEffect) {
  const Entry entry = folded_of({seen(1, 10, said("a")), seen(2, 900, said("b"), kBen, kShared),
                                 seen(3, 800, Unknown{}), seen(4, 20, said("c"))});
  EXPECT_EQ(entry.newest, at_ms(20));
}

}  // namespace
}  // namespace attune::journal
