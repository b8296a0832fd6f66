// Commands that write entries and read them.
#include "cli/command_line.h"

namespace attune::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// --- entries

TEST_F(Commands, WriteTakesArgumentsAsTheyWereTyped) {
  EXPECT_EQ(run({"write", "we", "walked", "--shared", "--kind", "gratitude", "--title", "[a,b]", "--mood", "calm:4",
                 "--tag", "river", "--tag", "x", "--at", "yesterday 21:00", "--just-listen"}),
            0)
      << world.console.told;
  const auto& write = world.asked().write();
  EXPECT_EQ(write.text(), "we walked");
  EXPECT_TRUE(write.shared());
  EXPECT_EQ(write.kind(), "gratitude");
  EXPECT_EQ(write.title(), "[a,b]");
  EXPECT_EQ(write.mood().word(), "calm");
  EXPECT_EQ(write.mood().level(), 4U);
  EXPECT_THAT(write.tags(), ElementsAre("river", "x"));
  EXPECT_EQ(write.at_ms(), 1'795'204'800'000.0);
  EXPECT_EQ(write.offset(), 60);
  EXPECT_EQ(write.now_offset(), 60);
  EXPECT_TRUE(write.just_listen());
  EXPECT_EQ(run({"write", "plain"}), 0);
  EXPECT_FALSE(world.asked().write().shared());
  EXPECT_FALSE(world.asked().write().has_at_ms());
}

TEST_F(Commands, NoTextIsReadAsAnythingButText) {
  for (const std::string text :
       {"[a,b]", "[]", "++", "list", "status", "-", "\x1f", "{}", "a=b", "# head", "/x", "%"}) {
    EXPECT_EQ(run({"write", "--", text}), 0) << text << world.console.told;
    EXPECT_EQ(world.asked().write().text(), text);
    EXPECT_EQ(run({"write", text}), 0) << text << world.console.told;
    EXPECT_EQ(world.asked().write().text(), text);
  }
  EXPECT_EQ(run({"write", "--", "--json"}), 0);
  EXPECT_EQ(world.asked().write().text(), "--json");
  EXPECT_EQ(run({"search", "show", "list"}), 0);
  EXPECT_THAT(world.asked().search().words(), ElementsAre("show", "list"));
}

TEST_F(Commands, WhatIsSharedAndStaysHereIsNotSaidToBeWithThePartner) {
  world.homes.story.answer = [](const api::v1::Request&) {
    api::v1::Response response;
    response.mutable_write()->set_id("1a2b3c4d5e6f");
    response.mutable_write()->mutable_for_people()->add_lines("your partner has left");
    return response;
  };
  EXPECT_EQ(run({"write", "x", "--shared"}), 0);
  EXPECT_THAT(world.console.printed, Not(HasSubstr("partner")));
  EXPECT_THAT(world.console.told, HasSubstr("your partner has left"));
  EXPECT_EQ(document({"write", "x", "--shared"}), json({{"id", "1a2b3c4d5e6f"}}));
}

TEST_F(Commands, WriteReadsStandardInputWhereItIsNoTerminal) {
  world.console.piped = "a line\nanother\n\n";
  EXPECT_EQ(run({"write"}), 0);
  EXPECT_EQ(world.asked().write().text(), "a line\nanother");
}

TEST_F(Commands, WriteRefusesWhatIsNoText) {
  for (const std::string text : {"", " \n\t\n", "\xff\xfe"}) {
    world.console.piped = text;
    EXPECT_EQ(error({"write"}, 2)["code"], "usage");
  }
  world.console.piped = std::string((1U << 20U) + 1, 'a');
  EXPECT_EQ(run({"write"}), 2);
  EXPECT_THAT(world.homes.story.requests, IsEmpty());
  world.console.piped = std::string(1U << 20U, 'a') + "\n";
  EXPECT_EQ(run({"write"}), 0);
}

TEST_F(Commands, ThePassphraseNeverBecomesAnEntry) {
  world.console.piped = "correct horse\nthe text\n";
  EXPECT_EQ(run({"write", "--passphrase-file", "-"}), 2);
  EXPECT_THAT(world.homes.story.requests, IsEmpty());
}

TEST_F(Commands, OnATerminalWriteOpensTheEditorAfterUnlocking) {
  world.console.terminal = true;
  world.homes.running = false;
  world.console.answers = {"a", "b", "c"};
  EXPECT_EQ(run({"write"}), 3);
  EXPECT_EQ(world.edited_from, std::nullopt);
  world.console.answers = {"correct horse"};
  EXPECT_EQ(run({"write"}), 0);
  EXPECT_EQ(world.edited_from, "");
  EXPECT_EQ(world.asked().write().text(), "from the editor");
}

TEST_F(Commands, TheIFormIsOfferedOnceAndChangesNothing) {
  world.console.terminal = true;
  world.console.answers = {"n"};
  EXPECT_EQ(run({"write", "You ALWAYS leave", "--shared"}), 1);
  EXPECT_FALSE(world.asked().has_write());
  world.console.answers = {""};
  EXPECT_EQ(run({"write", "You ALWAYS leave", "--shared"}), 0);
  EXPECT_EQ(world.asked().write().text(), "You ALWAYS leave");
  world.console.answers = {"e"};
  world.editor_leaves = "you never stay";  // what the person writes then is theirs
  EXPECT_EQ(run({"write", "You ALWAYS leave", "--shared"}), 0);
  EXPECT_EQ(world.edited_from, "You ALWAYS leave");
  EXPECT_EQ(world.asked().write().text(), "you never stay");
  const auto before = world.console.questions.size();
  EXPECT_EQ(run({"write", "you never call", "--shared", "--no-hints"}), 0);
  EXPECT_EQ(run({"write", "you never call"}), 0);
  EXPECT_EQ(world.console.questions.size(), before);
}

TEST_F(Commands, AnApologyIsGuidedAndFreeAllTheSame) {
  world.console.terminal = true;
  world.console.answers = {"I read your letters", "", "I ask you"};
  EXPECT_EQ(run({"write", "--kind", "apology"}), 0);
  EXPECT_EQ(world.asked().write().text(), "I read your letters\n\nI ask you");
  EXPECT_EQ(world.edited_from, std::nullopt);
  world.console.answers = {"", "", ""};
  EXPECT_EQ(run({"write", "--kind", "apology"}), 0);
  EXPECT_EQ(world.asked().write().text(), "from the editor");
  EXPECT_EQ(run({"write", "--kind", "apology", "in my own words"}), 0);
  EXPECT_EQ(world.asked().write().text(), "in my own words");
  world.console.terminal = false;
  EXPECT_EQ(run({"write", "--kind", "apology", "--did", "I lied", "--differently", "I tell you"}), 0);
  EXPECT_EQ(world.asked().write().text(), "I lied\n\nI tell you");
  EXPECT_EQ(run({"write", "--did", "I lied"}), 2);
  EXPECT_EQ(run({"write", "--kind", "apology", "--did", "I lied", "and more"}), 2);
}

TEST_F(Commands, EditChangesOnlyWhatIsNamed) {
  answers_show();
  EXPECT_EQ(document({"edit", "1a2b", "--title", "new"})["id"], "1a2b3c4d5e6f");
  EXPECT_EQ(world.asked().edit().title(), "new");
  EXPECT_FALSE(world.asked().edit().has_text());
  EXPECT_FALSE(world.asked().edit().set_tags());
  EXPECT_EQ(run({"edit", "1a2b", "--title", ""}), 0);
  EXPECT_TRUE(world.asked().edit().has_title());
  EXPECT_EQ(run({"edit", "1a2b", "new", "text", "--tag", "t"}), 0);
  EXPECT_EQ(world.asked().edit().text(), "new text");
  EXPECT_FALSE(world.asked().edit().has_title());
  EXPECT_TRUE(world.asked().edit().set_tags());
  EXPECT_EQ(run({"edit", "1a2b", "--tag", ""}), 0);
  EXPECT_TRUE(world.asked().edit().set_tags());
  EXPECT_TRUE(world.asked().edit().tags().empty());
}

TEST_F(Commands, EditOpensTheEditorWithTheTextAndUnlocksOnce) {
  answers_show();
  world.console.terminal = true;
  world.homes.running = false;
  world.console.answers = {"correct horse"};
  EXPECT_EQ(run({"edit", "1a2b"}), 0) << world.console.told;
  EXPECT_EQ(world.edited_from, "as it was");
  EXPECT_EQ(world.asked().edit().text(), "from the editor");
}

// A text that somebody typed in the editor outlives what keeps it from being saved.
TEST_F(Commands, ATextFromTheEditorIsOfferedAgainWhenItCouldNotBeSaved) {
  world.console.terminal = true;
  int tries = 0;
  world.homes.story.answer = [&tries](const api::v1::Request&) -> api::v1::Response {
    if (++tries < 3) throw Error{Errc::disk, "the disk is full"};
    return {};
  };
  world.console.answers = {"what?", "t", "e"};
  EXPECT_EQ(run({"write"}), 0) << world.console.told;
  EXPECT_EQ(tries, 3);
  EXPECT_THAT(world.console.told, HasSubstr("not saved: the disk is full"));
  EXPECT_EQ(world.edited_from, "from the editor");  // with what was typed before
  for (const auto& request : world.homes.story.requests) EXPECT_EQ(request.write().text(), "from the editor");
}

TEST_F(Commands, ATextFromTheEditorIsDroppedOnlyWhenThePersonSaysSo) {
  world.console.terminal = true;
  world.homes.story.answer = [](const api::v1::Request&) -> api::v1::Response {
    throw Error{Errc::disk, "the disk is full"};
  };
  world.console.answers = {"d"};
  EXPECT_EQ(run({"write"}), 1);
  EXPECT_THAT(world.console.told, HasSubstr("not saved: the disk is full"));
  EXPECT_EQ(world.homes.story.requests.size(), 1U);
  world.console.answers = {};
  EXPECT_EQ(run({"write", "an argument"}), 1);  // the shell still has it: nothing is asked
  EXPECT_EQ(world.console.questions.size(), 1U);
}

TEST_F(Commands, ANodeThatWentAwayWhileThePersonTypedCostsNoText) {
  world.console.terminal = true;
  world.homes.story.answer = [this](const api::v1::Request&) -> api::v1::Response {
    if (!std::exchange(world.homes.running, false)) return {};
    throw Error{Errc::unreachable, "the node ended while it was asked"};
  };
  world.console.answers = {"t", "correct horse"};  // now without a node
  EXPECT_EQ(run({"write"}), 0) << world.console.told;
  EXPECT_EQ(world.asked().write().text(), "from the editor");
}

TEST_F(Commands, ATextThatIsNoTextGoesBackToTheEditor) {
  world.console.terminal = true;
  world.editor_leaves = "caf\xE9";
  world.console.answers = {"e", "d"};
  EXPECT_EQ(run({"write"}), 2);
  EXPECT_EQ(world.edited_from, "caf\xE9");
  EXPECT_THAT(world.homes.story.requests, IsEmpty());
  world.editor_leaves = "\n";
  const auto before = world.console.questions.size();
  EXPECT_EQ(run({"write"}), 2);  // nothing to lose, nothing to ask
  EXPECT_EQ(world.console.questions.size(), before);
}

TEST_F(Commands, SomebodyElsesEntryIsRefusedBeforeTheEditorOpens) {
  answers_show(false);
  world.console.terminal = true;
  EXPECT_EQ(error({"edit", "1a2b"}, 1)["code"], "refused");
  EXPECT_EQ(world.edited_from, std::nullopt);
}

TEST_F(Commands, EraseIsConfirmedOnATerminalAndImpliedWithout) {
  answers_show();
  world.console.terminal = true;
  world.console.answers = {"no"};
  EXPECT_EQ(run({"erase", "1a2b"}), 1);
  EXPECT_TRUE(world.asked().has_show());
  EXPECT_THAT(world.console.questions.back(), HasSubstr("as it was"));
  world.console.answers = {"y"};
  EXPECT_EQ(run({"erase", "1a2b"}), 0);
  EXPECT_TRUE(world.asked().has_erase());
  world.console.terminal = false;
  EXPECT_EQ(document({"erase", "1a2b"})["id"], "1a2b3c4d5e6f");
}

TEST_F(Commands, ListAsksForTwentyAndPassesItsFiltersOn) {
  EXPECT_EQ(document({"list"}), json({{"entries", json::array()}}));
  EXPECT_EQ(world.asked().list().limit(), 20U);
  EXPECT_EQ(run({"list", "-n", "0", "--by", "partner", "--private", "--kind", "need", "--tag", "a", "--tag", "b",
                 "--since", "2026-11-01", "--until", "2026-11-20", "--before", "1a2b"}),
            0);
  const auto& list = world.asked().list();
  EXPECT_EQ(list.limit(), 0U);
  EXPECT_EQ(list.by(), "partner");
  EXPECT_EQ(list.space(), "private");
  EXPECT_EQ(list.kind(), "need");
  EXPECT_THAT(list.tags(), ElementsAre("a", "b"));
  EXPECT_EQ(list.since_ms(), 1'793'487'600'000.0);
  EXPECT_EQ(list.until_ms(), 1'795'215'600'000.0);
  EXPECT_EQ(list.before(), "1a2b");
}

TEST_F(Commands, ATagIsTheSameWithItsSignAndInAnyCase) {
  EXPECT_EQ(run({"write", "a", "--tag", "#us", "--tag", "Us", "--tag", "walk"}), 0);
  EXPECT_THAT(world.asked().write().tags(), ElementsAre("us", "walk"));
  EXPECT_EQ(run({"list", "--tag", "#us"}), 0);
  EXPECT_THAT(world.asked().list().tags(), ElementsAre("us"));
  EXPECT_EQ(run({"edit", "1a2b", "--tag", "##"}), 0);  // one sign, not more: the rest is the tag
  EXPECT_THAT(world.asked().edit().tags(), ElementsAre("#"));
}

TEST_F(Commands, AnEmptyListSaysWhetherAFilterMadeItSo) {
  EXPECT_EQ(run({"list"}), 0);
  EXPECT_THAT(world.console.told, HasSubstr("nothing here yet"));
  for (const auto* filter : {"--tag=x", "--kind=need", "--by=me", "--since=today", "--until=today", "--before=1a2b",
                             "--shared", "--private"}) {
    EXPECT_EQ(run({"list", filter}), 0);
    EXPECT_EQ(world.console.told, "No entry matches.\n") << filter;
  }
}

TEST_F(Commands, ShowKeepsTheLinesOfATextWhereThereIsNoTerminal) {
  const std::string text = std::string(120, 'x') + " and so on\n\n  an indented line";
  world.homes.story.answer = [&](const api::v1::Request&) {
    api::v1::Response response;
    response.mutable_show()->set_body(text);
    return response;
  };
  EXPECT_EQ(run({"show", "1a2b"}), 0);
  EXPECT_THAT(world.console.printed, HasSubstr("\n" + text + "\n"));
  world.console.terminal = true;
  EXPECT_EQ(run({"show", "1a2b"}), 0);
  EXPECT_THAT(world.console.printed, Not(HasSubstr(text)));
}

TEST_F(Commands, SearchTakesEveryWordForItself) {
  EXPECT_EQ(document({"search", "river walk", "Café"}), json({{"entries", json::array()}}));
  EXPECT_THAT(world.asked().search().words(), ElementsAre("river", "walk", "Café"));
}

}  // namespace
}  // namespace attune::cli
