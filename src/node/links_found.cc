// Links: devices that turn up by themselves, and a sync that waits for them.
#include <algorithm>
#include <utility>

#include "core/error.h"
#include "node/links.h"
#include "node/links_parts.h"
#include "node/pairing_state.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

constexpr std::size_t kMostFound = 32;  // targets that beacons made, of one person
constexpr std::size_t kMostPlaces = 8;  // of one device
constexpr std::chrono::seconds kComesAgain{1};
constexpr std::chrono::seconds kLook{1};  // while sessions go on after the time is up
constexpr int kMostTurns = 2;             // so many times its patience a search waits on for those who broke off

bool is_own(const net::PeerProof& proof) { return proof.key.whose == net::KeyChoice::Whose::own; }

}  // namespace

// A device keeps its port and seldom shares it with another of the same person, so the port tells which one this is:
// one that is known elsewhere has moved, or can be reached at several addresses. A dial that hangs at the address where
// it was does not keep it from being dialled where it is, but only one that hangs: a device says all its addresses at
// once.
void Links::found(net::HostPort at, bool own) {
  if (finishing_ || linked_at(own, at.port)) return;
  if (!own && partner_left(home_.book())) return;
  Target* dials = nullptr;  // the one whose dial of that device is the youngest; nobody: any target of it
  for (const auto& target : targets_) {
    if (target->over || target->at.port != at.port || target->own.value_or(own) != own) continue;
    if (target->dialling == at || std::ranges::count(target->found, at) > 0) return;
    const bool younger = target->dialling && (!dials || !dials->dialling || target->began >= dials->began);
    if (dials == nullptr || younger) dials = target.get();
  }
  if (dials == nullptr) {
    constexpr bool once = true;
    std::vector<net::HostPort> places{at};  // in `found`, too: what is found before its dial begins is tried after it
    if (room_for_found(own)) keep_new(std::move(at), std::nullopt, own, once, std::move(places));
    return;
  }
  if (dials->found.size() < kMostPlaces) dials->found.push_back(std::move(at));
  if (!dials->dialling) {
    dials->kick();
  } else if (home_.clock().steady() - dials->began >= kSlowDial) {
    hand_on(*dials);
  }
}

void Links::hand_on(Target& target) {
  const bool own = target.own.value_or(false);
  if (finishing_ || target.over || target.found.empty() || !room_for_found(own)) return;
  std::vector<net::HostPort> places = std::exchange(target.found, {});
  net::HostPort first = places.front();
  constexpr bool once = true;
  keep_new(std::move(first), std::nullopt, target.own, once, std::move(places));
}

// Of each person's devices, so that nobody's beacons keep out the other's.
bool Links::room_for_found(bool own) const {
  const auto same = [own](const auto& target) { return target->once && target->own.value_or(own) == own; };
  return static_cast<std::size_t>(std::ranges::count_if(targets_, same)) < kMostFound;
}

std::vector<DeviceId> Links::known_devices(bool own) const {
  const identity::Roster* roster = own ? &home_.people().own() : home_.people().partner();
  if (roster == nullptr || (!own && partner_left(home_.book()))) return {};
  std::vector<DeviceId> devices = roster->devices();
  std::erase(devices, home_.vault().device_id());
  return devices;
}

bool Links::lacks(bool own) const {
  return std::ranges::any_of(known_devices(own), [this](const DeviceId& device) { return !live_.contains(device); });
}

bool Links::linked_with(bool own) const {
  return std::ranges::any_of(live_, [&](const auto& entry) { return own == is_own(entry.second->proof); });
}

bool Links::linked_at(bool own, std::uint16_t port) const {
  return std::ranges::any_of(live_, [&](const auto& entry) {
    return own == is_own(entry.second->proof) && entry.second->session.peer_port() == port;
  });
}

std::optional<std::chrono::milliseconds> Links::clock_ahead(bool own) const {
  for (const auto& [device, live] : live_) {
    if (own == is_own(live->proof) && live->initiator == device) return live->proof.clock_ahead;
  }
  return std::nullopt;
}

bool Links::dialling() const {
  return std::ranges::any_of(targets_, [](const auto& target) { return target->dialling.has_value(); });
}

// --- a sync that searches

bool Links::all_reached(const SyncOutcome& outcome, const std::optional<DeviceId>& but) const {
  std::size_t known = but ? 1 : 0;
  for (const bool own : {true, false}) {
    for (const DeviceId& device : known_devices(own)) {
      if (device == but) continue;
      ++known;
      if (std::ranges::find(outcome.reached, device) == outcome.reached.end()) return false;
    }
  }
  return known > 0;
}

void Links::recheck_searches() {
  for (const auto& search : searches_) search->moved.cancel();
}

void Links::note_missed(const Error& error) {
  if (error.code() == Errc::exists) return;  // the one that stands is what counts
  for (const auto& search : searches_) note_failure(search->outcome, error);
}

asio::awaitable<void> Links::count_in(std::shared_ptr<Search> search, std::shared_ptr<Live> live, SyncLimits limits) {
  const DeviceId device = live->proof.device;
  std::optional<Error> failure;
  try {
    failure = co_await await_level(std::move(live), search->outcome, limits);
  } catch (const Error& error) {
    failure = error;
  }
  if (std::ranges::count(search->outcome.reached, device) == 0) {
    // The device may come again, and soon: a session that only handed keys over is followed by another.
    search->counted.erase(device);
    search->until = std::max(search->until, std::min(home_.clock().steady() + kComesAgain, search->latest));
    if (failure) note_failure(search->outcome, *failure);
  }
  --search->talking;
  search->moved.cancel();
}

asio::awaitable<SyncOutcome> Links::sync_search(std::chrono::milliseconds patience, Told told,
                                                std::function<bool()> given_up, SyncLimits limits) {
  freshness_.widen();
  const Tally tally{*this, limits};
  told = tally.noting(std::move(told));
  const auto search = std::make_shared<Search>(context_, limits.but);
  search->until = std::min(home_.clock().steady() + patience, limits.until);
  search->latest = std::min(search->until + kMostTurns * patience, limits.until);
  searches_.push_back(search);
  if (const auto out = limits.but ? live_.find(*limits.but) : live_.end(); out != live_.end()) {
    out->second->channel.close();
  }
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    if (!peer.dialable() || peer.device == limits.but || live_.contains(peer.device) || revoked(peer.device)) continue;
    net::HostPort at{peer.host, peer.port};
    found(std::move(at), peer.own);
  }
  for (;;) {
    const bool too_late = home_.clock().steady() >= search->latest;  // who comes again and again ends it for nobody
    for (const auto& [device, live] : live_) {
      if (too_late || device == limits.but || search->given.contains(live) || !search->counted.insert(device).second)
        continue;
      search->given.insert(live);
      ++search->talking;
      spawn(context_, count_in(search, live, limits), log_);
    }
    told(search->outcome);
    const Steady now = home_.clock().steady();
    if (finishing_ || now >= limits.until || (given_up && given_up())) break;
    // A session that has begun and in which something moves is never cut short.
    if (search->talking == 0 && (now >= search->until || all_reached(search->outcome, limits.but))) break;
    const auto look = std::max(search->until - now, std::chrono::steady_clock::duration{kLook});
    search->moved.expires_after(std::min(look, limits.until - now));
    co_await wait(search->moved);
  }
  std::erase(searches_, search);
  tally.note(search->outcome);
  co_return std::move(search->outcome);
}

}  // namespace attune::node
