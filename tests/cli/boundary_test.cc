// boundary, pause and resume: what is asked of a home, and how it looks.
#include "cli/command_line.h"
#include "cli/render_boundary.h"
#include "cli/render_pause.h"
#include "cli/render_status.h"
#include "core/text.h"

namespace attune::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class BoundaryCommand : public Commands {
 protected:
  BoundaryCommand() {
    world.homes.story.answer = [](const api::v1::Request& request) {
      api::v1::Response response;
      if (request.boundary().has_show()) {
        response.mutable_boundary()->set_id("1a2b3c4d5e6f");
        response.mutable_boundary()->set_mine(request.boundary().show() != "bens");
        response.mutable_boundary()->set_text("as it was");
      } else if (request.boundary().has_list()) {
        response.mutable_boundaries();
      } else {
        response.mutable_act()->set_id("1a2b3c4d5e6f");
        response.mutable_act()->set_until("2026-11-21T09:50:00.000+00:00");
      }
      return response;
    };
  }
  [[nodiscard]] const api::v1::BoundaryRequest& asked() const { return world.asked().boundary(); }
};

TEST_F(BoundaryCommand, StatesWhatWasTyped) {
  EXPECT_EQ(document({"boundary", "state", "no", "calls", "--topic", "time", "--review", "sunday"})["id"],
            "1a2b3c4d5e6f");
  EXPECT_EQ(asked().state().text(), "no calls");
  EXPECT_EQ(asked().state().topic(), "time");
  EXPECT_EQ(asked().state().review_on(), "2026-11-22");
  EXPECT_EQ(asked().now_offset(), 60);
  world.console.piped = "no photos\nof me\n";
  EXPECT_EQ(run({"boundary", "state", "--topic", "photos"}), 0);
  EXPECT_EQ(asked().state().text(), "no photos\nof me");
  EXPECT_EQ(asked().state().topic(), "photos");  // a topic of one's own
  world.console.terminal = true;
  EXPECT_EQ(run({"boundary", "state"}), 0);
  EXPECT_EQ(asked().state().text(), "from the editor");
}

TEST_F(BoundaryCommand, RevisesOnlyWhatIsNamed) {
  EXPECT_EQ(run({"boundary", "revise", "1a2b", "--review", ""}), 0);
  EXPECT_TRUE(asked().revise().has_review_on());
  EXPECT_EQ(asked().revise().review_on(), "");
  EXPECT_FALSE(asked().revise().has_topic());
  EXPECT_FALSE(asked().revise().has_text());
  EXPECT_EQ(run({"boundary", "revise", "1a2b", "new", "words"}), 0);
  EXPECT_EQ(asked().revise().text(), "new words");
  EXPECT_FALSE(asked().revise().has_review_on());
}

TEST_F(BoundaryCommand, OpensTheEditorWithTheTextThatIsRevised) {
  world.console.terminal = true;
  EXPECT_EQ(run({"boundary", "revise", "1a2b"}), 0);
  EXPECT_EQ(world.edited_from, "as it was");
  EXPECT_EQ(asked().revise().text(), "from the editor");
  world.edited_from.reset();
  EXPECT_EQ(run({"boundary", "revise", "bens"}), 1);
  EXPECT_EQ(world.edited_from, std::nullopt);
}

TEST_F(BoundaryCommand, ActsByIdAndLists) {
  EXPECT_EQ(run({"boundary", "acknowledge", "1a2b"}), 0);
  EXPECT_EQ(asked().acknowledge(), "1a2b");
  EXPECT_EQ(run({"boundary", "lift", "1a2b"}), 0);
  EXPECT_EQ(asked().lift(), "1a2b");
  EXPECT_EQ(run({"boundary", "ask", "1a2b", "is a message all right?"}), 0);
  EXPECT_EQ(asked().ask().id(), "1a2b");
  EXPECT_EQ(asked().ask().text(), "is a message all right?");
  EXPECT_EQ(document({"boundary", "list"}), json({{"boundaries", json::array()}}));
  EXPECT_FALSE(asked().list());
  EXPECT_EQ(run({"boundary", "list", "--all"}), 0);
  EXPECT_TRUE(asked().list());
  EXPECT_EQ(run({"boundary", "show", "1a2b"}), 0);
  EXPECT_THAT(world.console.printed, HasSubstr("as it was"));
}

TEST_F(BoundaryCommand, WhatIsNoneIsSaidBeforeAnybodyIsAsked) {
  for (const std::vector<std::string>& typed :
       std::vector<std::vector<std::string>>{{"boundary"},
                                             {"boundary", "state", " "},
                                             {"boundary", "state", "x", "--review", "last sunday"},
                                             {"boundary", "state", "x", "--review", "9:00"},
                                             {"boundary", "revise"},
                                             {"boundary", "lift"},
                                             {"pause", "--for", "20"},
                                             {"pause", "--for", ""},
                                             {"pause", "--until", "someday"},
                                             {"pause", "--for", "1h", "--until", "21:00"},
                                             {"resume", "now"}}) {
    EXPECT_EQ(error(typed, 2)["code"], "usage");
  }
  EXPECT_THAT(world.homes.story.requests, IsEmpty());
}

TEST_F(BoundaryCommand, PauseSaysHowLongAndAnswersWithTheEnd) {
  EXPECT_EQ(run({"pause"}), 0);
  EXPECT_FALSE(world.asked().pause().has_text());
  EXPECT_EQ(world.asked().pause().for_minutes(), 0U);
  EXPECT_FALSE(world.asked().pause().has_until_ms());
  EXPECT_THAT(world.console.printed, HasSubstr("until Saturday, 21 November 2026, 10:50"));
  EXPECT_EQ(run({"pause", "I", "need", "a walk", "--for", "2h"}), 0);
  EXPECT_EQ(world.asked().pause().text(), "I need a walk");
  EXPECT_EQ(world.asked().pause().for_minutes(), 120U);
  EXPECT_EQ(run({"pause", "", "--until", "9:00"}), 0);  // it is 10:30: tomorrow's
  EXPECT_TRUE(world.asked().pause().has_text());
  EXPECT_EQ(world.asked().pause().until_ms(), 1'795'253'400'000.0 + 22.5 * 3'600'000);
  EXPECT_EQ(run({"resume"}), 0);
  EXPECT_TRUE(world.asked().has_resume());
}

api::v1::Boundary boundary(const std::string& id, bool mine, const std::string& text) {
  api::v1::Boundary one;
  one.set_id(id);
  one.set_short_id(id.substr(0, 4));
  one.set_mine(mine);
  one.set_owner(mine ? "Ada" : "Ben");
  one.set_text(text);
  one.set_status("stated");
  return one;
}

TEST(RenderBoundaries, ShowsOnesOwnThenThePartnersWithWholeTexts) {
  api::v1::BoundaryList list;
  auto& bens = *list.add_boundaries() = boundary("5e6f7a8b", false, "no photos");
  bens.set_status("acknowledged");
  bens.add_asks();
  auto& adas = *list.add_boundaries() = boundary("1a2b3c4d", true, "no calls after 22:00\non work nights");
  adas.set_topic("time");
  adas.set_review_on("2026-12-24");
  EXPECT_EQ(render_boundaries(list, Page{}),
            "Yours\n"
            "\n"
            "  1a2b  no calls after 22:00\n"
            "        on work nights\n"
            "        time · stated · look at it again on Thursday, 24 December 2026\n"
            "\n"
            "Ben's\n"
            "\n"
            "  5e6f  no photos\n"
            "        acknowledged · 1 question\n");
  EXPECT_EQ(render_boundaries({}, Page{}), "");
}

TEST(RenderBoundary, ShowsWhatWasAskedAndAnsweredAndItsHistory) {
  auto one = boundary("1a2b3c4d", true, "no photos");
  auto& ask = *one.add_asks();
  ask.set_by("Ben");
  ask.set_id("7c8d9e0f");
  ask.set_text("also not for my mother?");
  ask.set_at("2026-11-21T08:00:00.000+01:00");
  auto& answer = *ask.add_answers();
  answer.set_mine(true);
  answer.set_kind("comfort");
  answer.set_text("let us ask each time");
  answer.set_at("2026-11-21T09:00:00.000+01:00");
  auto& line = *one.add_history();
  line.set_mine(true);
  line.set_what("stated");
  line.set_at("2026-11-20T21:00:00.000+01:00");
  const std::string text = render_boundary(one, Page{});
  EXPECT_THAT(text, HasSubstr("no photos\n\nyours · stated"));
  EXPECT_THAT(text, HasSubstr("Ben asked  7c8d9e0f"));
  EXPECT_THAT(text, HasSubstr("    also not for my mother?"));
  EXPECT_THAT(text, HasSubstr("you: comfort"));
  EXPECT_THAT(text, HasSubstr("    let us ask each time"));
  EXPECT_THAT(text, HasSubstr("you stated"));
}

TEST(RenderPause, SaysUntilWhenOnTheWallHereAlsoWhereClocksChangeBefore) {
  api::v1::Pause pause;
  pause.set_by("Ben");
  pause.set_called_at("2026-10-24T20:00:00.000+00:00");
  pause.set_until("2026-10-25T08:00:00.000+00:00");
  put_on_the_wall(pause, *zone_named("Europe/Berlin"));
  EXPECT_EQ(pause.called_at(), "2026-10-24T22:00:00.000+02:00");
  EXPECT_EQ(pause.until(), "2026-10-25T09:00:00.000+01:00");
  EXPECT_EQ(pause_in_words(pause), "called by Ben, until Sunday, 25 October 2026, 09:00");
  api::v1::StatusResponse status;
  *status.add_pauses() = pause;
  EXPECT_THAT(render_status(status, Instant{}, Paint{false}),
              HasSubstr("pause        called by Ben, until Sunday, 25 October 2026, 09:00\n"));
  pause.set_ended_at("2026-10-25T07:00:00.000+00:00");
  EXPECT_THAT(render_pause(pause, Page{}), HasSubstr("Ben is back from it"));
}

// Whatever a partner's node sends into any field: nothing of it steers the terminal.
TEST(RenderBoundaries, AreHarmlessWhateverTheTextHolds) {
  const std::string evil = "\n\x1b[2J\x1b]0;owned\x07\r\u202Eevil\u2066 \xc3\x28 \x7f";
  auto one = boundary(evil, false, evil);
  one.set_owner(evil);
  one.set_topic(evil);
  one.set_status(evil);
  one.set_review_on(evil);
  auto& ask = *one.add_asks();
  ask.set_by(evil);
  ask.set_id(evil);
  ask.set_text(evil);
  ask.set_at(evil);
  auto& answer = *ask.add_answers();
  answer.set_author(evil);
  answer.set_kind(evil);
  answer.set_text(evil);
  answer.set_at(evil);
  auto& line = *one.add_history();
  line.set_by(evil);
  line.set_what(evil);
  line.set_text(evil);
  line.set_at(evil);
  api::v1::BoundaryList list;
  *list.add_boundaries() = one;
  one.set_text("");
  *list.add_boundaries() = one;
  api::v1::Pause pause;
  pause.set_by(evil);
  pause.set_text(evil);
  pause.set_until(evil);
  for (const std::string& shown : {render_boundaries(list, Page{}), render_boundary(one, Page{}),
                                   render_boundary_brief(one, Page{}), render_pause(pause, Page{})}) {
    EXPECT_EQ(shown, harmless(shown));
    EXPECT_THAT(shown, Not(HasSubstr("\x1b")));
  }
}

TEST(RenderBoundaries, FitTheTerminal) {
  api::v1::BoundaryList list;
  std::string text;
  for (int i = 0; i < 40; ++i) text += "some words that go on ";
  auto& one = *list.add_boundaries() = boundary("1a2b3c4d", true, text);
  one.set_topic("time");
  one.set_review_on("2026-12-24");
  for (const int columns : {30, 40, 80}) {
    std::istringstream lines{render_boundaries(list, Page{columns, Paint{false}})};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), columns) << line;
  }
}

}  // namespace
}  // namespace attune::cli
