// When a node counts as idle: the clock is the test's.
#include "node/idleness.h"

#include <gtest/gtest.h>

#include "node/homes.h"
#include "support/manual_clock.h"

namespace attune::test {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;

class Idle : public ::testing::Test {
 protected:
  ManualClock clock;
  node::Idleness idleness{clock};
};

TEST_F(Idle, GrowsUntilSomebodyAsks) {
  clock.advance(minutes{20});
  EXPECT_EQ(idleness.idle(), minutes{20});
  idleness.asked();
  EXPECT_EQ(idleness.idle(), milliseconds{0});
  clock.advance(minutes{1});
  EXPECT_EQ(idleness.idle(), minutes{1});
}

TEST_F(Idle, NobodyIsWhileAnAnswerIsMade) {
  idleness.begin_answer();
  clock.advance(hours{5});
  EXPECT_EQ(idleness.idle(), milliseconds{0});
  idleness.end_answer();
  EXPECT_EQ(idleness.idle(), milliseconds{0});
  clock.advance(minutes{3});
  EXPECT_EQ(idleness.idle(), minutes{3});
}

TEST_F(Idle, ASleepingMachineCountsAndAClockSetBackDoesNotHelp) {
  clock.set(clock.now() + hours{8});  // asleep: intervals stood still
  EXPECT_EQ(idleness.idle(), hours{8});
  clock.set(clock.now() - hours{16});
  clock.advance(minutes{30});
  EXPECT_EQ(idleness.idle(), minutes{30});
}

TEST(IdleNode, ARequestCountsAlsoOneThatFailsAndAWatchOnlyWhenItBegins) {
  const Folder folder;
  ManualClock clock;
  asio::io_context io{1};
  const node::Log log{clock};
  node::Node node{io, bare_home(folder.at("home"), drawn_person(), clock), log, {}};
  clock.advance(hours{1});
  EXPECT_EQ(node.service().idle(), hours{1});
  api::v1::Request request;
  request.mutable_status();
  ask(io, node, request);
  EXPECT_EQ(node.service().idle(), milliseconds{0});
  clock.advance(hours{1});
  request.mutable_show()->set_id("abcd");
  EXPECT_TRUE(ask(io, node, request).has_error());
  EXPECT_EQ(node.service().idle(), milliseconds{0});

  request.mutable_watch();
  bool ready = false;
  node::Call call{io, [&ready](const api::v1::Response&) { ready = true; }};
  const auto watching = start(io, node.service().answer(request, call));
  run_until(io, [&] { return ready; });
  clock.advance(minutes{20});
  EXPECT_EQ(node.service().idle(), minutes{20});
  node.service().stop_watching();
  run_until(io, [&] { return watching->done; });
}

}  // namespace
}  // namespace attune::test
