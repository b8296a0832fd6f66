#include "net/beacons.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/random.h"
#include "net/address.h"
#include "net/loopback.h"
#include "support/error_matcher.h"

namespace attune::net {
namespace {

using Tcp = asio::ip::tcp;

LocalAddress at(const char* text, std::uint32_t interface = 2) {
  LocalAddress local;
  local.address = asio::ip::make_address(text);
  local.interface = interface;
  if (local.address.is_v4()) local.broadcast = asio::ip::make_address_v4("192.168.1.255");
  return local;
}

LocalAddress loopback() {
  LocalAddress local;
  local.address = asio::ip::address_v4::loopback();
  local.interface = 1;
  local.prefix = 8;
  local.broadcast = asio::ip::make_address_v4("127.255.255.255");
  return local;
}

SealedBeacon noise() {
  SealedBeacon datagram{};
  crypto::random_fill(datagram);
  return datagram;
}

class Ears : public ::testing::Test {
 protected:
  // Hears datagrams until as many came.
  void hear(BeaconEar& ear, std::vector<SealedBeacon>& into, std::size_t until) {
    heard_.push_back(
        test::spawn(io, ear.run([&ear, &into, until](const SealedBeacon& datagram, const Udp::endpoint& from) {
          EXPECT_EQ(from.address(), asio::ip::address_v4::loopback());
          into.push_back(datagram);
          if (into.size() == until) ear.stop();
        })));
  }
  void send_plain(const Bytes& datagram, std::uint16_t port) {
    Udp::socket socket{io, Udp::endpoint{asio::ip::address_v4::loopback(), 0}};
    socket.send_to(asio::buffer(datagram), {asio::ip::address_v4::loopback(), port});
  }

  asio::io_context io{1};

 private:
  std::vector<test::Outcome<bool>> heard_;
};

TEST_F(Ears, OfTwoHomesOnOneMachineBothHearABeacon) {
  BeaconEar one{io, 0};
  BeaconEar other{io, one.port()};
  std::vector<SealedBeacon> by_one;
  std::vector<SealedBeacon> by_other;
  hear(one, by_one, 1);
  hear(other, by_other, 1);
  const SealedBeacon sent = noise();
  send_beacon(io, loopback(), sent, one.port());
  io.run();
  EXPECT_EQ(by_one, std::vector{sent});
  EXPECT_EQ(by_other, std::vector{sent});
}

TEST_F(Ears, PassOnWhatHasTheLengthOfABeaconAndDropTheRest) {
  BeaconEar ear{io, 0};
  std::vector<SealedBeacon> heard;
  hear(ear, heard, 1);
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kBeaconSize - 1, kBeaconSize + 1, std::size_t{9000}}) {
    send_plain(Bytes(size), ear.port());
  }
  const SealedBeacon sent = noise();
  send_plain(to_bytes(sent), ear.port());
  io.run();
  EXPECT_EQ(heard, std::vector{sent});
}

TEST_F(Ears, NeedThePort) {
  Udp::socket alone{io, Udp::endpoint{Udp::v4(), 0}};
  EXPECT_ERROR(Errc::busy, BeaconEar(io, alone.local_endpoint().port()));
}

TEST_F(Ears, EndWhenTheyAreStopped) {
  BeaconEar ear{io, 0};
  std::vector<SealedBeacon> heard;
  hear(ear, heard, 1);
  io.poll();
  ear.stop();
  io.run();
  EXPECT_TRUE(heard.empty());
}

TEST(BeaconRoutes, AreTheAddressesWhereTheListenerIsReached) {
  const std::vector<LocalAddress> all{loopback(), at("192.168.1.5"), at("10.0.0.9", 3), at("fe80::1%1"), at("fd00::5")};
  const auto through = [&](const char* address) {
    return reachable_through({asio::ip::make_address(address), 7000}, all);
  };
  EXPECT_EQ(through("::"), all);
  EXPECT_EQ(through("0.0.0.0"), (std::vector{all[0], all[1], all[2]}));
  EXPECT_EQ(through("127.0.0.1"), std::vector{all[0]});
  EXPECT_EQ(through("10.0.0.9"), std::vector{all[2]});
  EXPECT_EQ(through("::ffff:10.0.0.9"), std::vector{all[2]});
  EXPECT_EQ(through("fd00::5"), std::vector{all[4]});
  EXPECT_EQ(through("fe80::1"), std::vector{all[3]});
  EXPECT_TRUE(through("192.168.1.6").empty());
  EXPECT_TRUE(through("::1").empty());
}

TEST(BeaconRoutes, ThatLeadNowhereAreLeftOut) {
  asio::io_context io;
  LocalAddress gone = at("192.0.2.77");  // not an address of this machine
  gone.broadcast = asio::ip::make_address_v4("127.255.255.255");
  send_beacon(io, gone, noise(), 1);
  LocalAddress single = loopback();
  single.broadcast.reset();
  send_beacon(io, single, noise(), 1);
  SUCCEED();  // and nothing was thrown
}

TEST(LocalAddresses, AreThoseThatAHomeNetworkReaches) {
  const auto all = local_addresses();
  for (const LocalAddress& local : all) {
    EXPECT_TRUE(near(local.address)) << local.address;
    EXPECT_NE(local.interface, 0U) << local.address;
    EXPECT_TRUE(local.address.is_v4() || !local.broadcast) << local.address;
  }
  EXPECT_NE(std::ranges::find(all, loopback()), all.end());
  EXPECT_EQ(all, local_addresses());
}

}  // namespace
}  // namespace attune::net
