// What every command has: how it may be typed, secrets, reports, colours, exit codes.
#include "cli/command_line.h"
#include "core/text.h"
#include "crypto/spoken.h"

#include <filesystem>
#include <sstream>

namespace attune::cli {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

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
       std::vector<std::vector<std::string>>{{"lsit"},
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
