#include <gtest/gtest.h>

#include "cli/when.h"

#include <rapidcheck/gtest.h>

#include <cstdlib>

#include "core/text.h"
#include "support/error_matcher.h"

namespace attune::cli {
namespace {

using std::chrono::minutes;

class When : public testing::Test {
 protected:
  static std::string at(std::string_view text) {
    const Said said = moment_said(text, now(), berlin());
    return rfc3339(said.when, said.offset);
  }
  static std::string since(std::string_view text) { return utc(since_said(text, now(), berlin())); }
  static std::string until(std::string_view text) { return utc(until_said(text, now(), berlin())); }
  static std::string utc(Instant when) { return rfc3339(when, minutes{0}); }
  static const Zone& berlin() {
    static const auto zone = zone_named("Europe/Berlin");
    return *zone;
  }
  // Saturday, 21 November 2026, 10:30 in Berlin
  static Instant now() { return Instant{std::chrono::milliseconds{1'795'253'400'000}}; }
};

TEST_F(When, ReadsDatesAsPeopleSayThem) {
  EXPECT_EQ(at("now"), "2026-11-21T10:30:00.000+01:00");
  EXPECT_EQ(at("today"), "2026-11-21T10:30:00.000+01:00");
  EXPECT_EQ(at("2026-11-21"), at("today"));
  EXPECT_EQ(at("yesterday"), "2026-11-20T12:00:00.000+01:00");
  EXPECT_EQ(at("Yesterday 21:00"), "2026-11-20T21:00:00.000+01:00");
  EXPECT_EQ(at("yesterday at 9:05"), "2026-11-20T09:05:00.000+01:00");
  EXPECT_EQ(at("last sunday"), "2026-11-15T12:00:00.000+01:00");
  EXPECT_EQ(at("last sunday 8:15"), "2026-11-15T08:15:00.000+01:00");
  EXPECT_EQ(at("last saturday"), "2026-11-14T12:00:00.000+01:00");
  EXPECT_EQ(at("saturday 08:00"), "2026-11-21T08:00:00.000+01:00");
  EXPECT_EQ(at("fri"), "2026-11-20T12:00:00.000+01:00");
  EXPECT_EQ(at("2 days ago"), "2026-11-19T12:00:00.000+01:00");
  EXPECT_EQ(at("3 hours ago"), "2026-11-21T07:30:00.000+01:00");
  EXPECT_EQ(at("21:00"), "2026-11-21T21:00:00.000+01:00");
  EXPECT_EQ(at("2026-11-20"), "2026-11-20T12:00:00.000+01:00");
  EXPECT_EQ(at("2026-11-20 21:00"), "2026-11-20T21:00:00.000+01:00");
  EXPECT_EQ(at("2026-11-20T21:00"), "2026-11-20T21:00:00.000+01:00");
  EXPECT_EQ(at("2026-07-01 21:00"), "2026-07-01T21:00:00.000+02:00");
}

TEST_F(When, ReadsWhenSomethingEndsThatGoesOnNow) {
  const auto end = [](std::string_view text, Instant from = now()) {
    const Instant when = end_said(text, from, berlin(), std::chrono::hours{24});
    return rfc3339(when, berlin().offset_at(when));
  };
  EXPECT_EQ(end("21:00"), "2026-11-21T21:00:00.000+01:00");
  EXPECT_EQ(end("9:00"), "2026-11-22T09:00:00.000+01:00");  // it is past that today
  EXPECT_EQ(end("10:30"), "2026-11-22T10:30:00.000+01:00");
  EXPECT_EQ(end("tomorrow 9:00"), "2026-11-22T09:00:00.000+01:00");
  EXPECT_EQ(end("sunday 9:00"), "2026-11-22T09:00:00.000+01:00");
  EXPECT_EQ(end("in 2 hours"), "2026-11-21T12:30:00.000+01:00");
  EXPECT_EQ(end("tomorrow"), "2026-11-22T10:30:00.000+01:00");  // a day at most
  EXPECT_EQ(end("tomorrow", now() + std::chrono::hours{10}), "2026-11-22T12:00:00.000+01:00");
  EXPECT_EQ(end("2026-11-25"), "2026-11-25T12:00:00.000+01:00");
  EXPECT_EQ(end("2026-11-21T21:00+00:00"), "2026-11-21T22:00:00.000+01:00");
  for (const std::string_view text : {"", "soon", "in 2", "25:00", "99999-01-01"}) {
    EXPECT_ERROR(Errc::usage, end(text));
  }
}

TEST_F(When, ShowsAMomentOnTheWallOfAnotherZone) {
  EXPECT_EQ(on_the_wall("2026-11-20T21:00:00.000+00:00", berlin()), "2026-11-20T22:00:00.000+01:00");
  EXPECT_EQ(on_the_wall("2026-07-20T21:00:00.000+00:00", berlin()), "2026-07-20T23:00:00.000+02:00");
  EXPECT_EQ(on_the_wall("no moment", berlin()), "no moment");
}

TEST_F(When, ReadsDaysOnTheSideThatIsMeant) {
  const auto day = [](std::string_view text, Toward toward) { return day_said(text, now(), berlin(), toward); };
  EXPECT_EQ(day("sunday", Toward::future), "2026-11-22");
  EXPECT_EQ(day("sunday", Toward::past), "2026-11-15");
  EXPECT_EQ(day("sat", Toward::future), "2026-11-21");
  EXPECT_EQ(day("sat", Toward::past), "2026-11-21");
  EXPECT_EQ(day("next saturday", Toward::past), "2026-11-28");
  EXPECT_EQ(day("last saturday", Toward::future), "2026-11-14");
  EXPECT_EQ(day("tomorrow", Toward::future), "2026-11-22");
  EXPECT_EQ(day("in 3 days", Toward::future), "2026-11-24");
  EXPECT_EQ(day("in 2 weeks", Toward::future), "2026-12-05");
  EXPECT_EQ(day("2 days ago", Toward::past), "2026-11-19");
  EXPECT_EQ(day("2027-02-28", Toward::past), "2027-02-28");
  for (const auto* wrong : {"", "now", "today 9:00", "9:00", "in 2 hours", "in days", "next", "2027-02-29",
                            "1969-12-31", "someday", "in 3 days ago"}) {
    SCOPED_TRACE(wrong);
    EXPECT_ERROR(Errc::usage, day(wrong, Toward::future));
  }
}

TEST_F(When, KeepsTheOffsetThatWasSaid) {
  EXPECT_EQ(at("2026-11-20T21:00+01:00"), "2026-11-20T21:00:00.000+01:00");
  EXPECT_EQ(at("2026-11-20T21:00-05:30"), "2026-11-20T21:00:00.000-05:30");
  EXPECT_EQ(at("2026-11-20 21:00 +0300"), "2026-11-20T21:00:00.000+03:00");
  EXPECT_EQ(at("2026-11-20T21:00:30.250Z"), "2026-11-20T21:00:30.250+00:00");
}

TEST_F(When, RefusesWhatIsNoDate) {
  for (const auto* text : {"",
                           "  ",
                           "soon",
                           "2026-02-30",
                           "2026-13-01",
                           "24:00",
                           "21:60",
                           "2026-11-20T",
                           "last",
                           "last week",
                           "20:00 21:00",
                           "today tomorrow",
                           "2026-11-2",
                           "1e9 days ago",
                           "99999999 days ago",
                           "2026-11-20Tnoon",
                           "21:00 +1",
                           "2026-11-20 +01:00",
                           "-1 days ago",
                           "2026-11-20T21:00+19:00",
                           "\x1b[31m",
                           "21:00:00.",
                           "2026-11-20T21:00 21:00"}) {
    EXPECT_ERROR(Errc::usage, moment_said(text, now(), berlin()));
  }
  EXPECT_ERROR(Errc::usage, moment_said("1969-12-31", now(), berlin()));
  EXPECT_ERROR(Errc::usage, moment_said("0000-01-01", now(), berlin()));
}

TEST_F(When, AnErrorShowsNoControlCharacters) {
  try {
    static_cast<void>(moment_said("\x1b[2J", now(), berlin()));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(std::string{error.what()}.find('\x1b'), std::string::npos);
  }
}

TEST_F(When, SinceCountsFromTheDaysBeginningAndUntilToItsEnd) {
  EXPECT_EQ(since("2026-11-20"), "2026-11-19T23:00:00.000+00:00");
  EXPECT_EQ(until("2026-11-20"), "2026-11-20T23:00:00.000+00:00");
  EXPECT_EQ(since("today"), "2026-11-20T23:00:00.000+00:00");
  EXPECT_EQ(until("today"), "2026-11-21T23:00:00.000+00:00");
  EXPECT_EQ(since("2026-11-20 21:00"), until("2026-11-20 21:00"));
}

TEST_F(When, ADayOfChangingClocksIsAsLongAsItIs) {
  EXPECT_EQ(until_said("2026-03-29", now(), berlin()) - since_said("2026-03-29", now(), berlin()),
            std::chrono::hours{23});
  EXPECT_EQ(until_said("2026-10-25", now(), berlin()) - since_said("2026-10-25", now(), berlin()),
            std::chrono::hours{25});
}

TEST_F(When, ATimeThatClocksJumpOverIsReadAsIfTheyHadNot) {
  EXPECT_EQ(at("2026-03-29 02:30"), "2026-03-29T03:30:00.000+02:00");
}

TEST_F(When, ATimeThatClocksShowTwiceIsTheFirst) { EXPECT_EQ(at("2026-10-25 02:30"), "2026-10-25T02:30:00.000+02:00"); }

TEST_F(When, TodayIsTodayInTheZoneNotInUtc) {
  const auto tokyo = zone_named("Asia/Tokyo");
  const Instant late{std::chrono::milliseconds{1'795'300'000'000}};  // 22:26 on the 21st in UTC
  EXPECT_EQ(utc(since_said("today", late, *tokyo)), "2026-11-21T15:00:00.000+00:00");
}

TEST_F(When, KnowsOnlyZonesThatStandInTheTables) { EXPECT_EQ(zone_named("Nowhere/Land"), nullptr); }

TEST_F(When, ReadsARuleFromTheEnvironment) {
  const char* before = std::getenv("TZ");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  const auto rule = local_zone("CET-1CEST,M3.5.0,M10.5.0/3");
  for (const auto* text : {"2026-03-29 02:30", "2026-10-25 02:30", "2026-07-01 12:00", "2026-12-01 12:00"}) {
    EXPECT_EQ(moment_said(text, now(), *rule).when, moment_said(text, now(), berlin()).when) << text;
  }
  before == nullptr ? ::unsetenv("TZ") : ::setenv("TZ", kept.c_str(), 1);
}

TEST_F(When, ReadsBackWhatWasPrinted) {
  rc::check([] {
    const auto when =
        Instant{std::chrono::milliseconds{*rc::gen::inRange<std::int64_t>(-62135596800000, 253402300799999)}};
    const minutes offset{*rc::gen::inRange(-12 * 60, 14 * 60)};
    // At the edges, where the offset would lead outside the years 1 to 9999, it prints UTC.
    RC_PRE(when + offset >= kEarliestInstant && when + offset <= kLatestInstant);
    const auto back = parse_rfc3339(rfc3339(when, offset));
    RC_ASSERT(back.has_value());
    RC_ASSERT(back->when == when);
    RC_ASSERT(back->offset == offset);
  });
}

TEST_F(When, AnyTextIsADateOrAUsageError) {
  rc::check([](const std::string& text) {
    try {
      static_cast<void>(moment_said(text, now(), berlin()));
    } catch (const Error& error) {
      RC_ASSERT(error.code() == Errc::usage);
    }
  });
}

TEST_F(When, ShowsDatesAndTimes) {
  EXPECT_EQ(day_in_words("2026-11-20T21:00:00.000+01:00"), "Friday, 20 November 2026");
  EXPECT_EQ(day_in_words("2026-11-20"), "Friday, 20 November 2026");
  EXPECT_EQ(day_in_words("soon\x1b"), harmless_line("soon\x1b"));
  EXPECT_EQ(time_of_day("2026-11-20T21:05:00.000+01:00"), "21:05");
  EXPECT_EQ(time_of_day("2026-11-20"), "");
}

TEST_F(When, TellsAnAgeInWords) {
  const auto ago = [](auto age) { return age_in_words(now() - age, now()); };
  EXPECT_EQ(ago(std::chrono::seconds{5}), "just now");
  EXPECT_EQ(ago(-std::chrono::hours{5}), "just now");
  EXPECT_EQ(ago(minutes{1}), "1 minute ago");
  EXPECT_EQ(ago(minutes{90}), "1 hour ago");
  EXPECT_EQ(ago(std::chrono::hours{72}), "3 days ago");
  EXPECT_EQ(ago(std::chrono::hours{24 * 100}), "3 months ago");
  EXPECT_EQ(ago(std::chrono::hours{24 * 800}), "2 years ago");
}

}  // namespace
}  // namespace attune::cli
