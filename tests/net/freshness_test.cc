#include "net/freshness.h"

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "support/manual_clock.h"

namespace attune::net {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""h;

class FirstMessage : public ::testing::Test {
 protected:
  // A key that no message had before.
  Bytes fresh_key() {
    Bytes key(32);
    std::ranges::copy(be64(++drawn_), key.begin());
    return key;
  }
  bool accepted(std::chrono::milliseconds ahead, std::optional<std::chrono::milliseconds> offset = {}) {
    return freshness.accept(fresh_key(), clock.now() + ahead, offset);
  }

  test::ManualClock clock;
  Freshness freshness{clock};

 private:
  std::uint64_t drawn_ = 0;
};

TEST_F(FirstMessage, CountsWithinNinetySecondsOfOurClock) {
  EXPECT_TRUE(accepted(0s));
  EXPECT_TRUE(accepted(90s));
  EXPECT_TRUE(accepted(-90s));
  EXPECT_FALSE(accepted(90s + 1ms));
  EXPECT_FALSE(accepted(-90s - 1ms));
}

TEST_F(FirstMessage, CountsWithinNinetySecondsOfTheClockThatDevicesLastShowed) {
  EXPECT_TRUE(accepted(1h + 90s, 1h));
  EXPECT_TRUE(accepted(1h - 90s, 1h));
  EXPECT_FALSE(accepted(1h + 91s, 1h));
  EXPECT_TRUE(accepted(0s, 1h));  // the other side may have been put right
  EXPECT_FALSE(accepted(-1h, 1h));
}

TEST_F(FirstMessage, CountsWithinADayForTenMinutesOnceAPersonAsks) {
  EXPECT_FALSE(accepted(23h));
  freshness.widen();
  EXPECT_TRUE(accepted(23h));
  EXPECT_TRUE(accepted(-24h));
  EXPECT_FALSE(accepted(24h + 1ms));
  clock.advance(10min - 1ms);
  EXPECT_TRUE(accepted(23h));
  clock.advance(1ms);
  EXPECT_FALSE(accepted(23h));
  EXPECT_TRUE(accepted(0s));
}

TEST_F(FirstMessage, CountsOnce) {
  const Bytes key = fresh_key();
  EXPECT_TRUE(freshness.accept(key, clock.now(), {}));
  EXPECT_FALSE(freshness.accept(key, clock.now(), {}));
}

TEST_F(FirstMessage, CountsOnceHoweverClocksMoveAndWindowsOpenAgain) {
  const Bytes key = fresh_key();
  const Instant sent = clock.now() + 3h;
  EXPECT_TRUE(freshness.accept(key, sent, 3h));  // their clock is ahead by three hours
  clock.advance(3h);                             // now the same time is within reach of our own clock
  EXPECT_FALSE(freshness.accept(key, sent, 3h));
  clock.set(sent - 3h);
  EXPECT_FALSE(freshness.accept(key, sent, 3h));
  freshness.widen();
  EXPECT_FALSE(freshness.accept(key, sent, {}));
}

TEST_F(FirstMessage, ThatIsStaleIsNotRemembered) {
  const Bytes key = fresh_key();
  EXPECT_FALSE(freshness.accept(key, clock.now() + 2min, {}));
  clock.advance(2min);
  EXPECT_TRUE(freshness.accept(key, clock.now(), {}));
}

TEST_F(FirstMessage, OfManyIsForgottenOnlyWhenAllOthersAreYounger) {
  const Bytes oldest = fresh_key();
  EXPECT_TRUE(freshness.accept(oldest, clock.now(), {}));
  for (std::size_t i = 1; i < Freshness::kMaxSeen; ++i) ASSERT_TRUE(accepted(0s));
  EXPECT_FALSE(freshness.accept(oldest, clock.now(), {}));
  EXPECT_TRUE(accepted(0s));
  EXPECT_TRUE(freshness.accept(oldest, clock.now(), {}));  // memory is bounded; only a holder of a key can get here
}

}  // namespace
}  // namespace attune::net
