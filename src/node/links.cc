#include "node/links.h"

#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

#include <algorithm>

#include "core/error.h"
#include "crypto/random.h"
#include "node/pairing_state.h"
#include "node/spawn.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kDialPatience{5};
constexpr std::chrono::seconds kFirstPause{1};
constexpr std::chrono::seconds kLongestPause{60};
constexpr std::chrono::hours kHandshakeLives{1};
constexpr std::chrono::seconds kLevelPatience{60};
constexpr std::chrono::seconds kFinishPatience{2};
constexpr std::chrono::seconds kRememberEvery{60};
constexpr std::size_t kMostDevices = 16;  // of one person: links at once, and devices remembered

// Between three quarters and five quarters, so that two nodes that lost each other do not dial in step.
std::chrono::milliseconds jittered(std::chrono::milliseconds pause) {
  const auto quarter = static_cast<std::uint32_t>(pause.count() / 4);
  return pause - std::chrono::milliseconds{quarter} + std::chrono::milliseconds{crypto::random_below(2 * quarter + 1)};
}

// Of several failures the one that says most is kept: somebody who answered and was wrong, before nobody at all.
void note_failure(SyncOutcome& outcome, const Error& error) {
  if (!outcome.failure || outcome.failure->code() == Errc::unreachable) outcome.failure = error;
}

std::size_t count_of(const std::vector<PeerMemory>& peers, const RootId& person) {
  return static_cast<std::size_t>(std::ranges::count(peers, person, &PeerMemory::root));
}

// Waits until the timer expires or is cancelled.
asio::awaitable<void> wait(asio::steady_timer& timer) {
  asio::error_code cancelled;  // cancelling is how waiting ends early
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await timer.async_wait(token);
}

}  // namespace

struct Links::Live {
  net::Channel& channel;
  sync::Session& session;
  net::PeerProof proof;
  DeviceId initiator;
  asio::steady_timer moved;  // cancelled at each step and at the end
  asio::steady_timer old;    // the handshake's hour
  std::optional<Steady> remembered;
  bool ended = false;
};

struct Links::Target {
  net::HostPort at;
  std::optional<DeviceId> device;
  std::optional<bool> own;  // whose device is expected there
  asio::steady_timer pause;
  bool kicked = false;
};

Links::Links(asio::io_context& context, Home& home, const Log& log)
    : context_{context},
      home_{home},
      log_{log},
      freshness_{home.clock()},
      handshake_{handshake_context()},
      partner_allowed_{!home.vault().ask_before_partner} {}

Links::~Links() = default;

// --- who is believed
// ---------------------------------------------------------------------------------------------------

net::HandshakeContext Links::handshake_context() {
  net::HandshakeContext context;
  context.clock = &home_.clock();
  context.freshness = &freshness_;
  context.device = &home_.vault().device;
  if (const auto* admit = home_.people().own().admit_of(home_.vault().device_id())) context.admit = admit->wire;
  context.keys = [this] { return live_keys(); };
  context.believes = [this](const net::PeerProof& proof) { return believes(proof); };
  context.known_offset = [this](net::KeyChoice key) { return known_offset(key); };
  return context;
}

std::vector<net::LivePsk> Links::live_keys() const {
  std::vector<net::LivePsk> keys;
  using Whose = net::KeyChoice::Whose;
  if (const auto pairing = home_.book().pairing()) {
    std::size_t index = 0;
    for (const identity::CoupleKey& key : home_.book().couple_keys(pairing->partner)) {
      keys.push_back({net::KeyChoice{Whose::partner, index, index == 0}, key.psk()});
      ++index;
    }
  }
  const auto& own = home_.vault().self_keys;
  for (std::size_t i = 0; i < own.size(); ++i) {
    keys.push_back({net::KeyChoice{Whose::own, i, i == 0}, own[own.size() - 1 - i].psk()});
  }
  return keys;
}

bool Links::believes(const net::PeerProof& proof) const {
  if (proof.device == home_.vault().device_id()) return false;  // ourselves, by way of the network
  const bool own = proof.key.whose == net::KeyChoice::Whose::own;
  const auto pairing = home_.book().pairing();
  if (!own && !pairing) return false;
  return home_.people().believes(own ? home_.vault().root : pairing->partner, proof.device, proof.admit);
}

std::optional<std::chrono::milliseconds> Links::known_offset(net::KeyChoice key) const {
  const bool own = key.whose == net::KeyChoice::Whose::own;
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    if (peer.own == own && peer.clock_ahead.count() != 0) return peer.clock_ahead;
  }
  return std::nullopt;
}

// --- one session
// -------------------------------------------------------------------------------------------------------

sync::Setup Links::setup_for(const net::PeerProof& proof, bool stay) const {
  sync::Setup setup;
  setup.own_device = proof.key.whose == net::KeyChoice::Whose::own;
  const auto pairing = home_.book().pairing();
  setup.peer_root = setup.own_device ? home_.vault().root : pairing.value().partner;
  if (pairing) setup.couple = pairing->couple;
  setup.self_keys = &home_.vault().self_keys;
  setup.stay = stay;
  setup.listening_port = listening_port_;
  return setup;
}

// One session per pair of devices. Of two that were dialled from both sides at once, both sides keep the one whose
// initiator has the smaller key; a newer one from the same side means that the older is dead.
std::shared_ptr<Links::Live> Links::enter(net::Channel& channel, sync::Session& session, bool dialled) {
  const DeviceId device = channel.peer().device;
  const DeviceId initiator = dialled ? home_.vault().device_id() : device;
  if (const auto found = live_.find(device); found != live_.end()) {
    const std::shared_ptr<Live> other = found->second;
    if (other->initiator < initiator) throw Error{Errc::exists, "another connection to this device stands"};
    live_.erase(found);
    other->channel.close();
  }
  const auto same_person = [&](const auto& entry) { return entry.second->proof.key.whose == channel.peer().key.whose; };
  if (static_cast<std::size_t>(std::ranges::count_if(live_, same_person)) >= kMostDevices) {
    throw Error{Errc::refused, "too many devices of one person are linked at once"};
  }
  auto live = std::make_shared<Live>(Live{channel, session, channel.peer(), initiator,
                                          asio::steady_timer{context_, asio::steady_timer::time_point::max()},
                                          asio::steady_timer{context_, kHandshakeLives}, std::nullopt, false});
  live->old.async_wait([weak = std::weak_ptr{live}](asio::error_code cancelled) {
    const auto still = weak.lock();
    if (!cancelled && still && !still->ended) still->session.end();
  });
  live_[device] = live;
  return live;
}

void Links::leave(const DeviceId& device, const std::shared_ptr<Live>& live) {
  live->ended = true;
  live->old.cancel();
  live->moved.cancel();
  const auto found = live_.find(device);
  if (found != live_.end() && found->second == live) live_.erase(found);
}

// Both sides have everything: worth remembering, but not with a write for each entry that goes to and fro.
void Links::noted_level(Live& live) {
  const Steady now = home_.clock().steady();
  if (live.remembered && now - *live.remembered < kRememberEvery) return;
  live.remembered = now;
  if (live.proof.key.whose == net::KeyChoice::Whose::partner) pairing_proven(home_.book());
  PeerMemory peer = remembered_peer(home_.book(), live.proof.device);
  const bool known = !peer.root.is_none();
  peer.own = live.proof.key.whose == net::KeyChoice::Whose::own;
  peer.root = setup_for(live.proof, true).peer_root;
  if (!known && count_of(remembered_peers(home_.book()), peer.root) >= kMostDevices) return;
  peer.last_sync = home_.clock().now();
  peer.clock_ahead = live.proof.clock_ahead;
  if (live.session.peer_port() != 0) {
    peer.host = net::host_port(live.channel.remote_address()).host;
    peer.port = live.session.peer_port();
  }
  remember(home_.book(), peer);
  if (keeping_ && peer.dialable()) add_target({peer.host, peer.port}, peer.device, peer.own);
}

asio::awaitable<sync::Summary> Links::run_session(std::unique_ptr<net::Channel> channel, bool dialled, bool stay,
                                                  SessionTold told) {
  const DeviceId device = channel->peer().device;
  sync::Session session{context_.get_executor(), *channel, home_.book(), home_.people(),
                        setup_for(channel->peer(), stay)};
  const std::shared_ptr<Live> live = enter(*channel, session, dialled);
  session.on_progress([this, live_now = live.get(), &session, told] {
    if (session.level()) noted_level(*live_now);
    told(session.so_far());
    live_now->moved.cancel();
  });
  std::exception_ptr failure;
  sync::Summary summary;
  try {
    summary = co_await session.run();
  } catch (const Error&) {
    failure = std::current_exception();
  }
  leave(device, live);
  if (failure) std::rethrow_exception(failure);
  co_return summary;
}

asio::awaitable<void> Links::serve(net::Tcp::socket socket, std::function<void()> authenticated) {
  std::unique_ptr<net::Channel> channel = co_await net::accept_channel(std::move(socket), handshake_);
  if (!channel) co_return;
  authenticated();
  ++running_;
  try {
    SessionTold nobody = [](const sync::Summary&) {};
    co_await run_session(std::move(channel), false, true, std::move(nobody));
    log_.info("a session that came in ended");
  } catch (const Error& error) {
    log_.info(std::string{"a session that came in broke off: "} + std::string{name_of(error.code())});
  }
  --running_;
}

// --- one sync on request
// -------------------------------------------------------------------------------------------------

asio::awaitable<std::unique_ptr<net::Channel>> Links::connect(net::HostPort to, std::optional<bool> own) {
  std::optional<Error> refused;
  for (net::LivePsk& key : live_keys()) {
    const bool for_own = key.choice.whose == net::KeyChoice::Whose::own;
    if (!key.choice.newest || (own && *own != for_own) || (!for_own && !partner_allowed_)) continue;
    // A connection for each key: a responder that the first message does not convince says nothing at all.
    net::Tcp::socket socket = co_await net::dial(to, kDialPatience);
    try {
      std::unique_ptr<net::Channel> channel = co_await net::open_channel(std::move(socket), key, handshake_);
      if (channel) co_return channel;
    } catch (const Error& error) {
      refused = error;
    }
  }
  if (refused) throw *refused;
  throw Error{Errc::not_paired, "there is nobody to sync with yet"};
}

asio::awaitable<void> Links::await_level(std::shared_ptr<Live> live, SyncOutcome& outcome) {
  // Its session and channel live only as long as it has not ended.
  const auto broke_off = [] {
    return Error{Errc::unreachable, "the connection ended before both sides were up to date"};
  };
  if (live->ended) throw broke_off();
  const sync::Summary before = live->session.so_far();
  const Steady until = home_.clock().steady() + kLevelPatience;
  asio::steady_timer deadline{context_, kLevelPatience};
  deadline.async_wait([weak = std::weak_ptr{live}](asio::error_code cancelled) {
    const auto still = weak.lock();
    if (!cancelled && still) still->moved.cancel();
  });
  while (!live->ended && !live->session.level() && home_.clock().steady() < until) co_await wait(live->moved);
  if (live->ended || !live->session.level()) throw broke_off();
  outcome.reached.push_back(live->proof.device);
  outcome.sent += live->session.so_far().sent - before.sent;
  outcome.received += live->session.so_far().received - before.received;
}

asio::awaitable<void> Links::sync_at(net::HostPort to, std::optional<bool> own, SyncOutcome& outcome, Told told) {
  std::unique_ptr<net::Channel> channel = co_await connect(std::move(to), own);
  const DeviceId device = channel->peer().device;
  if (std::ranges::find(outcome.reached, device) != outcome.reached.end()) co_return;
  if (const auto found = live_.find(device); found != live_.end()) {
    channel->close();
    std::shared_ptr<Live> live = found->second;
    co_await await_level(std::move(live), outcome);
    co_return;
  }
  SessionTold step = [&outcome, &told](const sync::Summary& so_far) {
    SyncOutcome now = outcome;
    now.sent += so_far.sent;
    now.received += so_far.received;
    told(now);
  };
  std::optional<Error> failure;
  sync::Summary summary;
  try {
    summary = co_await run_session(std::move(channel), true, false, std::move(step));
  } catch (const Error& error) {
    failure = error;
  }
  if (failure) {
    // The other side may have dialled at the same moment, and its connection be the one that both keep.
    const auto kept = live_.find(device);
    if (kept == live_.end()) throw *failure;
    std::shared_ptr<Live> live = kept->second;
    co_await await_level(std::move(live), outcome);
    co_return;
  }
  outcome.sent += summary.sent;
  outcome.received += summary.received;
  if (!summary.up_to_date) throw Error{Errc::unreachable, "the other side ended before both were up to date"};
  outcome.reached.push_back(device);
}

asio::awaitable<SyncOutcome> Links::sync_now(std::vector<net::HostPort> named, Told told) {
  SyncOutcome outcome;
  partner_allowed_ = true;  // the person asked
  freshness_.widen();
  std::vector<std::shared_ptr<Live>> linked_now;
  for (const auto& [device, live] : live_) linked_now.push_back(live);
  for (std::shared_ptr<Live>& live : linked_now) {
    try {
      co_await await_level(live, outcome);
    } catch (const Error& error) {
      note_failure(outcome, error);
    }
  }
  std::vector<std::pair<net::HostPort, std::optional<bool>>> at;
  for (net::HostPort& to : named) at.emplace_back(std::move(to), std::nullopt);
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    const bool reached = std::ranges::find(outcome.reached, peer.device) != outcome.reached.end();
    const net::HostPort known{peer.host, peer.port};
    const auto same = [&](const auto& other) {
      return other.first.host == known.host && other.first.port == known.port;
    };
    if (reached) std::erase_if(at, same);
    if (!reached && peer.dialable() && std::ranges::none_of(at, same)) at.emplace_back(known, peer.own);
  }
  for (auto& [to, own] : at) {
    try {
      co_await sync_at(std::move(to), own, outcome, told);
    } catch (const Error& error) {
      note_failure(outcome, error);
    }
  }
  co_return outcome;
}

// --- staying linked
// ------------------------------------------------------------------------------------------------------

void Links::keep_linked(const std::vector<net::HostPort>& named) {
  keeping_ = true;
  for (const net::HostPort& at : named) add_target(at, std::nullopt, std::nullopt);
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    if (peer.dialable()) add_target({peer.host, peer.port}, peer.device, peer.own);
  }
}

void Links::add_target(net::HostPort at, std::optional<DeviceId> device, std::optional<bool> own) {
  for (const auto& target : targets_) {
    if (device && target->device == device) {
      target->at = std::move(at);  // it moved
      return;
    }
    if (target->at.host == at.host && target->at.port == at.port) return;
  }
  auto target = std::make_shared<Target>(Target{std::move(at), device, own, asio::steady_timer{context_}, false});
  targets_.push_back(target);
  spawn(context_, keep(std::move(target)), log_);
}

asio::awaitable<void> Links::keep(std::shared_ptr<Target> target) {
  ++running_;
  std::chrono::milliseconds pause = kFirstPause;
  while (!finishing_) {
    const auto linked_already = target->device ? live_.find(*target->device) : live_.end();
    if (linked_already != live_.end()) {
      std::shared_ptr<Live> live = linked_already->second;
      while (!live->ended && !finishing_) co_await wait(live->moved);
      pause = kFirstPause;
    } else {
      try {
        net::HostPort to = target->at;
        std::unique_ptr<net::Channel> channel = co_await connect(std::move(to), target->own);
        target->device = channel->peer().device;
        target->own = channel->peer().key.whose == net::KeyChoice::Whose::own;
        if (live_.find(*target->device) == live_.end()) {
          SessionTold nobody = [](const sync::Summary&) {};
          co_await run_session(std::move(channel), true, true, std::move(nobody));
          pause = kFirstPause;
        }
      } catch (const Error& error) {
        log_.info(std::string{"a link broke off: "} + std::string{name_of(error.code())});
      }
    }
    if (finishing_) break;
    target->pause.expires_after(jittered(pause));
    co_await wait(target->pause);
    pause = target->kicked ? kFirstPause : std::min<std::chrono::milliseconds>(pause * 2, kLongestPause);
    target->kicked = false;
  }
  --running_;
}

void Links::book_changed() {
  for (const auto& [device, live] : live_) live->session.changed();
}

void Links::kick() {
  for (const auto& [device, live] : live_) live->channel.close();
  for (const auto& target : targets_) {
    target->kicked = true;
    target->pause.cancel();
  }
}

asio::awaitable<void> Links::finish() {
  finishing_ = true;
  for (const auto& target : targets_) target->pause.cancel();
  for (const auto& [device, live] : live_) {
    live->session.end();
    live->moved.cancel();
  }
  asio::steady_timer poll{context_};
  const Steady until = home_.clock().steady() + kFinishPatience;
  constexpr std::chrono::milliseconds step{10};
  while (running_ > 0 || !live_.empty()) {
    if (home_.clock().steady() >= until) {
      for (const auto& [device, live] : live_) live->channel.close();
    }
    poll.expires_after(step);
    co_await wait(poll);
  }
}

}  // namespace attune::node
