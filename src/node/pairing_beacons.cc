#include "node/pairing_beacons.h"

#include <algorithm>
#include <asio/co_spawn.hpp>

#include "core/error.h"
#include "crypto/random.h"
#include "node/links_parts.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kEvery{1};

net::BeaconEar ear_at(asio::io_context& context, std::uint16_t port) {
  try {
    return net::BeaconEar{context, port};
  } catch (const Error& error) {
    throw Error{error.code(), error.what(), kNameThePeer};
  }
}

// One who shows a code does so on one port. Whoever repeats its tag from elsewhere would be dialled in its place.
bool several_ports(const std::vector<net::HostPort>& places) {
  return std::ranges::any_of(places, [&](const net::HostPort& place) { return place.port != places.front().port; });
}

}  // namespace

PairingCall::PairingCall(asio::io_context& context, const Clock& clock, const net::Tcp::endpoint& listener,
                         std::uint16_t port)
    : context_{context}, clock_{clock}, listener_{listener}, port_{port}, timer_{context} {
  crypto::random_fill(tag_);
}

asio::awaitable<void> PairingCall::run() {
  while (!stopped_) {
    send();
    timer_.expires_after(kEvery);
    co_await wait(timer_);
  }
}

void PairingCall::stop() {
  stopped_ = true;
  timer_.cancel();
}

void PairingCall::send() const {
  const Instant now = clock_.now();
  const net::BeaconKeys keys = net::BeaconKeys::of_pairing(now);
  for (const net::LocalAddress& from : net::reachable_through(listener_, net::local_addresses())) {
    const net::PairingBeacon beacon{now, listener_.port(), tag_};
    net::send_beacon(context_, from, keys.seal(beacon), port_);
  }
}

PairingSearch::PairingSearch(asio::io_context& context, const Clock& clock, SearchPatience patience, std::uint16_t port)
    : context_{context},
      clock_{clock},
      patience_{patience},
      ear_{ear_at(context, port)},
      timer_{context},
      keys_{net::BeaconKeys::of_pairing(clock.now())} {}

void PairingSearch::stop() {
  stopped_ = true;
  timer_.cancel();
}

asio::awaitable<std::vector<net::HostPort>> PairingSearch::run() {
  net::BeaconEar::Heard each = [this](const net::SealedBeacon& datagram, const net::Udp::endpoint& from) {
    heard(datagram, from);
  };
  // It throws nothing; whatever it did throw would be a fault of ours, which ends the process.
  asio::co_spawn(context_, ear_.run(std::move(each)), [](std::exception_ptr fault) {
    if (fault) std::rethrow_exception(fault);
  });
  timer_.expires_after(patience_.first);
  if (!stopped_) co_await wait(timer_);
  if (!stopped_ && !shown_.empty()) {  // the first was heard: somebody else may show a code, too
    timer_.expires_after(patience_.other);
    co_await wait(timer_);
  }
  ear_.stop();
  if (stopped_) throw Error{Errc::unreachable, "the pairing was given up"};
  if (shown_.empty()) {
    throw Error{Errc::unreachable, "nobody who shows a code was found on this network", kNameThePeer};
  }
  if (shown_.size() > 1 || several_ports(shown_.begin()->second)) {
    throw Error{Errc::unreachable, "more than one device here shows a code", kNameThePeer};
  }
  co_return std::move(shown_.begin()->second);
}

// Anybody can send these, so they say no more than where to try: the words decide.
void PairingSearch::heard(const net::SealedBeacon& datagram, const net::Udp::endpoint& from) {
  if (!net::near(from.address())) return;
  if (!keys_.made_for(clock_.now())) keys_ = net::BeaconKeys::of_pairing(clock_.now());
  const auto beacon = keys_.open_pairing(datagram);
  if (!beacon) return;
  const bool first = shown_.empty();
  if (shown_.size() > 1 && !shown_.contains(beacon->tag)) return;  // two are as good as many
  std::vector<net::HostPort>& places = shown_[beacon->tag];
  net::HostPort place{from.address().to_string(), beacon->port};
  if (places.size() < kMostAddresses && std::ranges::find(places, place) == places.end()) {
    places.push_back(std::move(place));
  }
  if (first) timer_.cancel();
}

}  // namespace attune::node
