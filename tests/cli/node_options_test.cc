// What `up` and `node` hand to the node.
#include <gtest/gtest.h>

#include "cli/fake_world.h"

namespace attune::cli {
namespace {

using std::chrono::seconds;

class LockAfter : public testing::Test {
 protected:
  static void SetUpTestSuite() { crypto::start(); }
  LockAfter() {
    world.homes.running = false;
    world.console.terminal = true;
  }
  std::optional<seconds> started_with(std::vector<std::string> arguments) {
    world.console.answers = {"correct horse"};
    EXPECT_EQ(world.run(arguments), 0) << world.console.told;
    return world.homes.started->lock_after;
  }
  test::FakeWorld world;
};

TEST_F(LockAfter, IsALengthOfTimeOrOffAndElseLeftToTheSettings) {
  EXPECT_EQ(started_with({"up", "--lock-after", "20m"}), seconds{1200});
  EXPECT_EQ(started_with({"node", "--lock-after", "1h"}), seconds{3600});
  EXPECT_EQ(started_with({"up", "--lock-after", "off"}), seconds{0});
  EXPECT_EQ(started_with({"up"}), std::nullopt);
}

TEST_F(LockAfter, AnythingElseIsWrongUsageBeforeAPassphraseIsAskedFor) {
  for (const char* said : {"20", "0m", "soon", "1h30m", "31d"}) {
    EXPECT_EQ(world.run({"up", "--lock-after", said}), 2);
    EXPECT_EQ(world.run({"node", "--lock-after", said}), 2);
  }
  EXPECT_TRUE(world.console.questions.empty());
  EXPECT_FALSE(world.homes.started);
}

}  // namespace
}  // namespace attune::cli
