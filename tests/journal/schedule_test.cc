// The days of a schedule and their moments, and how people say one.
#include "journal/schedule.h"

#include <gmock/gmock.h>

#include <rapidcheck.h>

#include "core/error.h"
#include "journal/limits.h"
#include "journal/op.h"
#include "journal/schedule_text.h"
#include "journal/walls.h"
#include "support/error_matcher.h"

namespace attune::journal {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using test::on;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Day kToday = on(2026, 11, 21);  // a Saturday

Schedule said(std::string_view text) { return schedule_said(text, "Europe/Berlin", kToday); }
std::string at(const Schedule& schedule, Day day, const Zone& zone) {
  const Instant when = moment_on(schedule, day, zone);
  return rfc3339(when, zone.offset_at(when));
}

// --- days

TEST(ScheduleDays, EveryDayIsEveryDayFromTheFirst) {
  const Schedule schedule = said("day at 7:30");
  EXPECT_THAT(days_of(schedule, kToday - days{9}, kToday + days{2}),
              ElementsAre(kToday, kToday + days{1}, kToday + days{2}));
  EXPECT_FALSE(comes_on(schedule, kToday - days{1}));
}

TEST(ScheduleDays, AWeekHasItOnItsWeekdays) {
  EXPECT_THAT(days_of(said("week on sun,wed at 18:00"), kToday, on(2026, 12, 2)),
              ElementsAre(on(2026, 11, 22), on(2026, 11, 25), on(2026, 11, 29), on(2026, 12, 2)));
}

TEST(ScheduleDays, AShorterMonthHasItOnItsLastDay) {
  EXPECT_THAT(days_of(said("month on 31 at 9"), kToday, on(2027, 4, 30)),
              ElementsAre(on(2026, 11, 30), on(2026, 12, 31), on(2027, 1, 31), on(2027, 2, 28), on(2027, 3, 31),
                          on(2027, 4, 30)));
  EXPECT_TRUE(comes_on(said("month on 30 at 9"), on(2028, 2, 29)));
  EXPECT_FALSE(comes_on(said("month on 28 at 9"), on(2028, 2, 29)));
}

TEST(ScheduleDays, OnceIsOneDay) {
  const Schedule schedule = said("2026-12-24 at 18:00");
  EXPECT_THAT(days_of(schedule, kEarliestDay, kLatestDay), ElementsAre(on(2026, 12, 24)));
  EXPECT_THAT(days_of(schedule, on(2026, 12, 25), kLatestDay), IsEmpty());
  EXPECT_THAT(days_of(schedule, kEarliestDay, on(2026, 12, 23)), IsEmpty());
}

TEST(ScheduleDays, AHugeRangeGivesNoMoreThanTheMostThatAreListed) {
  for (const auto* text : {"day at 7:30", "week on tue at 7:30", "month on 31 at 7:30"}) {
    Schedule schedule = said(text);
    schedule.from = kEarliestDay;
    EXPECT_THAT(days_of(schedule, kEarliestDay, kLatestDay), SizeIs(kMostDays)) << text;
    EXPECT_THAT(days_of(schedule, kLatestDay, kLatestDay + days{4000}).size(), ::testing::Le(1U)) << text;
    EXPECT_THAT(days_of(schedule, kLatestDay, kEarliestDay), IsEmpty()) << text;
  }
}

TEST(ScheduleDays, AreInOrderInTheRangeAndNoneIsLeftOut) {
  EXPECT_TRUE(rc::check([] {
    Schedule schedule;
    schedule.every = static_cast<Schedule::Every>(*rc::gen::inRange(0, 4));
    schedule.from = kToday + days{*rc::gen::inRange(-40, 40)};
    schedule.weekdays = static_cast<std::uint8_t>(*rc::gen::inRange(1, 128));
    schedule.month_day = static_cast<std::uint8_t>(*rc::gen::inRange(1, 32));
    const Day first = kToday + days{*rc::gen::inRange(-100, 100)};
    const Day last = first + days{*rc::gen::inRange(0, 100)};
    std::vector<Day> one_by_one;
    for (Day day = first; day <= last; day += days{1}) {
      if (comes_on(schedule, day)) one_by_one.push_back(day);
    }
    RC_ASSERT(days_of(schedule, first, last) == one_by_one);
  }));
}

// --- moments

TEST(ScheduleMoments, FollowTheWallThroughBothChangesOfTheClocks) {
  const test::EuropeanZone berlin{hours{1}};
  Schedule sundays = said("week on sun at 2:30");
  EXPECT_EQ(at(sundays, on(2026, 3, 22), berlin), "2026-03-22T02:30:00.000+01:00");
  EXPECT_EQ(at(sundays, on(2026, 3, 29), berlin), "2026-03-29T03:30:00.000+02:00");  // there is no 02:30
  EXPECT_EQ(at(sundays, on(2026, 4, 5), berlin), "2026-04-05T02:30:00.000+02:00");
  EXPECT_EQ(at(sundays, on(2026, 10, 18), berlin), "2026-10-18T02:30:00.000+02:00");
  EXPECT_EQ(at(sundays, on(2026, 10, 25), berlin), "2026-10-25T02:30:00.000+02:00");  // the first of two
  EXPECT_EQ(at(sundays, on(2026, 11, 1), berlin), "2026-11-01T02:30:00.000+01:00");
}

TEST(ScheduleMoments, ADayIsThatOfTheZone) {
  const test::EuropeanZone berlin{hours{1}};
  const test::FixedZone honolulu{-hours{10}};
  const Instant late = moment_on(said("day at 23:30"), kToday, honolulu);
  EXPECT_EQ(day_at(late, honolulu), kToday);
  EXPECT_EQ(day_at(late, berlin), kToday + days{1});
}

// --- in words

TEST(ScheduleText, IsReadAsPeopleSayIt) {
  const Schedule sundays{Schedule::Every::week, kToday, 64, 0, hours{18}, "Europe/Berlin"};
  EXPECT_EQ(said("week on sun at 18:00"), sundays);
  EXPECT_EQ(said("every week on Sunday at 18"), sundays);
  EXPECT_EQ(said("  WEEK on sun, sunday  at 18:00 "), sundays);
  const Schedule two{Schedule::Every::week, kToday, 5, 0, hours{9}, "Europe/Berlin"};
  EXPECT_EQ(said("week on mon,wed at 9"), two);
  EXPECT_EQ(said("week on wednesday mon at 9:00"), two);
  EXPECT_EQ(said("day at 7:30"), (Schedule{Schedule::Every::day, kToday, 0, 0, minutes{450}, "Europe/Berlin"}));
  EXPECT_EQ(said("month on 1 at 0:00"), (Schedule{Schedule::Every::month, kToday, 0, 1, minutes{0}, "Europe/Berlin"}));
  EXPECT_EQ(said("2026-12-24 at 18:00"),
            (Schedule{Schedule::Every::once, on(2026, 12, 24), 0, 0, hours{18}, "Europe/Berlin"}));
}

TEST(ScheduleText, OfNothingThatIsASchedulesIsRefused) {
  for (const auto* text : {"",
                           "  ",
                           "at",
                           "at 9",
                           "day",
                           "day at",
                           "day at 24:00",
                           "day at 9:60",
                           "day at 9:5",
                           "day at nine",
                           "day on mon at 9",
                           "week at 9",
                           "week on at 9",
                           "week on day at 9",
                           "week on mon",
                           "weekly",
                           "week on mon at 9 at 10",
                           "week mon at 9",
                           "month on 0 at 9",
                           "month on 32 at 9",
                           "month on 1,2 at 9",
                           "month on mon at 9",
                           "month at 9",
                           "year on 1 at 9",
                           "every at 9",
                           "every every day at 9",
                           "2026-02-30 at 9",
                           "2026-13-01 at 9",
                           "0000-01-01 at 9",
                           "2026-12-24 on mon at 9",
                           "2026-12-24",
                           "2026-1-2 at 9",
                           "day at -9",
                           "day at +9",
                           "day at 9:+5",
                           "month on -1 at 9",
                           "month on 4294967297 at 9",
                           "day at 9:00:00",
                           "\x1b[31m at 9"})
    EXPECT_ERROR(Errc::usage, said(text));
}

TEST(ScheduleText, ARefusalShowsNoControlCharacters) {
  try {
    static_cast<void>(said("\x1b[2J at 9"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string{error.what()}.find('\x1b'), std::string::npos);
  }
}

TEST(ScheduleText, IsShownAsItIsSaid) {
  EXPECT_EQ(in_words(said("every week on sunday at 18")), "week on sun at 18:00");
  EXPECT_EQ(in_words(said("week on sun,wed,mon at 7:30")), "week on mon,wed,sun at 07:30");
  EXPECT_EQ(in_words(said("day at 0:05")), "day at 00:05");
  EXPECT_EQ(in_words(said("month on 31 at 9")), "month on 31 at 09:00");
  EXPECT_EQ(in_words(said("2026-12-24 at 18:00")), "2026-12-24 at 18:00");
  EXPECT_EQ(in_words(kEarliestDay), "0001-01-01");
}

TEST(ScheduleText, WhatIsShownIsReadBackAsTheSameAndKeepsTheLimits) {
  EXPECT_TRUE(rc::check([] {
    Schedule schedule;
    schedule.every = static_cast<Schedule::Every>(*rc::gen::inRange(0, 4));
    schedule.from = Day{days{*rc::gen::inRange(-719162, 2932897)}};
    schedule.at = minutes{*rc::gen::inRange(0, 1440)};
    schedule.zone = "Asia/Tokyo";
    if (schedule.every == Schedule::Every::week)
      schedule.weekdays = static_cast<std::uint8_t>(*rc::gen::inRange(1, 128));
    if (schedule.every == Schedule::Every::month)
      schedule.month_day = static_cast<std::uint8_t>(*rc::gen::inRange(1, 32));
    RC_ASSERT(schedule_said(in_words(schedule), schedule.zone, schedule.from) == schedule);
    RC_ASSERT(!broken_limit(Act{Proposed{"x", schedule, std::nullopt}}));
  }));
}

}  // namespace
}  // namespace attune::journal
