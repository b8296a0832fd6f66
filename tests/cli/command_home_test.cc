// Commands that begin or end a home, and those of the node.
#include "cli/command_line.h"
#include "crypto/spoken.h"

#include <filesystem>
#include <sstream>

namespace attune::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

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

TEST_F(Commands, InitWhoseWordsNobodyCouldSeeLeavesNoJournal) {
  world.homes.there = false;
  world.console.closed = true;
  for (const bool as_json : {true, false}) {
    std::vector<std::string> command{"init", "--name", "Ada", "--passphrase-file", file("new", "correct horse\n")};
    if (as_json) command.insert(command.begin(), "--json");
    EXPECT_EQ(run(command), 1);
  }
  EXPECT_EQ(world.homes.wiped.size(), 2U);
}

TEST_F(Commands, InitKeepsTheJournalWhoseWordsWereShownThoughNothingMoreCouldBe) {
  world.homes.there = false;
  world.console.full_after = "  24 art\n";
  EXPECT_EQ(run({"init", "--name", "Ada", "--passphrase-file", file("new", "correct horse\n")}), 0)
      << world.console.told;
  EXPECT_THAT(world.console.printed, HasSubstr("  24 art\n"));
  EXPECT_THAT(world.homes.wiped, IsEmpty());
}

TEST_F(Commands, InitSaysWhyItFailedAlsoWhereTheJournalCannotBeTakenBack) {
  world.homes.there = false;
  world.console.full_after = "";
  world.homes.stuck = Error{Errc::busy, "another attune command has this journal open"};
  const std::vector<std::string> command{"init", "--name", "Ada", "--passphrase-file", file("new", "correct horse\n")};
  EXPECT_EQ(run(command), 1);
  EXPECT_THAT(world.console.told, HasSubstr("the result could not be written"));
  EXPECT_THAT(world.console.told, HasSubstr("could not be taken back: another attune command"));
  EXPECT_EQ(error(command, 1)["code"], "disk");
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

TEST_F(Commands, PairTellsOfATryThatFailedButNotInJson) {
  api::v1::Response failed;
  failed.mutable_pair_failed()->set_tries_left(2);
  world.homes.story.events = {failed};
  EXPECT_EQ(run({"pair"}), 0);
  EXPECT_THAT(world.console.told, HasSubstr("2 more tries"));
  EXPECT_EQ(document({"pair"}).size(), 2U);
  EXPECT_THAT(world.console.told, IsEmpty());
}

TEST_F(Commands, PairSaysAtOnceThatOneIsPairedAndAsksOnATerminal) {
  world.homes.story.answer = [](const api::v1::Request& request) {
    api::v1::Response response;
    if (request.has_status()) {
      response.mutable_status()->set_paired(true);
      response.mutable_status()->set_partner("Ben");
    }
    if (request.has_pair()) response.mutable_pair()->set_paired_with("Ben");
    return response;
  };
  EXPECT_EQ(run({"pair"}), 0);
  EXPECT_THAT(world.console.told, HasSubstr("You are paired with Ben already"));
  EXPECT_TRUE(world.asked().has_pair());
  world.console.terminal = true;
  world.console.answers = {"n"};
  EXPECT_EQ(run({"pair"}), 1);
  EXPECT_THAT(world.console.told, HasSubstr("to pair with somebody else, attune leave comes first"));
  EXPECT_TRUE(world.asked().has_status());
  world.console.answers = {"y"};
  EXPECT_EQ(run({"pair"}), 0);
  EXPECT_TRUE(world.asked().has_pair());
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

}  // namespace
}  // namespace attune::cli
