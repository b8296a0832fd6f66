// What two agreed on comes at one moment for both, with the system's own tables of zones.
#include <gtest/gtest.h>

#include "cli/when.h"
#include "journal/schedule.h"
#include "journal/schedule_text.h"

namespace attune::cli {
namespace {

using std::chrono::days;

journal::Day day(int year, int month, int of_month) { return journal::Day{std::chrono::year{year} / month / of_month}; }

std::string shown(Instant when, const Zone& zone) { return rfc3339(when, zone.offset_at(when)); }

// New York changes its clocks on 8 March and 1 November 2026, Berlin on 29 March and 25 October.
TEST(AgreedTimes, AreOneMomentForTwoInDifferentZones) {
  const auto berlin = zone_named("Europe/Berlin");
  const auto new_york = zone_named("America/New_York");
  const auto schedule = journal::schedule_said("week on sun at 18:00", "Europe/Berlin", day(2026, 3, 1));
  const std::vector<std::pair<journal::Day, std::string>> there{
      {day(2026, 3, 1), "2026-03-01T12:00:00.000-05:00"},  {day(2026, 3, 22), "2026-03-22T13:00:00.000-04:00"},
      {day(2026, 3, 29), "2026-03-29T12:00:00.000-04:00"}, {day(2026, 10, 25), "2026-10-25T13:00:00.000-04:00"},
      {day(2026, 11, 1), "2026-11-01T12:00:00.000-05:00"},
  };
  for (const auto& [sunday, seen_there] : there) {
    ASSERT_TRUE(journal::comes_on(schedule, sunday));
    const Instant when = journal::moment_on(schedule, sunday, *berlin);
    EXPECT_EQ(shown(when, *new_york), seen_there);
    EXPECT_EQ(shown(when, *berlin).substr(11, 5), "18:00");
  }
}

TEST(AgreedTimes, OfATimeThatIsSkippedOrShownTwiceComeOnce) {
  const auto berlin = zone_named("Europe/Berlin");
  const auto schedule = journal::schedule_said("week on sun at 2:30", "Europe/Berlin", day(2026, 1, 1));
  std::vector<std::string> shown_there;
  for (const journal::Day sunday : journal::days_of(schedule, day(2026, 3, 28), day(2026, 4, 5)))
    shown_there.push_back(shown(journal::moment_on(schedule, sunday, *berlin), *berlin));
  for (const journal::Day sunday : journal::days_of(schedule, day(2026, 10, 24), day(2026, 11, 1)))
    shown_there.push_back(shown(journal::moment_on(schedule, sunday, *berlin), *berlin));
  EXPECT_EQ(shown_there, (std::vector<std::string>{"2026-03-29T03:30:00.000+02:00", "2026-04-05T02:30:00.000+02:00",
                                                   "2026-10-25T02:30:00.000+02:00", "2026-11-01T02:30:00.000+01:00"}));
}

}  // namespace
}  // namespace attune::cli
