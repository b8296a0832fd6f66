// Links: one sync because the person asked for it.
#include <algorithm>

#include "core/error.h"
#include "node/links.h"
#include "node/links_parts.h"
#include "node/pairing_state.h"
#include "node/words.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kDialledMeanwhile{10};
constexpr int kMostRounds = 4;  // a session for keys, the real one, and some for what changes meanwhile
constexpr int kMostLinks = 2;   // waited for in turn: one, and the one that takes its place

Error nothing_moves() {
  return Error{Errc::unreachable, "nothing went to or came from the other side for too long", "try again"};
}

std::chrono::steady_clock::duration left(const Clock& clock, Steady until) {
  return std::max(until - clock.steady(), std::chrono::steady_clock::duration::zero());
}

// Ends a session in which nothing moves, and every session when the time for all of them is over: a peer that says a
// word now and then must not hold up whoever asked. `end` is told why, and never once this has gone.
class Watch {
 public:
  Watch(asio::io_context& context, const Clock& clock, const SyncLimits& limits, std::function<void(Error)> end)
      : clock_{clock},
        limits_{limits},
        end_{std::make_shared<std::function<void(Error)>>(std::move(end))},
        timer_{context} {
    wait_on();
  }
  void saw(const sync::Summary& so_far) {
    const std::uint64_t now = moved(so_far);
    if (std::exchange(moved_, now) != now) wait_on();
  }

 private:
  void wait_on() {
    const auto all = left(clock_, limits_.until);
    const bool last = all <= limits_.stall;
    timer_.expires_after(std::min<std::chrono::steady_clock::duration>(all, limits_.stall));
    timer_.async_wait([weak = std::weak_ptr{end_}, last](asio::error_code cancelled) {
      const auto end = weak.lock();
      if (!cancelled && end) (*end)(last ? time_is_over() : nothing_moves());
    });
  }

  const Clock& clock_;
  SyncLimits limits_;
  std::shared_ptr<std::function<void(Error)>> end_;
  asio::steady_timer timer_;
  std::uint64_t moved_ = 0;
};

}  // namespace

// Its session and channel live only as long as it has not ended.
asio::awaitable<void> Links::await_level_or_end(std::shared_ptr<Live> live, SyncLimits limits) {
  asio::steady_timer deadline{context_};
  std::optional<std::uint64_t> before;
  Steady stuck;
  while (!live->ended && !live->level()) {
    const Steady now = home_.clock().steady();
    const std::uint64_t here = moved(live->so_far());
    if (std::exchange(before, here) != here) stuck = now + limits.stall;
    if (now >= limits.until) throw time_is_over();
    if (now >= stuck) throw nothing_moves();
    deadline.expires_after(std::min(limits.until, stuck) - now);
    deadline.async_wait([weak = std::weak_ptr{live}](asio::error_code cancelled) {
      const auto still = weak.lock();
      if (!cancelled && still) still->moved.cancel();
    });
    co_await wait(live->moved);
  }
}

asio::awaitable<std::optional<Error>> Links::await_level(std::shared_ptr<Live> live, SyncOutcome& outcome,
                                                         SyncLimits limits) {
  const DeviceId device = live->proof.device;
  std::optional<Error> why;
  for (int links = 0; live && links < kMostLinks; ++links) {
    std::shared_ptr<Live> same = live;
    co_await await_level_or_end(std::move(same), limits);
    if (live->level()) {
      outcome.reached.push_back(device);
      co_return std::nullopt;
    }
    why = live->why;
    const auto next = live_.find(device);
    live = next == live_.end() ? nullptr : next->second;
  }
  if (!why || why->code() == Errc::exists) why = link_ended();  // the one in its place has ended, too
  co_return why;
}

asio::awaitable<void> Links::sync_at(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome, Told told,
                                     SyncLimits limits) {
  const Tally tally{*this, limits};
  told = tally.noting(std::move(told));
  try {
    co_await sync_in_rounds(std::move(to), own, outcome, std::move(told), limits);
  } catch (const Error&) {
    tally.note(outcome);
    throw;
  }
  tally.note(outcome);
}

asio::awaitable<void> Links::sync_in_rounds(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome, Told told,
                                            SyncLimits limits) {
  std::optional<Error> again;
  for (int round = 0; round < kMostRounds; ++round) {
    net::HostPort at = to;
    again = co_await sync_once(std::move(at), own, outcome, told, limits);
    if (!again) co_return;
  }
  throw *again;
}

// The link to that address, where one stands or is on its way. A second one to the same device would end the first.
asio::awaitable<std::shared_ptr<Links::Live>> Links::link_at(net::HostPort at, Steady until) {
  std::function<bool()> none_on_its_way = [this, at] {
    return std::ranges::none_of(targets_, [&](const auto& target) { return target->dialling == at; });
  };
  const auto patience = std::min<std::chrono::steady_clock::duration>(kDialledMeanwhile, left(home_.clock(), until));
  co_await poll_until(std::move(none_on_its_way), std::chrono::duration_cast<std::chrono::milliseconds>(patience));
  for (const auto& [device, live] : live_) {
    if (live->channel.remote_address() == at) co_return live;
  }
  co_return nullptr;
}

asio::awaitable<sync::Summary> Links::run_watched(std::unique_ptr<net::Channel> channel, const SyncOutcome& outcome,
                                                  Told told, SyncLimits limits) {
  // This link alone: another may have taken its place.
  std::function<void(Error)> end = [this, device = channel->peer().device, mine = channel.get()](Error why) {
    const auto found = live_.find(device);
    if (found != live_.end() && &found->second->channel == mine) found->second->close(std::move(why));
  };
  Watch watch{context_, home_.clock(), limits, std::move(end)};
  SessionTold step = [&outcome, &told, &watch](const sync::Summary& so_far) {
    watch.saw(so_far);
    told(outcome);
  };
  co_return co_await run_session(std::move(channel), true, false, std::move(step));
}

// Why another one is needed, if it is: a link ends for good reasons (it was under an older key, or is one of two that
// were dialled at once), or only keys were handed over, and the journal needs a session under the newest of them.
asio::awaitable<std::optional<Error>> Links::sync_once(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome,
                                                       Told told, SyncLimits limits) {
  net::HostPort same = to;
  std::shared_ptr<Live> linked = co_await link_at(std::move(same), limits.until);
  if (linked) {
    const DeviceId device = linked->proof.device;
    const bool counted = std::ranges::find(outcome.reached, device) != outcome.reached.end();
    if (counted || device == limits.but) co_return std::nullopt;
    co_return co_await await_level(std::move(linked), outcome, limits);
  }
  std::unique_ptr<net::Channel> channel = co_await connect(std::move(to), own, limits.until);
  const DeviceId device = channel->peer().device;
  if (device == limits.but || std::ranges::count(outcome.reached, device) > 0) co_return std::nullopt;
  std::optional<Error> failure;
  sync::Summary summary;
  try {
    summary = co_await run_watched(std::move(channel), outcome, told, limits);
  } catch (const Error& error) {
    failure = error;
  }
  if (failure) {
    // The other side may have dialled at the same moment, or the link to it at another address be what both keep.
    const auto kept = live_.find(device);
    const bool replaced = failure->code() == Errc::exists;
    if (!replaced && (kept == live_.end() || failure->code() != Errc::unreachable)) throw *failure;
    if (kept == live_.end()) co_return link_ended();
    std::shared_ptr<Live> live = kept->second;
    co_return co_await await_level(std::move(live), outcome, limits);
  }
  if (summary.words_needed) {
    outcome.words_needed = true;
    throw Error{Errc::refused, std::string{kWordsNeeded}, std::string{kWordsNeededHint}};
  }
  if (summary.key_session) {
    co_return Error{Errc::unreachable, "the two sides did not agree on a newest key", "try again"};
  }
  if (!summary.up_to_date) throw Error{Errc::unreachable, "the other side ended before both were up to date"};
  outcome.reached.push_back(device);
  co_return std::nullopt;
}

asio::awaitable<SyncOutcome> Links::sync_now(std::vector<net::HostPort> named, Told told) {
  freshness_.widen();
  std::vector<Address> at;
  for (net::HostPort& to : named) at.emplace_back(std::move(to), std::nullopt);
  const SyncLimits none;
  co_return co_await sync_all(std::move(at), none, std::move(told));
}

asio::awaitable<SyncOutcome> Links::sync_without(DeviceId lost, std::chrono::seconds patience, Told told) {
  std::vector<Address> nobody_else;
  SyncLimits limits;
  limits.but = lost;
  limits.until = home_.clock().steady() + patience;
  co_return co_await sync_all(std::move(nobody_else), limits, std::move(told));
}

asio::awaitable<SyncOutcome> Links::sync_all(std::vector<Address> at, SyncLimits limits, Told told) {
  const Tally tally{*this, limits};
  told = tally.noting(std::move(told));
  SyncOutcome outcome;
  std::vector<std::shared_ptr<Live>> linked_now;
  for (const auto& [device, live] : live_) {
    if (device != limits.but) linked_now.push_back(live);
  }
  for (std::shared_ptr<Live>& live : linked_now) {
    try {
      const std::optional<Error> ended = co_await await_level(std::move(live), outcome, limits);
      if (ended) note_failure(outcome, *ended);
    } catch (const Error& error) {
      note_failure(outcome, error);
    }
  }
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    if (peer.device == limits.but || revoked(peer.device) || (!peer.own && partner_left(home_.book()))) continue;
    const bool reached = std::ranges::find(outcome.reached, peer.device) != outcome.reached.end();
    const net::HostPort known{peer.host, peer.port};
    const auto same = [&](const auto& other) {
      return other.first.host == known.host && other.first.port == known.port;
    };
    if (reached) std::erase_if(at, same);
    if (!reached && peer.dialable() && std::ranges::none_of(at, same)) at.emplace_back(known, peer.own);
  }
  for (auto& [to, own] : at) {
    if (home_.clock().steady() >= limits.until) break;
    net::HostPort dialled = to;
    try {
      co_await sync_in_rounds(std::move(dialled), own, outcome, told, limits);
    } catch (const Error& error) {
      note_failure(outcome, error);
      if (!own) outcome.missed.push_back({to, error});  // nobody knows whose device a named address is
    }
  }
  tally.note(outcome);
  co_return outcome;
}

}  // namespace attune::node
