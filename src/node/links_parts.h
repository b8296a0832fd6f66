// What the parts of Links share: a session that runs, an address that is dialled again and again, waiting.
#pragma once

#include <asio/awaitable.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "node/links.h"

namespace attune::node {

// A session was waited for, and its connection ended first.
[[nodiscard]] inline Error link_ended() {
  return Error{Errc::unreachable, "the connection ended before both sides were up to date"};
}
[[nodiscard]] inline Error time_is_over() {
  return Error{Errc::unreachable, "both sides were not up to date in time", "try again"};
}
// Of two connections to one device this is the one that goes: no failure, where the other is known to stand.
[[nodiscard]] inline Error another_stands() { return Error{Errc::exists, "another connection to this device stands"}; }

// Of several failures the one that says most is kept: somebody who answered and was wrong, before nobody at all.
inline void note_failure(SyncOutcome& outcome, const Error& error) {
  if (!outcome.failure || outcome.failure->code() == Errc::unreachable) outcome.failure = error;
}

[[nodiscard]] inline std::uint64_t moved(const sync::Summary& so_far) { return so_far.sent + so_far.received; }

struct Links::Live {
  net::Channel& channel;
  sync::Session& session;
  net::PeerProof proof;
  RootId root;  // whose device it is
  DeviceId initiator;
  asio::steady_timer moved;  // cancelled at each step and at the end
  asio::steady_timer old;    // the handshake's hour
  std::optional<Steady> remembered;
  sync::SetAside aside;  // as remembered
  Steady since;
  bool ended = false;
  bool farewell = false;  // it is ended by telling that this person has left
  bool told_left = false;
  // Once it has ended, when session and channel are about to go:
  sync::Summary last{};
  bool ended_level = false;    // also with what was written here since the two said so
  std::optional<Error> why{};  // it broke off; before that: why it was closed from here

  [[nodiscard]] const sync::Summary& so_far() const { return ended ? last : session.so_far(); }
  [[nodiscard]] bool level() const { return ended ? ended_level : session.level(); }
  void close(Error because) {
    if (!why) why = std::move(because);
    channel.close();
  }
};

struct Links::Target : std::enable_shared_from_this<Links::Target> {
  Target(asio::io_context& context, net::HostPort where, std::optional<DeviceId> who, std::optional<bool> owned)
      : at{std::move(where)}, device{who}, own{owned}, pause{context}, slow{context} {}

  net::HostPort at;
  std::optional<DeviceId> device;
  std::optional<bool> own;  // whose device is expected there
  asio::steady_timer pause;
  std::vector<net::HostPort> found;  // where beacons say that it is now; tried before `at`
  bool named = false;                // by the person: `at` stays what they said
  bool once = false;                 // known by a beacon only: not dialled again without another
  bool over = false;                 // not to be dialled any more
  bool kicked = false;
  std::optional<net::HostPort> dialling;  // where, up to the end of the handshake
  Steady began{};                         // that dial
  std::optional<Steady> linked;           // since when, where that dial made a link
  asio::steady_timer slow;                // expires when it has taken so long that another place may be tried as well
  asio::cancellation_signal stop;         // ends the dial

  net::HostPort next_place() {
    if (found.empty()) return at;
    net::HostPort place = std::move(found.front());
    found.erase(found.begin());
    return place;
  }
  void kick() {  // dial now
    kicked = true;
    pause.cancel();
  }
};

struct Links::Search {
  Search(asio::io_context& context, std::optional<DeviceId> left_out) : but{left_out}, moved{context} {}
  std::optional<DeviceId> but;  // nothing is taken from it meanwhile
  SyncOutcome outcome;
  std::set<DeviceId> counted;             // whose session is part of the outcome, or on the way to it
  std::set<std::shared_ptr<Live>> given;  // sessions that had their turn
  int talking = 0;                        // sessions on the way
  Steady until;
  Steady latest;             // `until` is moved no further
  asio::steady_timer moved;  // cancelled whenever something changed
};

// Of all links, but those to the device that the sync leaves out: whichever of them goes or comes meanwhile.
class Links::Tally {
 public:
  Tally(const Links& links, const SyncLimits& limits) : links_{links}, but_{limits.but}, before_{now()} {}
  void note(SyncOutcome& outcome) const {
    const Gone all = now();
    outcome.sent = all.sent - before_.sent;
    outcome.received = all.received - before_.received;
  }
  [[nodiscard]] Told noting(Told told) const {
    return [tally = *this, told = std::move(told)](const SyncOutcome& so_far) {
      SyncOutcome outcome = so_far;
      tally.note(outcome);
      told(outcome);
    };
  }

 private:
  [[nodiscard]] Gone now() const {
    Gone all;
    for (const auto& [device, gone] : links_.gone_) {
      if (device == but_) continue;
      all.sent += gone.sent;
      all.received += gone.received;
    }
    return all;
  }

  const Links& links_;
  std::optional<DeviceId> but_;
  Gone before_;
};

// A dial that takes longer may hang: then another address of the same device is tried beside it.
inline constexpr std::chrono::seconds kSlowDial{1};

// Waits until the timer expires or is cancelled.
asio::awaitable<void> wait(asio::steady_timer& timer);

}  // namespace attune::node
