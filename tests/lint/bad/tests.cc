// as tests/net/example_test.cc
// Tests that wait for the clock, or do not run.
#include <gtest/gtest.h>

TEST(Channel, ClosesAfterAWhile) {
  std::this_thread::sleep_for(std::chrono::seconds{3});           // BAD: sleep
  std::this_thread::sleep_until(opened() + kPatience);            // BAD: sleep
  ::sleep(1);                                                     // BAD: sleep
  usleep(1000);                                                   // BAD: sleep
  nanosleep(&a_while, nullptr);                                   // BAD: sleep
  const auto start = std::chrono::steady_clock::now();            // BAD: steady-clock
  EXPECT_TRUE(closed());
}
TEST(Channel, DISABLED_OpensAgain) { EXPECT_TRUE(open()); }       // BAD: disabled-test
