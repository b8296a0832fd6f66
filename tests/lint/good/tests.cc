// as tests/net/example_test.cc
// Time is moved by the test, and randomness has a seed that is printed.
#include <gtest/gtest.h>

#include <random>

#include "support/manual_clock.h"

TEST(Channel, ClosesAfterAWhile) {
  test::ManualClock clock;
  std::mt19937_64 generator{seed()};
  clock.advance(std::chrono::seconds{3});
  EXPECT_TRUE(closed()) << "no sleep_for( here";
  EXPECT_EQ(std::memcmp(a, b, 3), 0);
}
