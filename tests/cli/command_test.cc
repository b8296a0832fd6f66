// The whole command line over a world of fakes: what is asked of a home, what is printed, how it ends.
#include <gtest/gtest.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/fake_world.h"
#include "core/text.h"
#include "crypto/spoken.h"

namespace attune::cli {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class Commands : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }

  int run(const std::vector<std::string>& arguments) { return world.run(arguments); }
  // With --json: the one document on standard output.
  json document(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    EXPECT_EQ(run(arguments), 0) << world.console.told;
    EXPECT_EQ(std::ranges::count(world.console.printed, '\n'), 1) << world.console.printed;
    return json::parse(world.console.printed);
  }
  json error(std::vector<std::string> arguments, int status) {
    arguments.emplace_back("--json");
    EXPECT_EQ(run(arguments), status) << world.console.told;
    EXPECT_THAT(world.console.printed, IsEmpty());
    return json::parse(world.console.told)["error"];
  }
  void answers_show(bool mine = true) {
    world.homes.story.answer = [mine](const api::v1::Request& request) {
      api::v1::Response response;
      if (request.has_show()) {
        response.mutable_show()->set_id("1a2b3c4d5e6f");
        response.mutable_show()->set_mine(mine);
        response.mutable_show()->set_body("as it was");
      }
      if (request.has_edit()) response.mutable_edit()->set_id("1a2b3c4d5e6f");
      if (request.has_erase()) response.mutable_erase()->set_id("1a2b3c4d5e6f");
      return response;
    };
  }
  std::string file(const std::string& name, const std::string& contents) {
    const std::string path = testing::TempDir() + "attune_cli_" + std::to_string(::getpid()) + "_" + name;
    std::ofstream{path} << contents;
    return path;
  }

  test::FakeWorld world;
};

// --- what may be typed

TEST_F(Commands, GlobalOptionsStandBeforeOrAfter) {
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--json", "--home", "/h", "down"}, {"down", "--json", "--home", "/h"}, {"--json", "down", "--home=/h"}}) {
    EXPECT_EQ(run(arguments), 0);
    EXPECT_EQ(json::parse(world.console.printed), json::object());
  }
  EXPECT_EQ(document({"backup", "identity", "--words-file", file("words", std::string{test::kWords})}),
            json({{"identity", "AGE-SECRET-KEY-1TEST"}}));
}

TEST_F(Commands, WrongUsageIsExitTwoWithAHint) {
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"lsit"},
                                             {"--frobnicate"},
                                             {"init"},
                                             {"show"},
                                             {"show", "1a2b", "3c4d"},
                                             {"list", "--by", "nobody"},
                                             {"list", "-n", "many"},
                                             {"list", "-n", "-3"},
                                             {"list", "--shared", "--private"},
                                             {"backup"},
                                             {"backup", "frobnicate"},
                                             {"status", "--color", "red"},
                                             {"init", "--name", "Ada", "--unlock-cost", "none"},
                                             {"write", "a", "--mood", "calm"},
                                             {"write", "a", "--mood", "calm:6"},
                                             {"write", "a", "--mood", ":3"},
                                             {"write", "a", "--kind", "essay"},
                                             {"write", "a", "--at", "soon"},
                                             {"list", "--since", "2026-02-30"},
                                             {"pair", "--peer", "10.0.0.1:4000"},
                                             {"pair", "amber", "cabin", "xylophone"},
                                             {"search", "  "},
                                             {"write", "a", "--at", ""},
                                             {"list", "--since", ""},
                                             {"list", "--until="},
                                             {"status", "--passphrase-file", "-", "--words-file", "-"}}) {
    EXPECT_EQ(run(arguments), 2) << testing::PrintToString(arguments);
    EXPECT_THAT(world.console.told, StartsWith("attune: error: "));
    EXPECT_THAT(world.console.told, HasSubstr("\nattune: hint: "));
    EXPECT_THAT(world.console.printed, IsEmpty());
    EXPECT_EQ(error(arguments, 2)["code"], "usage");
  }
  EXPECT_THAT(world.homes.story.requests, IsEmpty());
}

TEST_F(Commands, ACommandThatIsNearlyOneIsNamed) {
  run({"lsit"});
  EXPECT_THAT(world.console.told, HasSubstr("did you mean attune list?"));
  run({"frobnicate"});
  EXPECT_THAT(world.console.told, Not(HasSubstr("did you mean")));
}

TEST_F(Commands, WhatWasTypedWronglyIsNamedAsItWasTyped) {
  struct Case {
    std::vector<std::string> typed;
    std::string said;
  };
  for (const auto& [typed, said] : std::vector<Case>{
           {{"backup", "creat", "x"}, "no command \"backup creat\"\nattune: hint: did you mean attune backup create?"},
           {{"backup"}, "attune backup needs to be told what to do\nattune: hint: see attune backup --help"},
           {{"list", "--knid", "note"}, "no option --knid\nattune: hint: did you mean --kind?"},
           {{"--jsno", "status"}, "no option --jsno\nattune: hint: did you mean --json?"},
           {{"status", "--frobnicate=1"}, "no option --frobnicate\nattune: hint: see attune status --help"},
           {{"show", "1a2b", "[x]", "y"}, "\"[x]\" is one argument too many"},
           {{"list", "-n", "-1"}, "-n: say how many, or 0 for all"},
           {{"list", "--by"}, "--by is not complete"},
           {{"write", "a", "--at", ""}, "--at: there is nothing after it"},
       }) {
    EXPECT_EQ(run(typed), 2);
    EXPECT_THAT(world.console.told, HasSubstr(said)) << testing::PrintToString(typed);
  }
}

// Words that are not in the list would be refused by the very command that shows them.
TEST_F(Commands, TheExamplesOfPairCanBeTyped) {
  EXPECT_EQ(run({"pair", "--help"}), 0);
  std::istringstream lines{world.console.printed};
  int codes = 0;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("  attune pair ")) continue;
    const std::string code = line.substr(14, line.find(" --") - 14);
    EXPECT_NO_THROW(static_cast<void>(crypto::canonical_code(code))) << line;
    ++codes;
  }
  EXPECT_EQ(codes, 2);
}

TEST_F(Commands, HelpAndVersionNeedNoHome) {
  world.homes.there = false;
  world.environment.clear();
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(world.console.printed, HasSubstr("attune write --shared"));
  for (const auto* command :
       {"init",  "restore", "pair",  "up",   "down", "lock",   "node",   "status", "sync",   "watch", "write",
        "share", "edit",    "erase", "list", "show", "search", "backup", "wipe",   "doctor", "leave"}) {
    EXPECT_EQ(run({command, "--help"}), 0);
    EXPECT_THAT(world.console.printed, HasSubstr(std::string{"  attune "} + command)) << "an example";
  }
  EXPECT_THAT(world.console.told, IsEmpty());
  world.environment["HOME"] = "/home/ada";
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_EQ(world.console.printed, "attune 0.1.0\n");
  EXPECT_EQ(document({"--version"}), json({{"version", "0.1.0"}}));
}

TEST_F(Commands, TheHomeIsFoundWhereItIsSaid) {
  const auto home = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"wipe", "--yes"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EXPECT_EQ(run(arguments), 0);
    return world.homes.wiped.back();
  };
  EXPECT_EQ(home({}), "/home/ada/.local/share/attune");
  world.environment["XDG_DATA_HOME"] = "relative";
  EXPECT_EQ(home({}), "/home/ada/.local/share/attune");
  world.environment["XDG_DATA_HOME"] = "/data";
  EXPECT_EQ(home({}), "/data/attune");
  world.environment["ATTUNE_HOME"] = "/env";
  EXPECT_EQ(home({}), "/env");
  EXPECT_EQ(home({"--home", "/option"}), "/option");
  EXPECT_EQ(home({"--home", "here"}), (std::filesystem::current_path() / "here").string());
}

// --- secrets

TEST_F(Commands, ANodeThatRunsNeedsNoPassphrase) {
  EXPECT_EQ(run({"status"}), 0);
  EXPECT_THAT(world.homes.passphrases, IsEmpty());
}

TEST_F(Commands, WithoutTerminalAndFileASecretIsAUsageErrorThatNamesTheOption) {
  world.homes.running = false;
  EXPECT_THAT(error({"status"}, 2)["hint"], HasSubstr("--passphrase-file"));
  EXPECT_THAT(error({"backup", "identity"}, 2)["hint"], HasSubstr("--words-file"));
  world.homes.there = false;
  EXPECT_THAT(error({"init", "--name", "Ada"}, 2)["hint"], HasSubstr("--passphrase-file"));
}

TEST_F(Commands, APassphraseFileIsItsFirstLine) {
  world.homes.running = false;
  world.environment["ATTUNE_PASSPHRASE_FILE"] = file("passphrase", "correct horse\nsomething else\n");
  EXPECT_EQ(run({"status"}), 0) << world.console.told;
  EXPECT_EQ(run({"status", "--passphrase-file", file("other", "wrong horse")}), 3);
  EXPECT_EQ(run({"status", "--passphrase-file", file("empty", "")}), 2);
  EXPECT_EQ(run({"status", "--passphrase-file", "/nowhere"}), 2);
  world.console.piped = "correct horse\n";
  EXPECT_EQ(run({"status", "--passphrase-file", "-"}), 0);
}

TEST_F(Commands, OnATerminalASlipMayBeMendedTwice) {
  world.homes.running = false;
  world.console.terminal = true;
  world.console.answers = {"corect horse", "correct hrose", "correct horse"};
  EXPECT_EQ(run({"status"}), 0);
  world.console.answers = {"a", "b", "c", "correct horse"};
  EXPECT_EQ(run({"status"}), 3);
}

TEST_F(Commands, NoSecretIsEverPrinted) {
  world.homes.running = false;
  world.console.terminal = true;
  world.console.answers = {"my secret slip", "correct horse"};
  EXPECT_EQ(run({"status"}), 0);
  EXPECT_THAT(world.console.printed + world.console.told, Not(HasSubstr("horse")));
  EXPECT_THAT(world.console.printed + world.console.told, Not(HasSubstr("slip")));
}

// --- homes

TEST_F(Commands, InitShowsTheWordsOnceAndInJsonAsOneString) {
  world.homes.there = false;
  const auto secret = file("new", "correct horse\n");
  const auto answer = document(
      {"init", "--name", "Zoë \"Z\"", "--device", "d", "--passphrase-file", secret, "--unlock-cost", "interactive"});
  EXPECT_EQ(answer, json({{"name", "Zoë \"Z\""}, {"device", "d"}, {"words", std::string{test::kWords}}}));
  EXPECT_EQ(world.homes.made->cost, crypto::kInteractive);
  EXPECT_EQ(run({"init", "--name", "Ada", "--new-passphrase-file", secret, "--passphrase-file", "/nowhere"}), 0);
  EXPECT_THAT(world.console.printed, HasSubstr("   1 abandon     7 abandon    13 abandon    19 abandon\n"));
  EXPECT_THAT(world.console.printed, HasSubstr("  24 art\n"));
  EXPECT_EQ(world.homes.made->cost, crypto::kModerate);
}

TEST_F(Commands, InitAsksTwiceForThePassphraseAndForTwoWordsBack) {
  world.homes.there = false;
  world.console.terminal = true;
  world.console.answers = {"correct horse", "correct house", "correct horse", "correct horse", "nonsense"};
  for (int i = 0; i < 6; ++i) world.console.answers.emplace_back("Abandon ");
  EXPECT_EQ(run({"init", "--name", "Ada"}), 0);
  EXPECT_THAT(world.homes.passphrases, ElementsAre("correct horse"));
  EXPECT_THAT(world.console.questions[4], HasSubstr("word "));
}

TEST_F(Commands, WhoeverBreaksOffTheQuestionsOfInitKnowsThatThereIsAJournal) {
  world.homes.there = false;
  world.console.terminal = true;
  world.console.answers = {"correct horse", "correct horse"};  // then the end of input, at the first word
  EXPECT_EQ(run({"init", "--name", "Ada"}), 0) << world.console.told;
  EXPECT_THAT(world.console.told, HasSubstr("Your journal is made"));
  EXPECT_THAT(world.console.told, HasSubstr("attune wipe"));
  EXPECT_THAT(world.console.told, Not(HasSubstr("error:")));
}

TEST_F(Commands, InitRefusesAShortPassphraseByCharactersAndASecondHome) {
  world.homes.there = false;
  EXPECT_EQ(run({"init", "--name", "Ada", "--passphrase-file", file("short", "äöüäöüä")}), 2);
  EXPECT_EQ(world.homes.made, std::nullopt);
  EXPECT_EQ(run({"init", "--name", "Ada", "--passphrase-file", file("long", "äöüäöüäö")}), 0);
  world.homes.there = true;
  EXPECT_EQ(error({"init", "--name", "Ada"}, 1)["code"], "exists");
}

TEST_F(Commands, RestoreTakesTheWordsAndAPassphraseOfItsOwn) {
  world.homes.there = false;
  const auto answer = document({"restore", "journal.age", "--device", "d", "--peer", "10.0.0.1:4000", "--peer",
                                "[::1]:4000", "--words-file", file("words", std::string{test::kWords} + "\n"),
                                "--passphrase-file", file("new", "correct horse")});
  EXPECT_EQ(answer, json({{"name", "Ada"}, {"device", "laptop"}, {"entries", 7}}));
  EXPECT_EQ(world.homes.restored->file, (std::filesystem::current_path() / "journal.age").string());
  EXPECT_THAT(world.homes.restored->peers, ElementsAre("10.0.0.1:4000", "[::1]:4000"));
  EXPECT_TRUE(world.homes.restored->dial_partner);
}

TEST_F(Commands, ARestoreThatReachedNobodySaysHowToGoOn) {
  world.homes.there = false;
  const auto words = file("words", std::string{test::kWords});
  const auto secret = file("new", "correct horse");
  EXPECT_EQ(run({"restore", "--peer", "127.0.0.1:1", "--words-file", words, "--passphrase-file", secret}), 0);
  EXPECT_THAT(world.console.told, HasSubstr("Nobody was reached"));
  EXPECT_THAT(world.console.told, HasSubstr("then attune sync here"));
}

TEST_F(Commands, RestoreLooksForOthersUnlessOneIsNamedOrItShallNot) {
  world.homes.there = false;
  const std::vector<std::string> command{"restore", "--words-file", file("words", std::string{test::kWords}),
                                         "--passphrase-file", file("new", "correct horse")};
  const auto looks = [&](std::vector<std::string> more) {
    more.insert(more.begin(), command.begin(), command.end());
    EXPECT_EQ(run(more), 0);
    return world.homes.restored->look;
  };
  EXPECT_TRUE(looks({}));
  EXPECT_FALSE(looks({"--no-discovery"}));
  EXPECT_FALSE(looks({"--peer", "127.0.0.1:1"}));
}

TEST_F(Commands, RestoreRefusesWrongWordsBeforeAnythingElse) {
  world.homes.there = false;
  EXPECT_EQ(error({"restore", "--words-file", file("bad", "abandon abandon")}, 3)["code"], "wrong_words");
  EXPECT_EQ(world.homes.restored, std::nullopt);
}

TEST_F(Commands, RestoreAsksOnATerminalBeforeThePartnerIsDialled) {
  world.homes.there = false;
  world.console.terminal = true;
  const std::vector<std::string> command{"restore", "--words-file", file("words", std::string{test::kWords}),
                                         "--passphrase-file", file("new", "correct horse")};
  world.console.answers = {"n"};
  EXPECT_EQ(run(command), 0);
  EXPECT_FALSE(world.homes.restored->dial_partner);
  world.console.answers = {"y"};
  EXPECT_EQ(run(command), 0);
  EXPECT_TRUE(world.homes.restored->dial_partner);
}

TEST_F(Commands, TheWordsMayBeTypedOverSeveralLines) {
  world.console.terminal = true;
  const std::string all{test::kWords};
  const auto middle = all.find(' ', all.size() / 2);
  world.console.answers = {all.substr(0, middle), all.substr(middle + 1)};
  EXPECT_EQ(run({"backup", "identity"}), 0);
  EXPECT_EQ(world.console.printed, "AGE-SECRET-KEY-1TEST\n");
}

TEST_F(Commands, WipeIsConfirmedOnATerminalAndImpliedWithout) {
  world.console.terminal = true;
  world.console.answers = {""};
  EXPECT_EQ(error({"wipe"}, 1)["code"], "refused");
  EXPECT_THAT(world.homes.wiped, IsEmpty());
  EXPECT_EQ(run({"wipe", "--yes"}), 0);
  world.console.terminal = false;
  EXPECT_EQ(document({"wipe"}), json::object());
  world.homes.there = false;
  EXPECT_EQ(error({"wipe"}, 4)["code"], "no_home");
}

// --- the node

TEST_F(Commands, UpPassesItsOptionsOnAndRefusesASecondNode) {
  EXPECT_EQ(error({"up"}, 1)["code"], "exists");
  world.homes.running = false;
  const auto secret = file("passphrase", "correct horse");
  EXPECT_EQ(document({"up", "--listen", "127.0.0.1:0", "--peer", "10.0.0.1:4000", "--no-discovery", "--partner",
                      "--passphrase-file", secret}),
            json({{"listening", "127.0.0.1:41234"}}));
  EXPECT_EQ(world.homes.started->listen, "127.0.0.1:0");
  EXPECT_THAT(world.homes.started->peers, ElementsAre("10.0.0.1:4000"));
  EXPECT_FALSE(world.homes.started->discovery);
  EXPECT_TRUE(world.homes.started->partner);
}

TEST_F(Commands, NodeTellsItsEventsOneALine) {
  world.homes.running = false;
  EXPECT_EQ(run({"node", "--json", "--passphrase-file", file("passphrase", "correct horse")}), 0);
  std::istringstream lines{world.console.printed};
  std::string first;
  std::getline(lines, first);
  EXPECT_EQ(json::parse(first), json({{"event", "listening"}, {"listening", "127.0.0.1:41234"}}));
  std::string second;
  std::getline(lines, second);
  EXPECT_EQ(json::parse(second)["event"], "stopped");
}

TEST_F(Commands, APersonIsToldThePortOfANodeThatListensOnAllAddresses) {
  world.homes.running = false;
  world.homes.listening = "[::]:41234";
  const auto secret = file("passphrase", "correct horse");
  EXPECT_EQ(run({"up", "--passphrase-file", secret}), 0);
  EXPECT_EQ(world.console.printed, "The node is up and listens on port 41234 (all addresses).\n");
  world.console.printed.clear();
  EXPECT_EQ(run({"node", "--passphrase-file", secret}), 0);
  EXPECT_EQ(world.console.printed, "listening on port 41234 (all addresses)\nstopped\n");
  EXPECT_EQ(document({"up", "--passphrase-file", secret}), json({{"listening", "[::]:41234"}}));
}

TEST_F(Commands, TheNodeThatUpStartedAsksForNothing) {
  world.homes.running = false;
  EXPECT_EQ(run({"--home", "/h", "node", "--started", "--listen", "127.0.0.1:0"}), 0);
  EXPECT_EQ(world.homes.started->home, "/h");
  EXPECT_EQ(run({"node", "--help"}), 0);
  EXPECT_THAT(world.console.printed, Not(HasSubstr("--started")));
}

TEST_F(Commands, DownAndLockSucceedWithoutANode) {
  world.homes.running = false;
  EXPECT_EQ(document({"down"}), json::object());
  EXPECT_EQ(run({"lock"}), 0);
}

TEST_F(Commands, PairPrintsTheExactCommandForTheOther) {
  api::v1::Response waiting;
  waiting.mutable_pair_waiting()->set_code("amber-cabin-river");
  waiting.mutable_pair_waiting()->set_listening("0.0.0.0:41234");
  world.homes.story.events = {waiting};
  world.homes.story.answer = [](const api::v1::Request&) {
    api::v1::Response response;
    response.mutable_pair()->set_paired_with("Ben");
    response.mutable_pair()->set_check("lamp olive quiet");
    return response;
  };
  EXPECT_EQ(run({"pair", "--listen", "0.0.0.0:0"}), 0);
  EXPECT_THAT(world.console.printed, HasSubstr("\n    attune pair amber cabin river --peer 192.168.1.20:41234\n"));
  EXPECT_THAT(world.console.printed, HasSubstr("lamp olive quiet"));
  EXPECT_EQ(world.asked().pair().listen(), "0.0.0.0:0");

  EXPECT_EQ(run({"pair", "--json"}), 0);
  std::istringstream lines{world.console.printed};
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(json::parse(line), json({{"code", "amber-cabin-river"}, {"listening", "0.0.0.0:41234"}}));
  std::getline(lines, line);
  EXPECT_EQ(json::parse(line), json({{"paired_with", "Ben"}, {"check", "lamp olive quiet"}}));
}

TEST_F(Commands, PairTakesTheCodeAsOneArgumentOrThree) {
  const auto word = [](std::string_view code, std::size_t n) {
    std::istringstream words{std::string{code}};
    std::string one;
    for (std::size_t i = 0; i <= n; ++i) std::getline(words, one, '-');
    return one;
  };
  const std::string code = to_string(crypto::draw_code().bytes());
  const std::string a = word(code, 0);
  const std::string b = word(code, 1);
  const std::string c = word(code, 2);
  for (const auto& typed : std::vector<std::vector<std::string>>{
           {code}, {a, b, c}, {a + " " + b + " " + c}, {a.substr(0, 4), b + "-" + c}}) {
    std::vector<std::string> arguments{"pair"};
    arguments.insert(arguments.end(), typed.begin(), typed.end());
    arguments.insert(arguments.end(), {"--peer", "10.0.0.1:4000"});
    EXPECT_EQ(run(arguments), 0) << world.console.told;
    EXPECT_EQ(world.asked().pair().code(), code);
    EXPECT_EQ(world.asked().pair().peers(0), "10.0.0.1:4000");
  }
}

TEST_F(Commands, SyncSaysWhichNamedAddressWasNotReachedThoughOthersWere) {
  world.homes.story.answer = [](const api::v1::Request&) {
    api::v1::Response response;
    response.mutable_sync()->set_peers(1);
    response.mutable_sync()->mutable_missed()->add_lines("127.0.0.1:1 cannot be reached: refused");
    return response;
  };
  EXPECT_EQ(run({"sync", "--peer", "127.0.0.1:1"}), 0);
  EXPECT_THAT(world.console.told, HasSubstr("127.0.0.1:1 cannot be reached"));
  EXPECT_THAT(world.console.printed, Not(HasSubstr("127.0.0.1:1")));
  EXPECT_FALSE(document({"sync", "--peer", "127.0.0.1:1"}).contains("missed"));
}

TEST_F(Commands, WatchPrintsWhatArrivesOneALine) {
  api::v1::Response event;
  event.mutable_event()->set_event("entry");
  event.mutable_event()->mutable_entry()->set_id("1a2b3c4d5e6f");
  event.mutable_event()->mutable_entry()->set_short_id("1a2b");
  world.homes.story.events = {event, event};
  EXPECT_EQ(run({"watch", "--json"}), 0);
  EXPECT_EQ(std::ranges::count(world.console.printed, '\n'), 2);
  EXPECT_THAT(world.console.printed, StartsWith(R"({"event":"entry","entry":{"id":"1a2b3c4d5e6f")"));
  EXPECT_THAT(world.console.printed, Not(HasSubstr("short_id")));
}

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
  EXPECT_THAT(world.homes.story.requests, IsEmpty());
  world.console.answers = {""};
  EXPECT_EQ(run({"write", "You ALWAYS leave", "--shared"}), 0);
  EXPECT_EQ(world.asked().write().text(), "You ALWAYS leave");
  const auto before = world.console.questions.size();
  EXPECT_EQ(run({"write", "you never call", "--shared", "--no-hints"}), 0);
  EXPECT_EQ(run({"write", "you never call"}), 0);
  EXPECT_EQ(world.console.questions.size(), before);
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

// --- backups, doctor, reports

TEST_F(Commands, BackupNamesTheFileWholeAndTheCommandThatRestoresIt) {
  EXPECT_EQ(run({"backup", "create", "my journal.age"}), 0);
  const std::string path = (std::filesystem::current_path() / "my journal.age").string();
  EXPECT_EQ(world.asked().backup_create().file(), path);
  EXPECT_THAT(world.console.printed, HasSubstr("attune restore '" + path + "'"));
  const auto found = document({"backup", "verify", "a", "--words-file", file("words", std::string{test::kWords})});
  EXPECT_EQ(found["entries"], 12);
  EXPECT_TRUE(found["bytes"].is_number_integer());
  EXPECT_EQ(found["created_at"], "2026-11-20T21:00:00.000+00:00");
}

TEST_F(Commands, DoctorEndsWithSixWhereItFoundProblems) {
  EXPECT_EQ(run({"doctor"}), 0);
  world.homes.story.answer = [](const api::v1::Request&) {
    api::v1::Response response;
    response.mutable_doctor()->add_problems("a seal does not hold");
    return response;
  };
  EXPECT_EQ(run({"doctor", "--json"}), 6);
  EXPECT_EQ(json::parse(world.console.printed)["problems"], json({"a seal does not hold"}));
}

TEST_F(Commands, TheNetworkDoctorEndsWithFiveWhereSomethingKeepsDevicesApart) {
  world.homes.story.answer = [](const api::v1::Request&) {
    api::v1::Response response;
    response.mutable_network_check();
    return response;
  };
  EXPECT_EQ(run({"doctor", "--network"}), 0);
  EXPECT_THAT(world.console.printed, HasSubstr("Nothing was found that keeps your devices apart."));
  world.homes.story.answer = [](const api::v1::Request& asked) {
    EXPECT_TRUE(asked.network_check().no_discovery());
    api::v1::Response response;
    auto& finding = *response.mutable_network_check()->add_findings();
    finding.set_cause("vpn");
    finding.set_text("A VPN takes it.");
    finding.set_next("Switch it off.");
    return response;
  };
  EXPECT_EQ(run({"doctor", "--network", "--no-discovery"}), 5);
  EXPECT_THAT(world.console.printed, HasSubstr("vpn: A VPN takes it.\n  Next: Switch it off.\n"));
  EXPECT_EQ(run({"doctor", "--network", "--no-discovery", "--json"}), 5);
  const auto findings = json::parse(world.console.printed)["findings"];
  EXPECT_EQ(findings, json::array({{{"cause", "vpn"}, {"text", "A VPN takes it."}, {"next", "Switch it off."}}}));
  EXPECT_EQ(run({"doctor", "--no-discovery"}), 2);
}

TEST_F(Commands, EveryErrorHasItsExitCodeAndItsDocument) {
  const std::vector<std::pair<Errc, int>> table{{Errc::usage, 2},       {Errc::wrong_passphrase, 3},
                                                {Errc::wrong_words, 3}, {Errc::not_found, 4},
                                                {Errc::ambiguous, 4},   {Errc::no_home, 4},
                                                {Errc::not_paired, 5},  {Errc::unreachable, 5},
                                                {Errc::damaged, 6},     {Errc::tampered, 6},
                                                {Errc::wrong_code, 1},  {Errc::refused, 1},
                                                {Errc::exists, 1},      {Errc::busy, 1},
                                                {Errc::disk, 1},        {Errc::incompatible, 1},
                                                {Errc::internal, 1},    {Errc::peer_misbehaved, 1}};
  for (const auto& [code, status] : table) {
    world.homes.story.answer = [code = code](const api::v1::Request&) -> api::v1::Response {
      throw Error{code, "what \x1b[2J happened"};
    };
    const auto told = error({"status"}, status);
    EXPECT_EQ(told["code"], name_of(code));
    EXPECT_THAT(told["hint"].get<std::string>(), Not(IsEmpty()));
    EXPECT_EQ(run({"status"}), status);
    EXPECT_EQ(world.console.told, harmless(world.console.told));
  }
}

TEST_F(Commands, WhatIsNoErrorOfOursShowsNothingOfItself) {
  world.homes.story.answer = [](const api::v1::Request&) -> api::v1::Response {
    throw std::runtime_error{"the passphrase was x"};
  };
  EXPECT_EQ(error({"status"}, 1)["code"], "internal");
  EXPECT_THAT(world.console.told, Not(HasSubstr("was x")));
}

TEST_F(Commands, AReaderWhoLeavesIsNotTold) {
  world.console.closed = true;
  EXPECT_EQ(run({"status"}), 1);
  EXPECT_THAT(world.console.told, IsEmpty());
}

TEST_F(Commands, ColourFollowsTheOptionTheTerminalAndNoColor) {
  const auto painted = [&](const std::vector<std::string>& arguments) {
    EXPECT_EQ(run(arguments), 0);
    return world.console.printed.find('\033') != std::string::npos;
  };
  EXPECT_FALSE(painted({"status"}));
  EXPECT_TRUE(painted({"status", "--color", "always"}));
  world.console.terminal = true;
  EXPECT_TRUE(painted({"status"}));
  EXPECT_FALSE(painted({"status", "--color=never"}));
  world.environment["NO_COLOR"] = "1";
  EXPECT_FALSE(painted({"status"}));
  EXPECT_TRUE(painted({"status", "--color=always"}));
}

TEST_F(Commands, ProgressShowsOnlyOnATerminalAndOnlyWhenItLasts) {
  api::v1::Response progress;
  progress.mutable_progress()->set_what("sending");
  progress.mutable_progress()->set_done(3);
  progress.mutable_progress()->set_total(4);
  world.homes.story.events = {progress};
  world.console.terminal = true;
  EXPECT_EQ(run({"sync"}), 0);
  EXPECT_THAT(world.console.told, IsEmpty());
}

}  // namespace
}  // namespace attune::cli
