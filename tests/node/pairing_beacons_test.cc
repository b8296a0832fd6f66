// How the one who types the words finds the one who shows them, over loopback.
#include "node/pairing_beacons.h"

#include "node/homes.h"
#include "support/error_matcher.h"

namespace attune::test {
namespace {

using Places = std::vector<net::HostPort>;
using std::chrono_literals::operator""ms;

class PairingSearches : public ::testing::Test {
 protected:
  static constexpr node::SearchPatience kPatience{std::chrono::seconds{20}, 200ms};

  void call(std::uint16_t port, const net::PairingTag& tag) {
    net::LocalAddress loopback;
    loopback.address = asio::ip::address_v4::loopback();
    loopback.broadcast = asio::ip::make_address_v4("127.255.255.255");
    const net::BeaconKeys keys = net::BeaconKeys::of_pairing(clock.now());
    static_cast<void>(
        net::send_beacon(io, loopback, keys.seal(net::PairingBeacon{clock.now(), port, tag}), search.port()));
  }
  Places found() {
    const auto ran = start(io, search.run());
    run_until(io, [&] { return ran->done; });
    return ran->get();
  }

  ManualClock clock;
  asio::io_context io{1};
  node::PairingSearch search{io, clock, kPatience, 0};
  net::PairingTag one{std::byte{1}};
  net::PairingTag other{std::byte{2}};
};

TEST_F(PairingSearches, FindTheOneWhoShowsACode) {
  call(7000, one);
  call(7000, one);
  EXPECT_EQ(found(), (Places{{"127.0.0.1", 7000}}));
}

TEST_F(PairingSearches, FindNobodyWhereTwoCodesAreShown) {
  call(7000, one);
  call(7001, other);
  EXPECT_ERROR(Errc::unreachable, found());
}

TEST_F(PairingSearches, FindNobodyWhereSomebodyRepeatsATagWithAnotherPort) {
  call(7000, one);
  call(7001, one);
  EXPECT_ERROR(Errc::unreachable, found());
}

TEST_F(PairingSearches, EndAtOnceWhenTheyAreStopped) {
  const auto ran = start(io, search.run());
  io.poll();
  search.stop();
  io.restart();
  io.poll();
  ASSERT_TRUE(ran->done);
  EXPECT_ERROR(Errc::unreachable, ran->get());
}

TEST_F(PairingSearches, SayWhatHelpsWhereThePortIsTaken) {
  const net::Udp::socket alone{io, net::Udp::endpoint{net::Udp::v4(), 0}};
  try {
    const node::PairingSearch refused{io, clock, kPatience, alone.local_endpoint().port()};
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::busy);
    EXPECT_NE(error.hint().find("--peer"), std::string::npos);
  }
}

}  // namespace
}  // namespace attune::test
