#include "peers/hostile_peer.h"

#include <iostream>
#include <set>

namespace attune::test {
namespace {

// Every number from 1 to 64 has its test, whichever file it stands in.
TEST(HostilePeers, AreSixtyFour) {
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  std::multiset<std::string> numbers;
  for (int i = 0; i < all.total_test_suite_count(); ++i) {
    const ::testing::TestSuite& suite = *all.GetTestSuite(i);
    if (suite.name() != std::string{"HostilePeer"}) continue;
    for (int j = 0; j < suite.total_test_count(); ++j) {
      const std::string name = suite.GetTestInfo(j)->name();
      ASSERT_EQ(name.substr(0, 4), "Case") << name;
      numbers.insert(name.substr(4, 2));
    }
  }
  std::multiset<std::string> expected;
  for (int number = 1; number <= 64; ++number) expected.insert((number < 10 ? "0" : "") + std::to_string(number));
  EXPECT_EQ(numbers, expected);
}

// The bound means something: what is taken shows, also where it is given back before anybody looks.
TEST(HostilePeers, AreHeldToABoundThatIsMeasured) {
  if (!MemoryGrowth::measurable()) GTEST_SKIP() << "memory is not measured under a sanitizer";
  const MemoryGrowth growth;
  EXPECT_LT(growth.peak(), kMostMemory / 2);
  std::string taken(kMostMemory + kMostMemory / 4, 'x');  // the kernel's figures lag by some pages
  EXPECT_EQ(std::ranges::count(taken, 'y'), 0);
  taken = {};
  EXPECT_GT(growth.peak(), kMostMemory);
}

struct Largest : ::testing::EmptyTestEventListener {
  void OnTestProgramEnd(const ::testing::UnitTest&) override {
    if (cases == 0) return;
    std::cout << cases << " cases of hostile peers, at most " << (bytes >> 10U) << " KiB of memory (" << test << ")\n";
  }
  int cases = 0;
  std::size_t bytes = 0;
  std::string test;
};

Largest& largest() {
  static auto* listener = [] {
    auto* made = new Largest;  // owned by the test program from here on
    ::testing::UnitTest::GetInstance()->listeners().Append(made);
    return made;
  }();
  return *listener;
}

}  // namespace

void note_growth(const std::string& test, std::size_t bytes) {
  Largest& listener = largest();
  ++listener.cases;
  if (bytes < listener.bytes) return;
  listener.bytes = bytes;
  listener.test = test;
}

}  // namespace attune::test
