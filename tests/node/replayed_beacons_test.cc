// Beacons that somebody on the network sends who has no key: recorded and sent again, from elsewhere, late, altered,
// made up. Nobody is dialled and no beacon is sent because of any of them, and the next honest one is heeded.
#include <gtest/gtest.h>

#include <iostream>

#include "crypto/random.h"
#include "node/discovery.h"
#include "node/homes.h"

namespace attune::test {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""h;
using net::SealedBeacon;
using net::Udp;

// Everything is on loopback, which is a network of its own: Ada at 127.0.0.1, Ben at 127.0.0.2, a stranger elsewhere.
class ReplayedBeacons : public ::testing::TestWithParam<int> {
 protected:
  ReplayedBeacons() {
    make_keys();
    links.on_attempt([this](const node::Attempt&) { ++attempts; });
    discovery.begin(adas.local_endpoint(), other_ear.port());
    net::BeaconEar::Heard count = [this](const SealedBeacon&, const Udp::endpoint& from) {
      if (from.address() == asio::ip::address_v4::loopback()) ++sent;
    };
    hearing = start(io, other_ear.run(std::move(count)));
    io.poll();
    settle();
  }
  ~ReplayedBeacons() override {
    discovery.stop();
    other_ear.stop();
    const auto ended = start(io, links.finish());
    run_until(io, [&] { return ended->done && hearing->done; });
  }

  // As Ben seals it, of where nobody takes the call.
  [[nodiscard]] SealedBeacon honest(Instant when, const std::string& address = "127.0.0.2") const {
    return bens->seal(net::Beacon{when, asio::ip::make_address(address), nobodys_port});
  }
  void send(const SealedBeacon& beacon, const std::string& from) {
    Udp::socket socket{io, Udp::endpoint{asio::ip::make_address(from), 0}};
    socket.set_option(Udp::socket::broadcast{true});
    socket.send_to(asio::buffer(beacon), {asio::ip::make_address("127.255.255.255"), other_ear.port()});
    io.poll();
  }
  static std::size_t below(std::size_t bound) { return crypto::random_below(static_cast<std::uint32_t>(bound)); }
  static std::string stranger() { return "127.0.0." + std::to_string(3 + below(250)); }
  // Until Ada has looked for Ben in vain for so long that she sends on her own every ten minutes only.
  void settle() {
    for (int round = 1; round <= 10; ++round) {
      clock.advance(1h);
      attempts = sent = 0;
      send(honest(clock.now()), "127.0.0.2");
      run_until(io, [this] { return attempts == 1 && sent > 0; });
    }
    make_keys();
    quieten();
  }
  void make_keys() { bens.emplace(ben->people().couple_keys().front().key.beacon_key().bytes(), clock.now()); }
  void quieten() {
    clock.advance(6s);  // what was called or sent a moment ago would not be again
    attempts = sent = 0;
  }

  struct Sent {
    SealedBeacon beacon;
    std::string from;
  };
  template <class Make>
  void expect_no_reaction(const char* what, Make make) {
    int calls = 0;
    for (int i = 0; i < GetParam() && calls == 0; ++i) {
      const Sent one = make();
      send(one.beacon, one.from);
      calls = attempts + (links.dialling() ? 1 : 0);
      if (i % 100 == 99) clock.advance(1s);
    }
    EXPECT_EQ(calls, 0) << what;
    // Had one of them drawn a beacon, it would come before the one that the honest one draws.
    EXPECT_EQ(sent, 0) << what;
    std::cout << GetParam() << " beacons " << what << ": " << calls << " calls, " << sent << " datagrams\n";
    send(honest(clock.now()), "127.0.0.2");
    clock.advance(2s);
    run_until(io, [this] { return attempts > 0 && sent > 0; });
    io.poll();
    EXPECT_EQ(attempts, 1);
    EXPECT_EQ(sent, 1);
  }

  Folder folder;
  ManualClock clock;
  node::Log log{clock};
  asio::io_context io{1};
  std::unique_ptr<node::Home> ada = bare_home(folder.at("ada"), drawn_person(), clock);
  std::unique_ptr<node::Home> ben = paired_with(*ada);
  net::Tcp::acceptor adas{io, {asio::ip::make_address("127.0.0.1"), 0}};
  std::uint16_t nobodys_port = net::Tcp::acceptor{io, {asio::ip::make_address("127.0.0.2"), 0}}.local_endpoint().port();
  node::Links links{io, *ada, log};
  node::Discovery discovery{io, *ada, links, log};
  net::BeaconEar other_ear{io, 0};  // whoever listens on that network, too
  std::optional<net::BeaconKeys> bens;
  std::shared_ptr<Ran<bool>> hearing;
  int attempts = 0;
  int sent = 0;

 private:
  std::unique_ptr<node::Home> paired_with(node::Home& other) {
    auto home = bare_home(folder.at("ben"), drawn_person(), clock);
    pair(*home, other);
    return home;
  }
};

TEST_P(ReplayedBeacons, ThatWereHeardBeforeAreNothing) {
  std::vector<SealedBeacon> recorded;
  for (int i = 0; i < 40; ++i) recorded.push_back(honest(clock.now()));
  for (const SealedBeacon& one : recorded) send(one, "127.0.0.2");
  clock.advance(2s);
  run_until(io, [this] { return attempts == 1 && sent == 1; });
  quieten();
  expect_no_reaction("heard before", [&] { return Sent{recorded[below(recorded.size())], "127.0.0.2"}; });
}

TEST_P(ReplayedBeacons, FromAnotherAddressAreNothing) {
  expect_no_reaction("relayed from another address", [this] { return Sent{honest(clock.now()), stranger()}; });
}

TEST_P(ReplayedBeacons, OfAnotherNetworkAreNothing) {
  expect_no_reaction("of another network", [this] {
    const std::array<std::string, 4> elsewhere{"192.168.1.5", "10.0.0.7", "169.254.1.1", "fe80::5"};
    return Sent{honest(clock.now(), elsewhere.at(below(4))), below(2) == 0 ? "127.0.0.2" : stranger()};
  });
}

TEST_P(ReplayedBeacons, OfAnotherTimeAreNothing) {
  expect_no_reaction("of another time", [this] {
    const auto off = 90s + 1ms + std::chrono::milliseconds{below(20 * 3600 * 1000)};
    return Sent{honest(below(2) == 0 ? clock.now() + off : clock.now() - off), "127.0.0.2"};
  });
}

TEST_P(ReplayedBeacons, ThatWereAlteredAreNothing) {
  expect_no_reaction("with one bit changed", [this] {
    SealedBeacon changed = honest(clock.now());
    const std::size_t bit = below(changed.size() * 8);
    changed.at(bit / 8) ^= std::byte{1} << (bit % 8);
    return Sent{changed, "127.0.0.2"};
  });
}

TEST_P(ReplayedBeacons, ThatAreMadeUpAreNothing) {
  const auto other = crypto::random_secret<crypto::Secret<struct OtherTag, 32>>();
  expect_no_reaction("made up", [&, this] {
    const net::Beacon beacon{clock.now(), asio::ip::make_address("127.0.0.2"), nobodys_port};
    SealedBeacon noise{};
    crypto::random_fill(noise);
    switch (below(3)) {
      case 0: return Sent{noise, "127.0.0.2"};
      case 1: return Sent{net::BeaconKeys{other.bytes(), clock.now()}.seal(beacon), "127.0.0.2"};
      default: return Sent{net::BeaconKeys::of_pairing(clock.now()).seal(beacon), "127.0.0.2"};
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Quick, ReplayedBeacons, ::testing::Values(200));
INSTANTIATE_TEST_SUITE_P(Prove, ReplayedBeacons, ::testing::Values(10'000));

}  // namespace
}  // namespace attune::test
