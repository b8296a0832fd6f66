// agreement: what is asked of the home, the guided form, and what people see.
#include "cli/command_line.h"
#include "cli/render_agreement.h"

namespace attune::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Agreements : public Commands {
 protected:
  Agreements() {
    world.environment["TZ"] = "Europe/Berlin";
    world.homes.story.answer = [](const api::v1::Request& request) {
      api::v1::Response response;
      if (request.agreement().has_show()) {
        response.mutable_agreement()->set_text("as it was");
      } else if (request.agreement().has_list()) {
        response.mutable_agreements();
      } else if (request.agreement().has_due()) {
        response.mutable_due();
      } else {
        response.mutable_act()->set_id("1a2b3c4d5e6f");
        response.mutable_act()->set_short_id("1a2b");
      }
      return response;
    };
  }
  api::v1::AgreementRequest asked(const std::vector<std::string>& arguments) {
    EXPECT_EQ(run(arguments), 0) << world.console.told;
    return world.asked().agreement();
  }
  void expect_usage(const std::vector<std::string>& arguments) {
    const auto before = world.homes.story.requests.size();
    EXPECT_EQ(error(arguments, 2)["code"], "usage");
    EXPECT_EQ(world.homes.story.requests.size(), before);
    world.console.told.clear();
  }
};

TEST_F(Agreements, SayWhatWasTyped) {
  const auto proposed =
      asked({"agreement", "propose", "We", "talk", "--every", "week on sun at 18:00", "--review", "in 4 weeks"});
  EXPECT_EQ(proposed.propose().text(), "We talk");
  EXPECT_EQ(proposed.propose().every(), "week on sun at 18:00");
  EXPECT_EQ(proposed.propose().zone(), "Europe/Berlin");
  EXPECT_EQ(proposed.propose().review_on(), "2026-12-19");
  EXPECT_THAT(world.console.printed, HasSubstr("proposed 1a2b"));
  EXPECT_TRUE(asked({"agreement", "list", "--all"}).list());
  EXPECT_TRUE(asked({"agreement", "list"}).has_list());
  EXPECT_EQ(asked({"agreement", "accept", "1a2b"}).accept(), "1a2b");
  EXPECT_EQ(asked({"agreement", "decline", "1a2b", "--why", "too early"}).decline().why(), "too early");
  EXPECT_EQ(asked({"agreement", "withdraw", "1a2b"}).withdraw().id(), "1a2b");
}

TEST_F(Agreements, AnAmendmentSaysOnlyWhatWasSaid) {
  const auto kept = asked({"agreement", "amend", "1a2b", "We walk"});
  EXPECT_FALSE(kept.amend().has_every());
  EXPECT_FALSE(kept.amend().has_review_on());
  const auto none = asked({"agreement", "amend", "1a2b", "We walk", "--every", "", "--review", ""});
  EXPECT_TRUE(none.amend().has_every() && none.amend().every().empty());
  EXPECT_TRUE(none.amend().has_review_on() && none.amend().review_on().empty());
  world.console.terminal = true;
  EXPECT_EQ(asked({"agreement", "amend", "1a2b"}).amend().text(), "from the editor");
  EXPECT_EQ(world.edited_from, "as it was");
}

// What was marked is over, what is moved is to come.
TEST_F(Agreements, DaysLieOnTheSideWhereTheyMakeSense) {
  const auto kept = asked({"agreement", "kept", "1a2b", "--on", "sunday", "--note", "at last"});
  EXPECT_EQ(kept.mark().kind(), "kept");
  EXPECT_EQ(kept.mark().on(), "2026-11-15");
  EXPECT_EQ(kept.mark().note(), "at last");
  EXPECT_EQ(kept.here(), "Europe/Berlin");
  const auto moved = asked({"agreement", "moved", "1a2b", "--on", "sunday", "--to", "next monday"});
  EXPECT_EQ(moved.mark().on(), "2026-11-22");
  EXPECT_EQ(moved.mark().to(), "2026-11-23");
  EXPECT_EQ(asked({"agreement", "missed", "1a2b"}).mark().on(), "");
  EXPECT_EQ(asked({"agreement", "due", "--until", "sunday"}).due().until(), "2026-11-22");
  EXPECT_EQ(asked({"agreement", "due"}).due().until(), "");
}

TEST_F(Agreements, TheFormAsksStepByStepAndEachAnswerMayBeLeftOut) {
  world.console.terminal = true;
  world.console.answers = {"We talk",  "whenever",  "2020-01-01 at 9:00", "week on sun at 18:00",
                           "some day", "2027-01-01"};
  const auto filled = asked({"agreement", "propose"});
  EXPECT_EQ(filled.propose().text(), "We talk");
  EXPECT_EQ(filled.propose().every(), "week on sun at 18:00");
  EXPECT_EQ(filled.propose().review_on(), "2027-01-01");
  EXPECT_THAT(world.console.told, HasSubstr("\"whenever\" is no schedule"));
  EXPECT_THAT(world.console.told, HasSubstr("that day is over"));
  EXPECT_THAT(world.console.told, HasSubstr("\"some day\" is no day"));
  world.console.answers = {"", "", ""};
  const auto free = asked({"agreement", "propose"});
  EXPECT_EQ(free.propose().text(), "from the editor");
  EXPECT_EQ(free.propose().every(), "");
  EXPECT_EQ(free.propose().review_on(), "");
  world.console.answers = {"We walk"};
  EXPECT_EQ(asked({"agreement", "propose", "--every", "day at 9", "--review", "tomorrow"}).propose().text(), "We walk");
}

// Its own id names whatever waits now: they see the words, and their yes goes to those and to no others.
TEST_F(Agreements, AYesOnATerminalGoesToTheWordsThatWereShown) {
  world.console.terminal = true;
  const auto answer = world.homes.story.answer;
  const std::string version(64, 'a');
  world.homes.story.answer = [&](const api::v1::Request& request) {
    api::v1::Response response = answer(request);
    if (!request.agreement().has_accept_what()) return response;
    response.mutable_act()->set_id(version);
    response.mutable_act()->mutable_said_to()->set_text("We talk on Sundays");
    return response;
  };
  world.console.answers = {"y"};
  EXPECT_EQ(asked({"agreement", "accept", "1a2b"}).accept(), version);
  EXPECT_THAT(world.console.told, HasSubstr("We talk on Sundays"));
  world.console.answers = {"n"};
  const auto before = world.homes.story.requests.size();
  EXPECT_EQ(run({"agreement", "accept", "1a2b"}), 1);
  EXPECT_EQ(world.homes.story.requests.size(), before + 1) << "it was looked at, and no more";
  world.console.answers = {};
  EXPECT_EQ(asked({"agreement", "accept", "1a2b", "--yes"}).accept(), "1a2b");
  EXPECT_EQ(asked({"agreement", "accept", "aaaa"}).accept(), version) << "the version itself needs no question";
}

TEST_F(Agreements, WhatCannotBeAcceptedIsRefusedInTheNodesWordsBeforeAnyQuestion) {
  world.console.terminal = true;
  world.homes.story.answer = [](const api::v1::Request&) -> api::v1::Response {
    throw Error{Errc::refused, "it is in force already"};
  };
  EXPECT_EQ(run({"agreement", "accept", "1a2b"}), 1);
  EXPECT_TRUE(world.asked().agreement().has_accept_what());
  EXPECT_THAT(world.console.told, HasSubstr("it is in force already"));
}

TEST_F(Agreements, AWithdrawalAsksFirstOnATerminal) {
  world.console.terminal = true;
  world.console.answers = {"n"};
  EXPECT_EQ(run({"agreement", "withdraw", "1a2b"}), 1);
  EXPECT_FALSE(world.asked().agreement().has_withdraw());
  EXPECT_THAT(world.console.questions.back(), HasSubstr("End \"as it was\" for both of you?"));
  world.console.answers = {"y"};
  EXPECT_EQ(asked({"agreement", "withdraw", "1a2b"}).withdraw().id(), "1a2b");
  world.console.answers = {};
  EXPECT_EQ(asked({"agreement", "withdraw", "1a2b", "--yes"}).withdraw().id(), "1a2b");
}

TEST_F(Agreements, TheAnswerSaysToWhatOneSaidYesAndWhichDayWasMarked) {
  world.homes.story.answer = [](const api::v1::Request& request) {
    api::v1::Response response;
    response.mutable_act()->set_id("1a2b3c4d5e6f");
    response.mutable_act()->set_short_id("1a2b");
    if (request.agreement().has_mark()) response.mutable_act()->set_of_day("2026-11-15");
    if (!request.agreement().has_mark()) response.mutable_act()->mutable_said_to()->set_text("We talk on Sundays");
    return response;
  };
  asked({"agreement", "accept", "1a2b"});
  EXPECT_THAT(world.console.printed, HasSubstr("accepted 1a2b:\n  We talk on Sundays\n"));
  asked({"agreement", "decline", "1a2b"});
  EXPECT_THAT(world.console.printed, HasSubstr("declined 1a2b:\n  We talk on Sundays\n"));
  asked({"agreement", "kept", "1a2b"});
  EXPECT_THAT(world.console.printed, HasSubstr("marked as kept, for Sunday, 15 November 2026: 1a2b"));
  EXPECT_FALSE(document({"agreement", "accept", "1a2b"}).contains("said_to"));
}

TEST_F(Agreements, WithoutATerminalTheTextMayBePiped) {
  world.console.piped = "We talk\n";
  EXPECT_EQ(asked({"agreement", "propose"}).propose().text(), "We talk");
}

TEST_F(Agreements, WhatIsWrongIsSaidBeforeAnythingIsAsked) {
  expect_usage({"agreement"});
  expect_usage({"agreement", "propose", "We talk", "--every", "now and then"});
  expect_usage({"agreement", "propose", "We talk", "--every", ""});
  expect_usage({"agreement", "propose", "We talk", "--every", "2020-01-01 at 9:00"});
  expect_usage({"agreement", "propose", "We talk", "--review", "2026-02-30"});
  expect_usage({"agreement", "propose", "We talk", "--review", "tomorrow 9:00"});
  expect_usage({"agreement", "propose", " "});
  expect_usage({"agreement", "propose", "We talk", "--review", "yesterday"});
  expect_usage({"agreement", "moved", "1a2b"});
  expect_usage({"agreement", "kept"});
  expect_usage({"agreement", "due", "--until", "now"});
  world.environment["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3";
  expect_usage({"agreement", "propose", "We talk", "--every", "day at 9"});
  EXPECT_EQ(asked({"agreement", "due"}).here(), "");
}

api::v1::Agreement agreement(const std::string& status) {
  api::v1::Agreement one;
  one.set_id("1a2b3c4d5e6f");
  one.set_short_id("1a2b");
  one.set_text("We talk every weekend\nand phones stay outside");
  one.set_status(status);
  one.set_every("week on sun at 18:00");
  one.set_zone("Europe/Berlin");
  return one;
}
void add_mark(google::protobuf::RepeatedPtrField<api::v1::AgreementMark>& marks, const std::string& by,
              const std::string& kind) {
  auto& mark = *marks.Add();
  mark.set_by(by);
  mark.set_mine(by == "Ada");
  mark.set_kind(kind);
  mark.set_on("2026-11-15");
}

TEST(RenderAgreement, SaysHowItStandsAndWhatWaits) {
  api::v1::AgreementList list;
  *list.add_agreements() = agreement("in_force");
  auto& waits = *list.mutable_agreements(0)->add_pending();
  waits.set_by("Ben");
  waits.set_text("We talk every second weekend");
  *list.add_agreements() = agreement("proposed");
  list.mutable_agreements(1)->add_pending()->set_mine(true);
  const std::string shown = render_agreements(list, {});
  EXPECT_THAT(shown, HasSubstr("  1a2b  We talk every weekend\n"));
  EXPECT_THAT(shown, HasSubstr("in force · week on sun at 18:00 (Europe/Berlin)\n"));
  EXPECT_THAT(shown, HasSubstr("Ben would make it: We talk every second weekend · without a time\n"));
  EXPECT_THAT(shown, HasSubstr("proposed by you · week on sun"));
  EXPECT_THAT(shown, Not(HasSubstr("and more")));
  list.mutable_agreements(0)->set_more(true);
  list.mutable_agreements(1)->mutable_pending(0)->set_short_id("5e6f");
  const std::string more = render_agreements(list, {});
  EXPECT_THAT(more, HasSubstr("and more: attune agreement show 1a2b\n"));
  EXPECT_THAT(more, HasSubstr("proposed by you as version 5e6f · week on sun"));
}

TEST(RenderAgreement, SetsBothMarksSideBySideAndCountsNothing) {
  api::v1::OccurrenceList list;
  auto& one = *list.add_due();
  one.set_short_id("1a2b");
  one.set_text("We talk");
  one.set_on("2026-11-15");
  one.set_moved_to("2026-11-17");
  one.set_at("2026-11-17T18:00:00.000+01:00");
  add_mark(*one.mutable_marks(), "Ada", "kept");
  add_mark(*one.mutable_marks(), "Ben", "missed");
  auto& unknown = *list.add_unknown();
  unknown.set_short_id("3c4d");
  unknown.set_zone("Nowhere/Land");
  const std::string shown = render_due(list, {});
  EXPECT_THAT(shown, HasSubstr("Tuesday, 17 November 2026\n\n  1a2b  18:00  We talk\n"));
  EXPECT_THAT(shown, HasSubstr("moved here from Sunday, 15 November 2026\n"));
  EXPECT_THAT(shown, HasSubstr("you: kept · Ben: missed\n"));
  EXPECT_THAT(shown, HasSubstr("by the clock of Nowhere/Land, a time zone that is not known here\n"));
}

TEST(RenderAgreement, ShowsVersionsAndHistoryInWords) {
  api::v1::Agreement one = agreement("in_force");
  auto& version = *one.add_versions();
  version.set_id(std::string(64, 'a'));
  version.set_by("Ben");
  version.set_text("We talk");
  version.set_status("overtaken");
  auto& own = *version.add_accepted();
  own.set_by("Ben");
  auto& yes = *version.add_accepted();
  yes.set_mine(true);
  yes.set_at("2026-11-15T18:00:00.000+01:00");
  auto& no = *version.add_declined();
  no.set_by("Ben");
  no.set_why("too late for me");
  add_mark(*one.mutable_marks(), "Ada", "kept");
  auto& line = *one.add_history();
  line.set_by("Ben");
  line.set_what("proposed");
  line.set_at("2026-11-14T18:00:00.000+01:00");
  const std::string shown = render_agreement(one, {});
  EXPECT_THAT(shown, HasSubstr("overtaken, proposed by Ben\n    We talk\n"));
  EXPECT_THAT(shown, HasSubstr("you accepted it · Sunday, 15 November 2026, 18:00\n"));
  EXPECT_THAT(shown, Not(HasSubstr("Ben accepted it")));
  EXPECT_THAT(shown, HasSubstr("Ben declined it"));
  EXPECT_THAT(shown, HasSubstr("too late for me\n"));
  EXPECT_THAT(shown, HasSubstr("Sunday, 15 November 2026\n    you: kept\n"));
  EXPECT_THAT(shown, HasSubstr("Saturday, 14 November 2026, 18:00  Ben proposed\n"));
}

TEST(RenderAgreement, MakesThePartnersWordsHarmless) {
  api::v1::Agreement one = agreement("in_force");
  one.set_text("We \x1b[31mtalk");
  one.set_every("day\x1b[2J");
  add_mark(*one.mutable_marks(),
           "B\x1b"
           "en",
           "kept");
  one.mutable_marks(0)->set_note("\x1b]0;x");
  EXPECT_THAT(render_agreement(one, {}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(render_brief(one, {}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace attune::cli
