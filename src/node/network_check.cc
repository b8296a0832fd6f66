#include "node/network_check.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "node/links_parts.h"
#include "node/own_devices.h"
#include "node/pairing_state.h"

namespace attune::node {
namespace {

constexpr std::chrono::milliseconds kListen{3'000};      // a node that hears a beacon calls, or answers within a second
constexpr std::chrono::milliseconds kCalls{12'000};      // a call takes five seconds, silence two for each key
constexpr std::chrono::milliseconds kNeighbours{3'500};  // the kernel asks one it has not heard of lately after five
constexpr std::chrono::milliseconds kEcho{300};          // of a beacon that was sent last
constexpr std::chrono::milliseconds kStep{20};
constexpr std::chrono::seconds kOwnPatience{1};

bool comes_from_here(const std::vector<net::LocalAddress>& local, const asio::ip::address& from) {
  return std::ranges::any_of(
      local, [&](const auto& one) { return net::plain_address(one.address) == net::plain_address(from); });
}

std::optional<asio::ip::address> literal(const std::string& host) {
  asio::error_code error;
  const auto address = asio::ip::make_address(host, error);
  return error ? std::nullopt : std::optional{address};
}

}  // namespace

NetworkCheck::NetworkCheck(asio::io_context& context, Home& home, Links& links, Discovery& discovery)
    : context_{context}, home_{home}, links_{links}, discovery_{discovery}, timer_{context} {
  links_.on_attempt([this](const Attempt& attempt) { note_attempt(attempt); });
  discovery_.watch(
      {[this](const net::LocalAddress& from, asio::error_code why) { note_sent(from, why); },
       [this](const net::Beacon& beacon, const asio::ip::address& from, bool own) { note_heard(beacon, from, own); }});
}

NetworkCheck::~NetworkCheck() {
  links_.on_attempt({});
  discovery_.watch({});
}

// docs/protocol.md section 7.5.
asio::awaitable<NetworkObservations> NetworkCheck::run(std::optional<net::Tcp::endpoint> listener, Told told) {
  listener_ = std::move(listener);
  observe_this_device();
  find_parties();
  links_.widen();
  discovery_.widen();

  // First by beacons alone: whoever is found so needs no address that somebody remembers.
  told("listening");
  if (discovery_.on()) discovery_.look();
  co_await call_own_addresses();
  std::function<bool()> quiet = [this] { return !everybody_reached() || !echoed(); };
  co_await wait_while(std::move(quiet), kListen);

  told("calling");
  const bool found_by_beacon = !announced_.empty();
  call_remembered();
  std::function<bool()> calling = [this] { return !everybody_reached() && !answered(); };
  co_await wait_while(std::move(calling), kCalls);
  co_await look_at_neighbours();
  std::function<bool()> on_its_way = [this] { return !echoed(); };
  co_await wait_while(std::move(on_its_way), kEcho);
  for (Party& one : seen_.parties) {
    const bool was = one.reached;
    one.reached = was || (one.own ? !links_.lacks(true) : links_.linked_with(false));
    const bool called = std::ranges::any_of(one.calls, [](const Called& call) {
      return call.attempt.end == AttemptEnd::opened && !call.announced && call.near;
    });
    if (const auto ahead = links_.clock_ahead(one.own)) one.clock_ahead_now = *ahead;
    one.only_by_address =
        !was && called && one.heard.empty() && !found_by_beacon && seen_.beacons == NetworkObservations::Beacons::on;
  }
  co_return std::move(seen_);
}

// --- this device

void NetworkCheck::observe_this_device() {
  using Beacons = NetworkObservations::Beacons;
  using Listening = NetworkObservations::Listening;
  seen_.removed = home_.removed();
  seen_.words_needed = home_.keyring().lacks_newest();
  seen_.partner_left = home_.book().counterpart() && partner_left(home_.book());
  seen_.partner_not_asked = home_.book().counterpart() && !links_.calls_partner();
  seen_.addresses = net::local_addresses();
  std::erase_if(seen_.addresses, [](const net::LocalAddress& one) { return one.address.is_loopback(); });
  seen_.tunnels = net::tunnels();
  seen_.beacons = !discovery_.on() ? Beacons::off : discovery_.hears() ? Beacons::on : Beacons::deaf;
  seen_.listening = Listening::nowhere;
  if (listener_) {
    seen_.listening = listener_->address().is_loopback() ? Listening::here : Listening::yes;
    seen_.port = listener_->port();
  }
}

// A connection to itself does not leave this computer, but a firewall that looks at ports alone stops it all the same.
asio::awaitable<void> NetworkCheck::call_own_addresses() {
  if (!listener_) co_return;
  for (const net::LocalAddress& local : net::reachable_through(*listener_, seen_.addresses)) {
    net::HostPort own{local.address.to_string(), listener_->port()};
    const net::Dialled dialled = co_await net::try_dial(std::move(own), kOwnPatience);
    if (!dialled.socket && dialled.end != net::DialEnd::unreachable) seen_.closed.push_back(local.address);
  }
}

void NetworkCheck::note_sent(const net::LocalAddress& from, asio::error_code why) {
  const auto address = net::plain_address(from.address);
  if (address.is_loopback()) return;
  const bool forbidden = why == asio::error::no_permission || why == asio::error::access_denied;
  if (why && !forbidden) return;  // an interface that is going
  const auto known = std::ranges::find(seen_.echoes, address, &Echo::from);
  if (known == seen_.echoes.end()) seen_.echoes.push_back({address, forbidden, false});
}

bool NetworkCheck::echoed() const {
  return std::ranges::all_of(seen_.echoes, [](const Echo& echo) { return echo.forbidden || echo.came_back; });
}

// --- the others

// The partner is one party, whichever device of theirs is reached; of one's own each that is known should be.
void NetworkCheck::find_parties() {
  const auto pairing = home_.book().pairing();
  if (home_.removed()) return;
  if (home_.book().counterpart() && !seen_.partner_left && !seen_.partner_not_asked) {
    Party partner;
    partner.name = pairing ? pairing->partner_name : std::string{"your partner"};
    for (const PeerMemory& peer : remembered_peers(home_.book())) {
      if (!peer.own && peer.root == *home_.book().counterpart() && peer.clock_ahead.count() != 0) {
        partner.clock_ahead = peer.clock_ahead;
      }
    }
    seen_.parties.push_back(std::move(partner));
  }
  std::vector<OwnDevice> others = own_devices(home_);
  std::erase_if(others, [](const OwnDevice& one) { return one.is_this || !one.admitted; });
  if (others.empty()) return;
  Party own;
  own.own = true;
  own.name =
      others.size() == 1 && !others.front().name.empty() ? others.front().name : std::string{"another device of yours"};
  seen_.parties.push_back(std::move(own));
}

Party* NetworkCheck::party(bool own) {
  const auto found = std::ranges::find(seen_.parties, own, &Party::own);
  return found == seen_.parties.end() ? nullptr : &*found;
}

bool NetworkCheck::everybody_reached() const {
  return std::ranges::all_of(
      seen_.parties, [this](const Party& one) { return one.own ? !links_.lacks(true) : links_.linked_with(false); });
}

void NetworkCheck::note_heard(const net::Beacon& beacon, const asio::ip::address& from, bool own) {
  const bool from_here = from.is_loopback() || comes_from_here(seen_.addresses, from);
  if (listener_ && beacon.port == listener_->port() && from_here) {
    const auto echo = std::ranges::find(seen_.echoes, net::plain_address(from), &Echo::from);
    if (echo != seen_.echoes.end()) echo->came_back = true;
    return;
  }
  Party* whose = party(own);
  if (whose == nullptr || links_.linked_at(own, beacon.port)) return;
  constexpr std::size_t kMost = 64;
  if (announced_.size() >= kMost) return;
  const auto ahead = std::chrono::duration_cast<std::chrono::milliseconds>(beacon.sent - home_.clock().now());
  whose->heard.push_back({from.is_v6(), ahead});
  announced_.push_back({from.to_string(), beacon.port});
}

void NetworkCheck::note_attempt(const Attempt& attempt) {
  Party* whose = party(attempt.own.value_or(false));
  if (whose == nullptr) return;
  Called call;
  call.attempt = attempt;
  call.announced = std::ranges::find(announced_, attempt.at) != announced_.end();
  const auto address = literal(attempt.at.host);
  call.near = !address || address->is_loopback() || net::same_network(seen_.addresses, *address);
  if (address) call.tunnel = net::tunnel_to(*address);
  // The last word about one address counts.
  std::erase_if(whose->calls, [&](const Called& earlier) { return earlier.attempt.at == attempt.at; });
  whose->calls.push_back(std::move(call));
}

void NetworkCheck::call_remembered() {
  for (Party& one : seen_.parties) one.reached = one.own ? !links_.lacks(true) : links_.linked_with(false);
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    const Party* whose = party(peer.own);
    if (whose == nullptr || whose->reached || !peer.dialable()) continue;
    if (!peer.own && peer.root != home_.book().counterpart()) continue;
    if (home_.people().own().revoked(peer.device)) continue;
    if (links_.linked_at(peer.own, peer.port)) continue;
    net::HostPort at{peer.host, peer.port};
    due_.push_back(at);
    links_.found(std::move(at), peer.own);
  }
}

bool NetworkCheck::answered() const {
  const auto ended = [this](const net::HostPort& at) {
    return std::ranges::any_of(seen_.parties, [&](const Party& one) {
      return std::ranges::any_of(one.calls, [&](const Called& call) { return call.attempt.at == at; });
    });
  };
  return std::ranges::all_of(due_, ended) && !links_.dialling();
}

// Whether a machine that does not answer calls is there at all: it has to say where it is, firewall or not.
asio::awaitable<void> NetworkCheck::look_at_neighbours() {
  for (Party& one : seen_.parties) {
    for (Called& call : one.calls) {
      const auto address = literal(call.attempt.at.host);
      if (call.attempt.end != AttemptEnd::no_answer || !call.near || !address) continue;
      std::function<bool()> unknown = [&call, &address] {
        call.neighbour = net::neighbour(*address);
        return call.neighbour == net::Neighbour::unknown;
      };
      co_await wait_while(std::move(unknown), kNeighbours);
    }
  }
}

asio::awaitable<void> NetworkCheck::wait_while(std::function<bool()> waiting, std::chrono::milliseconds patience) {
  const Steady until = home_.clock().steady() + patience;
  while (waiting() && home_.clock().steady() < until) {
    timer_.expires_after(kStep);
    co_await wait(timer_);
  }
}

}  // namespace attune::node
