// What somebody sees who captures all beacons of two couples: datagrams of one length in which no byte prefers a value
// and nothing comes back.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <asio/ip/address.hpp>
#include <cmath>
#include <iostream>
#include <optional>
#include <unordered_map>
#include <vector>

#include "crypto/random.h"
#include "net/beacon.h"
#include "support/manual_clock.h"

namespace attune::net {
namespace {

using Master = crypto::Secret<struct MasterTag, 32>;

constexpr std::size_t kWindow = 4;
constexpr std::size_t kWindows = kBeaconSize - kWindow + 1;

// Of a chi-square with `degrees` of freedom being at least x by chance (Wilson and Hilferty: good to three digits for
// the 255 here).
double chance_of_chi_square(double x, double degrees) {
  const double spread = 2.0 / (9.0 * degrees);
  const double z = (std::cbrt(x / degrees) - (1.0 - spread)) / std::sqrt(spread);
  return 0.5 * std::erfc(z / std::sqrt(2.0));
}

// Of a Poisson count with this mean being at least n by chance.
double chance_of_count(std::size_t n, double mean) {
  if (n == 0) return 1.0;
  double sum = 0;
  for (std::size_t k = n; k < n + 200; ++k) {
    const auto count = static_cast<double>(k);
    sum += std::exp(count * std::log(mean) - mean - std::lgamma(count + 1.0));
  }
  return std::min(1.0, sum);
}

class Capture {
 public:
  void add(const SealedBeacon& beacon) {
    ++size_;
    for (std::size_t at = 0; at < kBeaconSize; ++at) {
      ++bytes_[at][std::to_integer<std::size_t>(beacon[at])];
      if (at < kWindows) repeats_[at] += seen_[at][read_be32(std::span{beacon}.subspan(at).first<kWindow>())]++;
    }
  }
  // That the byte which is worst looks like this by chance, and that the four bytes do which come back most often.
  // There is one test for each place, so each chance is multiplied by the number of places (Bonferroni).
  [[nodiscard]] double chance_of_bytes() const {
    double least = 1.0;
    const double expected = static_cast<double>(size_) / 256.0;
    for (const auto& counts : bytes_) {
      double chi_square = 0;
      for (const int count : counts) chi_square += (count - expected) * (count - expected) / expected;
      least = std::min(least, chance_of_chi_square(chi_square, 255));
    }
    return std::min(1.0, least * static_cast<double>(kBeaconSize));
  }
  [[nodiscard]] double chance_of_windows() const {
    const auto n = static_cast<double>(size_);
    const double mean = n * (n - 1) / 2.0 / 4294967296.0;  // pairs, each alike once in 2^32
    return std::min(1.0, chance_of_count(std::ranges::max(repeats_), mean) * static_cast<double>(kWindows));
  }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t most_repeats() const { return std::ranges::max(repeats_); }

 private:
  std::size_t size_ = 0;
  std::array<std::array<int, 256>, kBeaconSize> bytes_{};
  std::array<std::unordered_map<std::uint32_t, std::size_t>, kWindows> seen_;
  std::array<std::size_t, kWindows> repeats_{};  // pairs of beacons with the same four bytes there
};

// Two couples with two devices each, that send what devices send: at one moment from each of their addresses, again
// after a while, for as many days as that takes.
class TwoCouples {
 public:
  Capture capture(std::size_t beacons) {
    Capture all;
    for (std::size_t round = 0; all.size() < beacons; ++round) {
      for (std::size_t device = 0; device < 4 && all.size() < beacons; ++device) say(all, device);
      clock_.advance(std::chrono::milliseconds{2'000 + static_cast<int>(round * 7919 % 600'000)});
    }
    return all;
  }

 private:
  void say(Capture& all, std::size_t device) {
    auto& keys = keys_[device % 2];
    if (!keys || !keys->made_for(clock_.now())) keys.emplace(masters_[device % 2].bytes(), clock_.now());
    const auto port = static_cast<std::uint16_t>(26'000 + device);
    const auto address = asio::ip::make_address("192.168.7." + std::to_string(20 + device));
    all.add(keys->seal(Beacon{clock_.now(), address, port}));
    all.add(keys->seal(Beacon{clock_.now(), asio::ip::make_address("fe80::20"), port}));
  }

  test::ManualClock clock_;
  std::array<Master, 2> masters_{crypto::random_secret<Master>(), crypto::random_secret<Master>()};
  std::array<std::optional<BeaconKeys>, 2> keys_;
};

struct CaptureSize {
  std::size_t beacons;
  double least_chance;
  int captures;  // so many may be needed: noise that looks like this by chance does not do so twice
};

class BeaconNoise : public ::testing::TestWithParam<CaptureSize> {};

TEST_P(BeaconNoise, PrefersNoByteAndRepeatsNothingMoreOftenThanChance) {
  const CaptureSize size = GetParam();
  bool bytes = false;
  bool windows = false;
  for (int i = 0; i < size.captures && !(bytes && windows); ++i) {
    TwoCouples couples;
    const Capture all = couples.capture(size.beacons);
    std::cout << all.size() << " beacons of " << kBeaconSize
              << " bytes: the least even byte p = " << all.chance_of_bytes()
              << ", four bytes at one place alike in at most " << all.most_repeats()
              << " pairs, p = " << all.chance_of_windows() << " (both corrected for the number of places)\n";
    bytes |= all.chance_of_bytes() > size.least_chance;
    windows |= all.chance_of_windows() > size.least_chance;
  }
  EXPECT_TRUE(bytes);
  EXPECT_TRUE(windows);
}

INSTANTIATE_TEST_SUITE_P(Quick, BeaconNoise, ::testing::Values(CaptureSize{10'000, 1e-8, 1}));
INSTANTIATE_TEST_SUITE_P(Prove, BeaconNoise, ::testing::Values(CaptureSize{100'000, 0.01, 2}));

// The measure itself: what a beacon with a weakness would look like.
class WeakBeacons : public ::testing::Test {
 protected:
  template <class Weaken>
  static Capture captured(Weaken weaken) {
    Capture all;
    for (std::size_t i = 0; i < 10'000; ++i) {
      SealedBeacon beacon{};
      crypto::random_fill(beacon);
      weaken(beacon, i);
      all.add(beacon);
    }
    return all;
  }
};

TEST_F(WeakBeacons, ThatPreferAValueAtOnePlaceAreFound) {
  const Capture all = captured([](SealedBeacon& beacon, std::size_t i) {
    if (i % 50 == 0) beacon[95] = std::byte{0};
  });
  EXPECT_LT(all.chance_of_bytes(), 1e-8);
  EXPECT_GT(all.chance_of_windows(), 1e-8);
}

TEST_F(WeakBeacons, ThatRepeatFourBytesNowAndThenAreFound) {
  const Capture all = captured([](SealedBeacon& beacon, std::size_t i) {
    if (i % 1000 == 0) std::fill_n(beacon.begin() + 90, 4, static_cast<std::byte>(i / 2000));  // five pairs
  });
  EXPECT_GT(all.chance_of_bytes(), 1e-8);
  EXPECT_LT(all.chance_of_windows(), 1e-8);
}

}  // namespace
}  // namespace attune::net
