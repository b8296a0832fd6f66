// The passphrase command over a world of fakes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "cli/fake_world.h"

namespace attune::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Passphrase : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  std::string file(const std::string& name, const std::string& contents) {
    const std::string path = testing::TempDir() + "attune_passphrase_" + std::to_string(::getpid()) + "_" + name;
    std::ofstream{path} << contents;
    files.push_back(path);
    return path;
  }
  ~Passphrase() override {
    for (const std::string& path : files) ::unlink(path.c_str());
  }
  test::FakeWorld world;
  std::vector<std::string> files;
};

TEST_F(Passphrase, IsChangedByTwoFilesAndTheCostStays) {
  EXPECT_EQ(world.run({"passphrase", "--passphrase-file", file("old", "correct horse\n"), "--new-passphrase-file",
                       file("new", "battery staple\n"), "--json"}),
            0)
      << world.console.told;
  EXPECT_EQ(world.console.printed, "{}\n");
  EXPECT_EQ(world.homes.right, "battery staple");
  EXPECT_EQ(world.homes.new_cost, std::nullopt);
}

TEST_F(Passphrase, IsAskedForOnceAndTheNewOneTwice) {
  world.console.terminal = true;
  world.console.answers = {"a slip", "correct horse", "battery staple", "another", "battery staple", "battery staple"};
  EXPECT_EQ(world.run({"passphrase", "--unlock-cost", "sensitive"}), 0) << world.console.told;
  EXPECT_THAT(world.console.questions, ElementsAre("passphrase: ", "passphrase: ", "new passphrase: ",
                                                   "the same again: ", "new passphrase: ", "the same again: "));
  EXPECT_EQ(world.homes.right, "battery staple");
  EXPECT_EQ(world.homes.new_cost, crypto::kSensitive);
}

TEST_F(Passphrase, WrongThreeTimesOrInAFileIsExitThree) {
  world.console.terminal = true;
  world.console.answers = {"wrong", "wrong", "wrong", "correct horse"};
  EXPECT_EQ(world.run({"passphrase"}), 3);
  EXPECT_EQ(world.run({"passphrase", "--passphrase-file", file("wrong", "wrong\n")}), 3);
  EXPECT_EQ(world.homes.right, "correct horse");
}

TEST_F(Passphrase, WithoutATerminalTheNewOneIsNamedBeforeAnythingIsUnlocked) {
  EXPECT_EQ(world.run({"passphrase", "--passphrase-file", file("old", "correct horse\n")}), 2);
  EXPECT_THAT(world.console.told, HasSubstr("--new-passphrase-file"));
  EXPECT_THAT(world.homes.passphrases, IsEmpty());
}

TEST_F(Passphrase, ThatIsTooShortOrACostThatDoesNotExistIsWrongUsage) {
  const std::string old = file("old", "correct horse\n");
  EXPECT_EQ(world.run({"passphrase", "--passphrase-file", old, "--new-passphrase-file", file("new", "seven77\n")}), 2);
  EXPECT_EQ(world.run({"passphrase", "--passphrase-file", old, "--new-passphrase-file", old, "--unlock-cost", "x"}), 2);
  EXPECT_EQ(world.homes.right, "correct horse");
}

}  // namespace
}  // namespace attune::cli
