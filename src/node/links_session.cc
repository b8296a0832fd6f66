// Links: one session, from the dial or the accepted connection to its end; one for each pair of devices.
#include <algorithm>
#include <utility>

#include "core/error.h"
#include "identity/root.h"
#include "node/links.h"
#include "node/links_parts.h"
#include "node/pairing_state.h"

namespace attune::node {
namespace {

constexpr std::chrono::seconds kDialPatience{5};
constexpr std::chrono::hours kHandshakeLives{1};
constexpr std::chrono::seconds kAtOnce{15};  // longer than a dial and a handshake may take
constexpr std::chrono::seconds kRememberEvery{60};
constexpr std::size_t kMostDevices = 16;  // of one person: links at once, and devices remembered

std::size_t count_of(const std::vector<PeerMemory>& peers, const RootId& person) {
  return static_cast<std::size_t>(std::ranges::count(peers, person, &PeerMemory::root));
}

AttemptEnd end_of(net::DialEnd end) {
  switch (end) {
    case net::DialEnd::connected: return AttemptEnd::opened;
    case net::DialEnd::refused: return AttemptEnd::refused;
    case net::DialEnd::silence: return AttemptEnd::no_answer;
    case net::DialEnd::unreachable: return AttemptEnd::unreachable;
    case net::DialEnd::forbidden: return AttemptEnd::forbidden;
  }
  return AttemptEnd::unreachable;
}

// Of a handshake.
AttemptEnd end_of(const Error& error) {
  if (error.code() == Errc::refused) return AttemptEnd::not_believed;
  return error.code() == Errc::peer_misbehaved ? AttemptEnd::strange : AttemptEnd::silent;
}

// Whoever does not believe a device says nothing to it. That it was removed is one reason, and one that nobody tells
// it.
Error without_a_word(const Error& error) {
  return Error{error.code(), error.what(),
               "a node answers devices that it knows, if their clocks agree; one that was removed from your devices is "
               "not answered any more: attune device list on another one tells"};
}

Error ending() { return Error{Errc::unreachable, "this node is ending"}; }

}  // namespace

asio::awaitable<std::unique_ptr<net::Channel>> Links::connect(net::HostPort to, std::optional<bool> own, Steady until) {
  home_.need_admitted();
  std::optional<Error> refused;
  for (net::LivePsk& key : keys_to_dial(own)) {
    if (finishing_) throw ending();
    if (home_.clock().steady() >= until) {
      if (!refused) throw time_is_over();
      break;
    }
    // A connection for each key: a responder that the first message does not convince says nothing at all.
    net::Dialled dialled = co_await net::try_dial(to, kDialPatience);
    if (!dialled.socket) {
      note_attempt(to, own, end_of(dialled.end));
      throw net::not_reached(to, dialled);
    }
    net::Tcp::socket socket = std::move(*dialled.socket);
    try {
      std::unique_ptr<net::Channel> channel = co_await net::open_channel(std::move(socket), key, handshake_);
      note_attempt(to, own, AttemptEnd::opened);
      co_return channel;
    } catch (const Error& error) {
      // Silence says least: a device that answered and is not to be talked to is the one to tell of.
      if (!refused || refused->code() == Errc::unreachable) refused = error;
    }
  }
  if (refused) {
    note_attempt(to, own, end_of(*refused));
    throw refused->code() == Errc::unreachable ? without_a_word(*refused) : *refused;
  }
  throw Error{Errc::not_paired, "there is nobody to sync with yet"};
}

void Links::note_attempt(const net::HostPort& at, std::optional<bool> own, AttemptEnd end) const {
  if (attempted_) attempted_({at, own, end});
}

sync::Setup Links::setup_for(const net::PeerProof& proof, bool stay) const {
  sync::Setup setup;
  setup.own_device = proof.key.whose == net::KeyChoice::Whose::own;
  const RootId& own = home_.vault().root;
  if (const identity::Roster* partner = home_.people().partner()) {
    setup.couple = identity::couple_of(own, partner->root());
    setup.peer_root = partner->root();
  }
  if (setup.own_device) setup.peer_root = own;
  setup.self_keys = &home_.keyring().all();
  setup.keyring = &home_.keyring();
  const auto mark = proof.key.mark.bytes();
  if (setup.own_device) {
    setup.self_key = identity::StatementHash{mark};
  } else {
    setup.couple_key = identity::CoupleKeyHash{mark};
  }
  setup.stay = stay;
  setup.listening_port = listening_port_;
  return setup;
}

// One session per pair of devices. Of two that were dialled from both sides at once, both sides keep the one under the
// newer key (two who pair anew may be linked under the older one), and else the one whose initiator has the smaller
// key. Otherwise a newer one means that the older is dead: nobody dials who is linked.
std::shared_ptr<Links::Live> Links::enter(net::Channel& channel, sync::Session& session, const RootId& root,
                                          bool dialled) {
  const DeviceId device = channel.peer().device;
  const DeviceId initiator = dialled ? home_.vault().device_id() : device;
  if (const auto found = live_.find(device); found != live_.end()) {
    const std::shared_ptr<Live> other = found->second;
    const bool at_once = home_.clock().steady() - other->since < kAtOnce;
    const auto rank = [this](const net::PeerProof& proof, const DeviceId& dialler) {
      return std::pair{age_of(proof.key), dialler};
    };
    const bool both_dialled = other->initiator != initiator;
    if (at_once && both_dialled && rank(other->proof, other->initiator) < rank(channel.peer(), initiator)) {
      throw another_stands();
    }
    live_.erase(found);
    other->close(another_stands());
  }
  const auto same_person = [&](const auto& entry) { return entry.second->proof.key.whose == channel.peer().key.whose; };
  if (static_cast<std::size_t>(std::ranges::count_if(live_, same_person)) >= kMostDevices) {
    throw Error{Errc::refused, "too many devices of one person are linked at once"};
  }
  auto live = std::make_shared<Live>(Live{channel,
                                          session,
                                          channel.peer(),
                                          root,
                                          initiator,
                                          asio::steady_timer{context_, asio::steady_timer::time_point::max()},
                                          asio::steady_timer{context_, kHandshakeLives},
                                          std::nullopt,
                                          {},
                                          home_.clock().steady(),
                                          false});
  live->old.async_wait([weak = std::weak_ptr{live}](asio::error_code cancelled) {
    const auto still = weak.lock();
    if (!cancelled && still && !still->ended) still->session.end();
  });
  live_[device] = live;
  for (const auto& search : searches_) search->moved.cancel();
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
  const sync::SetAside& aside = live.session.so_far().aside;
  if (live.remembered && live.aside == aside && now - *live.remembered < kRememberEvery) return;
  // What ended meanwhile is not to be remembered any more.
  const bool with_partner = live.proof.key.whose == net::KeyChoice::Whose::partner;
  if (with_partner && home_.book().counterpart() != live.root) return;
  live.remembered = now;
  live.aside = aside;
  if (with_partner) {
    home_.book().prove(identity::CoupleKeyHash{live.proof.key.mark.bytes()});
    note_key_worked(home_.book(), identity::CoupleKeyHash{live.proof.key.mark.bytes()});
    note_partner_back(home_.book());
  }
  PeerMemory peer = remembered_peer(home_.book(), live.proof.device);
  const bool known = !peer.root.is_none();
  peer.own = !with_partner;
  peer.root = live.root;
  if (!known && count_of(remembered_peers(home_.book()), peer.root) >= kMostDevices) return;
  peer.last_sync = home_.clock().now();
  // Only who dials shows a clock; what it was before stays known where this side dialled.
  if (live.initiator == live.proof.device) peer.clock_ahead = live.proof.clock_ahead;
  peer.aside = aside;
  const auto& remote = live.channel.remote_address();
  if (remote && live.session.peer_port() != 0) {
    peer.host = remote->host;
    peer.port = live.session.peer_port();
  }
  remember(home_.book(), peer);
  offsets_.reset();
  if (keeping_ && peer.dialable()) add_target({peer.host, peer.port}, peer.device, peer.own);
}

asio::awaitable<sync::Summary> Links::run_session(std::unique_ptr<net::Channel> channel, bool dialled, bool stay,
                                                  SessionTold told) {
  if (finishing_) throw ending();
  const DeviceId device = channel->peer().device;
  // While the handshake went on this person may have left, or paired with somebody else.
  if (!believes(channel->peer())) throw Error{Errc::refused, "that device is nobody's to sync with any more"};
  sync::Setup setup = setup_for(channel->peer(), stay);
  setup.dialled = dialled;
  const RootId root = setup.peer_root;
  sync::Session session{context_.get_executor(), *channel, home_.book(), home_.people(), setup};
  const std::shared_ptr<Live> live = enter(*channel, session, root, dialled);
  Gone counted;
  const auto count = [&all = gone_[device], &session, &counted] {
    const sync::Summary& now = session.so_far();
    all.sent += now.sent - std::exchange(counted.sent, now.sent);
    all.received += now.received - std::exchange(counted.received, now.received);
  };
  session.on_progress([this, live_now = live.get(), &session, count, told] {
    count();
    notice_revokes_and_keys(&session);
    if (session.told_left()) live_now->told_left = true;
    if (session.peer_left()) {
      noted_left(*live_now);
    } else if (session.level() && !live_now->farewell) {
      noted_level(*live_now);
    }
    told(session.so_far());
    live_now->moved.cancel();
    for (const auto& search : searches_) search->moved.cancel();
  });
  std::optional<Error> failure;
  sync::Summary summary;
  try {
    summary = co_await session.run();
  } catch (const Error& error) {
    const bool silent = dialled && !session.heard_anything() && error.code() == Errc::unreachable;
    failure = silent ? without_a_word(error) : error;
  }
  count();
  // The end that the session saw came from here.
  if (failure && live->why && failure->code() == Errc::unreachable) failure = live->why;
  live->why = failure;
  live->last = session.so_far();
  live->ended_level = !failure && summary.up_to_date && session.level();
  leave(device, live);
  for (const auto& search : searches_) search->outcome.words_needed |= summary.words_needed;
  if (failure) throw *failure;
  co_return summary;
}

asio::awaitable<void> Links::serve(net::Tcp::socket socket, net::Listener::Note note) {
  std::function<void()> key_shown = [&note] { note(net::Shown::key); };
  std::unique_ptr<net::Channel> channel =
      co_await net::accept_channel(std::move(socket), handshake_, std::move(key_shown));
  if (!channel) co_return;
  note(net::Shown::device);
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

}  // namespace attune::node
