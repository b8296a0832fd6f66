#include "node/discovery.h"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>

#include "core/error.h"
#include "node/pairing_state.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

// The one who hears a beacon dials. Where no link came of it in this time it says where it is itself: the other side
// may get through where it does not (a firewall).
constexpr std::chrono::seconds kAnswerAfter{1};
constexpr std::chrono::seconds kAnswerEvery{5};
constexpr std::chrono::seconds kDialEvery{3};  // one place
// Remembered for that, of one person. Few under a key that is not the newest: a lost device has it, too.
constexpr std::size_t kMostPlaces = 28;
constexpr std::size_t kMostOldPlaces = 4;
constexpr std::chrono::seconds kKeysLive{10};  // a pairing or a revocation may have brought others

}  // namespace

Discovery::Discovery(asio::io_context& context, Home& home, Links& links, const Log& log)
    : context_{context},
      home_{home},
      links_{links},
      log_{log},
      pace_{home.clock()},
      freshness_{home.clock()},
      timer_{context} {}

Discovery::~Discovery() = default;

void Discovery::begin(const net::Tcp::endpoint& listener, std::uint16_t port) {
  listener_ = listener;
  port_ = port;
  waiting_ = home_.book().waiting();
  try {
    ear_ = std::make_unique<net::BeaconEar>(context_, port);
    net::BeaconEar::Heard each = [this](const net::SealedBeacon& datagram, const net::Udp::endpoint& from) {
      heard(datagram, from);
    };
    spawn(context_, ear_->run(std::move(each)), log_);
  } catch (const Error& error) {  // others can still hear this node, and addresses can be named
    log_.info(std::string{"beacons cannot be heard: "} + std::string{name_of(error.code())});
  }
  look();
  spawn(context_, run(), log_);
}

void Discovery::look() {
  everybody_ = true;
  pace_.anew();
  timer_.cancel();
}

void Discovery::book_changed() {
  keys_of_.reset();  // whoever left or was left is not heard, and not answered, from this moment on
  if (!on()) return;
  const std::uint64_t waiting = home_.book().waiting();
  const bool more = waiting > std::exchange(waiting_, waiting);
  if (!more || links_.linked_with(false)) return;
  pace_.once(std::chrono::milliseconds{0});
  timer_.cancel();
}

void Discovery::stop() {
  listener_.reset();
  if (ear_) ear_->stop();
  timer_.cancel();
}

// --- sending ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> Discovery::run() {
  while (on()) {
    if (pace_.is_due()) {
      send();
      pace_.sent();
    }
    timer_.expires_after(pace_.due() - home_.clock().steady());
    asio::error_code woken;  // cancelled: there is a reason to send earlier, or the end has come
    auto token = asio::redirect_error(asio::use_awaitable, woken);
    co_await timer_.async_wait(token);
  }
}

void Discovery::send() {
  const auto from = net::reachable_through(*listener_, net::local_addresses());
  for (const Key& key : keys()) {
    if (key.live.choice.newest && wanted(key.live.own())) send_under(key, from);
  }
  everybody_ = false;
  stranger_.reset();
}

// A beacon that nobody needs would only show when this node is up.
bool Discovery::wanted(bool own) const {
  if (!own && partner_left(home_.book())) return false;
  if (everybody_ || links_.lacks(own)) return true;
  return stranger_ && stranger_->own == own && !links_.linked_at(own, stranger_->port);
}

void Discovery::send_under(const Key& key, const std::vector<net::LocalAddress>& from) {
  const Instant now = home_.clock().now();
  for (const net::LocalAddress& local : from) {
    const net::Beacon beacon{now, net::plain_address(local.address), listener_->port()};
    const net::SealedBeacon datagram = key.days.seal(beacon);
    // Noted as seen: it comes back to us, too.
    static_cast<void>(freshness_.accept(net::name_of(datagram), now, std::nullopt));
    const auto end = net::send_beacon(context_, local, datagram, port_);
    if (end && watch_.sent) watch_.sent(local, *end);
  }
}

// --- hearing ---------------------------------------------------------------------------------------------------------

// Derived once, not for each datagram that a stranger sends.
const std::vector<Discovery::Key>& Discovery::keys() {
  const Instant now = home_.clock().now();
  const Steady steady = home_.clock().steady();
  const bool young = keys_of_ && steady - *keys_of_ < kKeysLive;
  if (young && std::ranges::all_of(keys_, [&](const Key& key) { return key.days.made_for(now); })) return keys_;
  keys_.clear();
  for (LiveBeaconKey& live : links_.beacon_keys()) {
    net::BeaconKeys days{live.key.bytes(), now};
    keys_.push_back({std::move(live), std::move(days)});
  }
  keys_of_ = steady;
  return keys_;
}

// docs/protocol.md section 7.2. Whatever does not count is dropped without a word.
void Discovery::heard(const net::SealedBeacon& datagram, const net::Udp::endpoint& from) {
  if (!on() || !net::near(from.address())) return;
  for (const Key& key : keys()) {
    const auto beacon = key.days.open(datagram);
    if (!beacon) continue;
    if (!key.live.own() && partner_left(home_.book())) return;
    if (beacon->address != net::plain_address(from.address())) return;
    if (watch_.heard) watch_.heard(*beacon, from.address(), key.live.own());
    if (!freshness_.accept(net::name_of(datagram), beacon->sent, key.live.known_offset)) return;
    heed(*beacon, from.address(), key.live.choice);
    return;
  }
}

void Discovery::heed(const net::Beacon& beacon, const asio::ip::address& from, const net::KeyChoice& key) {
  const bool own = key.whose == net::KeyChoice::Whose::own;
  // Who listens on loopback alone stays there.
  if (listener_->address().is_loopback() && !from.is_loopback()) return;
  if (links_.linked_at(own, beacon.port)) return;
  stranger_ = Stranger{own, beacon.port};
  if (pace_.quiet_for(kAnswerEvery)) {
    pace_.once(kAnswerAfter);
    timer_.cancel();
  }
  // With the scope of the link that it came by: a link-local address means nothing without one.
  net::HostPort place{from.to_string(), beacon.port};
  if (may_dial(net::to_string({from, beacon.port}), key)) links_.found(std::move(place), own);
}

bool Discovery::may_dial(const std::string& place, const net::KeyChoice& key) {
  const Steady now = home_.clock().steady();
  std::map<std::string, Steady>& dialled = dialled_[{key.whose, key.newest}];
  std::erase_if(dialled, [&](const auto& entry) { return now - entry.second >= kDialEvery; });
  if (dialled.size() >= (key.newest ? kMostPlaces : kMostOldPlaces)) return false;
  return dialled.try_emplace(place, now).second;
}

}  // namespace attune::node
