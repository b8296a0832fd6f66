// Today: one calm screen.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "cli/command_line.h"
#include "cli/render_today.h"

namespace attune::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto* kNow = "2026-11-21T10:30:00.000+01:00";

api::v1::TodayResponse a_day() {
  api::v1::TodayResponse today;
  today.set_partner("Ben");
  auto& entry = *today.add_arrived();
  entry.set_id("1a2b3c4d");
  entry.set_author("Ben");
  entry.set_shared(true);
  entry.set_kind("note");
  entry.set_body("hello\033[31m");
  entry.set_at(kNow);
  auto& news = *today.add_news();
  news.set_about("boundary");
  news.set_id("2b3c4d5e");
  news.set_text("no calls after ten");
  news.mutable_act()->set_by("Ben");
  news.mutable_act()->set_what("acknowledged");
  auto& boundary = *today.add_boundaries();
  boundary.set_id("2b3c4d5e");
  boundary.set_text("no calls after ten");
  boundary.set_topic("time");
  boundary.set_mine(true);
  auto& agreement = *today.add_agreements();
  agreement.set_id("3c4d5e6f");
  agreement.set_text("we talk");
  agreement.set_status("in_force");
  agreement.set_every("week on sun at 18:00");
  auto& proposed = *today.add_agreements();
  proposed.set_id("4d5e6f70");
  proposed.set_text("we walk");
  proposed.set_status("proposed");
  auto& pause = *today.add_pauses();
  pause.set_id("5e6f7081");
  pause.set_by("Ben");
  pause.set_until("2026-11-21T11:00:00.000+01:00");
  auto& due = *today.add_due();
  due.set_id("3c4d5e6f");
  due.set_text("we talk");
  due.set_at("2026-11-22T18:00:00.000+01:00");
  today.add_checkins()->set_id("6f708192");
  return today;
}

TEST(Today, ShowsWhatCameWhatStandsAndWhatComesNext) {
  const std::string screen = render_today(a_day(), kNow, Page{});
  EXPECT_THAT(screen, HasSubstr("Saturday, 21 November 2026\n"));
  EXPECT_THAT(screen, HasSubstr("A pause\n  5e6f7081  time to calm down · until 11:00 · called by Ben\n"));
  EXPECT_THAT(screen, HasSubstr("no calls after ten · Ben acknowledged\n"));
  EXPECT_THAT(screen, HasSubstr("Boundaries\n  2b3c4d5e  no calls after ten · time · yours\n"));
  EXPECT_THAT(screen, HasSubstr("Agreed\n  3c4d5e6f  we talk · week on sun at 18:00\n"));
  EXPECT_THAT(screen, HasSubstr("Proposed\n  4d5e6f70  we walk\n"));
  EXPECT_THAT(screen, HasSubstr("we talk · Sunday, 22 November 2026, 18:00\n"));
  EXPECT_THAT(screen, HasSubstr("Ben has answered a check-in; yours is next, if you want to: attune checkin\n"));
  EXPECT_THAT(screen, Not(HasSubstr("\033")));  // whatever a partner writes
}

TEST(Today, NothingOnItIsAnAlarmOrACount) {
  const std::string screen = render_today(a_day(), kNow, Page{.columns = 80, .paint = Paint{true}});
  EXPECT_THAT(screen, AllOf(Not(HasSubstr("\033[31")), Not(HasSubstr("\033[1;31")), Not(HasSubstr("missed"))));
}

TEST(Today, AQuietDaySaysSo) { EXPECT_THAT(render_today({}, kNow, Page{}), HasSubstr("Nothing new.")); }

TEST(Today, SaysWhereThereIsMore) {
  auto today = a_day();
  today.set_more_arrived(true);
  today.set_more_agreements(true);
  today.set_more_boundaries(true);
  today.set_more_due(true);
  const std::string screen = render_today(today, kNow, Page{});
  for (const auto* command :
       {"attune list --by partner", "attune agreement list", "attune boundary list", "attune agreement due"}) {
    EXPECT_THAT(screen, HasSubstr(std::string{"and more: "} + command));
  }
}

}  // namespace
}  // namespace attune::cli
