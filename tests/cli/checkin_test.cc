// checkin and trends: what is asked, what a person is asked, how it looks.
#include "cli/command_line.h"
#include "cli/json.h"
#include "cli/render_checkin.h"
#include "cli/render_trends.h"
#include "core/text.h"

namespace attune::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class CheckInCommand : public Commands {
 protected:
  CheckInCommand() {
    world.homes.story.answer = [](const api::v1::Request& request) {
      api::v1::Response response;
      const auto& wanted = request.checkin();
      if (wanted.has_questions()) {
        response.mutable_checkin()->set_status("waits_for_me");
        response.mutable_checkin()->set_partner("Ben");
        response.mutable_checkin()->set_begun_at("2026-11-20T21:00:00.000+01:00");
      }
      if (wanted.has_answer()) response.mutable_act()->set_id("1a2b3c4d5e6f");
      if (wanted.has_list()) response.mutable_checkins();
      return response;
    };
  }
  [[nodiscard]] const api::v1::Answers& answered() const { return world.asked().checkin().answer(); }
};

TEST_F(CheckInCommand, PassesOnWhatItWasTold) {
  EXPECT_EQ(document({"checkin", "--mood", "calm:4", "--closeness", "3", "--appreciated", "a", "--hard", "b", "--wish",
                      "[c]", "--text", "d"}),
            json({{"id", "1a2b3c4d5e6f"}}));
  EXPECT_EQ(answered().mood().word(), "calm");
  EXPECT_EQ(answered().mood().level(), 4U);
  EXPECT_EQ(answered().closeness(), 3U);
  EXPECT_EQ(answered().appreciated() + answered().hard() + answered().wish() + answered().text(), "ab[c]d");
  EXPECT_EQ(world.asked().checkin().now_offset(), 60);
  EXPECT_EQ(world.homes.story.requests.size(), 1U);  // nobody is asked anything
}

TEST_F(CheckInCommand, AsksOneByOneOnATerminalAndLeavesOutWhatIsNotAnswered) {
  world.console.terminal = true;
  world.console.answers = {"", "calm:4", "", "that you called", " ", "a walk"};
  EXPECT_EQ(run({"checkin"}), 0) << world.console.told;
  EXPECT_THAT(world.console.told, HasSubstr("Ben has answered"));
  EXPECT_TRUE(world.homes.story.requests.front().checkin().questions());
  EXPECT_EQ(answered().mood().level(), 4U);
  EXPECT_EQ(answered().closeness(), 0U);
  EXPECT_EQ(answered().appreciated(), "that you called");
  EXPECT_EQ(answered().hard(), "");
  EXPECT_EQ(answered().wish(), "a walk");
  EXPECT_TRUE(world.console.answers.empty());
}

TEST_F(CheckInCommand, TakesOnesOwnWordsInPlaceOfAllQuestions) {
  world.console.terminal = true;
  world.console.answers = {"I miss you"};
  EXPECT_EQ(run({"checkin"}), 0) << world.console.told;
  EXPECT_EQ(answered().text(), "I miss you");
  EXPECT_THAT(world.console.questions, testing::SizeIs(1));
}

TEST_F(CheckInCommand, OffersTheIFormBeforeOthersReadIt) {
  world.console.terminal = true;
  world.console.answers = {"", "", "", "", "you never listen", "e", ""};
  world.editor_leaves = "I would like to be heard\n";
  EXPECT_EQ(run({"checkin"}), 0) << world.console.told;
  EXPECT_EQ(answered().hard(), "I would like to be heard");
  world.console.answers = {"n"};
  EXPECT_EQ(run({"checkin", "--hard", "you never listen"}), 1);
  EXPECT_FALSE(world.asked().checkin().has_answer());
  EXPECT_EQ(run({"checkin", "--hard", "you never listen", "--no-hints"}), 0);
  EXPECT_EQ(answered().hard(), "you never listen");
}

TEST_F(CheckInCommand, ASlipOfTheFingersIsAskedAgain) {
  world.console.terminal = true;
  world.console.answers = {"", "calm", "calm:4", "9", "5", "", "", ""};
  EXPECT_EQ(run({"checkin"}), 0) << world.console.told;
  EXPECT_EQ(answered().mood().level(), 4U);
  EXPECT_EQ(answered().closeness(), 5U);
}

TEST_F(CheckInCommand, EndsWhereTheInputDoesAndAnswersNothing) {
  world.console.terminal = true;
  world.console.answers = {"", "calm:4"};
  EXPECT_EQ(run({"checkin"}), 1);
  EXPECT_FALSE(world.asked().checkin().has_answer());
}

TEST_F(CheckInCommand, WrongUseIsSaidBeforeTheHomeIsOpened) {
  for (const auto& wrong : std::vector<std::vector<std::string>>{{},
                                                                 {"--mood", "calm"},
                                                                 {"--mood", ""},
                                                                 {"--closeness", "6"},
                                                                 {"--closeness", "33"},
                                                                 {"--closeness", ""},
                                                                 {"--wish", "a", "list"},
                                                                 {"show"},
                                                                 {"lists"}}) {
    std::vector<std::string> arguments{"checkin"};
    arguments.insert(arguments.end(), wrong.begin(), wrong.end());
    EXPECT_EQ(error(arguments, 2)["code"], "usage") << testing::PrintToString(arguments);
  }
  EXPECT_THAT(world.homes.story.requests, IsEmpty());
}

TEST_F(CheckInCommand, ListNamesCheckInsEvenWhereThereAreNone) {
  EXPECT_EQ(document({"checkin", "list"}), json::parse(R"({"checkins":[]})"));
}

TEST_F(CheckInCommand, EraseOfOneIsConfirmedInItsOwnWords) {
  world.homes.story.answer = [](const api::v1::Request& request) {
    if (request.has_show()) throw Error{Errc::not_found, "no entry has that id"};
    api::v1::Response response;
    if (request.has_checkin()) response.mutable_checkin()->set_begun_at("2026-11-20T21:00:00.000+01:00");
    if (request.has_erase()) response.mutable_erase()->set_id("1a2b3c4d5e6f");
    return response;
  };
  world.console.terminal = true;
  world.console.answers = {"n"};
  EXPECT_EQ(run({"erase", "1a2b"}), 1);
  EXPECT_THAT(world.console.questions.back(), HasSubstr("your answers"));
  EXPECT_THAT(world.console.questions.back(), HasSubstr("20 November 2026"));
  world.console.answers = {"y"};
  EXPECT_EQ(run({"erase", "1a2b"}), 0);
  EXPECT_TRUE(world.asked().has_erase());
}

api::v1::CheckIn opened() {
  api::v1::CheckIn check_in;
  check_in.set_id("1a2b3c4d");
  check_in.set_status("open");
  check_in.set_begun_at("2026-11-20T21:00:00.000+01:00");
  check_in.set_partner("Ben");
  check_in.set_revealed(true);
  check_in.mutable_mine()->mutable_mood()->set_word("calm");
  check_in.mutable_mine()->mutable_mood()->set_level(4);
  check_in.mutable_mine()->set_wish("a walk");
  check_in.mutable_partners()->set_closeness(2);
  check_in.mutable_partners()->set_text("tired\x1b[31m");
  return check_in;
}

TEST(RenderCheckIn, ShowsEachOnesAnswersByThemselves) {
  EXPECT_EQ(render_check_in(opened(), Page{}),
            "1a2b3c4d  Friday, 20 November 2026\n"
            "\nYou\n"
            "  calm 4\n"
            "  what I would like\n"
            "    a walk\n"
            "\nBen\n"
            "  closeness 2\n"
            "  in my own words\n"
            "    tired␛[31m\n");
}

TEST(RenderCheckIn, SaysWhatDoesNotMatch) {
  auto check_in = opened();
  EXPECT_THAT(render_check_in(check_in, Page{}), Not(HasSubstr("committed")));
  check_in.set_mismatch(true);
  EXPECT_THAT(render_check_in(check_in, Page{}), HasSubstr("not the answers that were committed to"));
}

TEST(RenderCheckIn, SaysHowEachStandsWithoutAReproach) {
  for (const auto* status : {"waits_for_me", "waits_for_partner", "opening", "open", "closed"}) {
    api::v1::CheckInList list;
    *list.add_checkins() = opened();
    list.mutable_checkins(0)->set_status(status);
    const std::string text = render_check_ins(list, Page{});
    EXPECT_THAT(text, HasSubstr("1a2b3c4d"));
    EXPECT_EQ(std::ranges::count(text, '\n'), 2) << text;
    for (const auto* word : {"still", "not yet", "late", "missed"}) EXPECT_THAT(text, Not(HasSubstr(word)));
  }
  api::v1::CheckIn back = opened();
  back.set_mine_erased(true);
  EXPECT_EQ(how_it_stands(back), "open; you took your answers back");
  api::v1::CheckIn old = opened();
  for (const auto* status : {"waits_for_me", "waits_for_partner"}) {
    old.set_status(status);
    old.set_too_late(true);
    EXPECT_THAT(how_it_stands(old), HasSubstr("nobody has to, and it stays closed"));
    EXPECT_THAT(to_json(old), Not(HasSubstr("too_late")));
    EXPECT_THAT(to_json(opened()), Not(HasSubstr("too_late")));
  }
  EXPECT_THAT(render_check_ins({}, Page{}), HasSubstr("attune checkin begins one"));
}

TEST_F(Commands, TrendsAskForEightWeeksAndAtMostTenYears) {
  world.homes.story.answer = [](const api::v1::Request&) {
    api::v1::Response response;
    response.mutable_trends();
    return response;
  };
  EXPECT_EQ(document({"trends"}), json::parse(R"({"weeks":[]})"));
  EXPECT_EQ(world.asked().trends().weeks(), 8U);
  EXPECT_EQ(world.asked().trends().now_offset(), 60);
  EXPECT_EQ(run({"trends", "--weeks", "520"}), 0);
  EXPECT_EQ(world.asked().trends().weeks(), 520U);
  for (const auto* weeks : {"0", "521", "-1", "x", "", "1.5", "99999999999"}) {
    EXPECT_EQ(error({"trends", "--weeks", weeks}, 2)["code"], "usage") << weeks;
  }
}

api::v1::TrendsResponse two_weeks() {
  api::v1::TrendsResponse trends;
  trends.add_weeks()->set_monday("2026-11-09");
  auto& week = *trends.add_weeks();
  week.set_monday("2026-11-16");
  week.set_mood(2.5);
  week.mutable_mine()->set_kept(2);
  week.mutable_mine()->set_missed(1);
  week.mutable_partners()->set_moved(1);
  week.set_gratitude_received(3);
  return trends;
}

TEST(Json, HoldsWhatWasMissedToo) {
  const auto week = json::parse(to_json(two_weeks()))["weeks"][1];
  EXPECT_EQ(week["mine"], json({{"kept", 2}, {"missed", 1}, {"moved", 0}}));
  EXPECT_EQ(week["mood"], 2.5);
}

TEST(RenderTrends, EveryWeekHasItsPlace) {
  EXPECT_EQ(render_trends(two_weeks(), Page{}, Plot::ascii),
            "Your moods         1     2     3     4     5\n"
            "  2026-11-09\n"
            "  2026-11-16  ###############\n"
            "\n"
            "Agreements, as each of you marked them\n"
            "  # kept  o moved  . missed\n"
            "              by you                           by your partner\n"
            "  2026-11-09\n"
            "  2026-11-16  ##.                              o\n"
            "\n"
            "Gratitude that you shared with each other\n"
            "              given                            received\n"
            "  2026-11-09\n"
            "  2026-11-16                                   ###\n");
  EXPECT_THAT(render_trends(two_weeks(), Page{}, Plot::blocks), HasSubstr("███████████████\n"));
}

TEST(RenderTrends, FitTheTerminalAndThousands) {
  auto trends = two_weeks();
  trends.mutable_weeks(1)->mutable_mine()->set_kept(4'000'000'000);
  trends.mutable_weeks(1)->set_gratitude_given(4'000'000'000);
  trends.mutable_weeks(1)->set_mood(5);
  Page page;
  page.columns = 60;
  const std::string text = render_trends(trends, page, Plot::blocks);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    EXPECT_LE(display_width(text.substr(at, end - at)), 60) << text.substr(at, end - at);
    at = end + 1;
  }
}

TEST(RenderTrends, SayWhereThereIsNothing) {
  api::v1::TrendsResponse trends;
  trends.add_weeks()->set_monday("2026-11-16");
  const std::string text = render_trends(trends, Page{}, Plot::ascii);
  EXPECT_THAT(text, Not(HasSubstr("2026-11-16")));
  EXPECT_THAT(text, HasSubstr("nothing was noted"));
}

TEST(RenderTrends, AreDrawnAsTheLocaleAllows) {
  const auto plot = [](std::map<std::string, std::string> environment) {
    return plot_of([environment](const char* name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional{found->second};
    });
  };
  EXPECT_EQ(plot({}), Plot::ascii);
  EXPECT_EQ(plot({{"LANG", "C.UTF-8"}}), Plot::blocks);
  EXPECT_EQ(plot({{"LANG", "de_DE.utf8"}}), Plot::blocks);
  EXPECT_EQ(plot({{"LANG", "de_DE.UTF-8"}, {"LC_ALL", "C"}}), Plot::ascii);
  EXPECT_EQ(plot({{"LANG", "C"}, {"LC_CTYPE", "en_GB.UTF-8"}}), Plot::blocks);
}

}  // namespace
}  // namespace attune::cli
