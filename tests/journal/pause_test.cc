// A pause with the moment of return agreed: each rule as a sentence.
#include "journal/pause.h"

#include <gtest/gtest.h>

#include "journal/ops.h"

namespace attune::test {
namespace {

using journal::fold_pause;
using journal::Pause;
using journal::Paused;
using journal::Resumed;
using journal::Seen;
using std::chrono::hours;
using std::chrono::minutes;

constexpr bool kShared = true;
constexpr Instant kCalled{std::chrono::milliseconds{1'790'000'000'000}};

// Told in minutes since the pause was called.
Seen at(std::uint8_t id, int minute, journal::Act act, RootId author = kAda) {
  return {made_id<OpId>(id), author, kShared, journal::Op{kCalled + minutes{minute}, std::move(act)}};
}
Paused until(int minute, std::string text = "") { return {std::move(text), kCalled + minutes{minute}}; }
bool in_force(const std::vector<Seen>& ops, int minute) {
  const auto pause = fold_pause(kEntry, ops);
  return pause && is_in_force(*pause, kCalled + minutes{minute});
}

TEST(Pause, IsInForceUntilTheMomentThatWasSaid) {
  const std::vector<Seen> ops{at(1, 0, until(30, "I need a walk"))};
  EXPECT_TRUE(in_force(ops, 0));
  EXPECT_TRUE(in_force(ops, 29));
  EXPECT_FALSE(in_force(ops, 30));
  EXPECT_EQ(fold_pause(kEntry, ops)->text, "I need a walk");
  EXPECT_EQ(fold_pause(kEntry, ops)->until, kCalled + minutes{30});
}

TEST(Pause, IsNothingBeforeItsCreatorCallsIt) {
  EXPECT_EQ(fold_pause(kEntry, {}), std::nullopt);
  EXPECT_EQ(fold_pause(kEntry, {at(1, 0, Resumed{})}), std::nullopt);
  EXPECT_EQ(fold_pause(kEntry, {at(1, 0, until(30), kBen)}), std::nullopt);
  EXPECT_EQ(fold_pause(kEntry, {gone(1, kAda, kShared)}), std::nullopt);
  EXPECT_EQ(fold_pause(kEntry, {seen(1, 0, until(30))}), std::nullopt) << "in the own log";
}

TEST(Pause, IsExtendedOrEndedByWhoCalledIt) {
  std::vector<Seen> ops{at(1, 0, until(30)), at(2, 20, until(60))};
  EXPECT_TRUE(in_force(ops, 59));
  EXPECT_FALSE(in_force(ops, 60));
  ops.push_back(at(3, 40, Resumed{}));
  EXPECT_FALSE(in_force(ops, 41));
  EXPECT_EQ(fold_pause(kEntry, ops)->resumed_at, kCalled + minutes{40});
  EXPECT_EQ(fold_pause(kEntry, ops)->called_at, kCalled);
}

TEST(Pause, IsNotForThePartnerToChange) {
  const std::vector<Seen> own{at(1, 0, until(30))};
  std::vector<Seen> ops = own;
  ops.push_back(at(2, 5, Resumed{}, kBen));
  ops.push_back(at(3, 6, until(600), kBen));
  EXPECT_EQ(fold_pause(kEntry, ops), fold_pause(kEntry, own));
}

TEST(Pause, GoesByTheLastActWhereAChangeAndAnEndWereMadeApart) {
  EXPECT_TRUE(in_force({at(1, 0, until(30)), at(2, 10, Resumed{}), at(3, 11, until(60))}, 12));
  EXPECT_FALSE(in_force({at(1, 0, until(30)), at(3, 10, Resumed{}), at(2, 10, until(60))}, 12));
  EXPECT_TRUE(in_force({at(1, 0, until(30)), at(2, 10, Resumed{}), at(3, 10, until(60))}, 12));
}

TEST(Pause, LastsTwentyMinutesAtLeastAndADayAtMost) {
  EXPECT_EQ(fold_pause(kEntry, {at(1, 0, until(-5))})->until, kCalled + minutes{20});
  EXPECT_EQ(fold_pause(kEntry, {at(1, 0, until(100'000))})->until, kCalled + hours{24});
  EXPECT_EQ(fold_pause(kEntry, {at(1, 0, until(30)), at(2, 10, until(12))})->until, kCalled + minutes{30});
  EXPECT_TRUE(why_not_this_long(kCalled, until(19)));
  EXPECT_FALSE(why_not_this_long(kCalled, until(20)));
  EXPECT_FALSE(why_not_this_long(kCalled, until(24 * 60)));
  EXPECT_TRUE(why_not_this_long(kCalled, until(24 * 60 + 1)));
}

TEST(Pause, EndsBeforeTheEndOfTime) {
  const Seen last{made_id<OpId>(1), kAda, kShared, journal::Op{kLatestInstant, Paused{"", at_ms(0)}}};
  EXPECT_EQ(fold_pause(kEntry, {last})->until, kLatestInstant);
}

// A word of a clock that is wrong by years is no silence of years.
TEST(Pause, OfAClockThatRunsFarAheadIsNotInForceUntilThen) {
  const std::vector<Seen> ops{at(1, 0, until(30))};
  EXPECT_TRUE(in_force(ops, -60)) << "somebody's clock is an hour off";
  EXPECT_FALSE(in_force(ops, -24 * 60 - 1));
}

TEST(Pause, IsForWhoCalledItToChangeWhileItLasts) {
  const Pause pause = *fold_pause(kEntry, {at(1, 0, until(30))});
  const Instant during = kCalled + minutes{10};
  const Instant after = kCalled + minutes{30};
  EXPECT_FALSE(why_not_change(pause, kAda, during));
  EXPECT_FALSE(why_not_resume(pause, kAda, during));
  EXPECT_TRUE(why_not_change(pause, kBen, during));
  EXPECT_TRUE(why_not_resume(pause, kBen, during));
  EXPECT_TRUE(why_not_change(pause, kAda, after));
  EXPECT_TRUE(why_not_resume(pause, kAda, after));
}

TEST(Pause, TellsItsHistoryWithTheEndsThatCount) {
  const Pause pause =
      *fold_pause(kEntry, {at(3, 40, Resumed{}), at(2, 20, until(60)), at(1, 0, until(1)), at(4, 50, Resumed{}, kBen)});
  ASSERT_EQ(pause.history.size(), 3U);
  EXPECT_EQ(pause.history[0].act, journal::Act{until(20)});
  EXPECT_EQ(pause.history[1].act, journal::Act{until(60)});
  EXPECT_EQ(pause.history[2].act, journal::Act{Resumed{}});
  EXPECT_EQ(pause.newest, kCalled + minutes{40});
}

}  // namespace
}  // namespace attune::test
