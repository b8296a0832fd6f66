// How often somebody is dialled.
#include "node/pace.h"

#include <gtest/gtest.h>

namespace attune::test {
namespace {

using node::DialPace;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Give or take a quarter.
void expect_pause(DialPace& pace, milliseconds wanted) {
  const milliseconds pause = pace.next_pause();
  EXPECT_GE(pause, wanted * 3 / 4);
  EXPECT_LE(pause, wanted * 5 / 4);
}

TEST(DialPace, GrowsToAMinuteWhileNobodyIsThere) {
  DialPace pace;
  for (const int wanted : {1, 2, 4, 8, 16, 32, 60, 60}) expect_pause(pace, seconds{wanted});
  pace.anew();
  expect_pause(pace, seconds{1});
}

TEST(DialPace, BeginsAnewAfterASession) {
  DialPace pace;
  for (int tries = 0; tries < 5; ++tries) static_cast<void>(pace.next_pause());
  pace.ended(seconds{1});
  expect_pause(pace, seconds{1});
}

TEST(DialPace, GrowsWhereSessionsEndSoonAgainAndAgain) {
  DialPace pace;
  for (int session = 0; session < DialPace::kMostShort; ++session) {
    pace.ended(seconds{5});
    expect_pause(pace, seconds{1});
  }
  for (const int wanted : {2, 4, 8, 16, 32, 60, 60}) {
    pace.ended(seconds{5});
    expect_pause(pace, seconds{wanted});
  }
  pace.ended(DialPace::kSoon);
  expect_pause(pace, seconds{1});
  pace.ended(seconds{5});
  expect_pause(pace, seconds{1});
}

TEST(DialPace, GrowsWhereLinksBreakSoonAndBeginsAnewAfterOneThatLasted) {
  DialPace pace;
  for (int session = 0; session < 2 * DialPace::kMostShort; ++session) pace.ended(seconds{5});
  static_cast<void>(pace.next_pause());
  pace.broke_off(seconds{5});
  expect_pause(pace, seconds{2});
  pace.broke_off(DialPace::kSoon);
  expect_pause(pace, seconds{1});
  pace.ended(seconds{5});
  expect_pause(pace, seconds{1});
}

}  // namespace
}  // namespace attune::test
