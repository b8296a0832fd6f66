// What one sees of one's own weeks.
#include "journal/trends.h"

#include <gtest/gtest.h>

#include "journal/ops.h"

namespace attune::journal {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using test::at_ms;

// 2026-11-20 is a Friday.
const Day kFriday = std::chrono::local_days{std::chrono::year{2026} / 11 / 20};
const Day kMonday = std::chrono::local_days{std::chrono::year{2026} / 11 / 16};

Instant at(Day day, std::chrono::minutes on_wall, std::chrono::minutes offset = 0min) {
  return Instant{day.time_since_epoch()} + on_wall - offset;
}
const Instant kNow = at(kFriday, 12h);

TEST(Trends, BeginWeeksOnMonday) {
  EXPECT_EQ(monday_of(kMonday), kMonday);
  EXPECT_EQ(monday_of(kFriday), kMonday);
  EXPECT_EQ(monday_of(kMonday + days{6}), kMonday);
  EXPECT_EQ(monday_of(kMonday - days{1}), kMonday - days{7});
  EXPECT_EQ(monday_of(Day{days{0}}), Day{days{-3}});  // 1970 began on a Thursday
  EXPECT_EQ(monday_of(Day{days{-4}}), Day{days{-10}});
}

TEST(Trends, HaveEveryWeekOldestFirstAndEmptyOnesToo) {
  const auto weeks = trends({}, {kNow, 0min, 3});
  ASSERT_EQ(weeks.size(), 3U);
  EXPECT_EQ(weeks[0].monday, kMonday - days{14});
  EXPECT_EQ(weeks[2].monday, kMonday);
  EXPECT_EQ(weeks[1], (TrendWeek{.monday = kMonday - days{7}}));
  EXPECT_TRUE(trends({}, {kNow, 0min, 0}).empty());
  EXPECT_EQ(trends({}, {kNow, 0min, 1'000'000}).size(), kMaxTrendWeeks);
}

TEST(Trends, CountAMoodInTheWeekOfTheReadersWall) {
  const Instant late_sunday = at(kMonday - days{1}, 23h + 30min);  // in UTC
  const TrendPoints points{.moods = {{late_sunday, 4}, {kNow, 1}, {kNow, 2}}, .marks = {}, .gratitude = {}};
  const auto in_utc = trends(points, {kNow, 0min, 2});
  EXPECT_EQ(in_utc[0].moods, (std::array<std::uint32_t, 5>{0, 0, 0, 1, 0}));
  EXPECT_EQ(in_utc[1].moods, (std::array<std::uint32_t, 5>{1, 1, 0, 0, 0}));
  EXPECT_EQ(in_utc[1].mean_mood(), 150U);
  const auto in_berlin = trends(points, {kNow, 60min, 2});
  EXPECT_EQ(in_berlin[0].mean_mood(), 0U);
  EXPECT_EQ(in_berlin[1].moods, (std::array<std::uint32_t, 5>{1, 1, 0, 1, 0}));
}

TEST(Trends, KeepTheMarksOfTheTwoApart) {
  const auto weeks = trends({.moods = {},
                             .marks = {{Whose::mine, MarkKind::kept, kFriday},
                                       {Whose::partners, MarkKind::missed, kFriday},
                                       {Whose::partners, MarkKind::moved, kMonday},
                                       {Whose::mine, MarkKind::kept, kMonday - days{1}}},
                             .gratitude = {}},
                            {kNow, 0min, 2});
  EXPECT_EQ(weeks[0].marked_by_me, (MarkCounts{1, 0, 0}));
  EXPECT_EQ(weeks[1].marked_by_me, (MarkCounts{1, 0, 0}));
  EXPECT_EQ(weeks[1].marked_by_partner, (MarkCounts{0, 1, 1}));
}

TEST(Trends, CountGratitudeGivenAndReceived) {
  const auto weeks = trends(
      {.moods = {}, .marks = {}, .gratitude = {{Whose::mine, kNow}, {Whose::partners, kNow}, {Whose::mine, kNow}}},
      {kNow, 0min, 1});
  EXPECT_EQ(weeks[0].gratitude_given, 2U);
  EXPECT_EQ(weeks[0].gratitude_received, 1U);
}

TEST(Trends, PassOverWhatLiesOutsideOrIsNoLevel) {
  const auto weeks =
      trends({.moods = {{kNow, 0},
                        {kNow, 6},
                        {kNow, -1},
                        {kEarliestInstant, 3},
                        {kLatestInstant, 3},
                        {at(kMonday + days{7}, 0min), 3}},
              .marks = {{Whose::mine, MarkKind::kept, kLatestDay}, {Whose::mine, MarkKind::kept, kEarliestDay}},
              .gratitude = {}},
             {kNow, 0min, 4});
  for (const TrendWeek& week : weeks) EXPECT_EQ(week, (TrendWeek{.monday = week.monday}));
}

}  // namespace
}  // namespace attune::journal
