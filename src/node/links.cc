#include "node/links.h"

#include <algorithm>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#include <utility>

#include "node/links_parts.h"

namespace attune::node {
namespace {
constexpr std::chrono::seconds kFinishPatience{2};
constexpr std::chrono::milliseconds kLookUpPatience{300};  // the system's resolver cannot be hurried
constexpr std::chrono::milliseconds kFinishStep{10};
}  // namespace

asio::awaitable<void> wait(asio::steady_timer& timer) {
  asio::error_code cancelled;  // cancelling is how waiting ends early
  auto token = asio::redirect_error(asio::use_awaitable, cancelled);
  co_await timer.async_wait(token);
}

Links::Links(asio::io_context& context, Home& home, const Log& log)
    : context_{context},
      home_{home},
      log_{log},
      freshness_{home.clock()},
      handshake_{handshake_context()},
      partner_{home.book().counterpart()},
      revokes_seen_{home.people().revokes()},
      keys_seen_{home.keyring().changes()} {}

Links::~Links() = default;

void Links::notice_revokes_and_keys(const sync::Session* bringer) {
  const std::uint64_t keys_before = std::exchange(keys_seen_, home_.keyring().changes());
  if (keys_before != keys_seen_) {
    for (const auto& [device, live] : live_) live->session.changed();
    for (const auto& target : targets_) target->kick();  // an own device may have had nothing to say without it
  }
  if (home_.people().revokes() == revokes_seen_) return;
  revokes_seen_ = home_.people().revokes();
  for (const auto& [device, live] : live_) {
    if (home_.removed() || revoked(device)) {
      live->channel.close();
    } else if (&live->session != bringer) {
      live->session.end();  // its key is too old now; whoever dialled comes again with the newest
    }
  }
  for (const auto& target : targets_) target->pause.cancel();  // some are not to be dialled any more
  for (const PeerMemory& peer : remembered_peers(home_.book())) {
    if (revoked(peer.device)) home_.book().forget_peer(peer.device);
  }
  offsets_.reset();
}

void Links::book_changed() {
  follow_partner();
  for (const auto& [device, live] : live_) live->session.changed();
}

void Links::kick() {
  for (const auto& [device, live] : live_) live->channel.close();
  for (const auto& target : targets_) target->kick();
}

void Links::moved_to(const std::function<bool(const asio::ip::address&)>& here) {
  for (const auto& [device, live] : live_) {
    if (!here(live->channel.local_address())) live->channel.close();
  }
  for (const auto& target : targets_) target->kick();
}

asio::awaitable<void> Links::finish() {
  finishing_ = true;
  for (const auto& target : targets_) target->pause.cancel();
  for (const auto& [device, live] : live_) {
    live->session.end();
    live->moved.cancel();
  }
  asio::steady_timer poll{context_};
  const Steady began = home_.clock().steady();
  const auto longer_than = [&](std::chrono::milliseconds time) { return home_.clock().steady() - began >= time; };
  const auto dialling = [this] {
    return std::ranges::count_if(targets_, [](const auto& at) { return at->dialling.has_value(); });
  };
  while (running_ > dialling() || !live_.empty() || (dialling() > 0 && !longer_than(kLookUpPatience))) {
    // Each time anew: what was dialled under a name may have gone on to that name's next address.
    for (const auto& target : targets_) {
      if (target->dialling) target->stop.emit(asio::cancellation_type::terminal);
    }
    if (longer_than(kFinishPatience)) {
      for (const auto& [device, live] : live_) live->channel.close();
    }
    poll.expires_after(kFinishStep);
    co_await wait(poll);
  }
}

}  // namespace attune::node
