#include "net/beacon.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <asio/ip/address.hpp>

#include "crypto/random.h"
#include "net/freshness.h"
#include "support/manual_clock.h"

namespace attune::net {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

using Master = crypto::Secret<struct MasterTag, 32>;

class BeaconBytes : public ::testing::Test {
 protected:
  [[nodiscard]] Beacon here() const { return {clock.now(), asio::ip::make_address("192.168.7.20"), 26085}; }
  [[nodiscard]] BeaconKeys keys_at(Instant when) const { return {master.bytes(), when}; }

  test::ManualClock clock;
  Master master = crypto::random_secret<Master>();
  BeaconKeys keys{master.bytes(), clock.now()};
};

TEST_F(BeaconBytes, OpenToWhatWasSealed) {
  for (const char* text : {"192.168.7.20", "127.0.0.1", "169.254.3.4", "fe80::1:2", "fd00::7", "::1"}) {
    Beacon beacon = here();
    beacon.address = asio::ip::make_address(text);
    const SealedBeacon sealed = keys.seal(beacon);
    EXPECT_EQ(keys.open(sealed), beacon) << text;
  }
  const PairingBeacon pairing{clock.now(), 65535, {std::byte{7}}};
  EXPECT_EQ(keys.open_pairing(keys.seal(pairing)), pairing);
}

TEST_F(BeaconBytes, SayNothingOfTheScopeOrOfMapping) {
  Beacon beacon = here();
  beacon.address = asio::ip::make_address("fe80::1%1");
  EXPECT_EQ(keys.open(keys.seal(beacon))->address, asio::ip::make_address("fe80::1"));
  beacon.address = asio::ip::make_address("::ffff:10.0.0.1");
  EXPECT_EQ(keys.open(keys.seal(beacon))->address, asio::ip::make_address("10.0.0.1"));
}

TEST_F(BeaconBytes, OfTwoDaysOrOfAnotherKeyDoNotOpen) {
  const SealedBeacon sealed = keys.seal(here());
  EXPECT_FALSE(BeaconKeys(crypto::random_secret<Master>().bytes(), clock.now()).open(sealed));
  EXPECT_FALSE(keys_at(clock.now() + 48h).open(sealed));
  EXPECT_FALSE(keys_at(clock.now() - 48h).open(sealed));
  EXPECT_FALSE(BeaconKeys::of_pairing(clock.now()).open(sealed));
}

TEST_F(BeaconBytes, OpenAcrossMidnightInBothDirections) {
  constexpr Instant midnight{24h * 20'000};
  for (const auto& [sender, receiver] : {std::pair{midnight - 1ms, midnight}, {midnight, midnight - 1ms}}) {
    Beacon beacon = here();
    beacon.sent = sender;
    EXPECT_EQ(keys_at(receiver).open(keys_at(sender).seal(beacon)), beacon);
    EXPECT_EQ(keys_at(receiver).open(keys_at(receiver).seal(beacon)), beacon);  // keys made the day before
  }
  EXPECT_TRUE(keys_at(midnight).made_for(midnight + 24h - 1ms));
  EXPECT_FALSE(keys_at(midnight).made_for(midnight + 24h));
  EXPECT_FALSE(keys_at(midnight).made_for(midnight - 1ms));
}

TEST_F(BeaconBytes, ThatChangedInOneBitDoNotOpen) {
  const SealedBeacon sealed = keys.seal(here());
  for (std::size_t bit = 0; bit < kBeaconSize * 8; ++bit) {
    SealedBeacon changed = sealed;
    changed[bit / 8] ^= std::byte{1} << (bit % 8);
    ASSERT_FALSE(keys.open(changed)) << "bit " << bit;
  }
}

TEST_F(BeaconBytes, OfAnotherLengthDoNotOpen) {
  const SealedBeacon sealed = keys.seal(here());
  Bytes longer = to_bytes(sealed);
  longer.push_back(std::byte{0});
  EXPECT_FALSE(keys.open(longer));
  for (std::size_t size = 0; size < kBeaconSize; ++size) {
    ASSERT_FALSE(keys.open(BytesView{sealed}.first(size))) << size;
  }
}

TEST_F(BeaconBytes, NobodyForgesOne) {
  rc::check([this] {
    SealedBeacon forged{};
    crypto::random_fill(forged);
    RC_ASSERT(!keys.open(forged));
    RC_ASSERT(!keys.open_pairing(forged));
  });
}

// What a holder of the key could write and seal() never does.
TEST_F(BeaconBytes, ThatNameNoPortOrATimeThatNeverIsDoNotOpen) {
  Beacon beacon = here();
  beacon.sent = kLatestInstant;
  EXPECT_EQ(keys_at(beacon.sent).open(keys_at(beacon.sent).seal(beacon)), beacon);
  beacon.sent = Instant{};
  EXPECT_EQ(keys_at(beacon.sent).open(keys_at(beacon.sent).seal(beacon)), beacon);
  beacon.sent = kLatestInstant + 1ms;  // counts as the latest
  EXPECT_EQ(keys_at(kLatestInstant).open(keys_at(beacon.sent).seal(beacon))->sent, kLatestInstant);
}

TEST_F(BeaconBytes, EachCountOnceByTheirNames) {
  Freshness freshness{clock};
  const SealedBeacon sealed = keys.seal(here());
  EXPECT_TRUE(freshness.accept(name_of(sealed), here().sent, {}));
  EXPECT_FALSE(freshness.accept(name_of(sealed), here().sent, {}));
  EXPECT_TRUE(freshness.accept(name_of(keys.seal(here())), here().sent, {}));
  const SealedBeacon stale = keys.seal(here());
  const Instant sent = here().sent;
  clock.advance(90s + 1ms);
  EXPECT_FALSE(freshness.accept(name_of(stale), sent, {}));
}

}  // namespace
}  // namespace attune::net
